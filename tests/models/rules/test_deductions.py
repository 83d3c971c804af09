"""One deduction per (petition, unit, rule, occurrence), with its points and year; scores (§3, domain §5)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from models.rules.deductions import Proposal, propose
from models.rules.defaults import default_rulebook
from models.rules.scoring import FINAL, PENDING, WITHDRAWN, rank, score
from models.terms import DeductionStatus, Rule
from tests.models.rules.tale import FIRST, OTHER, ZONE, Tale, at, transferred


def found(tale: Tale, now: str, grace: int = 0) -> list[Proposal]:
    book = replace(default_rulebook(), grace_days=grace)
    return propose(tale.state(now).duties, book, at(now), ZONE)


def short(proposals: list[Proposal]) -> list[tuple[int, Rule, str, Decimal, int]]:
    return [(p.unit, p.rule, p.occurrence, p.points, len(p.duties)) for p in proposals]


def test_nothing_missed_nothing_proposed() -> None:
    assert found(transferred(), "2026-03-09") == []


def test_several_missed_duties_of_one_occurrence_are_one_deduction() -> None:
    tale = Tale(registered="2026-03-04 09:00")
    proposals = found(tale, "2026-04-01")
    assert short(proposals) == [(FIRST, Rule.ACCEPT, "acceptance", Decimal(1), 2)]
    assert {duty.key for duty in proposals[0].duties} == {"REGISTER", "INFORM"}


def test_the_points_of_the_notice() -> None:
    tale = transferred(when="2026-03-10").step("follow_up", "2026-04-01")
    assert short(found(tale, "2026-05-20")) == [
        (FIRST, Rule.ACCEPT, "acceptance", Decimal(1), 1),
        (FIRST, Rule.FOLLOW_UP, "follow-up:1.1", Decimal("0.5"), 1),
        (FIRST, Rule.FOLLOW_UP, "follow-up:1.3", Decimal("0.5"), 1),
        (FIRST, Rule.FOLLOW_UP, "follow-up:1.4", Decimal("0.5"), 1),
        (FIRST, Rule.TRANSFER, "transfer:1", Decimal(1), 2),
        (OTHER, Rule.ACCEPT, "acceptance:1", Decimal(1), 1),
        (OTHER, Rule.HANDLE, "handling:1", Decimal(2), 1),
    ]


def test_late_but_done_counts_as_missed() -> None:
    tale = Tale().step("inform", "2026-03-20", outcome="accepted")
    assert [p.occurrence for p in found(tale, "2026-12-01")] == ["acceptance"]


@pytest.mark.parametrize(("grace", "count"), [(0, 1), (2, 1), (3, 0), (10, 0)])
def test_days_of_grace(grace: int, count: int) -> None:
    tale = Tale().step("inform", "2026-03-20", outcome="accepted")
    assert len(found(tale, "2026-12-01", grace)) == count


def test_a_duty_without_rule_costs_nothing() -> None:
    tale = transferred().step("object", "2026-03-30", OTHER, to_unit=3)
    assert {p.rule for p in found(tale, "2026-06-30") if p.unit not in (FIRST, OTHER)} == set()


def test_urgent_reports_are_one_occurrence() -> None:
    tale = Tale().step("urgent", "2026-03-02 10:00")
    assert short(found(tale, "2026-03-04")) == [(FIRST, Rule.TRANSFER, "urgent", Decimal(1), 3)]


def test_a_deduction_belongs_to_the_year_of_its_earliest_missed_duty() -> None:
    tale = Tale("2025-12-26 09:00", registered="2025-12-29 09:00")
    proposals = found(tale, "2026-02-01")
    assert [(p.year, len(p.duties)) for p in proposals] == [(2025, 2)]
    prompt = found(Tale("2025-12-26 09:00"), "2026-02-01")
    assert [p.year for p in prompt] == [2026]


def test_score_is_base_minus_points_but_not_below_the_floor() -> None:
    half = Decimal("0.5")
    assert score(Decimal(100), Decimal(0), []) == Decimal(100)
    assert score(Decimal(100), Decimal(0), [half] * 3) == Decimal("98.5")
    assert score(Decimal(100), Decimal(60), [Decimal(2)] * 30) == Decimal(60)
    assert sum([Decimal("0.1")] * 3) == Decimal(100) - score(Decimal(100), Decimal(0), [Decimal("0.1")] * 3)


def test_ranks_share_a_place() -> None:
    assert rank([Decimal(99), Decimal(100), Decimal(99), Decimal(98)]) == [2, 1, 2, 4]
    assert rank([]) == []


def test_every_status_counts_as_final_pending_or_withdrawn() -> None:
    groups = (FINAL, PENDING, WITHDRAWN)
    assert [sum(status in group for group in groups) for status in DeductionStatus] == [1] * len(DeductionStatus)
