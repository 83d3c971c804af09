"""Days and hours at which counting goes wrong: ends of days, week-ends, holidays, make-up days, ends of years."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from tests.oracle.days import ZONE, china, local
from tests.oracle.dice import Dice

DAYS = china([2024, 2025, 2026, 2027])

STARTS = [
    date(2025, 3, 3),
    date(2024, 12, 20),
    date(2024, 12, 31),
    date(2025, 1, 1),
    date(2025, 1, 13),
    date(2025, 1, 25),  # Saturday before a working Sunday
    date(2025, 1, 26),  # working Sunday
    date(2025, 2, 7),
    date(2025, 4, 18),
    date(2025, 4, 30),
    date(2025, 5, 30),
    date(2025, 8, 1),
    date(2025, 9, 19),
    date(2025, 9, 28),  # working Sunday
    date(2025, 9, 30),
    date(2025, 10, 11),  # working Saturday
    date(2025, 11, 1),
    date(2025, 12, 16),
    date(2025, 12, 31),
    date(2026, 1, 3),
    date(2026, 1, 30),  # 15 days end on a working Saturday
    date(2026, 2, 13),
    date(2026, 2, 14),  # working Saturday
    date(2026, 2, 28),  # working Saturday
    date(2026, 4, 3),
    date(2026, 5, 9),  # working Saturday
    date(2026, 6, 18),
    date(2026, 8, 2),  # 60 days end in the October holidays
    date(2026, 9, 19),
]

HOURS = [time(9, 0), time(0, 0), time(0, 30), time(7, 59), time(12, 0), time(17, 31), time(23, 30), time(23, 59)]


def start(dice: Dice) -> datetime:
    """A moment at which a petition may be received."""
    day = dice.one_of(STARTS) + timedelta(days=dice.one_of([0, 0, 0, 1, 2, 5]))
    return datetime.combine(day, dice.one_of(HOURS), ZONE)


def later(dice: Dice, base: datetime, due: date) -> datetime:
    """A moment from ``base`` on: at once, within days, or around ``due``, the end of some clock."""
    day = dice.one_of(
        [
            due - timedelta(days=1),
            due,
            due,
            due + timedelta(days=1),
            due + timedelta(days=dice.between(2, 40)),
            local(base),
            local(base) + timedelta(days=dice.between(1, 4)),
            local(base) + timedelta(days=dice.between(1, 4)),
        ]
    )
    moment = datetime.combine(day, dice.one_of(HOURS), ZONE)
    return max(moment, base + timedelta(minutes=dice.one_of([1, 0, 45])))


def earlier_than(moment: datetime, bound: datetime | None) -> bool:
    """Whether ``moment`` lies before ``bound``, when there is one."""
    return bound is None or moment < bound


def act(kind: str, at: datetime, unit: str, **words: Any) -> dict[str, Any]:
    """One row of a history file's steps."""
    row = {"step": kind, "at": at, "unit": unit, "to_unit": None, "mode": None, "outcome": None}
    return {**row, "days": None, "until": None, **words}
