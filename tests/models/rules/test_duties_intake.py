"""Duties of the first unit before and besides routing: REGISTER, INFORM, REPORT_URGENT (domain §2)."""

from __future__ import annotations

from datetime import date

import pytest

from models.terms import DutyKind, DutyStatus, Rule
from tests.models.rules.tale import BUREAU, FIRST, OTHER, ZONE, Tale, at

URGENT = ("REPORT_URGENT_UNIT_LEADER", "REPORT_URGENT_LEADER_IN_CHARGE", "REPORT_URGENT_BUREAU")


def test_register_is_owed_the_same_day() -> None:
    duty = Tale(registered="2026-03-02 23:50").duty("REGISTER")
    assert (duty.unit, duty.rule, duty.occurrence) == (FIRST, Rule.ACCEPT, "acceptance")
    assert duty.due.on == date(2026, 3, 2)
    assert duty.status is DutyStatus.discharged
    assert not duty.missed(at("2026-03-09"))


@pytest.mark.parametrize(
    ("registered", "late"), [("2026-03-09 16:00", 0), ("2026-03-10 08:00", 1), ("2026-03-12 08:00", 3)]
)
def test_register_on_a_sunday_rolls_to_monday(registered: str, late: int) -> None:
    duty = Tale("2026-03-08 09:00", registered=registered).duty("REGISTER")
    assert duty.due.on == date(2026, 3, 9)
    assert duty.late_days(at("2026-04-01"), ZONE) == late


def test_before_routing_there_is_nothing_but_register_and_inform() -> None:
    assert set(Tale().duties("2026-06-01")) == {"REGISTER", "INFORM"}


def test_inform_is_owed_within_fifteen_days() -> None:
    duty = Tale().duty("INFORM")
    assert (duty.unit, duty.rule, duty.occurrence) == (FIRST, Rule.ACCEPT, "acceptance")
    assert duty.due.on == date(2026, 3, 17)
    assert duty.status is DutyStatus.open
    assert not duty.missed(at("2026-03-17 23:59"))
    assert duty.missed(at("2026-03-18 00:00"))


@pytest.mark.parametrize(("told", "missed"), [("2026-03-17 23:00", False), ("2026-03-18 08:00", True)])
def test_inform_is_discharged_by_the_first_units_notice(told: str, missed: bool) -> None:
    duty = Tale().step("inform", told, outcome="accepted", mode="written").duty("INFORM")
    assert duty.status is DutyStatus.discharged
    assert duty.missed(at("2026-05-01")) is missed


def test_inform_is_not_discharged_by_another_unit() -> None:
    assert Tale().step("inform", "2026-03-05", OTHER, outcome="accepted").duty("INFORM").status is DutyStatus.open


def test_the_first_notice_counts() -> None:
    tale = Tale().step("inform", "2026-03-05", outcome="accepted").step("inform", "2026-04-05", outcome="accepted")
    assert tale.duty("INFORM").discharged_at == at("2026-03-05")


def test_urgent_opens_three_reports_by_the_hour() -> None:
    tale = Tale().step("urgent", "2026-03-06 22:30")
    duties = tale.duties()
    assert {duties[key].occurrence for key in URGENT} == {"urgent"}
    assert {duties[key].rule for key in URGENT} == {Rule.TRANSFER}
    assert {duties[key].unit for key in URGENT} == {FIRST}
    moments = [duties[key].due.at for key in URGENT]
    assert moments == [at("2026-03-07 00:30"), at("2026-03-07 00:30"), at("2026-03-07 22:30")]


@pytest.mark.parametrize(
    ("addressee", "key", "in_time", "late"),
    [
        ("unit_leader", URGENT[0], "2026-03-02 12:00", "2026-03-02 12:01"),
        ("leader_in_charge", URGENT[1], "2026-03-02 12:00", "2026-03-02 12:01"),
        ("bureau", URGENT[2], "2026-03-03 10:00", "2026-03-03 10:01"),
    ],
)
def test_each_addressee_has_a_report_of_his_own(addressee: str, key: str, in_time: str, late: str) -> None:
    for moment, missed in ((in_time, False), (late, True)):
        tale = Tale().step("urgent", "2026-03-02 10:00").step("report_urgent", moment, outcome=addressee)
        duties = tale.duties()
        assert duties[key].status is DutyStatus.discharged
        assert duties[key].missed(at("2026-04-01")) is missed
        assert [k for k in URGENT if duties[k].status is DutyStatus.open] == [k for k in URGENT if k != key]


def test_an_hour_clock_missed_on_the_same_day_is_one_day_late() -> None:
    tale = Tale().step("urgent", "2026-03-02 10:00").step("report_urgent", "2026-03-02 13:00", outcome="unit_leader")
    assert tale.duty(URGENT[0]).late_days(at("2026-04-01"), ZONE) == 1


def test_the_bureau_does_not_report_to_itself() -> None:
    assert URGENT[2] not in Tale(first=BUREAU).step("urgent", "2026-03-02 10:00").duties()


def test_urgency_is_known_once_and_a_routing_decision_c_is_the_same_flag() -> None:
    tale = Tale().step("route", "2026-03-02 10:00", outcome="C").step("urgent", "2026-03-02 15:00")
    state = tale.state()
    assert state.urgent_at == at("2026-03-02 10:00")
    assert state.case is None
    reports = [duty for duty in state.duties if duty.kind is DutyKind.REPORT_URGENT_UNIT_LEADER]
    assert [duty.due.at for duty in reports] == [at("2026-03-02 12:00")]


def test_urgency_stands_on_top_of_any_case() -> None:
    tale = Tale().step("urgent", "2026-03-02 10:00").step("route", "2026-03-03", outcome="A")
    duties = tale.duties()
    assert {duties[key].status for key in URGENT} == {DutyStatus.open}
    assert "HANDLE:1" in duties
