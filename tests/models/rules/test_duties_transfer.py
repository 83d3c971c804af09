"""Case B: TRANSFER, FILE, ANSWER_TRANSFER, RULE_ON_OBJECTION, INFORM and HANDLE of the receiver, REPORT_RESULT."""

from __future__ import annotations

from datetime import date

import pytest

from models.terms import DutyStatus, PetitionStatus, Rule
from tests.models.rules.tale import BUREAU, FIRST, OTHER, THIRD, Tale, at, transferred


def _objected() -> Tale:
    return transferred().step("object", "2026-03-09", OTHER, to_unit=THIRD)


def test_transfer_is_owed_within_three_working_days_of_the_decision() -> None:
    duty = Tale().step("route", "2026-03-03", outcome="B").duty("TRANSFER:1")
    assert (duty.unit, duty.rule, duty.occurrence) == (FIRST, Rule.TRANSFER, "transfer:1")
    assert duty.due.on == date(2026, 3, 6)


@pytest.mark.parametrize(("when", "missed"), [("2026-03-06", False), ("2026-03-07", True)])
def test_transfer_is_discharged_by_sending(when: str, missed: bool) -> None:
    duty = transferred(when=when).duty("TRANSFER:1")
    assert duty.status is DutyStatus.discharged
    assert duty.missed(at("2026-06-01")) is missed


@pytest.mark.parametrize(("when", "missed"), [("2026-03-09", False), ("2026-03-10", True)])
def test_filing_with_the_bureau_within_three_working_days_of_the_transfer(when: str, missed: bool) -> None:
    duty = transferred().step("file", when).duty("FILE:1")
    assert (duty.unit, duty.rule, duty.occurrence) == (FIRST, Rule.TRANSFER, "transfer:1")
    assert duty.due.on == date(2026, 3, 9)
    assert duty.missed(at("2026-06-01")) is missed


def test_the_bureau_files_nothing_with_itself() -> None:
    assert "FILE:1" not in transferred(first=BUREAU).duties()


def test_the_receiver_answers_within_five_working_days_but_silence_costs_nothing() -> None:
    duty = transferred().duty("ANSWER_TRANSFER:1")
    assert (duty.unit, duty.rule, duty.occurrence) == (OTHER, None, None)
    assert duty.due.on == date(2026, 3, 11)
    assert duty.missed(at("2026-03-12"))


@pytest.mark.parametrize("answer", ["acknowledge", "object", "inform", "reply"])
def test_the_receivers_first_act_answers(answer: str) -> None:
    more = {"to_unit": THIRD} if answer == "object" else {}
    duty = transferred().step(answer, "2026-03-05", OTHER, **more).duty("ANSWER_TRANSFER:1")
    assert duty.status is DutyStatus.discharged


def test_the_receiver_informs_within_fifteen_days_of_the_transfer() -> None:
    duty = transferred().duty("INFORM:1")
    assert (duty.unit, duty.rule, duty.occurrence) == (OTHER, Rule.ACCEPT, "acceptance:1")
    assert duty.due.on == date(2026, 3, 19)
    told = transferred().step("inform", "2026-03-20", OTHER, outcome="accepted").duty("INFORM:1")
    assert told.missed(at("2026-06-01"))


def test_the_first_units_notice_does_not_serve_for_the_receiver() -> None:
    duties = transferred().step("inform", "2026-03-05", outcome="transferred").duties()
    assert duties["INFORM"].status is DutyStatus.discharged
    assert duties["INFORM:1"].status is DutyStatus.open


def test_the_receiver_handles_within_sixty_days_rolled() -> None:
    duty = transferred().duty("HANDLE:1")
    assert (duty.unit, duty.rule, duty.occurrence) == (OTHER, Rule.HANDLE, "handling:1")
    assert (duty.due.trace["raw"], duty.due.on) == ("2026-05-03", date(2026, 5, 6))
    assert (
        transferred().step("reply", "2026-05-07", OTHER, outcome="resolved").duty("HANDLE:1").missed(at("2026-06-01"))
    )


def test_a_reply_of_somebody_else_discharges_nothing() -> None:
    state = transferred().step("reply", "2026-03-20", THIRD, outcome="resolved").state()
    assert state.replied_at is None
    assert state.status is PetitionStatus.handling


