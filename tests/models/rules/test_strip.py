"""The calendar strip says of each day what it was, and counts as the clock counted."""

from __future__ import annotations

from datetime import date

from models.rules import clocks, strip
from models.rules.facts import Clock
from models.terms import DutyKind, Measure
from reports import working
from tests.models.rules.tale import ZONE, at, work_calendar


def trace(start: str, amount: int, measure: Measure, extend: int = 0) -> dict[str, object]:
    clock = Clock(DutyKind.HANDLE, "", amount, measure, measure is not Measure.hours, extend, None, "§2", "art. 34")
    return clocks.due(clock, at(start), work_calendar(), ZONE, extend=extend).trace


def test_working_days_are_numbered_over_the_spring_festival() -> None:
    days = {one.day: one for one in strip.days(trace("2026-02-13", 5, Measure.working))}
    assert days[date(2026, 2, 13)].mark == "start"
    assert (days[date(2026, 2, 14)].kind, days[date(2026, 2, 14)].number) == ("makeup", 1)
    assert (days[date(2026, 2, 17)].kind, days[date(2026, 2, 17)].number) == ("holiday", None)
    assert (days[date(2026, 2, 27)].mark, days[date(2026, 2, 27)].number) == ("due", 5)
    assert max(days) == date(2026, 2, 27)


def test_calendar_days_are_numbered_to_the_counted_end_and_rolled_on() -> None:
    days = {one.day: one for one in strip.days(trace("2026-08-02", 60, Measure.calendar))}
    assert (days[date(2026, 10, 1)].mark, days[date(2026, 10, 1)].number) == ("raw", 60)
    assert (days[date(2026, 10, 8)].mark, days[date(2026, 10, 8)].number) == ("due", None)
    weeks = strip.weeks(trace("2026-08-02", 60, Measure.calendar))
    assert {len(week) for week in weeks} == {7}
    assert weeks[0][:6] == [None] * 6


def test_hours_have_no_strip_but_words() -> None:
    found = trace("2026-03-02 23:30", 24, Measure.hours)
    assert strip.weeks(found) == []
    assert working.strip_lines(found, "en") == []
    assert working.sentences(found, "en") == ["24 hours around the clock end on 2026-03-03 23:30."]


def test_the_words_say_how_the_date_came_about() -> None:
    assert working.sentences(trace("2026-08-02", 60, Measure.calendar), "en") == [
        "2 Aug 2026 is day zero.",
        "60 calendar days end on 1 Oct 2026.",
        "That is no working day, so it moves on to 8 Oct 2026.",
    ]
    longer = working.sentences(trace("2026-08-02", 60, Measure.calendar, extend=10), "zh")
    assert longer[1] == "60个日历日，另加10天，届满日为2026年10月11日。"
