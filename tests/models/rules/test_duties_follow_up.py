"""FOLLOW_UP: the first unit asks once in every period of fifteen days (§2(2), §2(4))."""

from __future__ import annotations

from datetime import date

import pytest

from models.terms import DutyKind, DutyStatus, Rule
from tests.models.rules.tale import BUREAU, FIRST, OTHER, THIRD, Tale, at, designated, transferred


def _periods(tale: Tale, until: str = "2026-05-20") -> list[tuple[str, date]]:
    return [(d.key, d.due.on) for d in tale.state(until).duties if d.kind is DutyKind.FOLLOW_UP]


def test_periods_of_fifteen_days_not_rolled() -> None:
    found = _periods(transferred())[:5]
    days = (date(2026, 3, 19), date(2026, 4, 3), date(2026, 4, 18), date(2026, 5, 3), date(2026, 5, 18))
    assert found == [(f"FOLLOW_UP:1.{k}", day) for k, day in enumerate(days, 1)]
    duty = transferred().duty("FOLLOW_UP:1.2")
    assert (duty.unit, duty.rule, duty.occurrence) == (FIRST, Rule.FOLLOW_UP, "follow-up:1.2")


@pytest.mark.parametrize(
    ("day", "period"),
    [
        ("2026-03-04 16:00", 1),
        ("2026-03-19 23:59", 1),
        ("2026-03-20 00:01", 2),
        ("2026-04-03", 2),
        ("2026-04-04", 3),
    ],
)
def test_a_follow_up_counts_for_the_period_of_its_day(day: str, period: int) -> None:
    duties = transferred().step("follow_up", day).duties()
    done = [key for key, duty in duties.items() if key.startswith("FOLLOW_UP") and duty.discharged_at]
    assert done == [f"FOLLOW_UP:1.{period}"]


def test_a_period_without_follow_up_is_missed_and_a_later_one_does_not_heal_it() -> None:
    duty = transferred().step("follow_up", "2026-03-20").duty("FOLLOW_UP:1.1")
    assert not duty.missed(at("2026-03-19 23:00"))
    assert duty.missed(at("2026-03-20 00:00"))


def test_nobody_else_follows_up_for_the_first_unit() -> None:
    duties = transferred().step("follow_up", "2026-03-10", OTHER).duties()
    assert duties["FOLLOW_UP:1.1"].status is DutyStatus.open


def test_the_period_of_the_reply_lapses_and_none_follows() -> None:
    tale = transferred().step("follow_up", "2026-03-10").step("reply", "2026-03-25", OTHER, outcome="resolved")
    duties = tale.duties("2026-06-01")
    assert duties["FOLLOW_UP:1.1"].status is DutyStatus.discharged
    assert duties["FOLLOW_UP:1.2"].status is DutyStatus.lapsed
    assert not duties["FOLLOW_UP:1.2"].missed(at("2026-06-01"))
    assert "FOLLOW_UP:1.3" not in duties


def test_the_period_of_an_upheld_objection_lapses_and_the_next_leg_counts_anew() -> None:
    tale = transferred().step("object", "2026-03-09", OTHER, to_unit=THIRD).step("uphold", "2026-03-11", BUREAU)
    tale.step("transfer", "2026-03-12", to_unit=THIRD, mode="written")
    duties = tale.duties()
    assert duties["FOLLOW_UP:1.1"].status is DutyStatus.lapsed
    assert "FOLLOW_UP:1.2" not in duties
    assert duties["FOLLOW_UP:2.1"].due.on == date(2026, 3, 27)


def test_a_designation_starts_the_periods_of_case_d() -> None:
    assert _periods(designated())[:2] == [
        ("FOLLOW_UP:1.1", date(2026, 3, 21)),
        ("FOLLOW_UP:1.2", date(2026, 4, 5)),
    ]


def test_periods_reach_beyond_the_day_that_is_asked_for() -> None:
    last = max(day for _, day in _periods(transferred(), "2027-01-01"))
    assert last >= date(2027, 2, 5)


def test_in_case_a_nobody_is_followed_up() -> None:
    assert _periods(Tale().step("route", "2026-03-03", outcome="A")) == []
