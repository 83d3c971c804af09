"""A frozen year: canonical JSON and its hashes, the ranked lines, and what a revision changed (domain §5)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from models.rules.assessing import assessed

Document = Mapping[str, Any]
ROUNDING = {
    "numbers": "decimal strings with two places",
    "arithmetic": "exact; only the points of a rate are rounded, half up to two places, each at its line",
}
_KEY = ("petition", "rule", "occurrence")
_SCORES = ("base", "final", "pending", "score")


def canonical(value: Any) -> str:
    """The one text of a JSON value: sorted keys, no blanks, characters as they are (to be encoded as UTF-8)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical text."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def ranked(document: Document) -> list[dict[str, Any]]:
    """The line of every assessed unit, in the order of the document, with its rank among its peers."""
    return [
        {"code": unit["code"], "rank": unit["peer_rank"], **{name: unit[name] for name in _SCORES}}
        for unit in document["units"]
        if assessed(unit)
    ]


def first_difference(one: Any, other: Any, path: str = "") -> str:
    """Where two JSON values first differ, e.g. ``units[3].score``; empty if they are the same."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        pairs: list[tuple[str, Any, Any]] = [
            (f"{path}.{name}".lstrip("."), one.get(name), other.get(name)) for name in sorted({*one, *other})
        ]
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return f"{path}: {len(one)} / {len(other)}"
        pairs = [(f"{path}[{index}]", *pair) for index, pair in enumerate(zip(one, other, strict=True))]
    else:
        return "" if one == other and type(one) is type(other) else f"{path}: {one} / {other}"
    return next((found for where, a, b in pairs if (found := first_difference(a, b, where))), "")


def diff(before: Document, after: Document) -> dict[str, Any]:
    """What a revision changes: deductions, scores and ranks of units, the rulebook; empty lists when nothing does.

    Where the counts behind an indicator changed, ``figures`` names them, also when no score did.

    How many days an undone duty is late grows by itself from day to day; that alone is no change.
    """
    old, new = dict(_deductions(before)), dict(_deductions(after))
    changed = [_change(key, old.get(key), new.get(key)) for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    scores, fresh = _lines(before), _lines(after)
    units = [
        {"code": code, "before": scores.get(code), "after": fresh.get(code)}
        for code in sorted({*scores, *fresh})
        if scores.get(code) != fresh.get(code)
    ]
    books = [before["rulebook"], after["rulebook"]]
    told = {"rulebook": books if books[0] != books[1] else [], "deductions": changed, "units": units}
    counts, recounted = _figures(before), _figures(after)
    figures = [
        {"unit": key[0], "indicator": key[1], "before": counts.get(key), "after": recounted.get(key)}
        for key in sorted({*counts, *recounted})
        if counts.get(key) != recounted.get(key)
    ]
    return told | ({"figures": figures} if figures else {})


def is_empty(found: Mapping[str, Any]) -> bool:
    """Whether a diff says that nothing changed."""
    return not any(found.values())


def _change(key: tuple[str, ...], old: Any, new: Any) -> dict[str, Any]:
    named = dict(zip(("unit", *_KEY), key, strict=True))
    if old is None or new is None:
        return {**named, "change": "appeared" if old is None else "vanished", "before": old, "after": new}
    why = "decided" if old["status"] != new["status"] else "duties" if old["duties"] != new["duties"] else "points"
    return {**named, "change": why, "before": old, "after": new}


def _deductions(document: Document) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    for unit in document["units"]:
        for line in unit["deductions"]:
            duties = [[one["kind"], one["due"], one["discharged"]] for one in line["duties"]]
            what = {"status": line["status"], "points": line["points"], "duties": duties}
            yield (unit["code"], *(line[name] for name in _KEY)), what


def _figures(document: Document) -> dict[tuple[str, str], list[int]]:
    """(unit, indicator) → count and total of each indicator that has figures."""
    return {
        (unit["code"], rate["indicator"]): [rate["count"], rate["of"]]
        for unit in document["units"]
        for rate in unit.get("rates", ())
        if rate["of"] is not None
    }


def _lines(document: Document) -> dict[str, dict[str, Any]]:
    return {line["code"]: line for line in ranked(document)}
