"""Which step is open to whom, and why another is refused (§2, domain §4)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.rules.facts import Refusal, StepFact
from models.rules.routing import allowed, refuse
from models.terms import DutyStatus, StepKind
from tests.models.rules.tale import BUREAU, FIRST, OTHER, THIRD, Tale, at, designated, transferred


def ask(tale: Tale, kind: str, unit: int = FIRST, when: str = "2026-07-01", **more: Any) -> Refusal | None:
    """What the rules say to this step now."""
    step = StepFact(len(tale.steps) + 1, StepKind(kind), at(when), unit, **more)
    return refuse(tale.state(when), tale.facts(), step)


def may(tale: Tale, unit: int = FIRST) -> set[str]:
    return {kind.value for kind in allowed(tale.state(), tale.facts(), unit)}


def routed(case: str, first: int = FIRST) -> Tale:
    return Tale(first=first).step("route", "2026-03-03", outcome=case)


def objected() -> Tale:
    return transferred().step("object", "2026-03-09", OTHER, to_unit=THIRD)


def replied(tale: Tale, unit: int = OTHER) -> Tale:
    return tale.step("reply", "2026-03-17", unit, outcome="resolved")


@pytest.mark.parametrize(
    ("tale", "unit", "wanted"),
    [
        pytest.param(Tale(), FIRST, {"inform", "route", "urgent", "merge"}, id="after registration"),
        pytest.param(Tale(), OTHER, set(), id="a stranger"),
        pytest.param(routed("B"), FIRST, {"inform", "route", "urgent", "transfer", "merge"}, id="B decided"),
        pytest.param(transferred(), FIRST, {"inform", "urgent", "file", "follow_up", "merge"}, id="B sent, first unit"),
        pytest.param(
            transferred(),
            OTHER,
            {"inform", "acknowledge", "object", "reply", "extend", "pause"},
            id="B sent, receiver",
        ),
        pytest.param(objected(), BUREAU, {"uphold", "reject", "merge"}, id="objection, bureau"),
        pytest.param(objected(), OTHER, {"inform"}, id="objection, receiver"),
        pytest.param(routed("D"), FIRST, {"inform", "route", "urgent", "report_multi", "merge"}, id="D decided"),
        pytest.param(designated(), OTHER, {"convene", "reply", "extend", "pause"}, id="D, lead"),
        pytest.param(designated(), THIRD, set(), id="D, co-handling unit"),
    ],
)
def test_what_is_offered(tale: Tale, unit: int, wanted: set[str]) -> None:
    assert may(tale, unit) - {"route" if tale.state().lead else ""} == wanted


@pytest.mark.parametrize("kind", ["route", "transfer", "file", "follow_up", "reply", "uphold", "designate", "convene"])
def test_a_stranger_takes_no_step(kind: str) -> None:
    refusal = ask(transferred(), kind, THIRD, to_unit=OTHER)
    assert refusal is not None
    assert refusal.paragraph == "§2"


def test_nothing_happens_before_the_receipt() -> None:
    refusal = ask(Tale(), "inform", when="2026-03-01")
    assert refusal is not None
    assert refusal.field == "at"


def test_a_transfer_names_another_unit() -> None:
    for target, field in ((None, "to_unit"), (FIRST, "to_unit")):
        refusal = ask(routed("B"), "transfer", to_unit=target)
        assert refusal is not None
        assert (refusal.field, refusal.paragraph) == (field, "§2(2)")
    assert ask(routed("B"), "transfer", to_unit=OTHER) is None


def test_only_case_b_is_transferred() -> None:
    assert ask(routed("A"), "transfer", to_unit=OTHER) is not None
    assert ask(transferred(), "transfer", to_unit=THIRD) is not None


def test_an_answered_transfer_is_not_objected_to() -> None:
    tale = transferred().step("acknowledge", "2026-03-05", OTHER)
    assert ask(tale, "object", OTHER, to_unit=THIRD) is not None


def test_only_the_bureau_rules_on_an_objection_and_only_once() -> None:
    assert ask(objected(), "uphold", FIRST) is not None
    assert ask(objected(), "uphold", BUREAU) is None
    assert ask(objected().step("reject", "2026-03-10", BUREAU), "uphold", BUREAU) is not None


def test_nobody_replies_while_an_objection_is_open() -> None:
    assert ask(objected(), "reply", OTHER) is not None


def test_only_the_bureau_has_the_lead_named() -> None:
    tale = routed("D").step("report_multi", "2026-03-04")
    assert ask(tale, "designate", FIRST, to_unit=OTHER) is not None
    assert ask(tale, "designate", BUREAU, to_unit=OTHER) is None
    assert ask(routed("A"), "designate", BUREAU, to_unit=OTHER) is not None
    assert ask(tale.step("designate", "2026-03-06", BUREAU, to_unit=OTHER), "designate", BUREAU, to_unit=THIRD)


def test_a_lead_may_be_named_before_the_report_which_stays_owed() -> None:
    assert ask(routed("D"), "designate", BUREAU, to_unit=OTHER) is None
    tale = routed("D").step("designate", "2026-03-04", BUREAU, to_unit=OTHER)
    assert tale.duty("REPORT_MULTI").status is DutyStatus.open
    assert tale.duty("HANDLE:1").unit == OTHER
    tale.step("report_multi", "2026-03-20")
    assert "DESIGNATE" not in tale.duties()
    assert tale.duty("REPORT_MULTI").missed(at("2026-03-21"))


def test_a_replied_matter_is_not_routed_anew_nor_extended() -> None:
    tale = replied(routed("A"), FIRST)
    assert ask(tale, "route", outcome="B") is not None
    assert ask(tale, "extend", days=10) is not None


def test_a_pause_ends_by_resuming() -> None:
    tale = routed("A")
    assert ask(tale, "resume") is not None
    tale.step("pause", "2026-03-20")
    assert ask(tale, "pause") is not None
    assert ask(tale, "resume") is None


def test_not_ours_never_closes_a_petition() -> None:
    for tale in (Tale(), routed("B"), routed("E"), transferred()):
        refusal = ask(tale, "close", outcome="replied")
        assert refusal is not None
        assert refusal.paragraph == "§2"
        assert "close" not in may(tale)


def test_a_reply_closes_only_when_nothing_is_owed() -> None:
    tale = replied(transferred().step("follow_up", "2026-03-10"))
    refusal = ask(tale, "close")
    assert refusal is not None
    assert refusal.params["duties"] == (
        "Inform the petitioner",
        "File the transfer with the bureau",
        "Report the result",
    )
    tale.step("inform", "2026-03-17 15:00").step("inform", "2026-03-17 16:00", OTHER).step("file", "2026-03-18")
    tale.step("report_result", "2026-03-18", OTHER, outcome="bureau")
    assert ask(tale, "close") is not None
    tale.step("report_result", "2026-03-19", OTHER, outcome="first_unit")
    assert ask(tale, "close") is None


def test_a_missed_follow_up_stays_missed_but_does_not_keep_a_petition_open() -> None:
    tale = transferred().step("inform", "2026-03-05").step("inform", "2026-03-05", OTHER).step("file", "2026-03-05")
    tale.step("reply", "2026-03-25", OTHER, outcome="resolved")
    for addressee in ("bureau", "first_unit"):
        tale.step("report_result", "2026-03-26", OTHER, outcome=addressee)
    assert tale.duty("FOLLOW_UP:1.1").missed(at("2026-07-01"))
    assert ask(tale, "close") is None


def test_an_open_promise_keeps_a_petition_open() -> None:
    tale = routed("A").step("inform", "2026-03-04", outcome="accepted")
    tale.step("reply", "2026-03-20", outcome="explained", until=date(2026, 9, 1))
    assert ask(tale, "close") is not None
    assert ask(tale.step("reply", "2026-06-20", outcome="resolved"), "close") is None


def test_the_legal_route_closes_case_e_only() -> None:
    for case, closes in (("E", True), ("A", False)):
        tale = routed(case).step("inform", "2026-03-04", outcome="legal_route")
        assert (ask(tale, "close") is None) is closes


def test_a_closed_petition_can_only_be_reopened() -> None:
    tale = routed("E").step("inform", "2026-03-04", outcome="legal_route").step("close", "2026-03-05")
    for kind in ("inform", "route", "urgent", "close"):
        assert ask(tale, kind) is not None
    assert may(tale) == {"reopen"}
    assert may(tale, OTHER) == set()
    assert ask(tale, "reopen") is None
    assert ask(Tale(), "reopen") is not None
