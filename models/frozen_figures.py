"""What papers say beside the scores, frozen with a year: read once, the same for every reader, never read anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import assessing, figures, frozen, frozen_units
from models.access import all_rows
from models.rules.assessing import text
from models.world import world

Figures = dict[str, Any]
_SHOWN = ("rule", "points", "status")


def gather(session: Session, year: int, as_of: datetime, code: str | None = None) -> Figures:
    """Points of each rule, duties met on time (of one unit: ``code``), last year's scores, serious matters.

    As far as the reader may see them; a year is frozen inside ``all_rows``.
    """
    book = assessing.rulebook_of(world(session), year)
    county, units = figures.kept_by_unit(session, year, as_of, code)
    return {
        "points": {rule.value: text(points) for rule, points in sorted(book.points.items())},
        "kept": {"county": county, "units": units},
        "before": before(session, year, as_of),
        "serious": figures.serious(session, year, as_of),
    }


def before(session: Session, year: int, as_of: datetime) -> dict[str, Any] | None:
    """Last year's document as far as papers compare with it, under today's codes; None if no duty was due in it."""
    if not figures.kept(session, year - 1, as_of)["kinds"]:
        return None
    found = assessing.official(session, year - 1, as_of)
    with all_rows():
        row = frozen.latest(session, year - 1)
        found = frozen_units.under_codes(found, frozen_units.renames(session, row) if row else {})
    return found | {"units": [_brief(unit) for unit in found["units"]]}


def _brief(unit: Mapping[str, Any]) -> dict[str, Any]:
    return {**unit, "deductions": [{name: line[name] for name in _SHOWN} for line in unit["deductions"]]}


def of_county(found: Figures) -> Figures:
    """What the county's paper says."""
    return {**found, "kept": found["kept"]["county"]}


def as_open_to(found: Figures, code: str) -> Figures:
    """What the county's paper says to the unit ``code``: of others it sees scores alone."""
    last = found["before"]
    shown = last and last | {
        "units": [one if one["code"] == code else one | {"deductions": []} for one in last["units"]]
    }
    return {**found, "kept": None, "before": shown, "serious": _own(found, code)}


def of_unit(found: Figures, code: str) -> Figures:
    """What the paper of the unit ``code`` says."""
    last = found["before"]
    alone = last and last | {"units": [one for one in last["units"] if one["code"] == code]}
    kept = found["kept"]["units"].get(code, figures.NONE)
    return {**found, "kept": kept, "before": alone, "serious": _own(found, code)}


def _own(found: Figures, code: str) -> list[Any]:
    return [one for one in found["serious"] if one["unit"]["code"] == code]
