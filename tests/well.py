"""After every scenario: is all well in the record? What ``run.py check --data`` asks, asked of the test's own rows."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import invariants
from models.access import all_rows


def _has_petitions(session: Session) -> bool:
    with all_rows():
        return invariants.count(session) > 0


def violated(session: Session) -> list[str]:
    """``number id detail`` of each violation."""
    with all_rows():
        return [f"{one.petition} {one.invariant.id} {one.detail}" for one in invariants.violations(session)]


def assert_well(session: Session) -> None:
    """Fail and name each violation. A session that a test left broken has nothing more to say.

    Every invariant is one of petitions: where none was registered there is nothing to derive anew.
    """
    if session.is_active and _has_petitions(session):
        found = violated(session)
        assert not found, "\n".join(found)
