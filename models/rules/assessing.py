"""A year's scores, computed from their inputs alone: the one document that page, paper, command and manifest show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.rules import scoring
from models.terms import DeductionStatus

Line = dict[str, Any]


def document(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The scores of all units (domain §5; shape: interface.md, ``assess --json``), numbers as decimal strings.

    Args:
        inputs: plain JSON: ``year``, ``as_of``, ``rulebook`` (``version``, ``base``, ``floor``), ``units`` (``code``,
            ``name``, ``name_en``, ``kind``) by code, and ``deductions``, each with its ``unit`` and the keys shown.
            The same inputs give the same document, so a frozen year can be recomputed by anyone.
    """
    lines: dict[str, list[Line]] = defaultdict(list)
    for row in inputs["deductions"]:
        lines[row["unit"]].append({name: value for name, value in row.items() if name != "unit"})
    book = inputs["rulebook"]
    units = [_unit(unit, lines[unit["code"]], book) for unit in inputs["units"]]
    return {"year": inputs["year"], "as_of": inputs["as_of"], "rulebook": book["version"], "units": units}


def _unit(unit: Mapping[str, Any], lines: list[Line], book: Mapping[str, Any]) -> dict[str, Any]:
    final, pending = _sum(lines, scoring.FINAL), _sum(lines, scoring.PENDING)
    base, floor = Decimal(book["base"]), Decimal(book["floor"])
    return {
        **unit,
        "base": text(base),
        "final": text(final),
        "pending": text(pending),
        "score": text(scoring.score(base, floor, [final])),
        "score_if_pending_confirmed": text(scoring.score(base, floor, [final, pending])),
        "deductions": lines,
    }


def _sum(lines: list[Line], statuses: frozenset[DeductionStatus]) -> Decimal:
    return sum((Decimal(line["points"]) for line in lines if line["status"] in statuses), Decimal(0))


def text(value: Decimal) -> str:
    """A number of the document: two decimals."""
    return f"{value:.2f}"
