"""HANDLE of case A, extension, pause, KEEP_PROMISE; case D; case E; closing and reopening."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.rules.defaults import CLOCKS, default_rulebook
from models.terms import Case, DutyKind, DutyStatus, PetitionStatus, Rule
from tests.models.rules.tale import BUREAU, FIRST, OTHER, THIRD, ZONE, Tale, at, designated, transferred


def accepted(when: str = "2026-03-05") -> Tale:
    return Tale().step("route", "2026-03-03", outcome="A").step("inform", when, outcome="accepted")


@pytest.mark.parametrize(
    ("told", "start", "raw", "due"),
    [
        pytest.param("2026-03-05", "2026-03-05", "2026-05-04", date(2026, 5, 6), id="from acceptance"),
        pytest.param("2026-03-30", "2026-03-17", "2026-05-16", date(2026, 5, 18), id="from the end of the clock"),
    ],
)
def test_handle_a_runs_from_acceptance_or_the_end_of_inform(told: str, start: str, raw: str, due: date) -> None:
    duty = accepted(told).duty("HANDLE:1")
    assert (duty.unit, duty.rule, duty.occurrence) == (FIRST, Rule.HANDLE, "handling:1")
    assert str(duty.due.trace["start"]).startswith(start)
    assert (duty.due.trace["raw"], duty.due.on) == (raw, due)


def test_handle_a_runs_even_if_nobody_informs() -> None:
    assert Tale().step("route", "2026-03-03", outcome="A").duty("HANDLE:1").due.on == date(2026, 5, 18)


@pytest.mark.parametrize(("replied", "late"), [("2026-05-06 23:00", 0), ("2026-05-07 08:00", 1), ("2026-05-20", 14)])
def test_handle_is_discharged_by_the_reply(replied: str, late: int) -> None:
    duty = accepted().step("reply", replied, outcome="resolved").duty("HANDLE:1")
    assert duty.status is DutyStatus.discharged
    assert duty.late_days(at("2026-12-01"), ZONE) == late


def test_an_open_handle_is_missed_when_its_day_is_over() -> None:
    duty = accepted().duty("HANDLE:1")
    assert not duty.missed(at("2026-05-06 23:59"))
    assert duty.missed(at("2026-05-07 00:00"))


def test_an_extension_is_added_before_rolling_and_only_once() -> None:
    tale = accepted().step("extend", "2026-04-20", days=30)
    assert tale.duty("HANDLE:1").due.on == date(2026, 6, 3)
    assert tale.step("extend", "2026-05-20", days=20).duty("HANDLE:1").due.on == date(2026, 6, 3)


def test_a_hearing_is_excluded() -> None:
    tale = accepted().step("pause", "2026-04-01")
    assert tale.duty("HANDLE:1").status is DutyStatus.paused
    assert not tale.duty("HANDLE:1").missed(at("2026-12-01"))
    tale.step("resume", "2026-04-11")
    duty = tale.duty("HANDLE:1")
    assert duty.status is DutyStatus.open
    assert (duty.due.trace["paused"], duty.due.on) == (10, date(2026, 5, 14))


def test_a_hearing_does_not_heal_a_miss() -> None:
    tale = accepted().step("pause", "2026-05-20").step("resume", "2026-06-20").step("reply", "2026-06-21")
    assert "paused" in tale.duty("HANDLE:1").due.trace
    assert tale.duty("HANDLE:1").due.on == date(2026, 5, 6)
    assert tale.duty("HANDLE:1").late_days(at("2026-07-01"), ZONE) == 46


def _promised() -> Tale:
    return accepted().step("reply", "2026-04-01", outcome="explained", until=date(2026, 5, 3))


def test_a_promise_is_owed_on_its_very_day() -> None:
    duty = _promised().duty("KEEP_PROMISE:1")
    assert (duty.unit, duty.rule, duty.occurrence) == (FIRST, Rule.HANDLE, "promise:1")
    assert duty.due.on == date(2026, 5, 3)  # a Sunday: not rolled
    assert _promised().duty("HANDLE:1").status is DutyStatus.discharged


@pytest.mark.parametrize(("kept", "missed"), [("2026-05-03 20:00", False), ("2026-05-04 08:00", True)])
def test_a_promise_is_kept_by_a_reply(kept: str, missed: bool) -> None:
    duty = _promised().step("reply", kept, outcome="resolved").duty("KEEP_PROMISE:1")
    assert duty.status is DutyStatus.discharged
    assert duty.missed(at("2026-12-01")) is missed


def test_a_second_promise_is_a_second_occurrence_and_does_not_meet_the_first() -> None:
    tale = _promised().step("reply", "2026-04-30", outcome="explained", until=date(2026, 6, 30))
    first, second = tale.duty("KEEP_PROMISE:1"), tale.duty("KEEP_PROMISE:2")
    assert (first.status, second.status) == (DutyStatus.open, DutyStatus.open)
    assert first.missed(at("2026-05-20"))
    assert second.occurrence == "promise:2"
    tale.step("reply", "2026-06-20", outcome="resolved")
    first, second = tale.duty("KEEP_PROMISE:1"), tale.duty("KEEP_PROMISE:2")
    assert (first.status, first.missed(at("2026-07-01"))) == (DutyStatus.discharged, True)
    assert (second.status, second.missed(at("2026-07-01"))) == (DutyStatus.discharged, False)


@pytest.mark.parametrize(
    ("outcome", "when", "status", "missed"),
    [
        ("resolved", "2026-05-02", DutyStatus.discharged, False),
        ("not_supported", "2026-05-02", DutyStatus.lapsed, False),
        ("unable", "2026-05-20", DutyStatus.lapsed, True),
    ],
)
def test_only_its_fulfilment_meets_a_promise(outcome: str, when: str, status: DutyStatus, missed: bool) -> None:
    duty = _promised().step("reply", when, outcome=outcome).duty("KEEP_PROMISE:1")
    assert (duty.status, duty.missed(at("2026-06-01"))) == (status, missed)


def test_in_case_a_no_result_is_reported() -> None:
    kinds = {duty.kind for duty in accepted().step("reply", "2026-04-01", outcome="resolved").state().duties}
    assert kinds == {DutyKind.REGISTER, DutyKind.INFORM, DutyKind.HANDLE}


@pytest.mark.parametrize(("reported", "missed"), [("2026-03-06", False), ("2026-03-07", True)])
def test_several_departments_are_reported_within_three_working_days(reported: str, missed: bool) -> None:
    duty = Tale().step("route", "2026-03-03", outcome="D").step("report_multi", reported).duty("REPORT_MULTI")
    assert (duty.unit, duty.rule, duty.occurrence) == (FIRST, Rule.TRANSFER, "multi")
    assert (duty.due.on, duty.missed(at("2026-06-01"))) == (date(2026, 3, 6), missed)


def test_the_bureau_has_the_lead_named_and_nobody_elses_clock_runs_meanwhile() -> None:
    tale = Tale().step("route", "2026-03-03", outcome="D").step("report_multi", "2026-03-04")
    duty = tale.duty("DESIGNATE")
    assert (duty.unit, duty.rule, duty.due.on) == (BUREAU, None, date(2026, 3, 11))
    assert {d.kind for d in tale.state().open_duties} == {DutyKind.INFORM, DutyKind.DESIGNATE}
    assert tale.state().holder == BUREAU


def test_if_the_bureau_is_first_it_reports_to_nobody() -> None:
    duties = Tale(first=BUREAU).step("route", "2026-03-03", outcome="D").duties()
    assert "REPORT_MULTI" not in duties
    assert duties["DESIGNATE"].due.on == date(2026, 3, 10)


def test_the_lead_convenes_handles_and_reports() -> None:
    tale = designated()
    state, duties = tale.state(), tale.duties()
    assert (state.lead, state.responsible, state.co_units) == (OTHER, OTHER, (THIRD,))
    assert duties["DESIGNATE"].status is DutyStatus.discharged
    convene, handle = duties["CONVENE:1"], duties["HANDLE:1"]
    assert (convene.unit, convene.rule, convene.occurrence) == (OTHER, Rule.HANDLE, "handling:1")
    assert convene.due.on == date(2026, 3, 13)
    assert (handle.unit, handle.rule, handle.occurrence) == (OTHER, Rule.HANDLE, "handling:1")
    assert (handle.due.trace["raw"], handle.due.on) == ("2026-05-05", date(2026, 5, 6))
    assert tale.step("convene", "2026-03-16", OTHER).duty("CONVENE:1").missed(at("2026-06-01"))
    tale.step("reply", "2026-04-13", OTHER, outcome="resolved")
    report = tale.duty("REPORT_RESULT:1")
    assert (report.unit, report.occurrence, report.due.on) == (OTHER, "handling:1", date(2026, 4, 16))


def test_co_handling_units_owe_nothing_of_their_own() -> None:
    assert THIRD not in {duty.unit for duty in designated().state("2026-06-01").duties}


def test_the_legal_route_leaves_only_the_notice() -> None:
    tale = Tale().step("route", "2026-03-03", outcome="E")
    assert set(tale.duties("2026-06-01")) == {"REGISTER", "INFORM"}
    tale.step("inform", "2026-03-04", outcome="legal_route")
    state = tale.state()
    assert (state.case, state.open_duties, state.responsible) == (Case.E, (), None)


def test_closing_ends_what_is_still_open_without_verdict() -> None:
    tale = transferred().step("close", "2026-03-10", outcome="withdrawn")
    state = tale.state("2026-12-01")
    assert (state.status, state.open_duties) == (PetitionStatus.closed, ())
    assert tale.duty("HANDLE:1").status is DutyStatus.lapsed
    assert tale.duty("FILE:1").missed(at("2026-12-01"))  # its day had passed before the closing
    assert not tale.duty("INFORM:1").missed(at("2026-12-01"))


def test_reopening_starts_a_new_assignment() -> None:
    tale = accepted().step("reply", "2026-04-01", outcome="resolved").step("close", "2026-04-02")
    tale.step("reopen", "2026-04-10")
    state, duties = tale.state(), tale.duties()
    assert state.status is PetitionStatus.handling
    assert (duties["HANDLE:2"].occurrence, duties["HANDLE:2"].due.on) == ("handling:2", date(2026, 6, 9))


def test_a_corrected_decision_cancels_what_the_first_one_opened() -> None:
    duties = Tale().step("route", "2026-03-03", outcome="B").step("route", "2026-03-04", outcome="A").duties()
    assert duties["TRANSFER:1"].status is DutyStatus.cancelled
    assert duties["HANDLE:1"].status is DutyStatus.open
    assert duties["INFORM"].status is DutyStatus.open


def test_a_changed_rulebook_moves_open_duties_but_no_verdict() -> None:
    clocks = tuple(replace(c, amount=5) if c.duty is DutyKind.INFORM else c for c in CLOCKS)
    strict = replace(default_rulebook(), clocks=clocks)
    tale = Tale().step("inform", "2026-03-12", outcome="accepted")
    kept = {"INFORM": tale.duty("INFORM").due}
    by_key = {duty.key: duty for duty in tale.state(rulebook=strict, kept=kept).duties}
    assert not by_key["INFORM"].missed(at("2026-06-01"))
    open_duty = {duty.key: duty for duty in Tale().state(rulebook=strict).duties}["INFORM"]
    assert open_duty.due.on == date(2026, 3, 9)  # the fifth day is a Saturday


def test_the_order_of_entering_does_not_matter() -> None:
    tale, late = transferred(), transferred()
    tale.step("file", "2026-03-06").step("follow_up", "2026-03-10")
    late.step("follow_up", "2026-03-10").step("file", "2026-03-06")
    assert [(d.key, d.status, d.discharged_at) for d in tale.state().duties] == [
        (d.key, d.status, d.discharged_at) for d in late.state().duties
    ]
