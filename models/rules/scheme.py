"""The parts of a county's own scheme as plain data: sections, rates, grades and peer groups of a rulebook."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from models.scheme_terms import Indicator
from models.terms import Rule, UnitKind


@dataclass(frozen=True, slots=True)
class Section:
    """Rules that share a yearly cap; None: no cap."""

    code: str
    title: str
    title_en: str | None
    cap: Decimal | None
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate that earns points. ``target`` in per cent; with fewer cases than ``fewest`` it is not judged."""

    indicator: Indicator
    weight: Decimal
    target: Decimal
    fewest: int
    paragraph: str
    source: str


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade from a score on; the best first."""

    title: str
    title_en: str | None
    from_score: Decimal


@dataclass(frozen=True, slots=True)
class Peer:
    """Who belongs to a peer group: a kind of units, or the unit of one code."""

    code: str
    title: str
    title_en: str | None
    kind: UnitKind | None
    unit: str | None = None
