"""Shared reads. Each returns a Select; ``assessment`` is the one document that page, PDF and command show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.access import Actor, all_rows, current_actor
from models.rules import scoring
from models.tables import Deduction, DeductionDuty, Duty, Petition
from models.terms import DeductionStatus, DutyStatus, Role, Rule
from models.world import World, world, zone

CHUNK = 400
KEY = ("petition_id", "unit_id", "rule", "occurrence")
_WIDE = (Role.Administrator, Role.BureauOfficer, Role.CountyLeader, Role.Auditor)


def overdue(now: datetime, soon_days: float = 3) -> Select[Duty]:
    """Open duties past their moment or due within ``soon_days``, the most pressing first."""
    horizon = now + timedelta(days=soon_days)
    wanted = and_(Duty.status == DutyStatus.open, Duty.due_at < horizon, Duty.opened_at <= now)
    parts = (joinedload(Duty.petition), joinedload(Duty.unit))
    return select(Duty).where(wanted).options(*parts).order_by(Duty.due_at, Duty.id)


def open_by_unit(unit_id: int, now: datetime) -> Select[Duty]:
    """What one unit owes now."""
    mine = and_(Duty.unit_id == unit_id, Duty.status == DutyStatus.open, Duty.opened_at <= now)
    return select(Duty).where(mine).options(joinedload(Duty.petition)).order_by(Duty.due_at, Duty.id)


def missed(as_of: datetime) -> Select[Duty]:
    """Duties with a rule whose moment had passed undone at ``as_of`` (done late counts as missed)."""
    passed = and_(Duty.rule.is_not(None), Duty.occurrence.is_not(None), Duty.due_at < as_of)
    undone = or_(Duty.status == DutyStatus.open, Duty.late)
    return select(Duty).where(passed, undone).order_by(Duty.id)


def unscanned(as_of: datetime) -> Select[Duty]:
    """Missed duties that no deduction lists yet."""
    return missed(as_of).where(~exists(select(DeductionDuty.id).where(DeductionDuty.duty_id == Duty.id)))


def score_lines(year: int) -> Select[Deduction]:
    """All deductions of a year, in a stable order."""
    parts = (
        selectinload(Deduction.duties).joinedload(DeductionDuty.duty),
        joinedload(Deduction.petition),
    )
    wanted = select(Deduction).where(Deduction.year == year).options(*parts)
    return wanted.join(Petition, Deduction.petition_id == Petition.id).order_by(
        Petition.number, Deduction.rule, Deduction.occurrence
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Missed duties of one (petition, unit, rule, occurrence) that no deduction lists yet."""

    petition: int
    number: str
    unit: int
    rule: Rule
    occurrence: str
    points: Decimal
    rulebook: int
    year: int
    duties: tuple[Duty, ...]
    known: int | None

    @property
    def key(self) -> tuple[int, int, Rule, str]:
        return self.petition, self.unit, self.rule, self.occurrence


def groups(session: Session, as_of: datetime) -> list[Group]:
    """What a scan finds at ``as_of``; ``known`` is the deduction that already exists for the key."""
    here = world(session)
    books = {book.id: book for book in here.rulebooks}
    found: dict[tuple[int, int, Rule, str], list[Duty]] = defaultdict(list)
    for duty in session.scalars(unscanned(as_of)):
        book = books.get(duty.rulebook_id, here.rulebooks[-1])
        if duty.rule and duty.occurrence and late_days(here, duty, as_of) > book.grace_days:
            found[duty.petition_id, duty.unit_id, duty.rule, duty.occurrence].append(duty)
    numbers, known = _lookups(session, list(found))
    made = []
    for key, duties in found.items():
        petition, unit, rule, occurrence = key
        book = books.get(duties[0].rulebook_id, here.rulebooks[-1])
        year = min(duty.due_on for duty in duties).year
        number, points = numbers[petition], book.points[rule]
        row = known.get(key)
        made.append(Group(petition, number, unit, rule, occurrence, points, book.id, year, tuple(duties), row))
    return made


def _lookups(session: Session, keys: list[Any]) -> tuple[dict[int, str], dict[Any, int]]:
    numbers: dict[int, str] = {}
    known: dict[Any, int] = {}
    wanted = sorted({key[0] for key in keys})
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        numbers.update(session.execute(select(Petition.id, Petition.number).where(Petition.id.in_(part))).all())
        columns = [getattr(Deduction, name) for name in KEY]
        rows = session.execute(select(Deduction.id, *columns).where(Deduction.petition_id.in_(part)))
        known.update({tuple(row[1:]): row[0] for row in rows})
    return numbers, known


