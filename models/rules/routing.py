"""Which steps may be taken now and by whom: the five cases of §2 as code that names its paragraph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.rules.facts import CaseFacts, CaseState, DutyState, Refusal, StepFact
from models.terms import N_, Case, DutyKind, DutyStatus, InformOutcome, PetitionStatus, StepKind

WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Situation:
    """What the answer depends on: the petition's state and who asks."""

    state: CaseState
    facts: CaseFacts
    unit: int

    @property
    def is_first(self) -> bool:
        return self.unit == self.facts.first_unit

    @property
    def is_bureau(self) -> bool:
        return self.unit == self.facts.bureau

    @property
    def is_responsible(self) -> bool:
        return self.unit == self.state.responsible

    @property
    def last_leg_status(self) -> str:
        return self.state.legs[-1].status if self.state.legs else ""

    def owes(self, *kinds: DutyKind) -> bool:
        """Whether this unit has an open duty of one of ``kinds``."""
        return any(duty.kind in kinds and duty.unit == self.unit for duty in self.state.open_duties)

    def did(self, kind: StepKind) -> bool:
        return any(step.kind is kind for step in self.facts.steps)


def _may_route(now: Situation) -> bool:
    return now.is_first and not now.state.replied_at and not (now.state.legs and now.last_leg_status != "returned")


def _may_transfer(now: Situation) -> bool:
    return now.is_first and any(d.kind is DutyKind.TRANSFER for d in now.state.open_duties)


def _may_inform(now: Situation) -> bool:
    receiver = bool(now.state.legs) and now.unit == now.state.legs[-1].to_unit and now.last_leg_status != "returned"
    return now.is_first or receiver


def _may_answer(now: Situation) -> bool:
    return now.last_leg_status == "sent" and now.unit == now.state.legs[-1].to_unit


def _may_reply(now: Situation) -> bool:
    return now.is_responsible and now.last_leg_status != "objected"


def _may_designate(now: Situation) -> bool:
    return now.is_bureau and any(d.kind is DutyKind.DESIGNATE for d in now.state.open_duties)


def _may_extend(now: Situation) -> bool:
    return now.owes(DutyKind.HANDLE) and not now.state.replied_at


def _paused(state: CaseState) -> bool:
    handles = [d for d in state.duties if d.kind is DutyKind.HANDLE]
    waiting = bool(state.legs) and state.legs[-1].status in ("objected", "returned")
    return bool(handles) and handles[-1].status is DutyStatus.cancelled and not waiting


def _may_close(now: Situation) -> bool:
    return now.is_first or now.is_responsible or now.is_bureau


_ALLOWED: dict[StepKind, Callable[[Situation], bool]] = {
    StepKind.register: lambda now: now.owes(DutyKind.REGISTER),
    StepKind.inform: _may_inform,
    StepKind.route: _may_route,
    StepKind.urgent: lambda now: now.is_first and not now.state.urgent_at,
    StepKind.report_urgent: lambda now: now.is_first and bool(now.state.urgent_at),
    StepKind.transfer: _may_transfer,
    StepKind.file: lambda now: now.owes(DutyKind.FILE),
    StepKind.acknowledge: _may_answer,
    StepKind.object: _may_answer,
    StepKind.uphold: lambda now: now.is_bureau and now.last_leg_status == "objected",
    StepKind.reject: lambda now: now.is_bureau and now.last_leg_status == "objected",
    StepKind.report_multi: lambda now: now.owes(DutyKind.REPORT_MULTI),
    StepKind.designate: _may_designate,
    StepKind.convene: lambda now: now.owes(DutyKind.CONVENE),
    StepKind.reply: _may_reply,
    StepKind.report_result: lambda now: now.owes(DutyKind.REPORT_RESULT),
    StepKind.follow_up: lambda now: now.is_first and bool(now.state.legs or now.state.lead),
    StepKind.extend: _may_extend,
    StepKind.pause: _may_extend,
    StepKind.resume: lambda now: now.is_responsible and _paused(now.state),
    StepKind.close: _may_close,
}


