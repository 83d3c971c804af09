"""Where a generated ledger takes its choices from: a seed, or Hypothesis (which can then shrink them)."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st


class Dice:
    """Choices over one function that gives an integer between two bounds, both included."""

    def __init__(self, between: Callable[[int, int], int]) -> None:
        self.between = between

    def one_of(self, choices: Sequence[Any]) -> Any:
        """One of ``choices``; Hypothesis shrinks towards the first."""
        return choices[self.between(0, len(choices) - 1)]

    def chance(self, percent: int) -> bool:
        """True in ``percent`` of a hundred cases; Hypothesis shrinks towards False."""
        return self.between(0, 99) >= 100 - percent


def seeded(seed: int) -> Dice:
    """Dice that fall alike for the same seed."""
    return Dice(random.Random(seed).randint)


def drawn(draw: Callable[[Any], Any]) -> Dice:
    """Dice that Hypothesis throws."""
    return Dice(lambda low, high: draw(st.integers(low, high)))
