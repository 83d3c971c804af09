"""What-if for rates: the counts behind them under a supposition, as the real counts and what changes in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.rates import DUTIES, figures
from models.rules.facts import DutyState
from models.rules.scheme import Rate
from models.terms import DutyStatus

COUNTED = (DutyStatus.open, DutyStatus.discharged)
Counts = Counter[tuple[int, str, str]]  # unit, indicator, "count" or "of"


def counts(duties: Iterable[DutyState], year: int, as_of: datetime, about: int | None) -> Counts:
    """What one petition adds to the counts of each unit (as ``models.rates`` counts the record)."""
    found: Counts = Counter()
    for duty in duties:
        if duty.kind not in DUTIES or duty.unit == about or duty.status not in COUNTED:
            continue
        if duty.due.on.year == year and duty.due.at < as_of:
            indicator = DUTIES[duty.kind].value
            found[duty.unit, indicator, "of"] += 1
            found[duty.unit, indicator, "count"] += not duty.missed(as_of)
    return found


def supposed(
    session: Session,
    inputs: Mapping[str, Any],
    rates: Sequence[Rate],
    changed: Mapping[tuple[str, str, str], int],
    as_of: datetime,
) -> list[dict[str, Any]]:
    """The figures of the supposed year.

    Args:
        rates: of the rulebook that is supposed; what the real one has as well is taken from its inputs.
        changed: (unit code, indicator, "count" or "of") → how many more.
    """
    known = {rate["indicator"] for rate in inputs["rulebook"].get("rates", ())}
    found = {(row["unit"], row["indicator"]): dict(row) for row in inputs.get("figures", ())}
    for row in figures(session, [rate for rate in rates if rate.indicator.value not in known], inputs["year"], as_of):
        found[row["unit"], row["indicator"]] = row
    for (unit, indicator, name), more in changed.items():
        head = {"unit": unit, "indicator": indicator, "count": 0, "of": 0}
        found.setdefault((unit, indicator), head)[name] += more
    wanted = {rate.indicator.value for rate in rates}
    return [row for key, row in sorted(found.items()) if key[1] in wanted]
