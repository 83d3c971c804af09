"""A rulebook as an administrator makes it: a draft from the one in force, changed, published."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import rulebooks
from models.operations import publishing
from models.operations.freezing import by_command
from models.tables import Rulebook

NOW = datetime(2025, 2, 3, 1, 0, tzinfo=UTC)
FROM = date(2025, 1, 1)


def drafted(session: Session, change: Callable[[Rulebook], None] = lambda draft: None, start: date = FROM) -> Rulebook:
    """A draft from the last published rulebook, in force from ``start``."""
    last = rulebooks.published(session)[-1]
    draft = publishing.draft_from(session, last, by_command(), NOW)
    draft.effective_from = start
    change(draft)
    session.flush()
    return draft


def enacted(session: Session, change: Callable[[Rulebook], None], start: date = FROM) -> Rulebook:
    """The same, published."""
    return publishing.publish(session, drafted(session, change, start).id, by_command(), NOW)


def published(client: Any, pk: int) -> Any:
    """The button of the page that shows the changes first."""
    shown = client.get(f"/rulebook/{pk}/publish").get_data(as_text=True)
    (seen,) = re.findall(r'name="seen" value="(\w+)"', shown)
    return client.post(f"/rulebook/{pk}/publish", data={"seen": seen}, follow_redirects=True)


def clock(book: Rulebook, duty: str, variant: str | None = None) -> Any:
    """The one clock of a duty."""
    (found,) = (one for one in book.clocks if one.duty == duty and variant in (None, one.variant))
    return found


def points(book: Rulebook, rule: str) -> Any:
    """The points of a rule."""
    (found,) = (one for one in book.points if one.rule == rule)
    return found
