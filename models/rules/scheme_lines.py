"""A county's own scheme applied to one unit: its peer group, its rates with their points, its grade (domain §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from models.rules import scoring
from models.terms import UnitKind

SCHEME = ("sections", "rates", "grades", "peers")
# the groups of what was frozen before a rulebook named them
_FIRST: Mapping[UnitKind, str | None] = {
    UnitKind.town: "towns",
    UnitKind.department: "departments",
    UnitKind.bureau: "departments",
    UnitKind.leaders_office: None,
}


def peer_of(unit: Mapping[str, Any], book: Mapping[str, Any]) -> str | None:
    """The code of the unit's peer group: as a named unit, else by its kind; None: it is not assessed."""
    if "peers" not in book:
        return _FIRST[UnitKind(unit["kind"])]
    rows = book["peers"]
    named = next((row["code"] for row in rows if row["unit"] == unit["code"]), None)
    return named or next((row["code"] for row in rows if row["kind"] == unit["kind"]), None)


def rated(rate: Mapping[str, Any], figure: Mapping[str, Any] | None) -> dict[str, Any]:
    """One rate of a unit. Too few cases, or no figure: not judged, and the full weight is given."""
    count, total = (int(figure["count"]), int(figure["of"])) if figure else (0, 0)
    weight, target = Decimal(rate["weight"]), Decimal(rate["target"])
    judged = total >= max(1, rate["fewest"])
    points = scoring.earned(weight, target, count, total) if judged else weight
    return {
        "indicator": rate["indicator"],
        "count": count if figure else None,
        "of": total if figure else None,
        "rate": f"{scoring.percent(count, total):.2f}" if total else None,
        "target": rate["target"],
        "fewest": rate["fewest"],
        "weight": rate["weight"],
        "points": f"{points:.2f}",
        "judged": judged,
    }


def grade_of(score: Decimal, grades: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The best grade that the score reaches; None where the scheme has no grade so low."""
    found = next((one for one in grades if score >= Decimal(one["from"])), None)
    return {"title": found["title"], "title_en": found["title_en"]} if found else None
