"""A year's scores, computed from their inputs alone: the one document that page, paper, command and manifest show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.rules import scoring
from models.rules.scheme_lines import SCHEME, grade_of, peer_of, rated
from models.terms import DeductionStatus, UnitKind

Line = dict[str, Any]


def document(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The scores of all units (domain §5; shape: interface.md, ``assess --json``), numbers as decimal strings.

    Args:
        inputs: plain JSON: ``year``, ``as_of``, ``rulebook`` (``version``, ``base``, ``floor``, ``caps``, and the
            county's own scheme: ``sections``, ``rates``, ``grades``, ``peers``), ``units`` (``code``, ``name``,
            ``name_en``, ``kind``) by code, ``deductions``, each with its ``unit`` and the keys shown, and ``figures``
            of the rates (``unit``, ``indicator``, ``count``, ``of``).
            The same inputs give the same document, so a frozen year can be recomputed by anyone; what was frozen
            before there were schemes has none of their keys, and its document neither.
    """
    lines: dict[str, list[Line]] = defaultdict(list)
    for row in inputs["deductions"]:
        lines[row["unit"]].append({name: value for name, value in row.items() if name != "unit"})
    figures: dict[str, dict[str, Line]] = defaultdict(dict)
    for row in inputs.get("figures", ()):
        figures[row["unit"]][row["indicator"]] = row
    book = inputs["rulebook"]
    units = [_unit(unit, lines[unit["code"]], figures[unit["code"]], book) for unit in inputs["units"]]
    scheme = {name: book[name] for name in SCHEME if name in book}
    head = {"year": inputs["year"], "as_of": inputs["as_of"], "rulebook": book["version"]}
    if scheme:
        head["scheme"] = scheme | {"caps": book.get("caps", {})}
    return head | {"units": _ranked(units)}


def assessed(unit: Mapping[str, Any]) -> bool:
    """Whether a unit of a document has peers; a document of the first days names none but excludes leaders' offices."""
    return unit["peer"] is not None if "peer" in unit else unit["kind"] != UnitKind.leaders_office.value


def _unit(
    unit: Mapping[str, Any], lines: list[Line], figures: Mapping[str, Line], book: Mapping[str, Any]
) -> dict[str, Any]:
    """``capped``: final points that yearly caps spare the unit. ``pending``: what would come on top of ``final``."""
    caps = {rule: Decimal(cap) for rule, cap in book.get("caps", {}).items()}
    sections = [(one["rules"], None if one["cap"] is None else Decimal(one["cap"])) for one in book.get("sections", ())]
    final, listed = _taken(lines, scoring.FINAL, caps, sections), _taken(lines, scoring.FINAL, {}, [])
    most = _taken(lines, scoring.FINAL | scoring.PENDING, caps, sections)
    base, floor = Decimal(book["base"]), Decimal(book["floor"])
    rates = [rated(rate, figures.get(rate["indicator"])) for rate in book.get("rates", ())]
    whole = base + sum((Decimal(rate["points"]) for rate in rates), Decimal(0))
    score, peer = scoring.score(whole, floor, [final]), peer_of(unit, book)
    found = {
        **unit,
        "peer": peer,
        "base": text(base),
        "final": text(final),
        "capped": text(listed - final),
        "pending": text(most - final),
        "score": text(score),
        "score_if_pending_confirmed": text(scoring.score(whole, floor, [most])),
        "deductions": lines,
    }
    if "rates" in book:
        found |= {"rates": rates, "earned": text(whole - base)}
    if "grades" in book:
        found["grade"] = grade_of(score, book["grades"]) if peer else None
    return found


def _taken(
    lines: list[Line], statuses: frozenset[DeductionStatus], caps: Mapping[str, Decimal], sections: list[scoring.Group]
) -> Decimal:
    rows = ((row["rule"], Decimal(row["points"])) for row in lines if row["status"] in statuses)
    return scoring.taken(rows, caps, sections)


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
