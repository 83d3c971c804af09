"""Shared reads. Each returns a Select; ``assessment`` is the one document that page, PDF and command show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.access import Actor, all_rows, current_actor
from models.rules import scoring
from models.tables import Deduction, DeductionDuty, Duty, Petition
from models.tables.duties import UNCHARGED
from models.terms import DeductionStatus, DutyStatus, Measure, Role, Rule
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


def unscanned(as_of: datetime) -> Select[Duty]:
    """Duties whose moment had passed undone at ``as_of`` (done late counts) and that no deduction lists yet."""
    return select(Duty).where(UNCHARGED, Duty.due_at < as_of).order_by(Duty.petition_id, Duty.id)


def score_lines(year: int, also: Sequence[int] = ()) -> Select[Deduction]:
    """All deductions of a year and those with the ids ``also``, in a stable order."""
    parts = (
        selectinload(Deduction.duties).joinedload(DeductionDuty.duty),
        joinedload(Deduction.petition),
    )
    which = or_(Deduction.year == year, Deduction.id.in_(also)) if also else Deduction.year == year
    wanted = select(Deduction).where(which).options(*parts)
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


def groups(session: Session, as_of: datetime, petitions: Sequence[int] | None = None) -> list[Group]:
    """What a scan finds at ``as_of``; ``known`` is the deduction that already exists for the key.

    Args:
        petitions: only of these; None for all.
    """
    here = world(session)
    books = {book.id: book for book in here.rulebooks}
    wanted = unscanned(as_of) if petitions is None else unscanned(as_of).where(Duty.petition_id.in_(petitions))
    found: dict[tuple[int, int, Rule, str], list[Duty]] = defaultdict(list)
    for duty in session.scalars(wanted):
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


def petitions_to_scan(as_of: datetime) -> Select[int]:
    """The petitions in which a scan has to look at something; ids only, so that a county of any size fits."""
    return select(Duty.petition_id).where(UNCHARGED, Duty.due_at < as_of)


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
    """Deductions of each unit: recorded ones, and what a scan would add now."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    fresh = groups(session, as_of)
    more = {group.known: group for group in fresh if group.known}
    for row in session.scalars(score_lines(year, list(more))):
        group = more.get(row.id)
        if (row.year if group is None else min(row.year, group.year)) != year:
            continue
        duties = [item.duty for item in row.duties if item.duty.due_at < as_of] + list(group.duties if group else ())
        if duties:
            found[row.unit_id].append(_recorded(row, duties, as_of, reopened=group is not None))
    proposed = DeductionStatus.proposed
    for group in fresh:
        if group.year == year and not group.known:
            listed = [_duty(duty, as_of) for duty in _by_due(group.duties)]
            line = _line(group.number, group.rule, group.occurrence, group.points, proposed, listed)
            found[group.unit].append(line)
    for lines in found.values():
        lines.sort(key=lambda line: (line["petition"], line["rule"], line["occurrence"]))
    return found


def _recorded(row: Deduction, duties: list[Duty], as_of: datetime, *, reopened: bool) -> dict[str, Any]:
    undecided = row.decided_at is not None and row.decided_at > as_of
    anew = reopened and row.status in scoring.WITHDRAWN
    status = DeductionStatus.proposed if undecided or anew else row.status
    listed = [_duty(duty, as_of) for duty in _by_due(duties)]
    return _line(row.petition.number, row.rule, row.occurrence, row.points, status, listed)


def _by_due(duties: Iterable[Duty]) -> list[Duty]:
    return sorted(duties, key=lambda duty: (duty.due_at, duty.id))


def _line(
    number: str, rule: Rule, occurrence: str, points: Decimal, status: DeductionStatus, duties: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "petition": number,
        "rule": rule.value,
        "occurrence": occurrence,
        "points": _text(points),
        "status": status.value,
        "duties": duties,
    }


def _duty(duty: Duty, as_of: datetime) -> dict[str, Any]:
    """``due``: a date, of an hour clock a moment. What happened after ``as_of`` had not happened yet."""
    done = duty.discharged_at if duty.discharged_at and duty.discharged_at <= as_of else None
    end = (done or as_of).astimezone(zone()).date()
    hours = duty.measure is Measure.hours
    return {
        "kind": duty.kind.value,
        "paragraph": duty.paragraph,
        "due": duty.due_at.astimezone(zone()).isoformat() if hours else duty.due_on.isoformat(),
        "discharged": done.astimezone(zone()).isoformat() if done else None,
        "late_days": max(1, (end - duty.due_on).days),
    }


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
