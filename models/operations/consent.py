"""The bureau agrees to a correction that relieves a unit, or refuses it: never the person who asked. Never commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Actor, all_rows
from models.errors import Conflict, Invalid, NotAllowed, Problem, StepRefused
from models.office_terms import CorrectionStatus
from models.operations import corrected, guard
from models.operations.case_file import CaseFile, file_of, world
from models.operations.corrections import apply, flush, reason_problems, refuse_final, supposed
from models.operations.steps import VOID
from models.rules import corrections as rules
from models.tables import Correction
from models.terms import N_


def decide(session: Session, row: Correction, agree: bool, reason: str, actor: Actor, now: datetime) -> Correction:
    """The bureau agrees or refuses; never the person who asked. Flushes.

    Raises:
        NotAllowed, Conflict, StepRefused; Invalid: no reason, or what was asked for is no longer possible.
    """
    here = world(session)
    with all_rows(), session.no_autoflush:
        found = _waiting(session, row)
        case = file_of(session, found.petition, now)
        guard.must_see(actor, case)
        if guard.writing_unit(actor, None, here.bureau) != here.bureau:
            raise NotAllowed(N_("Only the bureau decides on a correction."))
        if actor.staff_id is None or actor.staff_id == found.asked_by_id:
            raise NotAllowed(N_("Whoever asked for a correction does not decide on it."))
        if problems := reason_problems(reason):
            raise Invalid(problems)
        if agree:
            _agree(session, found, case, f"{found.reason}\n{reason.strip()}", actor, now)
        found.status = CorrectionStatus.applied if agree else CorrectionStatus.refused
        found.decided_at, found.decided_by_id, found.decision = now, actor.staff_id, reason.strip()
        flush(session)
        return found


def withdraw(session: Session, row: Correction, actor: Actor, now: datetime) -> Correction:
    """The unit that asked takes its request back. Flushes."""
    with all_rows():
        found = _waiting(session, row)
        if guard.writing_unit(actor, None, world(session).bureau) != found.unit_id:
            raise NotAllowed(N_("Only the unit that asked takes the request back."))
        found.status, found.decided_at, found.decided_by_id = CorrectionStatus.withdrawn, now, actor.staff_id
        flush(session)
        return found


def _waiting(session: Session, row: Correction) -> Correction:
    """The request, locked, as it stands in the database now."""
    locked = select(Correction).where(Correction.id == row.id).with_for_update(of=Correction)
    found = session.scalars(locked.execution_options(populate_existing=True)).one()
    if found.status is not CorrectionStatus.asked:
        raise Conflict(N_("This correction was already decided."))
    return found


def _agree(session: Session, row: Correction, case: CaseFile, reason: str, actor: Actor, now: datetime) -> None:
    """Apply what was asked for to the record as it is now."""
    if case.petition.voided_at is not None:
        raise StepRefused(VOID)
    if row.voids:
        refuse_final(session, case.petition.id, None)
        apply(session, case, {"voided_at": now}, reason, actor.staff_id, now)
        return
    values, people = corrected.from_text(row.wanted)
    wanted = corrected.changed(session, case.petition, values, people)
    if problems := corrected.problems(session, case, wanted, now):
        raise Invalid([Problem("", problem.message, problem.paragraph) for problem in problems])
    relief = rules.relieved(case.state, supposed(session, case, wanted, now), now)
    refuse_final(session, case.petition.id, [one.key for one in relief])
    apply(session, case, wanted, reason, actor.staff_id, now)
