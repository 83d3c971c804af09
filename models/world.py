"""The world every case is judged in: rulebooks, calendar, units and zone; read once until it changes."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, insert, inspect, select, update
from sqlalchemy.orm import Session

from models import rulebooks, unit_tree  # noqa: F401 -- whoever reads units has their guard in force
from models.errors import DomainError, Invalid, Problem
from models.rules.calendar import WEEKDAY, WorkCalendar, wrong_makeup
from models.rules.facts import Rulebook
from models.tables import CalendarDay, CalendarYear, Counter, RulebookSupplement, Unit
from models.tables import Rulebook as RulebookRow
from models.terms import N_, DayKind, RulebookStatus, UnitKind

STAMP = "world"
# the mark that due dates may be out of date: alone all of them, else with the days that are others, "dates FIRST LAST"
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
        """The version in force on the day of receipt.

        What came before all versions is counted by the oldest, so that it is seen at all; nothing of it becomes final.
        """
        fitting = [book for book in self.rulebooks if self.governs(book, received_at)]
        return fitting[-1] if fitting else self.rulebooks[0]

    def governs(self, book: Rulebook, received_at: datetime) -> bool:
        """Whether the version had come into force by the day of receipt."""
        return book.effective_from <= received_at.astimezone(self.zone).date()


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


def dates_changed(session: Session) -> None:
    """What was written past the session changes due dates: all of them are counted again."""
    _mark(session, DATES)


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


@event.listens_for(Session, "before_flush")
def _days_fit(session: Session, _context: object, _instances: object) -> None:
    """Whoever writes a day, whichever way: offices work on a Monday anyway."""
    changed = [*session.new, *(row for row in session.dirty if session.is_modified(row))]
    for row in (one for one in changed if isinstance(one, CalendarDay) and one.day and one.kind):
        if weekday := wrong_makeup(row.day, DayKind(row.kind)):
            raise Invalid([Problem("day", WEEKDAY, params={"day": (weekday,)})])


@event.listens_for(Session, "after_flush")
def _reference_changed(session: Session, _context: object) -> None:
    """A session that changes reference data must not go on judging by the old; nor do the dates counted by it stand."""
    changed = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, Unit) or _counts(row) for row in changed):
        forget_world(session)
    if any(_counts(row) and not isinstance(row, CalendarDay | CalendarYear) for row in changed):
        _mark(session, DATES)
    for first, last in _spans(changed):
        _mark(session, f"{DATES} {first} {last}")
    for year in sorted({day.year for row in changed if isinstance(row, CalendarDay) for day in _days(row)}):
        _raise_version(session, year)


def _spans(changed: Iterable[object]) -> list[tuple[date, date]]:
    """From which to which day of each year the calendar is another; of a year that is announced now, all of it."""
    days = {day for row in changed if isinstance(row, CalendarDay) for day in _days(row)}
    years = {row.year for row in changed if isinstance(row, CalendarYear)}
    days |= {day for year in years for day in (date(year, 1, 1), date(year, 12, 31))}
    found = []
    for year in sorted({day.year for day in days}):
        of_year = [day for day in days if day.year == year]
        found.append((min(of_year), max(of_year)))
    return found


def _days(row: CalendarDay) -> set[date]:
    """The day of a row, and the one that it was before."""
    return {row.day, *inspect(row).attrs.day.history.deleted}


def _raise_version(session: Session, year: int) -> None:
    """The days of a year were changed; a year of which only days are known was not announced by them."""
    table: Any = CalendarYear.__table__
    link = session.connection()
    raised = update(table).where(table.c.year == year).values(version=table.c.version + 1)
    if link.execute(raised).rowcount == 0:
        link.execute(insert(table).values(year=year, provisional=True, version=1))


def _load_world(session: Session) -> World:
    columns = (Unit.id, Unit.code, Unit.name, Unit.name_en, Unit.kind, Unit.active, Unit.parent_id)
    units = {row.id: UnitFact(*row) for row in session.execute(select(*columns))}
    bureau = next((unit.id for unit in units.values() if unit.kind is UnitKind.bureau), None)
    books = tuple(rulebooks.facts(row) for row in rulebooks.published(session))
    if bureau is None or not books:
        raise DomainError(N_("Reference data is missing: run init, and create the bureau."))
    return World(books, load_calendar(session), bureau, _zone["zone"], units)


def load_calendar(session: Session) -> WorkCalendar:
    """The calendar table as the rules' plain object; read as plain rows, for everybody counts by it."""
    day, year = CalendarDay.__table__.c, CalendarYear.__table__.c
    days = session.execute(select(day.day, day.kind, day.name)).all()
    years = session.execute(select(year.year, year.version, year.provisional).order_by(year.year)).all()
    return WorkCalendar(
        {row.day: row.name for row in days if row.kind is DayKind.holiday},
        {row.day: row.name for row in days if row.kind is DayKind.makeup},
        frozenset(row.year for row in years if not row.provisional),
        {row.year: str(row.version) for row in years},
    )
