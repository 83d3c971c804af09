"""The world every case is judged in: rulebooks, calendar, units and zone; read once until it changes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from models import rulebooks
from models.errors import DomainError
from models.rules.calendar import WorkCalendar
from models.rules.facts import Rulebook
from models.tables import CalendarDay, CalendarYear, Counter, RulebookSupplement, Unit
from models.tables import Rulebook as RulebookRow
from models.terms import N_, DayKind, RulebookStatus, UnitKind

STAMP = "world"
# the mark that due dates counted before it may be out of date
DATES = "dates"
_zone = {"zone": ZoneInfo("Asia/Shanghai")}


def zone() -> ZoneInfo:
    """The county's time zone."""
    return _zone["zone"]


def configure_zone(name: str) -> None:
    """Set the county's time zone (once, at the edge: ``TIMEZONE``)."""
    _zone["zone"] = ZoneInfo(name)


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A unit as plain data, so that a commit does not expire it."""

    id: int
    code: str
    name: str
    name_en: str | None
    kind: UnitKind
    active: bool
    parent: int | None = None


@dataclass(frozen=True)
class World:
    """What does not change from case to case; read once for each session."""

    rulebooks: tuple[Rulebook, ...]
    calendar: WorkCalendar
    bureau: int
    zone: ZoneInfo
    units: dict[int, UnitFact]

    @cached_property
    def superiors(self) -> dict[int, int]:
        """Unit → the next level up, of the units that have one."""
        return {unit.id: unit.parent for unit in self.units.values() if unit.parent is not None}

    def below(self, unit: int) -> frozenset[int]:
        """The units under ``unit``, at every depth."""
        found: set[int] = set()
        level = {unit}
        while level:
            level = {one.id for one in self.units.values() if one.parent in level} - found - {unit}
            found |= level
        return frozenset(found)

    def rulebook(self, received_at: datetime) -> Rulebook:
        """The version in force on the day of receipt; the oldest for what came before all versions."""
        day = received_at.astimezone(self.zone).date()
        fitting = [book for book in self.rulebooks if book.effective_from <= day]
        return fitting[-1] if fitting else self.rulebooks[0]


_known: dict[str, tuple[int, World]] = {}


def world(session: Session) -> World:
    """The session's world: one statement asks whether the process's copy still holds; else it is read anew."""
    found = session.info.get("world")
    if not isinstance(found, World):
        found = session.info["world"] = _current_world(session)
    return found


def _current_world(session: Session) -> World:
    where = repr(session.get_bind())
    stamp = session.scalar(select(Counter.value).where(Counter.series == STAMP))
    known = _known.get(where)
    if stamp is not None and known is not None and known[0] == stamp and known[1].zone == _zone["zone"]:
        return known[1]
    found = _load_world(session)
    if stamp is not None:
        _known[where] = (stamp, found)
    return found


def forget_world(session: Session) -> None:
    """After reference data changed in this session: mark every process's copy as out of date."""
    session.info.pop("world", None)
    _mark(session, STAMP)


def _mark(session: Session, series: str) -> None:
    table: Any = Counter.__table__
    link = session.connection()
    # a random mark, not a count: a copied or restored database must not look like the one it came from
    mark = secrets.randbelow(2**31 - 2) + 1
    if link.execute(update(table).where(table.c.series == series).values(value=mark)).rowcount == 0:
        link.execute(insert(table).values(series=series, value=mark))


def _counts(row: object) -> bool:
    """Whether due dates follow from the row: of rulebooks the published ones, whose parts never change."""
    if isinstance(row, RulebookRow):
        return row.status is RulebookStatus.published
    return isinstance(row, CalendarDay | CalendarYear | RulebookSupplement)


@event.listens_for(Session, "after_flush")
def _reference_changed(session: Session, _context: object) -> None:
    """A session that changes reference data must not go on judging by the old; nor do the dates counted by it stand."""
    changed = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, Unit) or _counts(row) for row in changed):
        forget_world(session)
    if any(_counts(row) for row in changed):
        _mark(session, DATES)
    if years := {row.day.year for row in changed if isinstance(row, CalendarDay)}:
        table: Any = CalendarYear.__table__
        raised = update(table).where(table.c.year.in_(years)).values(version=table.c.version + 1)
        session.connection().execute(raised)


def _load_world(session: Session) -> World:
    columns = (Unit.id, Unit.code, Unit.name, Unit.name_en, Unit.kind, Unit.active, Unit.parent_id)
    units = {row.id: UnitFact(*row) for row in session.execute(select(*columns))}
    bureau = next((unit.id for unit in units.values() if unit.kind is UnitKind.bureau), None)
    books = tuple(rulebooks.facts(row) for row in rulebooks.published(session))
    if bureau is None or not books:
        raise DomainError(N_("Reference data is missing: run init, and create the bureau."))
    return World(books, load_calendar(session), bureau, _zone["zone"], units)


def load_calendar(session: Session) -> WorkCalendar:
    """The calendar table as the rules' plain object."""
    days = session.scalars(select(CalendarDay)).all()
    years = session.scalars(select(CalendarYear).order_by(CalendarYear.year)).all()
    return WorkCalendar(
        {row.day: row.name for row in days if row.kind is DayKind.holiday},
        {row.day: row.name for row in days if row.kind is DayKind.makeup},
        frozenset(row.year for row in years if not row.provisional),
        {row.year: str(row.version) for row in years},
    )
