"""From missed duties to deductions, and the decisions on them (domain §5). Never commits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models.access import Actor, all_rows
from models.errors import Conflict, Invalid, NotAllowed, NotFound, Problem, StepRefused
from models.operations.case_file import World, file_of, state_of, world
from models.operations.numbers import insert_for, next_number
from models.operations.reconcile import reconcile
from models.queries import CHUNK, KEY, Group, groups, late_days
from models.rules.scoring import PENDING
from models.tables import Deduction, DeductionDuty, DeductionEvent, Duty, Petition
from models.terms import N_, DeductionStatus, DutyKind, PetitionStatus, Role


def scan(session: Session, as_of: datetime) -> int:
    """Propose a deduction for every missed duty; returns how many are new. Exactly once, even when two scan at once."""
    with all_rows():
        next_number(session, "scan")  # the counter's row stays locked to the end: one scan at a time
        _extend_follow_ups(session, as_of)
        session.flush()
        here = world(session)
        found = groups(session, as_of)
        new = 0
        for start in range(0, len(found), CHUNK):
            new += _propose(session, here, found[start : start + CHUNK], as_of)
        for row in [row for row in session.identity_map.values() if isinstance(row, Deduction)]:
            session.expire(row)
        return new


def _extend_follow_ups(session: Session, as_of: datetime) -> None:
    """Follow-up periods are laid out only some way ahead; a case that outlives them gets the next ones here."""
    last = func.max(Duty.due_at)
    running = select(Duty.petition_id).where(Duty.kind == DutyKind.FOLLOW_UP).group_by(Duty.petition_id)
    short = running.having(last < as_of + timedelta(days=16))
    live = Petition.status.in_([PetitionStatus.routed, PetitionStatus.handling])
    wanted = select(Petition).where(live, Petition.id.in_(short)).order_by(Petition.id).with_for_update(of=Petition)
    for petition in session.scalars(wanted.execution_options(populate_existing=True)).all():
        case = file_of(session, petition, as_of)
        case.state = state_of(session, case.facts, case.kept, as_of)
        if {duty.key for duty in case.state.duties} - case.duties.keys():
            reconcile(session, case, as_of)


def _propose(session: Session, here: World, part: list[Group], as_of: datetime) -> int:
    link, table = session.connection(), Deduction.__table__
    rows = [_row(group, as_of) for group in part if group.known is None]
    made: list[int] = []
    if rows:
        fresh = insert_for(session, table).values(rows).on_conflict_do_nothing(index_elements=list(KEY))
        made = list(link.execute(fresh.returning(table.c.id)).scalars())
    columns = [table.c[name] for name in KEY]
    keys = tuple_(*columns).in_([group.key for group in part])
    ids = {tuple(row[1:]): row[0] for row in link.execute(select(table.c.id, *columns).where(keys))}
    proofs = [_proof(here, ids[group.key], duty, as_of) for group in part for duty in group.duties]
    if proofs:
        listed = insert_for(session, DeductionDuty.__table__).values(proofs)
        link.execute(listed.on_conflict_do_nothing(index_elements=["deduction_id", "duty_id"]))
    if made:
        events = [{"deduction_id": row, "at": as_of, "status": DeductionStatus.proposed} for row in made]
        link.execute(insert(DeductionEvent), events)
    return len(made)


def _row(group: Group, as_of: datetime) -> dict[str, Any]:
    return {
        "petition_id": group.petition,
        "unit_id": group.unit,
        "rule": group.rule,
        "occurrence": group.occurrence,
        "year": group.year,
        "points": group.points,
        "status": DeductionStatus.proposed,
        "rulebook_id": group.rulebook,
        "proposed_at": as_of,
        "version": 1,
    }


def _proof(here: World, deduction: int, duty: Duty, as_of: datetime) -> dict[str, Any]:
    return {
        "deduction_id": deduction,
        "duty_id": duty.id,
        "due_on": duty.due_on,
        "discharged_at": duty.discharged_at,
        "late_days": late_days(here, duty, as_of),
        "trace": duty.trace,
    }


def confirm(session: Session, deduction: Deduction, actor: Actor | None, reason: str, now: datetime) -> Deduction:
    """The bureau confirms: the points count.

    Raises:
        NotAllowed, Invalid, Conflict (already decided), StepRefused (a provisional year is involved)
    """
    _may_decide(actor)
    with all_rows():
        traces = session.scalars(select(DeductionDuty.trace).where(DeductionDuty.deduction_id == deduction.id))
        if any((trace or {}).get("provisional") for trace in traces):
            raise StepRefused(
                N_("A clock crosses a year whose make-up working days are not announced; this cannot be final yet."),
                paragraph="§3",
            )
        return _decide(session, deduction, DeductionStatus.confirmed, actor, reason, now)


def withdraw(session: Session, deduction: Deduction, actor: Actor | None, reason: str, now: datetime) -> Deduction:
    """The bureau withdraws a proposed deduction: no points."""
    _may_decide(actor)
    with all_rows():
        return _decide(session, deduction, DeductionStatus.withdrawn, actor, reason, now)


def _may_decide(actor: Actor | None) -> None:
    if actor is None or not actor.has(Role.BureauOfficer):
        raise NotAllowed(N_("Only the bureau decides on deductions."))


def _decide(
    session: Session, row: Deduction, status: DeductionStatus, actor: Actor | None, reason: str, now: datetime
) -> Deduction:
    if row is None:
        raise NotFound(N_("No such deduction."))
    if not (reason or "").strip():
        raise Invalid([Problem("reason", N_("Every decision needs a reason."), "§3")])
    if len(reason) > 2000:
        raise Invalid([Problem("reason", N_("This is too long."))])
    if row.status not in PENDING:
        raise Conflict(N_("This deduction was already decided."))
    staff = actor.staff_id if actor else None
    row.status, row.decided_at, row.decided_by_id, row.reason = status, now, staff, reason.strip()
    session.add(DeductionEvent(deduction_id=row.id, at=now, status=status, staff_id=staff, reason=reason.strip()))
    try:
        session.flush()
    except StaleDataError as error:
        raise Conflict(N_("This deduction was already decided.")) from error
    return row
