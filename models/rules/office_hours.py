"""Office hours (P): what arrives outside them counts from the next opening, for day clocks (domain §3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.calendar import WorkCalendar

Hours = Sequence[tuple[time, time]]
_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-–—~～至]\s*(\d{1,2}:\d{2})")
_BETWEEN = re.compile(r"\s*[,，、;；]\s*")
_DAY = timedelta(days=1)


def read(text: str) -> tuple[tuple[time, time], ...]:
    """``08:30-12:00, 14:00-17:30`` as spans, in their order; empty: every moment counts.

    Raises:
        ValueError: it is written otherwise, or a span does not end after it begins, or begins before the last ended.
    """
    found: list[tuple[time, time]] = []
    for part in filter(None, _BETWEEN.split(text.strip())):
        told = _SPAN.fullmatch(part)
        if told is None:
            raise ValueError(part)
        opens, closes = (time.fromisoformat(side.rjust(5, "0")) for side in told.groups())
        if closes <= opens or (found and opens < found[-1][1]):
            raise ValueError(part)
        found.append((opens, closes))
    return tuple(found)


def written(hours: Hours) -> str:
    """Spans as ``read`` reads them."""
    return ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours)


def counted_from(moment: datetime, hours: Hours, calendar: WorkCalendar, zone: ZoneInfo) -> datetime | None:
    """The next opening after what arrived at ``moment``, outside the hours; None if it arrived within them."""
    if not hours:
        return None
    local = moment.astimezone(zone)
    day, at = local.date(), local.time()
    if calendar.is_working(day):
        if any(opens <= at <= closes for opens, closes in hours):
            return None
        if later := [opens for opens, _closes in hours if opens > at]:
            return datetime.combine(day, later[0], zone)
    return datetime.combine(calendar.roll(day + _DAY), hours[0][0], zone)
