"""A ledger of the past: lateness and forgotten acts are told, contradictions are refused (interface: history files)."""

from __future__ import annotations

from datetime import date

import pytest

from models.rules.facts import Due
from models.rules.routing import refuse
from models.terms import DutyStatus, PetitionStatus
from tests.models.rules.tale import BUREAU, FIRST, OTHER, THIRD, ZONE, Tale, at, designated, fact, transferred


def told(tale: Tale, kind: str, when: str, unit: int = FIRST, **more: object) -> bool:
    """Whether a ledger may say so."""
    return refuse(tale.state(when), tale.facts(), fact(tale, kind, when, unit, **more), from_ledger=True) is None


def replied() -> Tale:
    return transferred().step("reply", "2026-03-17", OTHER, outcome="resolved")


@pytest.mark.parametrize(
    ("tale", "kind", "unit", "more"),
    [
        pytest.param(replied(), "close", FIRST, {}, id="closed over open duties"),
        pytest.param(replied().step("close", "2026-03-18"), "file", FIRST, {}, id="filed after closing"),
        pytest.param(replied().step("close", "2026-03-18"), "inform", OTHER, {}, id="informed after closing"),
        pytest.param(transferred().step("file", "2026-03-05"), "file", FIRST, {}, id="filed twice"),
        pytest.param(
            transferred().step("inform", "2026-03-05", OTHER), "acknowledge", OTHER, {}, id="told, then answered"
        ),
        pytest.param(
            transferred().step("inform", "2026-03-05", OTHER),
            "object",
            OTHER,
            {"to_unit": THIRD},
            id="told, then objected",
        ),
        pytest.param(
            Tale().step("route", "2026-03-03", outcome="D"), "designate", BUREAU, {"to_unit": OTHER}, id="no report"
        ),
        pytest.param(designated(), "convene", BUREAU, {}, id="convened by the bureau"),
        pytest.param(
            replied().step("close", "2026-03-18").step("reopen", "2026-04-01"),
            "report_result",
            OTHER,
            {"outcome": "bureau"},
            id="the result reported after the matter was reopened",
        ),
        pytest.param(transferred(), "extend", OTHER, {"days": 90}, id="extended by too much"),
        pytest.param(transferred(), "transfer", OTHER, {"to_unit": THIRD}, id="passed on by the unit that received it"),
    ],
)
def test_what_was_late_or_too_much_is_told(tale: Tale, kind: str, unit: int, more: dict[str, object]) -> None:
    assert told(tale, kind, "2026-06-30", unit, **more)


@pytest.mark.parametrize(
    ("tale", "kind", "unit", "more"),
    [
        pytest.param(Tale(), "reply", FIRST, {}, id="a reply before anybody handles"),
        pytest.param(transferred(), "reply", FIRST, {}, id="a reply by a unit that does not handle"),
        pytest.param(
            transferred(), "transfer", THIRD, {"to_unit": OTHER}, id="a transfer by a unit that does not hold it"
        ),
        pytest.param(transferred(), "report_result", OTHER, {}, id="a result before the reply"),
        pytest.param(transferred(), "close", FIRST, {}, id="closed without reply"),
        pytest.param(replied().step("close", "2026-03-18"), "reply", OTHER, {}, id="a reply after closing"),
        pytest.param(transferred(), "uphold", BUREAU, {}, id="a ruling without objection"),
        pytest.param(Tale(), "reopen", FIRST, {}, id="reopened while open"),
    ],
)
def test_a_contradiction_is_refused(tale: Tale, kind: str, unit: int, more: dict[str, object]) -> None:
    assert not told(tale, kind, "2026-06-30", unit, **more)


def test_closing_heals_nothing() -> None:
    tale = replied().step("close", "2026-03-17")
    report = tale.duty("REPORT_RESULT:1")
    assert (report.status, report.due.on) == (DutyStatus.open, date(2026, 3, 20))
    assert report.missed(at("2026-03-21"))
    assert tale.state().status is PetitionStatus.closed
    assert tale.duty("ANSWER_TRANSFER:1").status is DutyStatus.discharged
    tale.step("report_result", "2026-03-25", OTHER, outcome="bureau")
    tale.step("report_result", "2026-03-26", OTHER, outcome="first_unit")
    assert tale.duty("REPORT_RESULT:1").late_days(at("2026-12-01"), ZONE) == 6


