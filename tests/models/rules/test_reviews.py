"""REVIEW and RE_REVIEW (arts. 35, 36): who owes the opinion, by when, what a hearing adds, and what follows."""

from __future__ import annotations

from datetime import date

from models.rules.routing import refuse
from models.terms import DutyKind, DutyStatus, PetitionStatus
from tests.models.rules.tale import BUREAU, FIRST, OTHER, SUPERIOR, Tale, at, fact, transferred


def replied() -> Tale:
    """Case B, replied by ``OTHER`` on 17 March, closed on 20 March; the unit above ``OTHER`` is ``SUPERIOR``."""
    tale = transferred().step("inform", "2026-03-05").step("inform", "2026-03-05", OTHER).step("file", "2026-03-05")
    tale.step("follow_up", "2026-03-10").step("reply", "2026-03-17", OTHER, outcome="resolved")
    for addressee in ("bureau", "first_unit"):
        tale.step("report_result", "2026-03-18", OTHER, outcome=addressee)
    return tale.step("close", "2026-03-20")


def test_the_superior_unit_owes_the_review() -> None:
    tale = replied().step("ask_review", "2026-03-31")
    duty = tale.duty("REVIEW:1")
    assert (duty.unit, duty.kind, duty.rule) == (SUPERIOR, DutyKind.REVIEW, None)
    assert duty.due.on == date(2026, 4, 30)
    state = tale.state()
    assert (state.status, state.holder) == (PetitionStatus.replied, SUPERIOR)
    assert refuse(state, tale.facts(), fact(tale, "close", "2026-04-01", FIRST)) is not None


def test_the_superior_of_the_superior_owes_the_re_review() -> None:
    tale = replied().step("ask_review", "2026-03-31").step("review", "2026-04-10", SUPERIOR, outcome="maintained")
    tale.step("ask_re_review", "2026-04-20")
    assert tale.duty("RE_REVIEW:1").unit == BUREAU
    assert tale.duty("RE_REVIEW:1").due.on == date(2026, 5, 20)
    tale.step("re_review", "2026-05-25", BUREAU, outcome="maintained")
    assert tale.duty("RE_REVIEW:1").missed(at("2026-05-26"))
    assert tale.duty("RE_REVIEW:1").rule is None


def test_hearing_days_are_excluded() -> None:
    tale = replied().step("ask_review", "2026-03-31").step("pause", "2026-04-05", SUPERIOR)
    assert tale.duty("REVIEW:1").status is DutyStatus.paused
    tale.step("resume", "2026-04-15", SUPERIOR)
    duty = tale.duty("REVIEW:1")
    assert (duty.status, duty.due.on, duty.due.trace["paused"]) == (DutyStatus.open, date(2026, 5, 11), 10)


def test_an_opinion_may_send_the_matter_back_to_be_handled_again() -> None:
    tale = replied().step("ask_review", "2026-03-31").step("review", "2026-04-10", SUPERIOR, outcome="returned")
    duty = tale.duty("HANDLE:2")
    assert (duty.unit, duty.occurrence, duty.due.on) == (OTHER, "handling:2", date(2026, 6, 9))
    assert tale.state().status is PetitionStatus.handling
    assert tale.duty("FOLLOW_UP:1.2").unit == FIRST


def test_a_review_is_asked_for_once_after_a_reply_within_the_days_the_law_gives() -> None:
    assert (
        refuse(transferred().state(), transferred().facts(), fact(transferred(), "ask_review", "2026-03-20"))
        is not None
    )
    for day, refused in (("2026-04-16", False), ("2026-04-17", True)):
        tale = replied()
        assert (refuse(tale.state(), tale.facts(), fact(tale, "ask_review", day)) is not None) is refused, day
    tale = replied().step("ask_review", "2026-03-31")
    assert refuse(tale.state(), tale.facts(), fact(tale, "ask_review", "2026-04-01")) is not None
    assert refuse(tale.state(), tale.facts(), fact(tale, "review", "2026-04-01", OTHER)) is not None
    assert refuse(tale.state(), tale.facts(), fact(tale, "review", "2026-04-01", SUPERIOR)) is None
