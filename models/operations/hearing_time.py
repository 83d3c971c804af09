"""What time alone does in a hearing (domain §5): silence confirms, an unused appeal makes final. Never commits.

Whatever the bureau leaves undecided stays pending: nobody's points harden because the bureau was slow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from models import frozen
from models.rules import hearing
from models.rules.facts import Due, Rulebook
from models.tables import Deduction, DeductionDuty, DeductionEvent
from models.terms import N_
from models.terms import DeductionStatus as S
from models.world import World, world

CHUNK = 400
SILENT = N_("The unit did not answer in time: silence confirms.")
UNUSED = N_("No appeal was made in time: the deduction is final.")
_REASONS = {S.notified: SILENT, S.confirmed: UNUSED}


def provisional() -> ColumnElement[bool]:
    """Of a ``Deduction``: a clock of its missed duties crosses a year that is not announced (domain §3)."""
    crosses = DeductionDuty.trace["provisional"].as_boolean()
    return exists().where(DeductionDuty.deduction_id == Deduction.id, crosses.is_(True))


def ungoverned() -> ColumnElement[bool]:
    """Of a ``Deduction``: no rulebook was in force when its matter was received."""
    since = DeductionDuty.trace["in_force_from"].as_string()
    return exists().where(DeductionDuty.deduction_id == Deduction.id, since.is_not(None))


def book_of(here: World, key: int) -> Rulebook:
    """The rulebook that a deduction was proposed under."""
    return next((book for book in here.rulebooks if book.id == key), here.rulebooks[-1])


def due(here: World, rulebook: int, status: S, since: datetime) -> dict[str, Any]:
    """The columns that say by when the next move is due; empty ones where nobody must move."""
    return columns_of(hearing.due(book_of(here, rulebook), status, since, here.calendar, here.zone))


def columns_of(found: Due | None) -> dict[str, Any]:
    """A due moment as columns."""
    if found is None:
        return {"due_at": None, "due_on": None, "due_trace": None}
    return {"due_at": found.at, "due_on": found.on, "due_trace": found.trace}


def settle(session: Session, now: datetime, ids: Sequence[int] | None = None) -> int:
    """Move on every deduction whose unit let its time pass; returns how many. Safe to repeat.

    The time to appeal begins when the silence is recorded, not before: nobody loses days that nobody could see.

    Args:
        ids: only these; None for all.
    """
    session.flush()
    moved = 0
    # the appeals first: what silence confirms now may be appealed from now on
    for status in (S.confirmed, S.notified):
        last = 0
        while part := _passed(session, status, now, ids, last):
            _move(session, status, part, now)
            moved, last = moved + len(part), part[-1][0]
    if moved:
        _refresh(session)
    return moved


def _passed(session: Session, status: S, now: datetime, ids: Sequence[int] | None, after: int) -> list[tuple[int, int]]:
    """(deduction, rulebook) of the next batch whose time has passed, locked in the order of their keys."""
    certain = Deduction.due_trace["provisional"].as_boolean().is_not(True)
    where = and_(Deduction.status == status, Deduction.due_at < now, Deduction.id > after)
    where &= and_(certain, ~provisional(), ~ungoverned(), ~frozen.closed())
    wanted = select(Deduction.id, Deduction.rulebook_id).where(where)
    if ids is not None:
        wanted = wanted.where(Deduction.id.in_(ids))
    found = session.execute(wanted.order_by(Deduction.id).limit(CHUNK).with_for_update(of=Deduction))
    return [(row.id, row.rulebook_id) for row in found]


def _move(session: Session, status: S, part: list[tuple[int, int]], now: datetime) -> None:
    link, table = session.connection(), _table()
    end, reason = hearing.BY_TIME[status], _REASONS[status]
    books: dict[int, list[int]] = defaultdict(list)
    for key, book in part:
        books[book].append(key)
    for book, keys in sorted(books.items()):
        values: dict[str, Any] = {"status": end, "version": table.c.version + 1}
        if status is S.notified:
            values |= {"decided_at": now, "decided_by_id": None, "reason": reason}
        values |= due(world(session), book, end, now)
        link.execute(update(table).where(table.c.id.in_(keys)).values(**values))
    events = [{"deduction_id": key, "at": now, "status": end, "reason": reason} for key, _book in part]
    link.execute(insert(DeductionEvent), events)


def _refresh(session: Session) -> None:
    """Rows of this session that were written past."""
    for row in list(session.identity_map.values()):
        if isinstance(row, Deduction):
            session.expire(row)


def recount(session: Session) -> int:
    """Count the running times again after the calendar or the rulebook changed; returns how many moved.

    A unit's time only becomes longer: what it was told in the notice holds.
    """
    session.flush()
    here, moved, last = world(session), 0, 0
    columns = (Deduction.id, Deduction.status, Deduction.rulebook_id, Deduction.due_at, Deduction.due_trace)
    running = or_(*(Deduction.status == status for status in (*hearing.WAITS_ON_UNIT, *hearing.WAITS_ON_BUREAU)))
    while True:
        wanted = select(*columns).where(running, Deduction.due_at.is_not(None), Deduction.id > last)
        part = session.execute(wanted.order_by(Deduction.id).limit(CHUNK)).all()
        if not part:
            break
        changed = [values for row in part if (values := _counted(here, row))]
        if changed:
            table = _table()
            values = {name: bindparam(f"new_{name}") for name in ("due_at", "due_on", "due_trace")}
            session.connection().execute(update(table).where(table.c.id == bindparam("key")).values(**values), changed)
        moved, last = moved + len(changed), part[-1].id
    if moved:
        _refresh(session)
    return moved


def _counted(here: World, row: Any) -> dict[str, Any] | None:
    start = datetime.fromisoformat(str(row.due_trace["start"]))
    found = due(here, row.rulebook_id, row.status, start)
    unchanged = found["due_at"] == row.due_at and found["due_trace"] == row.due_trace
    if unchanged or (row.status in hearing.WAITS_ON_UNIT and found["due_at"] < row.due_at):
        return None
    return {"key": row.id, **{f"new_{name}": value for name, value in found.items()}}


def _table() -> Any:
    return Deduction.__table__
