"""What a ruling, a second leg, a hearing or a reopening must not do: undo a miss, punish, invent a case."""

from __future__ import annotations

from datetime import date

import pytest

from models.rules.routing import allowed, refuse
from models.terms import DutyStatus, StepKind
from tests.models.rules.tale import BUREAU, FIRST, OTHER, SUPERIOR, THIRD, Tale, at, fact, transferred


@pytest.mark.parametrize(("told", "missed"), [("2026-03-05", False), ("2026-03-25", True)])
def test_a_rejected_objection_leaves_an_information_that_was_given(told: str, missed: bool) -> None:
    tale = transferred().step("inform", told, OTHER).step("object", "2026-03-26", OTHER, to_unit=THIRD)
    duty = tale.step("reject", "2026-03-27", BUREAU).duty("INFORM:1")
    assert (duty.status, duty.missed(at("2026-12-01"))) == (DutyStatus.discharged, missed)
    assert duty.due.on == date(2026, 3, 19)


def test_a_filing_counts_for_every_transfer_not_yet_filed() -> None:
    tale = transferred().step("object", "2026-03-09", OTHER, to_unit=THIRD).step("uphold", "2026-03-10", BUREAU)
    tale.step("transfer", "2026-03-11", to_unit=THIRD, mode="written").step("file", "2026-03-11 17:00")
    assert tale.duty("FILE:1").missed(at("2026-12-01"))
    assert not tale.duty("FILE:2").missed(at("2026-12-01"))


def test_a_rejected_objection_starts_a_clock_that_may_be_extended() -> None:
    tale = transferred().step("extend", "2026-03-05", OTHER, days=30).step("object", "2026-03-06", OTHER, to_unit=THIRD)
    tale.step("reject", "2026-03-09", BUREAU)
    assert tale.duty("HANDLE:1").due.on == date(2026, 5, 8)
    tale.step("extend", "2026-03-12", OTHER, days=10)
    assert tale.duty("HANDLE:1").due.on == date(2026, 5, 18)


@pytest.mark.parametrize("case", ["E", "B", "D"])
def test_a_matter_nobody_handled_is_decided_anew_when_reopened(case: str) -> None:
    tale = Tale().step("route", "2026-03-03", outcome=case).step("inform", "2026-03-04", outcome="legal_route")
    tale.step("close", "2026-03-05", outcome="withdrawn").step("reopen", "2026-03-09")
    state = tale.state()
    assert (state.case, state.responsible, state.holder) == (None, None, FIRST)
    assert [duty.key for duty in state.open_duties] == []
    assert StepKind.route in allowed(state, tale.facts(), FIRST)
    tale.step("route", "2026-03-09", outcome="B")
    assert tale.duty("TRANSFER:1").status is DutyStatus.open


@pytest.mark.parametrize(
    "ending",
    [
        (("close", FIRST, {"outcome": "withdrawn"}),),
        (("object", OTHER, {"to_unit": THIRD}), ("uphold", BUREAU, {})),
    ],
)
def test_a_clock_that_a_hearing_stopped_has_not_run_out(ending: tuple[tuple[str, int, dict[str, object]], ...]) -> None:
    tale = transferred().step("pause", "2026-04-20", OTHER)
    for kind, unit, more in ending:
        tale.step(kind, "2026-05-20", unit, **more)
    assert not tale.duty("HANDLE:1").missed(at("2026-12-01"))


def test_follow_ups_go_on_under_the_same_number_when_reopened() -> None:
    for tale, lead in ((transferred(), "1"), (Tale().step("route", "2026-03-03", outcome="D"), "1")):
        if tale.state().case == "D":
            tale.step("designate", "2026-03-04", BUREAU, to_unit=OTHER)
        tale.step("reply", "2026-03-10", OTHER, outcome="resolved").step("close", "2026-03-11").step(
            "reopen", "2026-03-12"
        )
        keys = [key for key in tale.duties() if key.startswith("FOLLOW_UP")]
        assert keys[:3] == [f"FOLLOW_UP:{lead}.1", f"FOLLOW_UP:{lead}.2", f"FOLLOW_UP:{lead}.3"]


def test_an_acknowledgement_in_words_ends_the_right_to_object() -> None:

    tale = transferred().step("inform", "2026-03-05", OTHER).step("acknowledge", "2026-03-06", OTHER)
    assert refuse(
        tale.state(), tale.facts(), fact(tale, "object", "2026-03-06", OTHER, to_unit=THIRD), from_ledger=True
    )


def test_only_those_concerned_reopen() -> None:
    tale = transferred().step("reply", "2026-03-10", OTHER, outcome="resolved").step("close", "2026-03-11")
    for unit, refused in ((FIRST, False), (OTHER, False), (BUREAU, False), (THIRD, True)):
        for ledger in (False, True):
            answer = refuse(tale.state(), tale.facts(), fact(tale, "reopen", "2026-03-12", unit), from_ledger=ledger)
            assert (answer is not None) is refused


def test_what_an_earlier_handling_owed_can_still_be_done_after_a_review() -> None:
    tale = Tale().step("route", "2026-03-03", outcome="D").step("designate", "2026-03-04", BUREAU, to_unit=OTHER)
    tale.step("reply", "2026-03-10", OTHER, outcome="resolved").step("ask_review", "2026-03-11")
    tale.step("review", "2026-03-20", SUPERIOR, outcome="returned").step("convene", "2026-03-21", OTHER)
    for addressee in ("bureau", "first_unit"):
        tale.step("report_result", "2026-03-22", OTHER, outcome=addressee)
    duties = tale.duties()
    assert {duties[key].status for key in ("CONVENE:1", "REPORT_RESULT:1")} == {DutyStatus.discharged}
    tale.step("reply", "2026-03-25", OTHER, outcome="resolved")
    assert tale.duty("REPORT_RESULT:2").status is DutyStatus.open


@pytest.mark.parametrize(
    ("tale", "back", "due"),
    [
        pytest.param(
            Tale()
            .step("route", "2026-03-03", outcome="E")
            .step("inform", "2026-03-04", outcome="legal_route")
            .step("close", "2026-03-05")
            .step("reopen", "2026-08-03"),
            "2026-08-04",
            date(2026, 10, 8),
            id="reopened",
        ),
        pytest.param(
            transferred().step("object", "2026-03-05", OTHER, to_unit=THIRD).step("uphold", "2026-06-09", BUREAU),
            "2026-06-10",
            date(2026, 8, 10),
            id="given back",
        ),
    ],
)
def test_no_clock_ran_before_the_matter_came_back(tale: Tale, back: str, due: date) -> None:
    handle = next(d for d in tale.step("route", back, outcome="A").state().open_duties if d.kind == "HANDLE")
    assert handle.due.on == due
