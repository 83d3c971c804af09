"""In which order the acts of one day are replayed: as they can have been, where the ledger does not say when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from models.errors import DomainError
from models.operations.history.rows import Act
from models.operations.history.staging import StagedRow
from models.terms import StepKind

# as the notice tells the work: what usually comes first on one day
_ORDER = (
    StepKind.route,
    StepKind.report_urgent,
    StepKind.report_multi,
    StepKind.designate,
    StepKind.transfer,
    StepKind.confirm_transfer,
    StepKind.file,
    StepKind.inform,
    StepKind.acknowledge,
    StepKind.object,
    StepKind.uphold,
    StepKind.reject,
    StepKind.convene,
    StepKind.extend,
    StepKind.pause,
    StepKind.resume,
    StepKind.follow_up,
    StepKind.reply,
    StepKind.report_result,
    StepKind.ask_review,
    StepKind.review,
    StepKind.ask_re_review,
    StepKind.re_review,
    StepKind.close,
    StepKind.reopen,
)


@dataclass(slots=True)
class Line:
    """A row with the act that it tells."""

    row: StagedRow
    act: Act


Rank = Callable[[Line], tuple[int, ...]]


def by_line(line: Line) -> tuple[int, ...]:
    """As the rows stand in the file."""
    return (line.row.line,)


def by_work(line: Line) -> tuple[int, ...]:
    """As the work goes."""
    kind = line.act.step.kind
    return (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), line.row.line)


def days(lines: Iterable[Line], zone: ZoneInfo) -> Iterator[list[Line]]:
    """The acts day by day; within a day by time, those without a time where the file has them."""

    def day_of(line: Line) -> date:
        return line.act.step.at.astimezone(zone).date()

    for _day, found in groupby(sorted(lines, key=day_of), key=day_of):
        yield list(found)


def settled(day: Sequence[Line]) -> bool:
    """Whether the ledger itself says in which order the acts of a day were done."""
    return len(day) == 1 or (
        not any(line.act.whole_day for line in day) and len({line.act.step.at for line in day}) == len(day)
    )


@dataclass(slots=True)
class Stuck(Exception):
    """None of the acts that are left is possible; ``line`` comes first of them, and ``error`` is why it is not."""

    line: Line
    error: DomainError
    left: list[Line]


def replayed(day: Sequence[Line], rank: Rank, floor: datetime | None, take: Callable[[Line], None]) -> list[Line]:
    """Take all acts of a day, each time the first by ``rank`` that is possible; returns them in that order.

    Timed acts keep their own order. An act without a time happens at the moment of the one before it.

    Args:
        floor: the last moment of that day that is known already.
        take: takes one act, or raises DomainError and changes nothing.

    Raises:
        Stuck: some are left, and none of them is possible.
    """
    left, done = sorted(day, key=rank), list[Line]()
    while left:
        first, error = left[0], None
        for line in _possible(left):
            if line.act.whole_day and floor is not None:
                line.act.step.at = max(line.act.step.at, floor)
            try:
                take(line)
            except DomainError as found:
                error = found if error is None or line is first else error
                continue
            floor = line.act.step.at
            left.remove(line)
            done.append(line)
            error = None
            break
        if error is not None:
            raise Stuck(first, error, left)
    return done


def _possible(left: Sequence[Line]) -> list[Line]:
    """Those without a time, and of the others the earliest."""
    timed = [line.act.step.at for line in left if not line.act.whole_day]
    first = min(timed, default=None)
    return [line for line in left if line.act.whole_day or line.act.step.at == first]
