"""Take a step: check who, the proof and the rules; append it; let the duties follow. Never commits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models import evidence
from models.access import Actor, all_rows
from models.errors import Conflict, EvidenceMissing, Invalid, NotAllowed, Problem, StepRefused
from models.files import File
from models.operations import guard, merge
from models.operations.attachments import keep
from models.operations.case_file import CaseFile, World, fact_of, facts_of, file_of, state_of, world
from models.operations.reconcile import reconcile
from models.rules import promises, routing
from models.rules.facts import StepFact
from models.tables import Petition, Step
from models.terms import N_, ReplyOutcome, StepKind

# Steps that move the matter: they cannot be slipped in before one another
_MOVING = {
    StepKind.route,
    StepKind.transfer,
    StepKind.object,
    StepKind.uphold,
    StepKind.reject,
    StepKind.designate,
    StepKind.close,
    StepKind.reopen,
    StepKind.merge,
    StepKind.ask_review,
    StepKind.review,
    StepKind.ask_re_review,
    StepKind.re_review,
}
_NAMES_UNIT = (StepKind.transfer, StepKind.designate)
VOID = N_("This petition is void: it was registered by mistake.")
TWICE = N_("This form was already recorded.")
CHANGED = N_("Somebody else changed the record meanwhile; look at it again.")


@dataclass(slots=True)
class StepInput:
    """A step to be recorded. ``values``: names of ``evidence.EVIDENCE`` → value; ``version``: the one the form saw.

    ``papers``: files that prove it. ``recorded_at`` and ``recorded_by_id`` serve ledgers: when and by whom it was
    entered, if not now by the actor.
    """

    kind: StepKind
    at: datetime
    values: dict[str, object] = field(default_factory=dict)
    token: str | None = None
    unit_id: int | None = None
    version: int | None = None
    recorded_at: datetime | None = None
    recorded_by_id: int | None = None
    papers: Sequence[File] = ()


def perform(
    session: Session, petition: Petition, step: StepInput, actor: Actor | None, now: datetime, *, ledger: bool = False
) -> Step:
    """Record ``step``; flushes. ``ledger``: replay of the past, whose proof is what the ledger holds.

    Raises:
        NotAllowed, NotFound, Conflict, Invalid, EvidenceMissing, StepRefused
    """
    here = world(session)
    unit = guard.writing_unit(actor, step.unit_id, here.bureau)
    with all_rows(), session.no_autoflush:
        case = file_of(session, petition, now)
        guard.must_see(actor, case)
        if petition.voided_at is not None:
            raise StepRefused(VOID)
        refuse_repeat(session, step.token)
        if step.version is not None and step.version != petition.version:
            raise Conflict(CHANGED)
        check_values(session, petition, step, actor, now, ledger)
        row = row_of(case, step, unit, actor, now)
        check_rules(session, case, fact_of(row), now, ledger)
        _append(session, case, row, now)
        keep(session, petition.id, row.id, step.papers, unit, row.recorded_by_id, now)
        return row


def allowed_steps(
    session: Session, petition: Petition, actor: Actor | None, now: datetime | None = None
) -> list[StepKind]:
    """The steps that the actor may take now for the own unit; none for those who only look."""
    if actor is None or petition is None:
        return []
    here = world(session)
    try:
        unit = guard.writing_unit(actor, None, here.bureau)
    except NotAllowed:
        return []
    case = file_of(session, petition, now)
    if petition.voided_at is not None or not guard.sees(actor, petition, case.involved):
        return []
    return list(routing.allowed(case.state, case.facts, unit))


def refuse_repeat(session: Session, token: str | None) -> None:
    """One form is recorded once."""
    if token and session.scalar(select(Step.id).where(Step.token == token)):
        raise Conflict(TWICE)


def check_values(
    session: Session, petition: Petition, step: StepInput, actor: Actor | None, now: datetime, ledger: bool
) -> None:
    """Refuse times, units and proof that cannot be right, whatever the petition's state (Invalid, EvidenceMissing)."""
    if step.at.tzinfo is None:
        raise Invalid([Problem("at", N_("The time lacks its zone."))])
    wrong = []
    if step.at > now:
        wrong.append(Problem("at", N_("This lies in the future.")))
    if step.at < petition.received_at:
        wrong.append(Problem("at", N_("This is before the petition was received.")))
    known = {proof.name for proof in evidence.EVIDENCE[step.kind]} | evidence.COLUMNS
    wrong += [Problem(name, N_("This field does not belong to the step.")) for name in step.values.keys() - known]
    wrong += _units(world(session), petition, step, ledger)
    if step.kind is StepKind.merge and step.values.get("into"):
        wrong += merge.problems(session, petition, step.values["into"], actor)
    if wrong:
        raise Invalid(wrong)
    if missing := evidence.check(step.kind, step.values, ledger=ledger):
        raise EvidenceMissing(evidence.priced(step.kind, missing, world(session).rulebook(petition.received_at)))
    if refused := _promise(world(session), petition, step, ledger):
        raise Invalid([refused])


