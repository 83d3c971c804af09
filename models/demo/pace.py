"""When things happen in the demo: office hours, working days, and which unit is how often late."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from models.rules.calendar import WorkCalendar

_DAY = timedelta(days=1)
_CARE = (0.1, 0.4, 0.6, 0.8, 0.8, 1.0, 1.0, 1.3, 1.9, 2.8)
_SLIP = 0.095
_BUSY = 0.5


class Pace:
    """Draws plausible moments for one petition from its own random numbers."""

    def __init__(self, rng: Random, calendar: WorkCalendar, zone: ZoneInfo, care: dict[str, float]) -> None:
        self.rng = rng
        self.calendar = calendar
        self.zone = zone
        self.care = care

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def at(self, day: date, hour: int, minute: int) -> datetime:
        return datetime.combine(day, time(hour, minute), self.zone).astimezone(UTC)

    def office(self, day: date, after: datetime | None = None) -> datetime:
        """Some moment of office hours on ``day`` (rolled to a working day), but later than ``after``."""
        moment = self.at(self.calendar.roll(day), self.rng.choice((8, 9, 9, 10, 10, 11, 14, 15, 15, 16)), self.minute())
        if after is not None and moment <= after:
            return after + timedelta(minutes=self.rng.randint(5, 40))
        return moment

    def minute(self) -> int:
        return self.rng.randrange(60)

    def slips(self, unit: str, weight: float = 1.0) -> bool:
        """Whether ``unit`` lets this clock run out."""
        return self.rng.random() < _SLIP * weight * self.care[unit]

    def working(self, start: datetime, count: int, unit: str, *, weight: float = 1.0) -> datetime:
        """Within ``count`` working days after ``start``, unless the unit slips."""
        if self.slips(unit, weight):
            count += 1 + min(self.rng.randint(0, 9), self.rng.randint(0, 9))
            return self.office(self.calendar.add_working(self.day(start), count), start)
        return self.office(self.calendar.add_working(self.day(start), self.rng.randint(0, count)), start)

    def calendar_days(self, start: datetime, count: int, unit: str, after: datetime, *, earliest: int = 0) -> datetime:
        """Within ``count`` calendar days after ``start`` and later than ``after``, unless the unit slips."""
        first = self.day(start)
        if self.slips(unit):
            due = self.calendar.roll(first + count * _DAY)
            return self.office(due + _DAY * (1 + min(self.rng.randint(0, 20), self.rng.randint(0, 20))), after)
        low = min(count, max(earliest, (self.day(after) - first).days))
        return self.office(first + _DAY * self.rng.randint(low, count), after)

    def soon(self, start: datetime, low: int, high: int) -> datetime:
        """Some working day ``low`` to ``high`` days after ``start``; no clock runs."""
        return self.office(self.day(start) + _DAY * self.rng.randint(low, high), start)

    def before(self, day: date) -> date:
        """A working day shortly before ``day``, or the day itself."""
        day -= _DAY * self.rng.randint(0, 9)
        while not self.calendar.is_working(day):
            day -= _DAY
        return day

    def hours(self, start: datetime, limit: float, unit: str) -> datetime:
        """Within ``limit`` elapsed hours, unless the unit slips."""
        minutes = int(limit * 60)
        late = self.slips(unit, 1.5)
        spent = self.rng.randint(minutes + 15, minutes * 2 + 60) if late else self.rng.randint(5, minutes - 10)
        return start + timedelta(minutes=spent)


def care_of(units: list[str], seed: int, busy: tuple[str, ...]) -> dict[str, float]:
    """How careless each unit is: a few hardly ever late, a few often; the ``busy`` ones have their routine."""
    order = sorted(units)
    Random(f"{seed}:care").shuffle(order)
    found = {code: _CARE[position % len(_CARE)] for position, code in enumerate(order)}
    return found | dict.fromkeys(busy, _BUSY)


def received_at(pace: Pace, first: date, last: datetime, share: float, recent: bool, walk_in: bool) -> datetime:
    """When a matter came in: mostly in office hours on working days; ``recent`` within the last four weeks."""
    rng = pace.rng
    end = pace.day(last)
    span = (end - first).days
    day = end - _DAY * rng.randint(1, 27) if recent else first + _DAY * int(span * share)
    if not pace.calendar.is_working(day):
        if not walk_in and rng.random() < 0.3:
            return pace.at(day, rng.randint(8, 21), rng.randrange(60))
        while not pace.calendar.is_working(day):
            day -= _DAY
    return pace.at(day, rng.choice((8, 9, 9, 9, 10, 10, 11, 14, 15, 16)), rng.randrange(60))
