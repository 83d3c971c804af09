"""Shared reads: what is overdue, what a unit owes, what a scan has to look at, the deductions of a year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.rules.scoring import WITHDRAWN
from models.tables import Deduction, DeductionDuty, DeductionEvent, Duty, Petition
from models.tables.duties import UNCHARGED
from models.terms import DeductionStatus, DutyStatus, Rule
from models.world import world, zone

CHUNK = 400
KEY = ("petition_id", "unit_id", "rule", "occurrence")


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
    """All deductions told of in a year and those with the ids ``also``, in a stable order."""
    parts = (
        selectinload(Deduction.duties).joinedload(DeductionDuty.duty),
        joinedload(Deduction.petition),
    )
    wanted = select(Deduction).where(_told_in(year, also)).options(*parts)
    return wanted.join(Petition, Deduction.petition_id == Petition.id).order_by(
        Petition.number, Deduction.rule, Deduction.occurrence
    )


def hearing_lines(year: int, as_of: datetime, also: Sequence[int] = ()) -> Select[int, DeductionStatus, str | None]:
    """What was said in the hearings of a year's deductions up to ``as_of``: (deduction, status, reason) in order."""
    which = _told_in(year, also)
    wanted = select(DeductionEvent.deduction_id, DeductionEvent.status, DeductionEvent.reason)
    wanted = wanted.join(Deduction, Deduction.id == DeductionEvent.deduction_id).where(which)
    return wanted.where(DeductionEvent.at <= as_of).order_by(DeductionEvent.deduction_id, DeductionEvent.id)


def told_in(year: int) -> ColumnElement[bool]:
    """Of a ``Deduction``: it belongs to the year, or did before what it rested on then was excused."""
    excused = exists().where(
        DeductionDuty.deduction_id == Deduction.id,
        DeductionDuty.excused,
        DeductionDuty.due_on.between(date(year, 1, 1), date(year, 12, 31)),
    )
    return or_(Deduction.year == year, excused)


def _told_in(year: int, also: Sequence[int]) -> ColumnElement[bool]:
    return or_(told_in(year), Deduction.id.in_(also)) if also else told_in(year)


@dataclass(frozen=True, slots=True)
class Known:
    """A deduction that is there already for an occurrence. ``excused``: withdrawn or overturned, it does not count."""

    id: int
    year: int
    excused: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Missed duties of one (petition, unit, rule, occurrence) that no deduction lists yet.

    ``year``: of the earliest duty that counts (domain §5); what was excused before counts no more.
    """

    petition: int
    number: str
    unit: int
    rule: Rule
    occurrence: str
    points: Decimal
    rulebook: int
    year: int
    duties: tuple[Duty, ...]
    known: Known | None

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
        if duty.rule and duty.occurrence and late_days(duty, as_of) > book.grace_days:
            found[duty.petition_id, duty.unit_id, duty.rule, duty.occurrence].append(duty)
    numbers, known = _lookups(session, list(found))
    made = []
    for key, duties in found.items():
        petition, unit, rule, occurrence = key
        book = books.get(duties[0].rulebook_id, here.rulebooks[-1])
        row, year = known.get(key), min(duty.due_on for duty in duties).year
        if row is not None and not row.excused:
            year = min(year, row.year)
        number, points = numbers[petition], book.points[rule]
        made.append(Group(petition, number, unit, rule, occurrence, points, book.id, year, tuple(duties), row))
    return made


def petitions_to_scan(as_of: datetime) -> Select[int]:
    """The petitions in which a scan has to look at something; ids only, so that a county of any size fits."""
    return select(Duty.petition_id).where(UNCHARGED, Duty.due_at < as_of)


def _lookups(session: Session, keys: list[Any]) -> tuple[dict[int, str], dict[Any, Known]]:
    numbers: dict[int, str] = {}
    known: dict[Any, Known] = {}
    wanted = sorted({key[0] for key in keys})
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        numbers.update(session.execute(select(Petition.id, Petition.number).where(Petition.id.in_(part))).all())
        columns = [getattr(Deduction, name) for name in KEY]
        wanted_of = select(Deduction.id, Deduction.year, Deduction.status, *columns)
        for row in session.execute(wanted_of.where(Deduction.petition_id.in_(part))):
            known[tuple(row[3:])] = Known(row.id, row.year, row.status in WITHDRAWN)
    return numbers, known


def late_days(duty: Duty, as_of: datetime) -> int:
    """Whole days that a missed duty is late by date, at least 1: up to its discharge, else up to ``as_of``.

    What happened after ``as_of`` had not happened yet.
    """
    done = duty.discharged_at if duty.discharged_at and duty.discharged_at <= as_of else None
    return max(1, ((done or as_of).astimezone(zone()).date() - duty.due_on).days)
