"""Correct what was registered, with a reason and a trace; what relieves a unit waits for the bureau. Never commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models import frozen, tracing
from models.access import Actor, all_rows
from models.errors import Conflict, Invalid, NotAllowed, Problem, StepRefused
from models.office_terms import CorrectionStatus
from models.operations import corrected, guard
from models.operations.case_file import CaseFile, facts_of, file_of, state_of, world
from models.operations.corrected import FIELDS, PersonInput
from models.operations.reconcile import reconcile
from models.operations.steps import CHANGED, VOID
from models.rules import corrections as rules
from models.rules.corrections import Relief
from models.rules.facts import CaseState
from models.rules.scoring import PENDING, WITHDRAWN
from models.tables import Correction, Deduction, DeductionDuty, Duty, Petition
from models.terms import N_, DutyStatus, PetitionStatus

REASON = 2000
_WAITS = N_("Another correction of this petition waits for the bureau; it has to be decided first.")
_FINAL = N_("A deduction that rests on this is final: it has to be taken back in its hearing first.")
_LIVES = N_("Another matter lives on in this one; it cannot be declared void.")


@dataclass(slots=True)
class CorrectionInput:
    """What is to be corrected and why.

    Args:
        values: names of ``FIELDS`` → what they should say.
        people: all petitioners as they should stand; None: as they are.
        version: the one that the form saw.
    """

    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    people: Sequence[PersonInput] | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """``done``: fields that were corrected now; ``waiting``: the request for the rest, if the bureau has to agree;
    ``why`` it has to, as messages.
    """

    done: tuple[str, ...]
    waiting: Correction | None = None
    why: tuple[str, ...] = ()


def correct(session: Session, petition: Petition, given: CorrectionInput, actor: Actor, now: datetime) -> Outcome:
    """Correct at once what relieves nobody; ask the bureau for the rest. Flushes.

    Raises:
        NotAllowed: neither the first unit nor the bureau. StepRefused: closed or void. Conflict: changed meanwhile.
        Invalid: every wrong field, or nothing to correct.
    """
    unit = guard.writing_unit(actor, None, world(session).bureau)
    with all_rows(), session.no_autoflush:
        case = _opened(session, petition, unit, actor, given.version, now)
        wanted = corrected.changed(session, petition, given.values, given.people)
        if problems := _problems(session, case, wanted, given, now):
            raise Invalid(problems)
        relief = rules.relieved(case.state, supposed(session, case, wanted, now), now)
        asked = _asked(session, case, wanted, relief, unit, now)
        later = {name: value for name, value in wanted.items() if name in asked}
        if later:
            _one_at_a_time(session, petition)
        done = {name: value for name, value in wanted.items() if name not in asked}
        if done:
            apply(session, case, done, given.reason.strip(), actor.staff_id, now)
        waiting = _ask(session, case, later, relief, given.reason.strip(), unit, actor, now) if later else None
        return Outcome(tuple(done), waiting, tuple(dict.fromkeys(asked.values())))


def void(
    session: Session, petition: Petition, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Outcome:
    """Declare a registration void: by the bureau at once, unless its own duties go with it; a unit asks. Flushes.

    Raises:
        NotAllowed, StepRefused, Conflict; Invalid: no reason.
    """
    unit = guard.writing_unit(actor, None, world(session).bureau)
    with all_rows(), session.no_autoflush:
        case = _opened(session, petition, unit, actor, version, now, closed=True)
        if problems := reason_problems(reason):
            raise Invalid(problems)
        if session.scalar(select(exists().where(Petition.merged_into_id == petition.id))):
            raise StepRefused(_LIVES)
        relief = rules.relieved(case.state, rules.voided(case.state, now), now)
        refuse_final(session, petition.id, None)
        if _alone(session, case, relief, unit):
            apply(session, case, {"voided_at": now}, reason.strip(), actor.staff_id, now)
            return Outcome(("voided_at",))
        _one_at_a_time(session, petition)
        return Outcome(
            (), _ask(session, case, {}, relief, reason.strip(), unit, actor, now, voids=True), (rules.VOIDS,)
        )


def waits(session: Session, petition_id: int) -> Correction | None:
    """The correction of a petition on which the bureau has to decide."""
    asked = (Correction.petition_id == petition_id, Correction.status == CorrectionStatus.asked)
    return session.scalar(select(Correction).where(*asked).limit(1))


def may_correct(petition: Petition, unit: int | None, bureau: int) -> bool:
    """The first unit while the matter is open; the bureau always. A void petition stays as it is."""
    if petition.voided_at is not None or unit is None:
        return False
    return unit == bureau or (unit == petition.first_unit_id and petition.status is not PetitionStatus.closed)


def _opened(
    session: Session,
    petition: Petition,
    unit: int,
    actor: Actor,
    version: int | None,
    now: datetime,
    *,
    closed: bool = False,
) -> CaseFile:
    """The case file, for somebody who may correct it."""
    bureau = world(session).bureau
    case = file_of(session, petition, now)
    guard.must_see(actor, case)
    if unit not in (petition.first_unit_id, bureau):
        raise NotAllowed(N_("Only the first unit and the bureau correct the record."))
    if petition.voided_at is not None:
        raise StepRefused(VOID)
    if petition.status is PetitionStatus.closed and unit != bureau and not closed:
        raise StepRefused(N_("The petition is closed; reopen it first, with a reason."))
    if version is not None and version != petition.version:
        raise Conflict(CHANGED)
    return case


def reason_problems(reason: str) -> list[Problem]:
    text = reason.strip()
    if not text:
        return [Problem("reason", N_("This is required."))]
    return [Problem("reason", N_("This is too long."))] if len(text) > REASON else []


def _problems(
    session: Session, case: CaseFile, wanted: Mapping[str, Any], given: CorrectionInput, now: datetime
) -> list[Problem]:
    found = reason_problems(given.reason)
    if not wanted:
        return [*found, Problem("", N_("Nothing is different from the record."))]
    return found + corrected.problems(session, case, wanted, now)


def supposed(session: Session, case: CaseFile, wanted: Mapping[str, Any], now: datetime) -> CaseState:
    """The state if the record said so; nothing is written."""
    said = {name: wanted[name] for name in rules.CLOCKS if name in wanted}
    if not said:
        return case.state
    facts = replace(case.facts, channel=said.get("channel", case.facts.channel))
    return state_of(session, rules.received_at(facts, said.get("received_at", facts.received_at)), case.kept, now)


def _asked(
    session: Session, case: CaseFile, wanted: Mapping[str, Any], relief: tuple[Relief, ...], unit: int, now: datetime
) -> dict[str, str]:
    """Field → why it waits."""
    petition = case.petition
    missed = any(duty.missed(now) and duty.unit == petition.first_unit_id for duty in case.state.duties)
    old = {name: getattr(petition, name) for name in FIELDS}
    asked = rules.consent(old, wanted, relief, world(session).bureau, missed=missed)
    if "people" in wanted and rules.forgets(*corrected.both(session, petition, wanted["people"])):
        asked["people"] = rules.FORGETS
    if asked.keys() & set(rules.CLOCKS):
        refuse_final(session, petition.id, [one.key for one in relief])
    return {} if _alone(session, case, relief, unit) else asked


def _alone(session: Session, case: CaseFile, relief: Iterable[Relief], unit: int) -> bool:
    """Whether the bureau acts without a second person: never where it would relieve itself."""
    bureau = world(session).bureau
    own = case.petition.first_unit_id == bureau or any(one.unit == bureau for one in relief)
    return unit == bureau and not own


def refuse_final(session: Session, petition_id: int, keys: Sequence[str] | None) -> None:
    """A final deduction of a year that is not frozen would rest on nothing; what is frozen stays as it was."""
    settled = Deduction.status.not_in((*PENDING, *WITHDRAWN))
    wanted = select(Deduction.id).where(Deduction.petition_id == petition_id, settled, ~frozen.closed())
    if keys is not None:
        of_duty = select(DeductionDuty.deduction_id).join(Duty, Duty.id == DeductionDuty.duty_id)
        wanted = wanted.where(Deduction.id.in_(of_duty.where(Duty.petition_id == petition_id, Duty.key.in_(keys))))
    if session.scalar(wanted.limit(1)):
        raise StepRefused(_FINAL)


def _one_at_a_time(session: Session, petition: Petition) -> None:
    if waits(session, petition.id) is not None:
        raise Conflict(_WAITS)


def _ask(
    session: Session,
    case: CaseFile,
    later: Mapping[str, Any],
    relief: Iterable[Relief],
    reason: str,
    unit: int,
    actor: Actor,
    now: datetime,
    *,
    voids: bool = False,
) -> Correction:
    row = Correction(
        petition_id=case.petition.id,
        unit_id=unit,
        status=CorrectionStatus.asked,
        voids=voids,
        wanted=corrected.to_text(later),
        relief=[
            {
                "kind": one.kind.value,
                "unit": one.unit,
                "before": one.before.isoformat(),
                "after": one.after.isoformat() if one.after else None,
            }
            for one in relief
        ],
        reason=reason,
        asked_at=now,
        asked_by_id=actor.staff_id,
    )
    session.add(row)
    flush(session)
    return row


def apply(
    session: Session, case: CaseFile, wanted: Mapping[str, Any], reason: str, staff: int | None, now: datetime
) -> None:
    """Write the values with their trace, and count the clocks again."""
    petition = case.petition
    with tracing.because(reason, now, staff):
        corrected.write(session, petition, wanted)
        if petition.voided_at is not None:
            petition.status, petition.closed_at = PetitionStatus.closed, petition.voided_at
        flush(session)
    case.facts = facts_of(world(session), petition, case.steps)
    case.state = state_of(session, case.facts, case.kept, now)
    _govern(session, case)
    try:
        reconcile(session, case, now)
    except StaleDataError as error:
        raise Conflict(CHANGED) from error


def _govern(session: Session, case: CaseFile) -> None:
    """A receipt on another day may fall under another rulebook: what is still owed is counted and priced by it."""
    book = world(session).rulebook(case.petition.received_at).id
    for row in case.duties.values():
        if row.status in (DutyStatus.open, DutyStatus.paused) and not row.charged:
            row.rulebook_id = book


def flush(session: Session) -> None:
    try:
        session.flush()
    except StaleDataError as error:
        raise Conflict(CHANGED) from error