def _promise(here: World, petition: Petition, step: StepInput, ledger: bool) -> Problem | None:
    until = step.values.get("until")
    if step.kind is not StepKind.reply or step.values.get("outcome") != ReplyOutcome.explained or not until:
        return None
    assert isinstance(until, date)  # ``evidence.check`` has seen to it
    replied, book = step.at.astimezone(here.zone).date(), here.rulebook(petition.received_at)
    found = promises.refusal(until, replied, book, from_ledger=ledger)
    return Problem("until", found.message, found.paragraph, params=found.params) if found else None


def _units(here: World, petition: Petition, step: StepInput, ledger: bool) -> list[Problem]:
    """A unit that takes part no more may stand in a ledger of the past."""
    others = step.values.get("co_units") or ()
    named = [("to_unit", step.values.get("to_unit"))]
    named += [("co_units", unit) for unit in (others if isinstance(others, list | tuple) else ())]
    found = []
    for name, unit_id in named:
        if not unit_id:
            continue
        unit = here.units.get(unit_id) if isinstance(unit_id, int) else None
        if unit is None or not (unit.active or ledger):
            found.append(Problem(name, N_("No such active unit.")))
        elif step.kind in _NAMES_UNIT and unit_id == petition.about_unit_id:
            found.append(Problem(name, N_("The matter is about this unit; it cannot handle it.")))
    return found


def row_of(case: CaseFile, step: StepInput, unit: int, actor: Actor | None, now: datetime) -> Step:
    """The row of ``step``, the next in the case; not yet in the session."""
    given = {name: value for name, value in step.values.items() if value not in (None, "", [], ())}
    secret = evidence.identities(step.kind)
    sealed = {name: _plain(given.pop(name)) for name in sorted(secret & given.keys())}
    staff = actor.staff_id if actor else None
    return Step(
        petition_id=case.petition.id,
        seq=max((row.seq for row in case.steps), default=0) + 1,
        kind=step.kind,
        at=step.at,
        unit_id=unit,
        staff_id=staff,
        to_unit_id=given.get("to_unit"),
        mode=_plain(given.get("mode")),
        outcome=_plain(given.get("outcome")),
        days=given.get("days"),
        until=given.get("until"),
        note=given.get("note"),
        evidence={name: _plain(value) for name, value in given.items() if name not in evidence.COLUMNS}
        | evidence.hashes(step.papers),
        identities=json.dumps(sealed, ensure_ascii=False) if sealed else None,
        token=step.token or None,
        recorded_at=step.recorded_at or now,
        recorded_by_id=step.recorded_by_id or staff,
    )


def _plain(value: Any) -> Any:
    """JSON-ready: terms as their value, moments in ISO."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, str):
        return str.__str__(value)
    return list(value) if isinstance(value, tuple) else value


def check_rules(session: Session, case: CaseFile, fact: StepFact, now: datetime, ledger: bool) -> None:
    """Refuse what the rules do not allow (StepRefused); a step entered late is judged in the state of its moment."""
    later = [step for step in case.facts.steps if step.at > fact.at]
    if later and fact.kind in _MOVING and any(step.kind in _MOVING for step in later):
        raise StepRefused(N_("The matter has moved on since then; this step cannot be entered before it."), field="at")
    state, facts = case.state, case.facts
    if later:
        facts = replace(facts, steps=tuple(step for step in facts.steps if step.at <= fact.at))
        state = state_of(session, facts, case.kept, now)
    refusal = routing.refuse(state, facts, fact, from_ledger=ledger)
    if refusal:
        raise StepRefused(refusal.message, field=refusal.field, paragraph=refusal.paragraph, **dict(refusal.params))


def _append(session: Session, case: CaseFile, row: Step, now: datetime) -> None:
    session.add(row)
    try:
        session.flush()
        case.steps.append(row)
        if row.kind is StepKind.merge:
            merge.link(session, case.petition, row.evidence["into"])
        elif row.kind is StepKind.reopen:
            case.petition.merged_into_id = None
        case.facts = facts_of(world(session), case.petition, case.steps)
        case.state = state_of(session, case.facts, case.kept, now)
        reconcile(session, case, now)
    except StaleDataError as error:
        raise Conflict(CHANGED) from error
    except IntegrityError as error:
        raise Conflict(TWICE if row.token and "token" in str(error.orig) else CHANGED) from error
