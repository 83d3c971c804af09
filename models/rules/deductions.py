"""From missed duties to proposed deductions: one per (petition, unit, rule, occurrence), listing every missed duty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from models.rules.facts import DutyState, Rulebook
from models.terms import Rule


@dataclass(frozen=True, slots=True)
class Proposal:
    """A deduction of ``points`` against ``unit``; ``year`` is that of the earliest missed due date (domain §5)."""

    unit: int
    rule: Rule
    occurrence: str
    year: int
    points: Decimal
    duties: tuple[DutyState, ...]


def propose(duties: Iterable[DutyState], rulebook: Rulebook, now: datetime, zone: ZoneInfo) -> list[Proposal]:
    """The deductions that one petition's missed duties lead to, in a stable order."""
    missed: dict[tuple[int, Rule, str], list[DutyState]] = defaultdict(list)
    for duty in duties:
        if duty.rule and duty.occurrence and duty.late_days(now, zone) > rulebook.grace_days:
            missed[duty.unit, duty.rule, duty.occurrence].append(duty)
    return [
        Proposal(unit, rule, occurrence, min(d.due.on for d in group).year, rulebook.points[rule], tuple(group))
        for (unit, rule, occurrence), group in sorted(missed.items())
    ]