def test_an_objection_stops_the_receivers_clocks_and_asks_the_bureau() -> None:
    duties = _objected().duties()
    ruling = duties["RULE_ON_OBJECTION:1"]
    assert (ruling.unit, ruling.rule, ruling.due.on) == (BUREAU, None, date(2026, 3, 12))
    assert {duties[key].status for key in ("INFORM:1", "HANDLE:1")} == {DutyStatus.cancelled}
    assert _objected().state().holder == BUREAU


def test_an_upheld_objection_sends_it_back() -> None:
    tale = _objected().step("uphold", "2026-03-11", BUREAU)
    state, duties = tale.state(), tale.duties()
    assert state.responsible is None
    assert state.legs[0].status == "returned"
    assert duties["RULE_ON_OBJECTION:1"].status is DutyStatus.discharged
    assert {duties[key].status for key in ("INFORM:1", "HANDLE:1")} == {DutyStatus.cancelled}
    assert not any(duties[key].missed(at("2026-12-01")) for key in ("INFORM:1", "HANDLE:1"))
    assert duties["FILE:1"].status is DutyStatus.open
    assert duties["FOLLOW_UP:1.1"].status is DutyStatus.lapsed
    again = duties["TRANSFER:2"]
    assert (again.unit, again.occurrence, again.due.on) == (FIRST, "transfer:2", date(2026, 3, 16))


def test_an_upheld_objection_does_not_undo_what_was_already_missed() -> None:
    tale = transferred().step("object", "2026-03-23", OTHER, to_unit=THIRD).step("uphold", "2026-03-24", BUREAU)
    duties = tale.duties()
    assert duties["INFORM:1"].missed(at("2026-06-01"))
    assert duties["ANSWER_TRANSFER:1"].missed(at("2026-06-01"))
    assert not duties["HANDLE:1"].missed(at("2026-12-01"))


def test_the_second_leg_has_its_own_occurrences() -> None:
    tale = _objected().step("uphold", "2026-03-11", BUREAU)
    tale.step("transfer", "2026-03-12", to_unit=THIRD, mode="phone")
    duties = tale.duties()
    wanted = {"FILE:2": "transfer:2", "INFORM:2": "acceptance:2", "HANDLE:2": "handling:2"}
    wanted["FOLLOW_UP:2.1"] = "follow-up:2.1"
    assert {key: duties[key].occurrence for key in wanted} == wanted
    assert {duties[key].unit for key in ("INFORM:2", "HANDLE:2")} == {THIRD}


def test_a_rejected_objection_starts_the_receivers_clocks_at_the_ruling() -> None:
    tale = _objected().step("reject", "2026-03-16", BUREAU)
    duties = tale.duties()
    assert duties["RULE_ON_OBJECTION:1"].missed(at("2026-06-01"))
    assert duties["INFORM:1"].due.on == date(2026, 3, 31)
    assert (duties["INFORM:1"].occurrence, duties["HANDLE:1"].occurrence) == ("acceptance:1", "handling:1")
    assert duties["HANDLE:1"].due.on == date(2026, 5, 15)
    assert {duties[key].status for key in ("INFORM:1", "HANDLE:1")} == {DutyStatus.open}
    assert tale.state().responsible == OTHER


def test_the_result_goes_to_the_bureau_and_to_the_first_unit() -> None:
    tale = transferred().step("reply", "2026-04-01", OTHER, outcome="resolved")
    duty = tale.duty("REPORT_RESULT:1")
    assert (duty.unit, duty.rule, duty.occurrence) == (OTHER, Rule.HANDLE, "handling:1")
    assert duty.due.on == date(2026, 4, 7)  # Qingming lies between
    tale.step("report_result", "2026-04-02", OTHER, outcome="bureau")
    assert tale.duty("REPORT_RESULT:1").status is DutyStatus.open
    tale.step("report_result", "2026-04-08", OTHER, outcome="first_unit")
    assert tale.duty("REPORT_RESULT:1").status is DutyStatus.discharged
    assert tale.duty("REPORT_RESULT:1").missed(at("2026-06-01"))


def test_one_report_is_enough_when_the_bureau_was_first() -> None:
    tale = transferred(first=BUREAU).step("reply", "2026-04-01", OTHER, outcome="resolved")
    tale.step("report_result", "2026-04-02", OTHER, outcome="bureau")
    assert tale.duty("REPORT_RESULT:1").status is DutyStatus.discharged
