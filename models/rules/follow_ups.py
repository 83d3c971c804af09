"""The first unit's follow-up periods (§2(2), §2(4); domain §2, FOLLOW_UP)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.board import Board
from models.rules.facts import CaseFacts, StepFact
from models.terms import DutyKind, DutyStatus, StepKind

# far enough that no board depends on a scan having run meanwhile
_BEYOND = timedelta(days=200)
_AFTER_HANDLING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Watch:
    """One span of handling that the first unit follows: from ``step`` until ``stopped`` (reply, upheld, closing)."""

    number: int
    step: StepFact
    handle: str
    stopped: datetime | None = None
    reopened: bool = False


def chalk_up(board: Board, watches: Iterable[Watch], facts: CaseFacts, until: datetime) -> None:
    """Lay out the periods of every watch: up to its end, or a little beyond ``until``."""
    done = [s for s in facts.steps if s.kind is StepKind.follow_up and s.unit == facts.first_unit]
    laid: dict[int, int] = {}
    for watch in watches:
        offset = laid.get(watch.number, 0) if watch.reopened else 0
        laid[watch.number] = offset + _lay(board, watch, facts, until, done, offset)


def _lay(board: Board, watch: Watch, facts: CaseFacts, until: datetime, done: list[StepFact], offset: int) -> int:
    """Period k: the days start + n(k−1) + 1 … start + nk, the start day counting into period 1; not rolled."""
    zone = board.zone
    start = watch.step.at.astimezone(zone).date()
    clock = board.clock(DutyKind.FOLLOW_UP, "", until)
    if clock is None:
        return 0
    length = clock.amount
    stop = watch.stopped.astimezone(zone).date() if watch.stopped else None
    handle = board.duties.get(watch.handle)
    horizon = until.astimezone(zone).date() + _BEYOND
    if handle is not None:
        horizon = max(horizon, handle.due.on + _AFTER_HANDLING)
    k = 0
    while True:
        k += 1
        first = start if k == 1 else start + timedelta(days=length * (k - 1) + 1)
        last = start + timedelta(days=length * k)
        if first > (stop or horizon):
            return k - 1
        key = f"FOLLOW_UP:{watch.number}.{k + offset}"
        zero = watch.step.at if k == 1 else _midnight(first - timedelta(days=1), watch, zone)
        opened = watch.step.at if k == 1 else _midnight(first, watch, zone)
        board.open_period(key, facts.first_unit, watch.step, zero, opened)
        for step in done:
            if step.at >= opened and first <= step.at.astimezone(zone).date() <= last:
                board.discharge(key, step)
                break
        # the running period lapses; one that was missed before stays missed, but no longer stands in the way of closing
        if watch.stopped is not None:
            board.end(key, DutyStatus.lapsed, watch.stopped)


def _midnight(day: date, watch: Watch, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(watch.step.at.tzinfo)
