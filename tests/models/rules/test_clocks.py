"""Counting time: domain §3 and its checks."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from models.rules import calendar, clocks
from models.rules.facts import Clock
from models.terms import DutyKind, Measure

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def work_calendar() -> calendar.WorkCalendar:
    off, on, known = calendar.announced(range(2024, 2028))
    return calendar.WorkCalendar(off, on, frozenset(known))


def _clock(amount: int, measure: str, *, rolled: bool = True) -> Clock:
    return Clock(DutyKind.INFORM, "", amount, Measure(measure), rolled, 0, None, "§2", "test")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "days", "measure", "expected"),
    [
        pytest.param("2026-02-13", 5, "working", "2026-02-27", id="spring festival with make-up days"),
        pytest.param("2025-12-31", 5, "working", "2026-01-08", id="across new year"),
        pytest.param("2026-01-30", 15, "calendar", "2026-02-14", id="a working Saturday is not rolled"),
        pytest.param("2026-08-02", 60, "calendar", "2026-10-08", id="rolled over national day"),
        pytest.param("2024-02-28", 2, "calendar", "2024-03-01", id="leap day"),
        pytest.param("2026-05-30", 0, "calendar", "2026-06-01", id="same day, rolled from Saturday"),
    ],
)
def test_day_clocks(work_calendar: calendar.WorkCalendar, start: str, days: int, measure: str, expected: str) -> None:
    due = clocks.due(_clock(days, measure), _at(start), work_calendar, ZONE)
    assert due.on == date.fromisoformat(expected)
    assert due.trace["rolled"] == expected


@pytest.mark.parametrize(
    ("local", "expected"), [("2026-06-01T23:30", "2026-06-04"), ("2026-06-02T00:30", "2026-06-05")]
)
def test_the_local_date_counts_not_the_utc_date(
    work_calendar: calendar.WorkCalendar, local: str, expected: str
) -> None:
    assert clocks.due(_clock(3, "working"), _at(local), work_calendar, ZONE).on == date.fromisoformat(expected)


def test_day_clock_is_met_until_the_last_moment_of_the_day(work_calendar: calendar.WorkCalendar) -> None:
    due = clocks.due(_clock(3, "calendar"), _at("2026-06-01T08:00"), work_calendar, ZONE)
    assert _at("2026-06-04T23:59:59") <= due.at < _at("2026-06-05T00:00")


def test_hours_run_around_the_clock(work_calendar: calendar.WorkCalendar) -> None:
    due = clocks.due(_clock(2, "hours"), _at("2026-02-14T23:30"), work_calendar, ZONE)
    assert due.at == _at("2026-02-15T01:30")
    assert due.on == date(2026, 2, 15)


def test_an_extension_is_added_to_the_raw_date_before_rolling(work_calendar: calendar.WorkCalendar) -> None:
    due = clocks.due(_clock(60, "calendar"), _at("2026-07-03"), work_calendar, ZONE, extend=30)
    assert (due.trace["raw"], due.on) == ("2026-10-01", date(2026, 10, 8))


def test_the_trace_names_holidays_and_make_up_days(work_calendar: calendar.WorkCalendar) -> None:
    trace = clocks.due(_clock(5, "working"), _at("2026-02-13"), work_calendar, ZONE).trace
    assert {day["why"] for day in trace["days"]} == {"holiday", "makeup"}
    assert {"day": "2026-02-14", "why": "makeup", "name": "调休"} in trace["days"]


def test_a_year_without_announced_make_up_days_is_provisional(work_calendar: calendar.WorkCalendar) -> None:
    assert 2027 not in work_calendar.announced_years
    due = clocks.due(_clock(10, "working"), _at("2026-12-28"), work_calendar, ZONE)
    assert due.trace["provisional"] is True
