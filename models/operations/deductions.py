"""From missed duties to deductions (domain §5); ``hearing`` goes on from there. Never commits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, insert, select, tuple_, update
from sqlalchemy.orm import Session

from models import frozen
from models.access import all_rows
from models.operations import accountability, hearing_time, recount
from models.operations.case_file import World, file_of, state_of, world
from models.operations.hearing import confirm, withdraw
from models.operations.numbers import insert_for, next_number
from models.operations.reconcile import reconcile
from models.queries import CHUNK, KEY, Group, groups, late_days, petitions_to_scan
from models.tables import Assessment, Deduction, DeductionDuty, DeductionEvent, Duty, Petition
from models.terms import N_, DeductionStatus, DutyKind, DutyStatus, PetitionStatus

__all__ = ["ANOTHER", "confirm", "scan", "withdraw"]

ANOTHER = N_("Another duty of the same occurrence was missed.")


def scan(session: Session, as_of: datetime) -> int:
    """Propose a deduction for every missed duty; returns how many are new. Exactly once, even when two scan at once.

    Hearings and accountability files whose unit let its time pass are moved on as well.
    """
    with all_rows():
        next_number(session, "scan")  # the counter's row stays locked to the end: one scan at a time
        if recount.is_due(session):
            recount.recount(session, as_of, "")
        _extend_follow_ups(session, as_of)
        session.flush()
        here, new = world(session), 0
        wanted = sorted(set(session.scalars(petitions_to_scan(as_of))))
        for start in range(0, len(wanted), CHUNK):
            new += _propose(session, here, groups(session, as_of, wanted[start : start + CHUNK]), as_of)
        hearing_time.settle(session, as_of)
        accountability.settle(session, as_of)
        _refresh(session)
        return new


def _refresh(session: Session) -> None:
    """Rows of this session that the scan wrote past."""
    for row in list(session.identity_map.values()):
        if isinstance(row, Deduction):
            session.expire(row)
        elif isinstance(row, Duty):
            session.expire(row, ["charged"])


def _extend_follow_ups(session: Session, as_of: datetime) -> None:
    """Follow-up periods are laid out only some way ahead; a case that outlives them gets the next ones here."""
    live = Petition.status.in_([PetitionStatus.routed, PetitionStatus.handling])
    watched = and_(Duty.petition_id == Petition.id, Duty.kind == DutyKind.FOLLOW_UP)
    running = exists().where(watched, Duty.status == DutyStatus.open)
    ahead = exists().where(watched, Duty.due_at >= as_of + timedelta(days=16))
    wanted = select(Petition).where(live, running, ~ahead).order_by(Petition.id).with_for_update(of=Petition)
    for petition in session.scalars(wanted.execution_options(populate_existing=True)).all():
        case = file_of(session, petition, as_of)
        case.state = state_of(session, case.facts, case.kept, as_of)
        if {duty.key for duty in case.state.duties} - case.duties.keys():
            reconcile(session, case, as_of)


def _propose(session: Session, here: World, part: list[Group], as_of: datetime) -> int:
    part = _movable(session, part)
    if not part:
        return 0
    link = session.connection()
    table: Any = Deduction.__table__
    rows = [_row(group, as_of) for group in part if group.known is None]
    made: list[int] = []
    if rows:
        fresh = insert_for(session, table).values(rows).on_conflict_do_nothing(index_elements=list(KEY))
        made = list(link.execute(fresh.returning(table.c.id)).scalars())
    columns = [table.c[name] for name in KEY]
    keys = tuple_(*columns).in_([group.key for group in part])
    ids = {tuple(row[1:]): row[0] for row in link.execute(select(table.c.id, *columns).where(keys))}
    proofs = [_proof(ids[group.key], duty, as_of) for group in part for duty in group.duties]
    listed = insert_for(session, DeductionDuty.__table__).values(proofs)
    link.execute(listed.on_conflict_do_nothing(index_elements=["deduction_id", "duty_id"]))
    charged = [proof["duty_id"] for proof in proofs]
    duty: Any = Duty.__table__
    link.execute(update(duty).where(duty.c.id.in_(charged)).values(charged=True))
    _reconsider(session, [group for group in part if group.known], as_of)
    if made:
        _tell(session, made, as_of, None)
    return len(made)


def _movable(session: Session, part: list[Group]) -> list[Group]:
    """Without what belongs to a frozen year; it waits for a correction (``frozen``).

    A deduction that was excused in a frozen year does not hold up what was missed in another one.
    """
    closed = set(session.scalars(select(Assessment.year).where(frozen.closed(Assessment.year))))
    held = (group.known is not None and not group.known.excused and group.known.year in closed for group in part)
    return [group for group, waits in zip(part, held, strict=True) if not waits and group.year not in closed]


def _reconsider(session: Session, known: list[Group], as_of: datetime) -> None:
    """A deduction that gains a missed duty: its year is that of the earliest one that counts.

    If it was withdrawn or overturned it is proposed anew, and what it rested on then stays excused.
    """
    link, table = session.connection(), _table(Deduction)
    anew = []
    for group in known:
        assert group.known is not None
        link.execute(update(table).where(table.c.id == group.known.id).values(year=group.year))
        if group.known.excused:
            anew.append(group.known.id)
            _excuse(session, group.known.id, [duty.id for duty in group.duties])
    if anew:
        fresh: dict[str, Any] = {"status": DeductionStatus.proposed, **hearing_time.columns_of(None)}
        fresh |= {"decided_at": None, "decided_by_id": None, "reason": None}
        link.execute(update(table).where(table.c.id.in_(anew)).values(**fresh, version=table.c.version + 1))
        _tell(session, anew, as_of, ANOTHER)


def _excuse(session: Session, deduction: int, missed: list[int]) -> None:
    proof = _table(DeductionDuty)
    before = proof.c.deduction_id == deduction, proof.c.duty_id.not_in(missed)
    session.connection().execute(update(proof).where(*before).values(excused=True))


def _table(kind: type[Any]) -> Any:
    return kind.__table__


def _tell(session: Session, ids: list[int], at: datetime, reason: str | None) -> None:
    events = [{"deduction_id": key, "at": at, "status": DeductionStatus.proposed, "reason": reason} for key in ids]
    session.connection().execute(insert(DeductionEvent), events)


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


def _proof(deduction: int, duty: Duty, as_of: datetime) -> dict[str, Any]:
    return {
        "deduction_id": deduction,
        "duty_id": duty.id,
        "due_on": duty.due_on,
        "discharged_at": duty.discharged_at,
        "late_days": late_days(duty, as_of),
        "trace": duty.trace,
    }
