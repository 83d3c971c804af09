"""Which steps may be taken now and by whom: the five cases of §2 as code that names its paragraph."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from models.rules import ledger
from models.rules.facts import CaseFacts, CaseState, DutyState, Refusal, StepFact
from models.rules.situation import Situation
from models.terms import N_, Case, CloseGround, DutyKind, DutyStatus, InformOutcome, PetitionStatus, StepKind

_NAMES_UNIT = (StepKind.transfer, StepKind.object, StepKind.designate)
_SILENCE_COUNTS = (DutyKind.ANSWER_TRANSFER, DutyKind.CONFIRM_TRANSFER)
_HEARD = (DutyKind.HANDLE, DutyKind.REVIEW, DutyKind.RE_REVIEW)


def _may_inform(now: Situation) -> bool:
    return now.is_first or (now.is_receiver and now.leg_status != "returned")


def _may_answer(now: Situation) -> bool:
    return now.is_receiver and now.leg_status == "sent"


def _may_rule(now: Situation) -> bool:
    return now.is_bureau and now.leg_status == "objected"


def _may_route(now: Situation) -> bool:
    undecided = now.leg_status in ("", "returned") and now.state.lead is None
    return now.is_first and undecided and not now.state.replied_at


def _may_designate(now: Situation) -> bool:
    """The bureau may know of the matter before the report comes; the report stays owed."""
    return now.is_bureau and now.state.case is Case.D and now.state.lead is None


def _may_convene(now: Situation) -> bool:
    """§2(4): the bureau and the sponsoring unit convene."""
    return (now.is_responsible or now.is_bureau) and now.open(DutyKind.CONVENE)


def _may_ask_review(now: Situation) -> bool:
    return now.may_ask and bool(now.state.replied_at) and not now.has(DutyKind.REVIEW)


def _may_ask_re_review(now: Situation) -> bool:
    return now.may_ask and now.done(DutyKind.REVIEW) and not now.has(DutyKind.RE_REVIEW)


def _may_close(now: Situation) -> bool:
    return now.is_first or now.is_responsible or now.is_bureau


_ALLOWED: Mapping[StepKind, Callable[[Situation], bool]] = {
    StepKind.register: lambda now: now.owes(DutyKind.REGISTER),
    StepKind.inform: _may_inform,
    StepKind.route: _may_route,
    StepKind.urgent: lambda now: now.is_first and not now.state.urgent_at,
    StepKind.report_urgent: lambda now: now.is_first and bool(now.state.urgent_at),
    StepKind.transfer: lambda now: now.is_first and now.open(DutyKind.TRANSFER),
    StepKind.confirm_transfer: lambda now: now.owes(DutyKind.CONFIRM_TRANSFER),
    StepKind.file: lambda now: now.owes(DutyKind.FILE),
    StepKind.acknowledge: _may_answer,
    StepKind.object: _may_answer,
    StepKind.uphold: _may_rule,
    StepKind.reject: _may_rule,
    StepKind.report_multi: lambda now: now.owes(DutyKind.REPORT_MULTI),
    StepKind.designate: _may_designate,
    StepKind.convene: _may_convene,
    StepKind.reply: lambda now: now.is_responsible and now.leg_status != "objected",
    StepKind.report_result: lambda now: now.owes(DutyKind.REPORT_RESULT),
    StepKind.follow_up: lambda now: now.is_first and bool(now.state.legs or now.state.lead),
    StepKind.extend: lambda now: now.owes(DutyKind.HANDLE) and not now.state.replied_at,
    StepKind.pause: lambda now: now.owes(*_HEARD),
    StepKind.resume: lambda now: now.paused(*_HEARD),
    StepKind.ask_review: _may_ask_review,
    StepKind.review: lambda now: now.owes(DutyKind.REVIEW) or now.paused(DutyKind.REVIEW),
    StepKind.ask_re_review: _may_ask_re_review,
    StepKind.re_review: lambda now: now.owes(DutyKind.RE_REVIEW) or now.paused(DutyKind.RE_REVIEW),
    StepKind.merge: lambda now: now.is_first or now.is_bureau,
    StepKind.close: _may_close,
}
_WHEN_CLOSED = (StepKind.ask_review, StepKind.ask_re_review)


def allowed(state: CaseState, facts: CaseFacts, unit: int) -> tuple[StepKind, ...]:
    """The steps that ``unit`` may take now, in the order of the work. Closing is offered only when nothing is owed."""
    now = Situation(state, facts, unit)
    kinds = [kind for kind, may in _ALLOWED.items() if may(now)]
    if state.status is PetitionStatus.closed:
        asked = [kind for kind in kinds if kind in _WHEN_CLOSED]
        return (*asked, *((StepKind.reopen,) if _may_close(now) else ()))
    if StepKind.close in kinds and _cannot_close(now, None):
        kinds.remove(StepKind.close)
    return tuple(kinds)


def refuse(state: CaseState, facts: CaseFacts, step: StepFact, *, from_ledger: bool = False) -> Refusal | None:
    """Why ``step`` may not be taken in ``state``; None if it may.

    Args:
        from_ledger: refused is a contradiction, never lateness or an act too many: the past is told, not steered.
    """
    now = Situation(state, facts, step.unit)
    if step.kind is StepKind.reopen:
        return _cannot_reopen(now)
    late_paper = from_ledger and step.kind in ledger.PAPERS
    if state.status is PetitionStatus.closed and step.kind not in _WHEN_CLOSED and not late_paper:
        return Refusal(N_("The petition is closed; reopen it first, with a reason."))
    if step.at < facts.received_at:
        return Refusal(N_("This is before the petition was received."), field="at")
    may = (ledger.ALLOWED if from_ledger else {}).get(step.kind) or _ALLOWED.get(step.kind)
    if may is None or not may(now):
        return Refusal(N_("This step is not open to your unit now."), paragraph="§2")
    return _wrong_unit(step) or _wrong_for(now, step, from_ledger)


def _cannot_reopen(now: Situation) -> Refusal | None:
    if not now.state.closed_at:
        return Refusal(N_("The petition is not closed."))
    return None if _may_close(now) else Refusal(N_("This step is not open to your unit now."), paragraph="§2")


def _wrong_unit(step: StepFact) -> Refusal | None:
    if step.kind in _NAMES_UNIT and step.to_unit is None:
        return Refusal(N_("Name the unit."), paragraph="§2(2)", field="to_unit")
    if step.kind is StepKind.transfer and step.to_unit == step.unit:
        message = N_("A petition cannot be transferred to the unit that sends it.")
        return Refusal(message, paragraph="§2(2)", field="to_unit")
    return None


def _wrong_for(now: Situation, step: StepFact, from_ledger: bool) -> Refusal | None:
    if step.kind is StepKind.close:
        return _cannot_close(now, step, from_ledger)
    if from_ledger:
        return None
    if step.kind in _WHEN_CLOSED:
        return _too_late_to_ask(now, step)
    if step.kind is StepKind.extend:
        return _cannot_extend(now, step)
    if step.kind is StepKind.pause:
        return _cannot_pause(now, step)
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


def _too_late_to_ask(now: Situation, step: StepFact) -> Refusal | None:
    """Arts. 35, 36: the petitioner asks within 30 days of the reply, or of the review opinion."""
    last = now.state.ask_review_until
    if last is not None and step.at > last:
        return Refusal(N_("The days in which a review may be asked for have passed."), paragraph="art. 35", field="at")
    return None


def _cannot_pause(now: Situation, step: StepFact) -> Refusal | None:
    """A hearing stops a clock that runs; it does not heal a miss."""
    running = [duty for duty in now.state.open_duties if duty.kind in _HEARD and duty.unit == now.unit]
    if any(step.at > duty.due.at for duty in running):
        return Refusal(N_("The date has passed; the clock can no longer be stopped."), paragraph="art. 36", field="at")
    return None


def _cannot_close(now: Situation, step: StepFact | None, from_ledger: bool = False) -> Refusal | None:
    """§2 and domain §4: "not ours" never closes; a reply, a legal-route notice or a written withdrawal does."""
    if step is not None and step.outcome == CloseGround.withdrawn:
        return None
    if not now.state.replied_at and not _told_legal_route(now):
        message = N_("A petition is closed by a reply, a legal-route notice or the petitioner's written withdrawal.")
        return Refusal(message, paragraph="§2")
    owed = [duty for duty in now.state.duties if _still_owed(duty)]
    if owed and not from_ledger:
        names = tuple(dict.fromkeys(duty.kind.label for duty in owed))
        return Refusal(N_("These duties are still open: %(duties)s"), {"duties": names}, "§2")
    return None


def _told_legal_route(now: Situation) -> bool:
    """§2(5): the petitioner was told to turn to the body that decides by law."""
    told = (s for s in now.facts.steps if s.kind is StepKind.inform and s.outcome == InformOutcome.legal_route)
    return now.state.case is Case.E and any(told)


def _still_owed(duty: DutyState) -> bool:
    return duty.status in (DutyStatus.open, DutyStatus.paused) and duty.kind not in _SILENCE_COUNTS