def allowed(state: CaseState, facts: CaseFacts, unit: int) -> tuple[StepKind, ...]:
    """The steps that ``unit`` may take now, in the order of the work. Closing is offered only when nothing is owed."""
    now = Situation(state, facts, unit)
    if state.status is PetitionStatus.closed:
        return (StepKind.reopen,) if _may_close(now) else ()
    kinds = [kind for kind, may in _ALLOWED.items() if may(now)]
    if StepKind.close in kinds and _cannot_close(now, None):
        kinds.remove(StepKind.close)
    return tuple(kinds)


def refuse(state: CaseState, facts: CaseFacts, step: StepFact) -> Refusal | None:
    """Why ``step`` may not be taken in ``state``; None if it may."""
    now = Situation(state, facts, step.unit)
    if state.status is PetitionStatus.closed and step.kind is not StepKind.reopen:
        return Refusal(N_("The petition is closed; reopen it first, with a reason."))
    if step.kind is StepKind.reopen:
        return None if state.closed_at else Refusal(N_("The petition is not closed."))
    if step.at < facts.received_at:
        return Refusal(N_("This is before the petition was received."), field="at")
    may = _ALLOWED.get(step.kind)
    if may is None or not may(now):
        return Refusal(N_("This step is not open to your unit now."), paragraph="§2")
    if step.kind in (StepKind.transfer, StepKind.object, StepKind.designate) and step.to_unit is None:
        return Refusal(N_("Name the unit."), paragraph="§2(2)", field="to_unit")
    if step.kind is StepKind.transfer and step.to_unit == step.unit:
        return Refusal(
            N_("A petition cannot be transferred to the unit that sends it."), paragraph="§2(2)", field="to_unit"
        )
    if step.kind is StepKind.extend:
        return _cannot_extend(now, step)
    if step.kind is StepKind.close:
        return _cannot_close(now, step)
    return None


def _cannot_extend(now: Situation, step: StepFact) -> Refusal | None:
    """Art. 34: once, not longer than the rulebook allows, before the date has passed."""
    handle = next(duty for duty in now.state.open_duties if duty.kind is DutyKind.HANDLE and duty.unit == now.unit)
    if handle.due.trace.get("extension"):
        return Refusal(N_("The time for handling was already extended once."), paragraph="art. 34")
    if step.at > handle.due.at:
        return Refusal(N_("The date has passed; it can no longer be extended."), paragraph="art. 34", field="at")
    if (step.days or 0) > handle.longest:
        message = N_("At most %(days)s days may be added.")
        return Refusal(message, {"days": handle.longest}, "art. 34", "days")
    return None


def _cannot_close(now: Situation, step: StepFact | None) -> Refusal | None:
    """§2 and domain §4: "not ours" never closes; a reply, a legal-route notice or a written withdrawal does."""
    if step is not None and step.outcome == WITHDRAWN:
        return None
    if not now.state.replied_at and not _told_legal_route(now):
        message = N_("A petition is closed by a reply, a legal-route notice or the petitioner's written withdrawal.")
        return Refusal(message, paragraph="§2")
    owed = [duty for duty in now.state.open_duties if not _silence_counts(duty)]
    if owed:
        names = tuple(dict.fromkeys(duty.kind.label for duty in owed))
        return Refusal(N_("These duties are still open: %(duties)s"), {"duties": names}, "§2")
    return None


def _told_legal_route(now: Situation) -> bool:
    """§2(5): the petitioner was told to turn to the body that decides by law."""
    told = (s for s in now.facts.steps if s.kind is StepKind.inform and s.outcome == InformOutcome.legal_route)
    return now.state.case is Case.E and any(told)


def _silence_counts(duty: DutyState) -> bool:
    return duty.kind is DutyKind.ANSWER_TRANSFER
