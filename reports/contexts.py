"""One frozen dataclass per report: its contract with its template. Numbers are strings of ``assessing.assessment``."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Ranked:
    """One unit's line; numbers as decimal strings."""

    rank: int
    code: str
    name: str
    kind: str
    base: str
    final: str
    pending: str
    score: str
    score_if_pending_confirmed: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule cost the county: counts and points, final and pending."""

    rule: str
    points_each: str
    final_count: int
    final_points: str
    pending_count: int
    pending_points: str
    withdrawn_count: int


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A missed duty: due and actual date, days late."""

    kind: str
    due: str
    discharged: str
    late_days: int


@dataclass(frozen=True, slots=True)
class DeductionLine:
    """One deduction with its missed duties."""

    petition: str
    unit: str
    rule: str
    clause: str
    occurrence: str
    points: str
    status: str
    duties: tuple[DutyLine, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """What both reports say: ``deductions`` may be cut to ``shown`` of ``total``; the attachment has all."""

    lang: str
    county: str
    year: int
    as_of: str
    rulebook: str
    ranking: tuple[Ranked, ...]
    rules: tuple[RuleLine, ...]
    deductions: tuple[DeductionLine, ...]
    total: int
    chart: Markup | None
    unit: Ranked | None = None