def test_a_written_withdrawal_ends_what_is_not_yet_missed() -> None:
    tale = transferred().step("close", "2026-03-12", outcome="withdrawn")
    assert tale.duty("HANDLE:1").status is DutyStatus.lapsed
    assert not tale.duty("HANDLE:1").missed(at("2026-12-01"))
    assert tale.duty("FILE:1").missed(at("2026-12-01"))  # it was due on 9 March


def test_a_duty_never_done_is_late_until_today_even_when_it_ended() -> None:
    duty = transferred().step("reply", "2026-03-25", OTHER, outcome="resolved").duty("FOLLOW_UP:1.1")
    assert (duty.status, duty.due.on) == (DutyStatus.lapsed, date(2026, 3, 19))
    assert duty.late_days(at("2026-04-08"), ZONE) == 20


def test_a_matter_without_registration_was_not_registered() -> None:
    tale = Tale()
    tale.steps = [step for step in tale.steps if step.kind.value == "receive"]
    tale.step("inform", "2026-03-04", outcome="accepted")
    assert tale.duty("REGISTER").missed(at("2026-03-03"))
    assert tale.state().status is PetitionStatus.received
    assert told(tale, "register", "2026-03-05")


def test_a_phone_transfer_is_to_be_confirmed_in_writing() -> None:
    tale = Tale().step("route", "2026-03-03", outcome="B")
    tale.step("transfer", "2026-03-04", to_unit=OTHER, mode="phone")
    duty = tale.duty("CONFIRM_TRANSFER:1")
    assert (duty.unit, duty.rule, duty.due.on) == (FIRST, None, date(2026, 3, 5))
    assert tale.step("confirm_transfer", "2026-03-05").duty("CONFIRM_TRANSFER:1").status is DutyStatus.discharged
    assert "CONFIRM_TRANSFER:1" not in transferred().duties()


def test_a_settled_date_may_become_kinder_but_never_harder() -> None:
    tale = transferred().step("file", "2026-03-10")
    counted = tale.duty("FILE:1").due
    for day, wanted in ((date(2026, 3, 6), date(2026, 3, 9)), (date(2026, 3, 12), date(2026, 3, 12))):
        kept = Due(at(f"{day} 23:59"), day, counted.trace)
        duty = next(d for d in tale.state("2026-03-20", kept={"FILE:1": kept}).duties if d.key == "FILE:1")
        assert duty.due.on == wanted
    other = Due(at("2026-04-30 23:59"), date(2026, 4, 30), dict(counted.trace) | {"start": "2026-04-01T10:00:00+08:00"})
    duty = next(d for d in tale.state("2026-03-20", kept={"FILE:1": other}).duties if d.key == "FILE:1")
    assert duty.due.on == date(2026, 3, 9)  # another start is another question: the facts were told anew


def test_merging_ends_the_duties_but_no_miss() -> None:
    tale = transferred().step("merge", "2026-03-12")
    assert tale.state().status is PetitionStatus.closed
    assert tale.duty("HANDLE:1").status is DutyStatus.cancelled
    assert not tale.duty("HANDLE:1").missed(at("2026-12-01"))
    assert tale.duty("FILE:1").missed(at("2026-12-01"))


def test_who_passed_a_matter_on_owes_no_more_than_it_had_missed() -> None:
    early = transferred().step("transfer", "2026-03-10", OTHER, to_unit=THIRD, mode="written")
    late = transferred().step("transfer", "2026-06-10", OTHER, to_unit=THIRD, mode="written")
    for tale, missed in ((early, False), (late, True)):
        found = tale.duties("2026-06-30")
        assert [found[key].unit for key in ("HANDLE:2", "INFORM:2", "FILE:2")] == [THIRD, THIRD, OTHER]
        for key in ("HANDLE:1", "INFORM:1"):
            assert found[key].status is DutyStatus.cancelled
            assert found[key].ended_at is not None
            assert (found[key].due.at < found[key].ended_at) == missed
        assert tale.state("2026-06-30").responsible == THIRD
        assert told(tale, "file", "2026-06-30", OTHER)