def late_days(here: World, duty: Duty, as_of: datetime) -> int:
    """Whole days late by date, at least 1."""
    if duty.late_days is not None:
        return duty.late_days
    return max(1, (as_of.astimezone(here.zone).date() - duty.due_on).days)


def assessment(session: Session, year: int, as_of: datetime) -> dict[str, Any]:
    """Live scores of all units: the document of interface.md, numbers as decimal strings.

    All scores are public inside the county; which petitions lie behind them a unit sees only of itself.
    """
    actor = current_actor()
    with all_rows():
        here = world(session)
        book = here.rulebooks[-1]
        for candidate in here.rulebooks:
            if candidate.effective_from.year <= year:
                book = candidate
        lines = _lines(session, year, as_of)
    units = sorted(here.units.values(), key=lambda unit: unit.code)
    shown = [_unit(unit, lines.get(unit.id, []), book, actor) for unit in units if unit.active or lines.get(unit.id)]
    return {"year": year, "as_of": as_of.isoformat(), "rulebook": book.version, "units": shown}


def _lines(session: Session, year: int, as_of: datetime) -> dict[int, list[dict[str, Any]]]:
    """Deductions of each unit: recorded ones, and those that a scan would propose now."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in session.scalars(score_lines(year)):
        if any(item.duty.due_at < as_of for item in row.duties):
            found[row.unit_id].append(_recorded(row, as_of))
    for unit, line in _would_propose(session, year, as_of):
        found[unit].append(line)
    for lines in found.values():
        lines.sort(key=lambda line: (line["petition"], line["rule"], line["occurrence"]))
    return found


def _recorded(row: Deduction, as_of: datetime) -> dict[str, Any]:
    undecided = row.decided_at is not None and row.decided_at > as_of
    status = DeductionStatus.proposed if undecided else row.status
    duties = [
        {
            "kind": item.duty.kind.value,
            "paragraph": item.duty.paragraph,
            "due": item.due_on.isoformat(),
            "discharged": item.duty.discharged_at.isoformat() if item.duty.discharged_at else None,
            "late_days": item.duty.late_days if item.duty.late_days is not None else _days(item.duty, as_of),
        }
        for item in sorted(row.duties, key=lambda item: (item.due_on, item.duty_id))
    ]
    return _line(row.petition.number, row.rule.value, row.occurrence, row.points, status, duties)


def _line(
    number: str, rule: str, occurrence: str, points: Decimal, status: DeductionStatus, duties: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "petition": number,
        "rule": rule,
        "occurrence": occurrence,
        "points": _text(points),
        "status": status.value,
        "duties": duties,
    }


def _would_propose(session: Session, year: int, as_of: datetime) -> Iterable[tuple[int, dict[str, Any]]]:
    for group in groups(session, as_of):
        if group.year != year or group.known:
            continue
        duties = [
            {
                "kind": duty.kind.value,
                "paragraph": duty.paragraph,
                "due": duty.due_on.isoformat(),
                "discharged": duty.discharged_at.isoformat() if duty.discharged_at else None,
                "late_days": duty.late_days if duty.late_days is not None else _days(duty, as_of),
            }
            for duty in group.duties
        ]
        proposed = DeductionStatus.proposed
        yield group.unit, _line(group.number, group.rule.value, group.occurrence, group.points, proposed, duties)


def _days(duty: Duty, as_of: datetime) -> int:
    return max(1, (as_of.astimezone(zone()).date() - duty.due_on).days)


def _unit(unit: Any, lines: list[dict[str, Any]], book: Any, actor: Actor | None) -> dict[str, Any]:
    final = _sum(lines, scoring.FINAL)
    pending = _sum(lines, scoring.PENDING)
    open_to = actor is None or actor.has(*_WIDE) or actor.unit_id == unit.id
    return {
        "code": unit.code,
        "name": unit.name,
        "name_en": unit.name_en,
        "kind": unit.kind.value,
        "base": _text(book.base),
        "final": _text(final),
        "pending": _text(pending),
        "score": _text(scoring.score(book.base, book.floor, [final])),
        "score_if_pending_confirmed": _text(scoring.score(book.base, book.floor, [final, pending])),
        "deductions": lines if open_to else [],
    }


def _sum(lines: list[dict[str, Any]], statuses: frozenset[DeductionStatus]) -> Decimal:
    return sum((Decimal(line["points"]) for line in lines if line["status"] in statuses), Decimal(0))


def _text(value: Decimal) -> str:
    return f"{value:.2f}"
