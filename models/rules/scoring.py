"""From deductions to scores (domain §5): base − final points, not below the floor; exact decimals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor as whole_below

from models.terms import DeductionStatus as S

Group = tuple[Sequence[str], Decimal | None]
FINAL = frozenset({S.confirmed, S.upheld, S.final})
PENDING = frozenset({S.proposed, S.notified, S.answered, S.appealed})
WITHDRAWN = frozenset({S.withdrawn, S.overturned})


def score(base: Decimal, floor: Decimal, points: Iterable[Decimal]) -> Decimal:
    """Base minus the points, but not below the floor."""
    return max(floor, base - sum(points, Decimal(0)))


def taken(
    points: Iterable[tuple[str, Decimal]], caps: Mapping[str, Decimal], sections: Iterable[Group] = ()
) -> Decimal:
    """What (rule, points) take off together.

    Of each rule the sum, but not more than its yearly cap; of the rules of a section no more than the section's cap.

    Args:
        sections: (rules, cap) with each rule in one section at most; None: no cap.
    """
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for rule, value in points:
        sums[rule] += value
    left = {rule: min(value, caps.get(rule, value)) for rule, value in sums.items()}
    total = Decimal(0)
    for rules, cap in sections:
        own = sum((left.pop(rule, Decimal(0)) for rule in rules), Decimal(0))
        total += own if cap is None else min(own, cap)
    return total + sum(left.values(), Decimal(0))


def earned(weight: Decimal, target: Decimal, count: int, total: int) -> Decimal:
    """The points of a rate: weight × min(1, rate / target), exact, rounded half up to two places.

    Args:
        target: in per cent, above 0.
        total: above 0.
    """
    exact = Fraction(weight) * min(Fraction(1), Fraction(count * 100, total) / Fraction(target))
    return Decimal(whole_below(exact * 100 + Fraction(1, 2))) / 100


def percent(count: int, total: int) -> Decimal:
    """A rate in per cent, rounded half up to two places; only shown, never reckoned with."""
    return Decimal(whole_below(Fraction(count * 10000, total) + Fraction(1, 2))) / 100


def rank(scores: Sequence[Decimal]) -> list[int]:
    """Competition ranks, best first: 100, 99, 99, 98 → 1, 2, 2, 4. In the order of ``scores``."""
    first: dict[Decimal, int] = {}
    for place, value in enumerate(sorted(scores, reverse=True), 1):
        first.setdefault(value, place)
    return [first[value] for value in scores]
