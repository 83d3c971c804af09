"""A year's scores, computed from their inputs alone: the one document that page, paper, command and manifest show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.rules import scoring
from models.terms import DeductionStatus, UnitKind

Line = dict[str, Any]
# towns are compared with towns; the bureau is a department among departments; leaders' offices are not assessed
PEERS: Mapping[UnitKind, str | None] = {
    UnitKind.town: "towns",
    UnitKind.department: "departments",
    UnitKind.bureau: "departments",
    UnitKind.leaders_office: None,
}


def document(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The scores of all units (domain §5; shape: interface.md, ``assess --json``), numbers as decimal strings.

    Args:
        inputs: plain JSON: ``year``, ``as_of``, ``rulebook`` (``version``, ``base``, ``floor``, ``caps``), ``units``
            (``code``, ``name``, ``name_en``, ``kind``) by code, and ``deductions``, each with its ``unit`` and the keys
            shown.
            The same inputs give the same document, so a frozen year can be recomputed by anyone.
    """
    lines: dict[str, list[Line]] = defaultdict(list)
    for row in inputs["deductions"]:
        lines[row["unit"]].append({name: value for name, value in row.items() if name != "unit"})
    book = inputs["rulebook"]
    units = _ranked([_unit(unit, lines[unit["code"]], book) for unit in inputs["units"]])
    return {"year": inputs["year"], "as_of": inputs["as_of"], "rulebook": book["version"], "units": units}


def _unit(unit: Mapping[str, Any], lines: list[Line], book: Mapping[str, Any]) -> dict[str, Any]:
    """``capped``: final points that a yearly cap spares the unit. ``pending``: what would come on top of ``final``."""
    caps = {rule: Decimal(cap) for rule, cap in book.get("caps", {}).items()}
    final, listed = _taken(lines, scoring.FINAL, caps), _taken(lines, scoring.FINAL, {})
    most = _taken(lines, scoring.FINAL | scoring.PENDING, caps)
    base, floor = Decimal(book["base"]), Decimal(book["floor"])
    return {
        **unit,
        "peer": PEERS[UnitKind(unit["kind"])],
        "base": text(base),
        "final": text(final),
        "capped": text(listed - final),
        "pending": text(most - final),
        "score": text(scoring.score(base, floor, [final])),
        "score_if_pending_confirmed": text(scoring.score(base, floor, [most])),
        "deductions": lines,
    }


def _taken(lines: list[Line], statuses: frozenset[DeductionStatus], caps: Mapping[str, Decimal]) -> Decimal:
    return scoring.taken(((row["rule"], Decimal(row["points"])) for row in lines if row["status"] in statuses), caps)


def _ranked(units: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each unit with ``peer_rank``: its rank among its peers, none for those who are not assessed."""
    groups: dict[str | None, list[Decimal]] = defaultdict(list)
    for unit in units:
        groups[unit["peer"]].append(Decimal(unit["score"]))
    ranks = {peer: iter(scoring.rank(scores)) for peer, scores in groups.items()}
    return [unit | {"peer_rank": next(ranks[unit["peer"]]) if unit["peer"] else None} for unit in units]


def text(value: Decimal) -> str:
    """A number of the document: two decimals."""
    return f"{value:.2f}"
