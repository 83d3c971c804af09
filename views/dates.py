"""What follows when the calendar or the rulebook is changed on screen: open due dates are counted again (domain §3)."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _

from models.base import Base
from models.operations import recount
from views import secure

# more than this is left to the command: a page must not keep its reader waiting
MOST = 2000


def counted_again(row: Base) -> str:
    """Count again after ``row`` was saved or deleted; commits; returns what to tell the user."""
    session = secure.session()
    if not recount.is_due(session):
        return ""
    if recount.affected(session, datetime.now(UTC), MOST + 1) > MOST:
        return _("More than %(n)s petitions may have new due dates: they follow with the next scan.", n=MOST)
    source = getattr(row, "source", "")
    moved = recount.recount(session, datetime.now(UTC), f"{row} {source}".strip())
    session.commit()
    return _("Due dates were counted again; %(n)s petitions moved.", n=moved)
