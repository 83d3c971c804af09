"""The contract of the what-if with its template and its page: both sides of a year as text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit on both sides of a what-if; empty texts where it is not assessed on a side."""

    code: str
    name: str
    rank_before: str
    rank_after: str
    score_before: str
    score_after: str
    difference: str
    deductions_before: str
    deductions_after: str
    grades: str = ""

    @property
    def sides(self) -> tuple[str, ...]:
        """The numbers in the order of the tables."""
        ranks, scores = (self.rank_before, self.rank_after), (self.score_before, self.score_after)
        return (*ranks, *scores, self.difference, self.deductions_before, self.deductions_after)


@dataclass(frozen=True, slots=True)
class Standings:
    """Units that are compared with each other, in the supposed order."""

    name: str
    rows: tuple[Standing, ...]
    graded: bool = False


@dataclass(frozen=True, slots=True)
class SupposedLine:
    """One deduction that would be another. ``why``: each duty with its due dates on both sides."""

    code: str
    unit: str
    petition: str
    rule: str
    occurrence: str
    change: str
    why: tuple[str, ...]
    points_before: str
    points_after: str


@dataclass(frozen=True, slots=True)
class WhatIfPaper:
    """A trial, never official. ``supposed``: what was supposed, ``facts``: what it changes, in sentences."""

    lang: str
    county: str
    year: int
    title: str
    state: str
    supposed: tuple[str, ...]
    facts: tuple[str, ...]
    groups: tuple[Standings, ...]
    changes: tuple[SupposedLine, ...]
    total: int
