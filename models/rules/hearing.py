"""The hearing of a deduction (domain §5): which move is possible in which status, to whom, and by when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from models.office_terms import HearingMove as M
from models.rules import clocks
from models.rules.calendar import WorkCalendar
from models.rules.facts import Clock, Due, Refusal, Rulebook
from models.terms import N_, Measure
from models.terms import DeductionStatus as S

Side = Literal["bureau", "unit", "head", "judge"]
# whoever did one of these never decides the appeal
FIRST_DECIDED = frozenset({S.proposed, S.notified, S.confirmed})
# said by a unit: whoever spoke for it decides nothing in the same deduction
SPOKEN = frozenset({S.answered, S.appealed})
_SOURCE = N_("county parameter")


@dataclass(frozen=True, slots=True)
class Edge:
    """One move of the chart. ``side``: the bureau, the unit, its head, or the judge of the appeal.

    ``correcting``: only while a correction of the deduction's frozen year is open.
    """

    side: Side
    start: frozenset[S]
    end: S
    correcting: bool = False


CHART: dict[M, Edge] = {
    M.notify: Edge("bureau", frozenset({S.proposed}), S.notified),
    M.answer: Edge("unit", frozenset({S.notified}), S.answered),
    M.confirm: Edge("bureau", frozenset({S.proposed, S.answered}), S.confirmed),
    M.withdraw: Edge("bureau", frozenset({S.proposed, S.notified, S.answered}), S.withdrawn),
    M.appeal: Edge("head", frozenset({S.confirmed}), S.appealed),
    M.uphold: Edge("judge", frozenset({S.appealed}), S.upheld),
    M.overturn: Edge("judge", frozenset({S.appealed}), S.overturned),
    M.revoke: Edge("judge", frozenset({S.final}), S.overturned, correcting=True),
    M.renew: Edge("bureau", frozenset({S.withdrawn, S.overturned}), S.proposed, correcting=True),
}
# a right that freezing takes from nobody: what comes of it enters with the next revision
GOES_ON = frozenset({M.appeal, M.uphold, M.overturn})
# what time alone does: silence confirms, an unused or lost appeal makes final
BY_TIME: dict[S, S] = {S.notified: S.confirmed, S.confirmed: S.final, S.upheld: S.final}
# what the scan does: no duty is missed any more, or another one of the same occurrence is
_BY_SCAN = frozenset({(start, S.withdrawn) for start in (S.proposed, S.notified, S.answered, S.appealed)}) | {
    (S.withdrawn, S.proposed),
    (S.overturned, S.proposed),
}
PATHS = frozenset({(start, edge.end) for edge in CHART.values() for start in edge.start} | set(BY_TIME.items())) | (
    _BY_SCAN
)
# who must move next: the unit, which loses by silence, or the bureau and the judge, who do not
WAITS_ON_UNIT = (S.notified, S.confirmed)
WAITS_ON_BUREAU = (S.answered, S.appealed)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: what of the four sides the person may speak for, and what the person has done in this deduction."""

    sides: frozenset[Side]
    did: frozenset[S] = frozenset()


def path_fits(statuses: Iterable[S]) -> bool:
    """Whether a deduction's statuses, in their order, go along the chart from its beginning."""
    told = list(statuses)
    return bool(told) and told[0] is S.proposed and all(pair in PATHS for pair in pairwise(told))


def moves(
    status: S, asker: Asker, *, provisional: bool, ungoverned: bool = False, correcting: bool = False
) -> tuple[M, ...]:
    """What ``asker`` may do now, in the order of the chart."""
    now = {"provisional": provisional, "ungoverned": ungoverned, "correcting": correcting}
    return tuple(move for move in CHART if refusal(move, status, asker, **now) is None)


def refusal(
    move: M, status: S, asker: Asker, *, provisional: bool, ungoverned: bool = False, correcting: bool = False
) -> Refusal | None:
    """Why the move is not possible; None if it is. The asker's side comes first, then the status.

    Args:
        provisional: a clock of the missed duties crosses a year whose make-up days are not announced (domain §3).
        ungoverned: no rulebook was in force when the matter was received.
        correcting: the year is frozen, and a correction of it is open.
    """
    edge = CHART[move]
    if edge.side not in asker.sides:
        return Refusal(_NOT_YOURS[edge.side], field="side")
    if status not in edge.start:
        unheard = move is M.confirm and status is S.notified
        return Refusal(_UNHEARD if unheard else MOVED, field="status")
    if edge.correcting and not correcting:
        return Refusal(N_("That is done only in an open correction of a frozen year."), field="year")
    if edge.side in ("bureau", "judge") and asker.did & SPOKEN:
        return Refusal(N_("Whoever spoke for the unit does not decide."), paragraph="§3", field="side")
    if edge.side == "judge" and asker.did & FIRST_DECIDED:
        message = N_("Whoever proposed, notified or first decided does not decide the appeal.")
        return Refusal(message, paragraph="§3", field="side")
    if provisional and edge.end in (S.confirmed, S.upheld):
        return Refusal(PROVISIONAL, paragraph="§3", field="calendar")
    if ungoverned and edge.end in (S.confirmed, S.upheld):
        return Refusal(UNGOVERNED, paragraph="§3", field="rulebook")
    return None


PROVISIONAL = N_("A clock crosses a year whose make-up working days are not announced; this cannot be final yet.")
UNGOVERNED = N_(
    "No rulebook was in force when this matter was received; this cannot be final before one is published for "
    "that time."
)
MOVED = N_("This is not possible any more: the deduction was moved on meanwhile.")
_UNHEARD = N_("The unit is heard first: it may still answer.")
_NOT_YOURS: dict[Side, str] = {
    "bureau": N_("Only the bureau decides on deductions."),
    "unit": N_("Only the unit concerned may answer."),
    "head": N_("Only the leader of the unit concerned may appeal."),
    "judge": N_("An appeal is decided by another bureau officer or by a county leader."),
}


def days(book: Rulebook, status: S) -> int | None:
    """How many working days the side has that must move next (each a county parameter); None: nobody must."""
    allowed = {
        S.notified: book.answer_days,
        S.answered: book.decision_days,
        S.confirmed: book.appeal_days,
        S.appealed: book.ruling_days,
    }
    return allowed.get(status)


def due(book: Rulebook, status: S, since: datetime, calendar: WorkCalendar, zone: ZoneInfo) -> Due | None:
    """By when the next move is due in ``status``, entered at ``since``; the event day is day zero (domain §3)."""
    length = days(book, status)
    return None if length is None else time_for(length, since, calendar, zone)


def time_for(length: int, since: datetime, calendar: WorkCalendar, zone: ZoneInfo) -> Due:
    """A side's time in a hearing: working days, counted like any clock."""
    clock = Clock(None, "", length, Measure.working, True, 0, None, "§3", _SOURCE)
    return clocks.due(clock, since, calendar, zone)
