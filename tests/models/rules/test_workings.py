"""Every working is enough by itself: each due date of each kind of duty follows from its own text (domain §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from models.rules import calendar, clocks
from models.rules.defaults import default_rulebook
from models.rules.duties import derive
from models.rules.facts import CaseState, Due, Rulebook
from models.terms import Channel, DutyKind, Measure
from reports import working
from tests.models.rules.tale import BUREAU, OTHER, ZONE, Tale, at, designated, transferred, work_calendar

DAY = timedelta(days=1)
OFFICE = ((time(8, 30), time(12)), (time(14), time(17, 30)))
BOOK = replace(default_rulebook(), office_hours={Channel.online: OFFICE})


def urgent() -> Tale:
    return Tale("2026-02-14 23:30").step("urgent", "2026-02-14 23:40")


def promised() -> Tale:
    tale = Tale().step("route", "2026-03-03", outcome="A").step("inform", "2026-03-05", outcome="accepted")
    return tale.step("reply", "2026-04-01", outcome="explained", until=date(2026, 5, 3))


def extended() -> Tale:
    tale = transferred().step("extend", "2026-04-01", OTHER, days=20)
    tale.step("pause", "2026-04-10", OTHER).step("resume", "2026-04-15", OTHER)
    return tale.step("reply", "2026-05-20", OTHER, outcome="resolved")


def reviewed() -> Tale:
    tale = extended().step("ask_review", "2026-06-01").step("review", "2026-06-20", 4, outcome="maintained")
    return tale.step("ask_re_review", "2026-06-25")


def objected() -> Tale:
    tale = Tale().step("route", "2026-02-11", outcome="B").step("transfer", "2026-02-13", to_unit=OTHER, mode="phone")
    return tale.step("object", "2026-02-24", OTHER)


def reopened() -> Tale:
    tale = designated().step("reply", "2026-04-20", OTHER, outcome="resolved").step("close", "2026-04-25")
    return tale.step("reopen", "2026-05-06")


def at_night() -> Tale:
    return Tale("2026-02-13 23:59", registered="2026-02-24 09:00")


TALES: tuple[Callable[[], Tale], ...] = (
    *(urgent, promised, extended, reviewed, objected, designated, reopened, at_night),
    lambda: designated(BUREAU),
)


def states() -> Iterator[CaseState]:
    for tale in TALES:
        facts = replace(tale().facts(), channel=Channel.online)
        yield derive(facts, BOOK, work_calendar(), ZONE, at("2026-08-01"))


def counted_again(trace: dict[str, Any]) -> tuple[date, date]:
    """(counted, rolled) from the text of a working alone: nothing else is read."""
    differ = {date.fromisoformat(one["day"]): one["why"] for one in trace["days"]}

    def works(day: date) -> bool:
        return differ.get(day) == "makeup" or (day.weekday() < 5 and differ.get(day) != "holiday")

    raw = datetime.fromisoformat(trace.get("counted_from") or trace["start"]).date()
    if trace["measure"] == Measure.working:
        left = trace["amount"]
        while left:
            raw += DAY
            left -= works(raw)
    else:
        raw += timedelta(days=trace["amount"])
    raw += timedelta(days=trace["extension"] + trace["paused"])
    rolled = raw
    if date.fromisoformat(trace["rolled"]) != raw:
        while not works(rolled):
            rolled += DAY
    return raw, rolled


def test_every_kind_of_duty_follows_from_its_own_working() -> None:
    seen = set()
    for state in states():
        for duty in state.duties:
            trace = duty.due.trace
            seen.add(duty.kind)
            assert trace["rulebook"] == BOOK.version, duty.key
            if trace["measure"] == Measure.hours:
                end = datetime.fromisoformat(trace["start"]) + timedelta(hours=trace["amount"])
                assert (end, end.date()) == (duty.due.at, duty.due.on), duty.key
            elif trace.get("named"):
                assert duty.kind is DutyKind.KEEP_PROMISE
                assert date.fromisoformat(trace["raw"]) == duty.due.on
            else:
                again = counted_again(trace)
                assert again == (date.fromisoformat(trace["raw"]), duty.due.on), duty.key
    assert seen == set(DutyKind)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sentences_say_what_the_working_says(lang: str) -> None:
    for state in states():
        for duty in state.duties:
            said = " ".join(working.sentences(duty.due.trace, lang))
            if duty.measure is Measure.hours:
                assert f"{duty.due.at.astimezone(ZONE):%Y-%m-%d %H:%M}" in said
            elif not duty.due.trace.get("named"):
                assert working.day(lang, duty.due.on) in said, (duty.key, said)
                assert str(duty.due.trace["amount"]) in said
                assert "not counted" not in said


def test_a_follow_up_period_is_counted_from_its_own_start() -> None:
    for k, (start, end) in enumerate([("2026-03-04", "2026-03-19"), ("2026-03-19", "2026-04-03")], 1):
        duty = transferred().duty(f"FOLLOW_UP:1.{k}")
        assert (str(duty.due.trace["start"])[:10], duty.due.trace["raw"]) == (start, end)
        assert duty.due.trace["amount"] == 15
        assert "named" not in duty.due.trace


def test_what_arrives_outside_office_hours_counts_from_the_next_opening() -> None:
    night = at_night().facts()
    state = derive(replace(night, channel=Channel.online), BOOK, work_calendar(), ZONE, at("2026-03-02"))
    duties = {duty.key: duty for duty in state.duties}
    # Friday 23:59 before a make-up Saturday: the office opens on that Saturday
    register = duties["REGISTER"]
    assert register.opened_at == at("2026-02-13 23:59")
    assert register.due.trace["start"].startswith("2026-02-13T23:59")
    assert register.due.trace["counted_from"].startswith("2026-02-14T08:30")
    assert register.due.on == date(2026, 2, 14)
    assert duties["INFORM"].due.trace["raw"] == "2026-03-01"
    assert register.missed(at("2026-03-02"))
    for channel in (Channel.letter, None):
        plain = derive(replace(night, channel=channel), BOOK, work_calendar(), ZONE, at("2026-03-02"))
        assert {duty.key: duty.due.on for duty in plain.duties}["REGISTER"] == date(2026, 2, 13)


@pytest.mark.parametrize(("book", "late"), [(BOOK, 0), (default_rulebook(), 3)])
def test_online_on_friday_night_registered_on_monday_costs_nothing_with_office_hours(book: Rulebook, late: int) -> None:
    tale, now = Tale("2026-06-05 23:59", registered="2026-06-08 08:40"), at("2026-06-09")
    state = derive(replace(tale.facts(), channel=Channel.online), book, work_calendar(), ZONE, now)
    assert {duty.key: duty.late_days(now, ZONE) for duty in state.duties}["REGISTER"] == late


def test_hour_clocks_run_on_outside_office_hours() -> None:
    facts = replace(urgent().facts(), channel=Channel.online)
    duties = {duty.key: duty for duty in derive(facts, BOOK, work_calendar(), ZONE, at("2026-02-20")).duties}
    assert duties["REPORT_URGENT_UNIT_LEADER"].due.at == at("2026-02-15 01:40")


def test_a_matter_received_before_the_rulebook_says_so_in_every_working() -> None:
    book = replace(default_rulebook(), effective_from=date(2027, 1, 1))
    for duty in transferred().state(rulebook=book).duties:
        assert duty.due.trace["in_force_from"] == "2027-01-01"
        said = working.sentences(duty.due.trace, "en")
        assert said[-1].startswith("Rulebook 2024-1 is in force from 1 Jan 2027 only")
    assert all("in_force_from" not in duty.due.trace for duty in transferred().state().duties)


def without(kind: DutyKind) -> Rulebook:
    book = default_rulebook()
    return replace(book, clocks=tuple(clock for clock in book.clocks if clock.duty is not kind))


@pytest.mark.parametrize("kind", DutyKind)
def test_a_duty_without_a_clock_does_not_open_and_nothing_else_breaks(kind: DutyKind) -> None:
    for tale in TALES:
        until, whole = at("2026-08-01"), tale().facts()
        duties = derive(whole, without(kind), work_calendar(), ZONE, until).duties
        assert kind not in {duty.kind for duty in duties}


def test_days_that_are_only_counted_depend_on_no_calendar() -> None:
    promise = promised().duty("KEEP_PROMISE:1").due
    period = Tale("2026-12-20 09:00").step("route", "2026-12-21", outcome="B")
    period.step("transfer", "2026-12-22", to_unit=OTHER, mode="written")
    follow_up, handle = period.duty("FOLLOW_UP:1.1"), period.duty("HANDLE:1")
    assert (promise.trace["provisional"], follow_up.due.trace["provisional"]) == (False, False)
    assert handle.due.trace["provisional"] is True


def counted(start: str, days: int) -> Due:
    clock = default_rulebook().clock(DutyKind.FILE, "B")
    return clocks.due(replace(clock, amount=days), at(start), seeded(), ZONE)


def seeded() -> calendar.WorkCalendar:
    off, on, known = calendar.announced(range(calendar.FIRST_YEAR, 2028))
    return calendar.WorkCalendar(off, on, frozenset(known))


@pytest.mark.parametrize(
    ("start", "due", "provisional"),
    [
        pytest.param("2023-09-28", "2023-10-09", False, id="the national day week of 2023, two make-up days"),
        pytest.param("2007-04-29", "2007-05-09", False, id="the first year on record"),
        pytest.param("2006-12-20", "2006-12-25", True, id="a year before the record"),
        pytest.param("2028-03-01", "2028-03-06", True, id="a year that nobody announced"),
        pytest.param("2045-05-05", "2045-05-10", True, id="a year far away"),
    ],
)
def test_each_year_counts_by_its_own_notice_or_is_provisional(start: str, due: str, provisional: bool) -> None:
    found = counted(start, 3)
    assert (found.on.isoformat(), found.trace["provisional"]) == (due, provisional)
