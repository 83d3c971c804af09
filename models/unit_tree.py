"""Units change under guard: none is its own ancestor, the bureau stays, no dissolution leaves duties to nobody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, exists, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from models.access import all_rows
from models.errors import Invalid, Problem
from models.tables import Duty, Involvement, Petition, Unit
from models.terms import N_, DutyStatus, PetitionStatus, UnitKind

CYCLE = N_("A unit cannot stand under itself, nor under a unit that stands below it.")
BUREAU = N_("There is one bureau, and it cannot be switched off, made another kind of unit or deleted.")
OWING = N_("The unit still owes %(count)s open duties: name the unit that takes them.")
NO_SUCCESSOR = N_("Choose an active unit other than this one.")
_OPEN = (DutyStatus.open, DutyStatus.paused)


@event.listens_for(Session, "before_flush")
def _guarded(session: Session, _context: object, _instances: object) -> None:
    changed = [row for row in (*session.new, *session.dirty) if isinstance(row, Unit)]
    gone = [row for row in session.deleted if isinstance(row, Unit)]
    if not changed and not gone:
        return
    with all_rows(), session.no_autoflush:
        columns = (Unit.id, Unit.kind, Unit.active, Unit.parent_id, Unit.successor_id)
        before = {row.id: row for row in session.execute(select(*columns))}
        if any(before[row.id].kind is UnitKind.bureau for row in gone if row.id in before):
            raise Invalid([Problem("", BUREAU)])
        parents = {key: row.parent_id for key, row in before.items()} | {row.id: row.parent_id for row in changed}
        for row in changed:
            was = before.get(row.id)
            problems = _cycle(row, parents)
            if was is not None:
                problems += [*_bureau(row, was), *_dissolved(session, row, was)]
            if problems:
                raise Invalid(problems)


def _cycle(row: Unit, parents: dict[int, int | None]) -> list[Problem]:
    seen, above = {row.id}, row.parent_id
    while above is not None and row.id is not None:
        if above in seen:
            return [Problem("parent_id", CYCLE)]
        seen.add(above)
        above = parents.get(above)
    return []


def _bureau(row: Unit, was: Any) -> list[Problem]:
    if was.kind is not UnitKind.bureau:
        return []
    if row.kind is not UnitKind.bureau:
        return [Problem("kind", BUREAU)]
    return [] if row.active else [Problem("active", BUREAU)]


def _dissolved(session: Session, row: Unit, was: Any) -> list[Problem]:
    """Who takes the duties sees their matters from now on."""
    if row.active or (not was.active and row.successor_id == was.successor_id):
        return []
    owed = select(func.count(Duty.id)).where(Duty.unit_id == row.id, Duty.status.in_(_OPEN))
    count = session.scalar(owed) or 0
    if row.successor_id is None:
        return [Problem("successor_id", OWING, params={"count": count})] if count else []
    successor = session.get(Unit, row.successor_id)
    if successor is None or successor is row or not successor.active:
        return [Problem("successor_id", NO_SUCCESSOR)]
    _let_see(session, row.id, row.successor_id)
    return []


def _let_see(session: Session, unit: int, successor: int) -> None:
    owes = exists().where(Duty.petition_id == Petition.id, Duty.unit_id == unit, Duty.status.in_(_OPEN))
    first = (Petition.first_unit_id == unit) & (Petition.status != PetitionStatus.closed)
    known = exists().where(Involvement.petition_id == Petition.id, Involvement.unit_id == successor)
    shielded = Petition.about_unit_id == successor
    theirs = select(Petition.id, literal(successor)).where(or_(owes, first), ~known, shielded.is_not(True))
    session.execute(insert(Involvement).from_select(["petition_id", "unit_id"], theirs))
