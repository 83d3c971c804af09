"""Day counting of §3 in the plainest form, for the oracle only: shares no line with the product."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Asia/Shanghai")


def china(years: list[int]) -> tuple[set[date], set[date]]:
    """Public holidays and make-up working days (调休) of China as the ``holidays`` package states them.

    The package shows a make-up Saturday or Sunday only in ``weekend_workdays``, never among the holidays.
    """
    table = holidays.country_holidays("CN", years=years)
    return set(table.keys()), {day for day in table.weekend_workdays if day.year in years}


def local(moment: datetime) -> date:
    """The day in the county on which ``moment`` falls."""
    return moment.astimezone(ZONE).date()


def works(day: date, free: set[date], makeup: set[date]) -> bool:
    """Whether offices work on ``day``."""
    if day in makeup:
        return True
    if day in free:
        return False
    return day.weekday() < 5


def roll(day: date, free: set[date], makeup: set[date]) -> date:
    """``day`` itself when offices work on it, else the next day on which they do."""
    while not works(day, free, makeup):
        day = day + timedelta(days=1)
    return day


def calendar_days(start: date, count: int, free: set[date], makeup: set[date]) -> date:
    """The day ``count`` calendar days after ``start`` (day zero), rolled forward to a working day."""
    return roll(start + timedelta(days=count), free, makeup)


def working_days(start: date, count: int, free: set[date], makeup: set[date]) -> date:
    """The ``count``-th working day after ``start`` (day zero)."""
    day = start
    while count > 0:
        day = day + timedelta(days=1)
        if works(day, free, makeup):
            count = count - 1
    return day
