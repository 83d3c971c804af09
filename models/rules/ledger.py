"""What a ledger of the past may say beyond what the screens offer (interface: history files).

A ledger was kept by people who were late, forgot acts or wrote one down twice: none of that contradicts anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from models.rules.situation import Situation
from models.terms import Case, DutyKind, StepKind

# acts that may have been written down after the matter was closed
PAPERS = frozenset(
    {
        StepKind.register,
        StepKind.inform,
        StepKind.file,
        StepKind.confirm_transfer,
        StepKind.acknowledge,
        StepKind.report_result,
        StepKind.report_urgent,
        StepKind.report_multi,
        StepKind.follow_up,
        StepKind.convene,
    }
)


def _answers(now: Situation) -> bool:
    """An acknowledgement may follow the first act that already implied it; so may an objection, until the reply."""
    return now.is_receiver and (now.leg_status == "sent" or now.state.legs[-1].implied)


def _acknowledges(now: Situation) -> bool:
    return now.is_receiver and now.leg_status in ("sent", "acknowledged")


def _reports(now: Situation) -> bool:
    """A result may be reported once there was a reply, also one that a reopening took back."""
    return now.is_responsible and (bool(now.state.replied_at) or now.owes(DutyKind.REPORT_RESULT))


def _transfers(now: Situation) -> bool:
    """Who holds the matter may have passed it on: the first unit, or in the past the unit that had received it."""
    passes_on = now.is_receiver and now.leg_status in ("sent", "acknowledged") and not now.state.replied_at
    return (now.is_first and now.open(DutyKind.TRANSFER)) or (passes_on and not now.is_first)


ALLOWED: Mapping[StepKind, Callable[[Situation], bool]] = {
    StepKind.inform: lambda now: now.is_first or now.is_responsible or now.is_receiver,
    StepKind.transfer: _transfers,
    StepKind.file: lambda now: bool(now.state.legs) and (now.is_first or now.owes(DutyKind.FILE)),
    StepKind.acknowledge: _acknowledges,
    StepKind.object: lambda now: _answers(now) and not now.state.replied_at,
    StepKind.report_multi: lambda now: now.is_first and now.state.case is Case.D,
    StepKind.convene: lambda now: (now.is_responsible or now.is_bureau) and now.state.lead is not None,
    StepKind.report_result: _reports,
    StepKind.follow_up: lambda now: now.is_first and now.state.case in (Case.B, Case.D),
    StepKind.extend: lambda now: now.is_responsible,
    StepKind.pause: lambda now: now.is_responsible,
    StepKind.resume: lambda now: now.is_responsible,
}
