"""The accountability file (§3, SERIOUS): opened by hand, heard, decided by a county leader who did not open it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from models.office_terms import AccountabilityMove as M
from models.office_terms import AccountabilityStatus as S
from models.rules.facts import Refusal
from models.terms import N_

Side = Literal["office", "unit", "leader"]


@dataclass(frozen=True, slots=True)
class Edge:
    """One move of the chart: by whom, from where, to where."""

    side: Side
    start: S
    end: S


CHART: dict[M, Edge] = {
    M.hear: Edge("office", S.investigation, S.hearing),
    M.state: Edge("unit", S.hearing, S.decision),
    M.circulate: Edge("leader", S.decision, S.circulated),
    M.close: Edge("leader", S.decision, S.closed),
}
# the unit is silent beyond its time: what it might have said is not waited for
BY_TIME = {S.hearing: S.decision}
PATHS = frozenset((edge.start, edge.end) for edge in CHART.values())
OPEN = (S.investigation, S.hearing, S.decision)

_NOT_YOURS: dict[Side, str] = {
    "office": N_("Only the bureau and the county leaders keep accountability files."),
    "unit": N_("Only the unit concerned may answer."),
    "leader": N_("Only a county leader decides on an accountability file."),
}
_MOVED = N_("This is not possible any more: the file was moved on meanwhile.")
_OPENED = N_("Whoever opened the file does not decide it.")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the sides the person may speak for, and whether the person opened the file."""

    sides: frozenset[Side]
    opened: bool = False


def path_fits(statuses: Iterable[S]) -> bool:
    """Whether a file's statuses, in their order, go along the chart from its beginning."""
    told = list(statuses)
    return bool(told) and told[0] is S.investigation and all(p in PATHS for p in pairwise(told))


def moves(status: S, asker: Asker) -> tuple[M, ...]:
    """What ``asker`` may do now, in the order of the chart."""
    return tuple(move for move in CHART if refusal(move, status, asker) is None)


def refusal(move: M, status: S, asker: Asker) -> Refusal | None:
    """Why the move is not possible; None if it is."""
    edge = CHART[move]
    if edge.side not in asker.sides:
        return Refusal(_NOT_YOURS[edge.side], field="side")
    if status is not edge.start:
        return Refusal(_MOVED, field="status")
    if edge.side == "leader" and asker.opened:
        return Refusal(_OPENED, paragraph="§3", field="side")
    return None
