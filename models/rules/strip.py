"""The calendar strip of a due date: each day from start to end with what it was, from the stored trace alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from models.terms import Measure

Kind = Literal["working", "weekend", "holiday", "makeup"]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StripDay:
    """One day. ``number``: the how-manieth counted day; ``mark``: start, raw (counted end), due, or empty."""

    day: date
    kind: Kind
    name: str
    number: int | None
    mark: str


def days(trace: Mapping[str, Any]) -> list[StripDay]:
    """Start to due date, both included; empty for hours and for dates that were named, not counted."""
    if trace.get("measure") not in (Measure.working, Measure.calendar) or not trace.get("amount") or trace.get("named"):
        return []
    start = datetime.fromisoformat(trace["start"]).date()
    zero = datetime.fromisoformat(trace.get("counted_from") or trace["start"]).date()
    raw, due = date.fromisoformat(trace["raw"]), date.fromisoformat(trace["rolled"])
    differ = {date.fromisoformat(day["day"]): day for day in trace["days"]}
    found, number, day = [], 0, start
    while day <= due:
        met = differ.get(day)
        kind: Kind = met["why"] if met else "weekend" if day.weekday() > 4 else "working"
        counts = zero < day <= raw and (trace["measure"] == Measure.calendar or kind in ("working", "makeup"))
        number += counts
        mark = "start" if day == zero else "due" if day == due else "raw" if day == raw else ""
        found.append(StripDay(day, kind, met["name"] if met else "", number if counts else None, mark))
        day += _DAY
    return found


def weeks(trace: Mapping[str, Any]) -> list[list[StripDay | None]]:
    """The strip by weeks, Monday first; None where the strip has not begun or has ended."""
    strip = days(trace)
    if not strip:
        return []
    padded: list[StripDay | None] = [None] * strip[0].day.weekday() + list(strip)
    padded += [None] * (-len(padded) % 7)
    return [padded[at : at + 7] for at in range(0, len(padded), 7)]
