"""Counting time (domain §3): the event day is day zero; every due moment keeps its working."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.calendar import WorkCalendar
from models.rules.facts import Clock, Due
from models.rules.office_hours import Hours, counted_from
from models.terms import Measure


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last microsecond of a local date, as a UTC instant."""
    return datetime.combine(day, time.max, zone).astimezone(UTC)


def due(
    clock: Clock,
    start: datetime,
    calendar: WorkCalendar,
    zone: ZoneInfo,
    *,
    extend: int = 0,
    paused_days: int = 0,
    hours: Hours = (),
) -> Due:
    """When a duty that started at ``start`` is due.

    Args:
        clock: length, measure and whether the end is rolled to a working day.
        start: aware instant of the event.
        extend, paused_days: calendar days added to the raw date before rolling.
        hours: of the office; a day clock of what came outside them counts from the next opening. Hours run on.
    """
    if clock.measure is Measure.hours:
        return _due_hours(clock, start, zone, extend, paused_days)
    opening = counted_from(start, hours, calendar, zone)
    first = start.astimezone(zone).date()
    day = opening.date() if opening else first
    if clock.measure is Measure.working:
        raw = calendar.add_working(day, clock.amount)
    else:
        raw = day + timedelta(days=clock.amount)
    raw += timedelta(days=extend + paused_days)
    rolled = calendar.roll(raw) if clock.rolled else raw
    # days that are only counted, and whose end stays where it falls, depend on no calendar
    depends = clock.rolled or clock.measure is Measure.working or opening is not None
    trace = _trace(clock, start, zone, extend, paused_days) | {
        "days": calendar.remarkable(first, rolled),
        "raw": raw.isoformat(),
        "rolled": rolled.isoformat(),
        "calendar_version": calendar.version(first, rolled),
        "provisional": depends and calendar.crosses_provisional(first, rolled),
    }
    if opening:
        trace["counted_from"] = opening.isoformat()
    return Due(end_of_day(rolled, zone), rolled, trace)


def due_after(clock: Clock, start: datetime, calendar: WorkCalendar, zone: ZoneInfo) -> Due:
    """The end of a period of calendar days after ``start``; where it falls, there it stays (domain §2, FOLLOW_UP)."""
    return due(replace(clock, measure=Measure.calendar, rolled=False), start, calendar, zone)


def due_on(day: date, clock: Clock, start: datetime, zone: ZoneInfo) -> Due:
    """A due date that was named (a promise) rather than counted; never rolled."""
    trace = _trace(clock, start, zone, 0, 0) | {
        "named": True,
        "days": [],
        "raw": day.isoformat(),
        "rolled": day.isoformat(),
        "calendar_version": "",
        "provisional": False,
    }
    return Due(end_of_day(day, zone), day, trace)


def _due_hours(clock: Clock, start: datetime, zone: ZoneInfo, extend: int, paused_days: int) -> Due:
    moment = start + timedelta(hours=clock.amount, days=extend + paused_days)
    local = moment.astimezone(zone)
    trace = _trace(clock, start, zone, extend, paused_days) | {
        "days": [],
        "raw": local.isoformat(),
        "rolled": local.isoformat(),
        "calendar_version": "",
        "provisional": False,
    }
    return Due(moment, local.date(), trace)


def _trace(clock: Clock, start: datetime, zone: ZoneInfo, extend: int, paused: int) -> dict[str, object]:
    return {
        "start": start.astimezone(zone).isoformat(),
        "measure": clock.measure.value,
        "amount": clock.amount,
        "source": clock.source,
        "extension": extend,
        "paused": paused,
    }
