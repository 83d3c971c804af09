"""From deductions to scores (domain §5): base − final points, not below the floor; exact decimals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from models.terms import DeductionStatus as S

FINAL = frozenset({S.confirmed, S.upheld, S.final})
PENDING = frozenset({S.proposed, S.notified, S.answered, S.appealed})
WITHDRAWN = frozenset({S.withdrawn, S.overturned})


def score(base: Decimal, floor: Decimal, points: Iterable[Decimal]) -> Decimal:
    """Base minus the points, but not below the floor."""
    return max(floor, base - sum(points, Decimal(0)))


def taken(points: Iterable[tuple[str, Decimal]], caps: Mapping[str, Decimal]) -> Decimal:
    """What (rule, points) take off together: of each rule the sum, but not more than its yearly cap."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for rule, value in points:
        sums[rule] += value
    return sum((min(value, caps.get(rule, value)) for rule, value in sums.items()), Decimal(0))


def rank(scores: Sequence[Decimal]) -> list[int]:
    """Competition ranks, best first: 100, 99, 99, 98 → 1, 2, 2, 4. In the order of ``scores``."""
    first: dict[Decimal, int] = {}
    for place, value in enumerate(sorted(scores, reverse=True), 1):
        first.setdefault(value, place)
    return [first[value] for value in scores]
