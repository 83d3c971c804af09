"""The working calendar as a plain object: a week, the days that differ from it, and the years that were announced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from models.terms import N_, DayKind

_DAY = timedelta(days=1)
# the first year whose make-up working days are on record
FIRST_YEAR = 2007
WEEKDAY = N_("This is a %(day)s, on which offices work anyway: a make-up working day is a Saturday or a Sunday.")
WEEKDAYS = (
    *(N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday")),
    *(N_("Saturday"), N_("Sunday")),
)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """``holidays`` and ``makeups`` (调休) give each differing day its name.

    ``announced_years``: those whose make-up days somebody announced; any other year, whichever it is, is provisional.
    ``versions``: year → how often its days were changed.
    """

    holidays: Mapping[date, str]
    makeups: Mapping[date, str]
    announced_years: frozenset[int]
    versions: Mapping[int, str] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """A make-up day works even on a week-end; a holiday never works."""
        if day in self.makeups:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def roll(self, day: date) -> date:
        """The day itself if offices work, else the next working day."""
        while not self.is_working(day):
            day += _DAY
        return day

    def add_working(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day`` (day zero); 0 rolls the day itself."""
        if count == 0:
            return self.roll(day)
        while count:
            day += _DAY
            count -= self.is_working(day)
        return day

    def remarkable(self, first: date, last: date) -> list[dict[str, str]]:
        """Each holiday and make-up day of ``first`` … ``last``, JSON-ready: day, why, name."""
        met = []
        day = first
        while day <= last:
            if day in self.makeups:
                met.append({"day": day.isoformat(), "why": "makeup", "name": self.makeups[day]})
            elif day in self.holidays:
                met.append({"day": day.isoformat(), "why": "holiday", "name": self.holidays[day]})
            day += _DAY
        return met

    def crosses_provisional(self, first: date, last: date) -> bool:
        """Whether the span touches a year whose make-up days are not announced."""
        return any(year not in self.announced_years for year in range(first.year, last.year + 1))

    def version(self, first: date, last: date) -> str:
        """``2026/1 2027/3``: which state of each year's days was read."""
        years = range(first.year, last.year + 1)
        return " ".join(f"{year}/{self.versions[year]}" if year in self.versions else str(year) for year in years)


def wrong_makeup(day: date, kind: DayKind) -> str:
    """The msgid of the weekday on which a make-up day cannot lie (domain §3: a Saturday or Sunday); empty if it can."""
    return WEEKDAYS[day.weekday()] if kind is DayKind.makeup and day.weekday() < 5 else ""


def announced(years: Iterable[int]) -> tuple[dict[date, str], dict[date, str], set[int]]:
    """National holidays, make-up days and the announced years, from the ``holidays`` package.

    The package says nothing when a year's make-up days are not announced yet; a year without any was not announced.
    """
    from holidays.countries import China

    off: dict[date, str] = {}
    on: dict[date, str] = {}
    known: set[int] = set()
    for year in years:
        china = China(years=year, language="zh_CN")
        off.update({day: name for day, name in china.items() if day.year == year})
        found = {day: "调休" for day in getattr(china, "weekend_workdays", set()) if day.year == year}
        on.update(found)
        if found:
            known.add(year)
    return off, on, known
