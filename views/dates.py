"""What follows when the calendar or the rulebook is changed on screen: open due dates are counted again (domain §3)."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _

from models.base import Base
from models.office_terms import JobKind
from models.operations import recount
from views import long_work, secure

# more than these are counted as a job: a page must not keep its reader waiting
AT_ONCE = 50


def counted_again(row: Base) -> str:
    """Count again after ``row`` was saved or deleted; commits; returns what to tell the user."""
    session = secure.session()
    if not recount.is_due(session):
        return ""
    reason = f"{row} {getattr(row, 'source', '')}".strip()
    if recount.affected(session, datetime.now(UTC), AT_ONCE + 1) > AT_ONCE:
        long_work.queue(JobKind.recount, {"reason": reason})
        return _("More than %(n)s petitions may have new due dates: they are counted again as a job.", n=AT_ONCE)
    moved = recount.recount(session, datetime.now(UTC), reason)
    session.commit()
    return _("Due dates were counted again; %(n)s petitions moved.", n=moved)
