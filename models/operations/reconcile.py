"""Write what follows from the steps into the rows: duties, transfers, involvement and the petition's own state."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from models.operations.case_file import CaseFile, World, remember, world
from models.operations.relief import relieve
from models.rules.facts import DutyState, Leg
from models.tables import DeductionDuty, Duty, Involvement, Step, Transfer
from models.tables.transfers import TransferStatus
from models.terms import DutyStatus, StepKind, TransferMode


def reconcile(session: Session, case: CaseFile, now: datetime) -> None:
    """Bring all rows of one petition in line with ``case.state``; flushes, never commits."""
    here = world(session)
    ids = {step.seq: step.id for step in case.steps}
    with session.no_autoflush:
        _duties(session, here, case, ids, now)
        _transfers(session, case)
        _involve(session, case)
        settle_petition(case)
    session.flush()
    remember(case)


def _put(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _duties(session: Session, here: World, case: CaseFile, ids: dict[int, int], now: datetime) -> None:
    book = here.rulebook(case.petition.received_at)
    wanted = {duty.key: duty for duty in case.state.duties}
    for key, duty in wanted.items():
        values = duty_values(duty, here, ids, now)
        row = case.duties.get(key)
        if row is None:
            row = Duty(petition_id=case.petition.id, key=key, rulebook_id=book.id, **values)
            session.add(row)
            case.duties[key] = row
        else:
            _put(row, values)
    healed = [row.id for key, row in case.duties.items() if row.charged and not _missed(wanted.get(key), now)]
    if healed:
        relieve(session, healed, now)
    _drop(session, case, case.duties.keys() - wanted.keys(), now)


def _missed(duty: DutyState | None, now: datetime) -> bool:
    return duty is not None and duty.missed(now)


def duty_values(duty: DutyState, here: World, ids: dict[int, int], now: datetime) -> dict[str, Any]:
    """The columns of a duty, without petition, key and rulebook. ``ids``: step's seq → id."""
    ended = duty.status is not DutyStatus.open
    late = ended and duty.missed(now)
    return {
        "kind": duty.kind,
        "unit_id": duty.unit,
        "rule": duty.rule,
        "occurrence": duty.occurrence,
        "paragraph": duty.paragraph,
        "opened_at": duty.opened_at,
        "opened_by_id": ids[duty.opened_by],
        "measure": duty.measure,
        "due_at": duty.due.at,
        "due_on": duty.due.on,
        "status": duty.status,
        "discharged_at": duty.discharged_at if duty.status is DutyStatus.discharged else None,
        "discharged_by_id": ids[duty.discharged_by] if duty.discharged_by is not None else None,
        "ended_at": duty.ended_at or duty.discharged_at,
        "late": late,
        "late_days": duty.late_days(now, here.zone) if late and duty.discharged_at else None,
        "trace": duty.due.trace,
    }


def _drop(session: Session, case: CaseFile, keys: AbstractSet[str], now: datetime) -> None:
    """Duties that no longer follow: gone if they lay in the future, else, or if a deduction cites them, cancelled."""
    if not keys:
        return
    ids = [case.duties[key].id for key in keys]
    cited = set(session.scalars(select(DeductionDuty.duty_id).where(DeductionDuty.duty_id.in_(ids))))
    gone = {"discharged_at": None, "discharged_by_id": None, "late": False, "late_days": None}
    for key in keys:
        row = case.duties[key]
        if row.due_at > now and row.id not in cited:
            del case.duties[key]
            session.delete(row)
        else:
            _put(row, {"status": DutyStatus.cancelled, "ended_at": row.opened_at, **gone})


def _transfers(session: Session, case: CaseFile) -> None:
    if not case.state.legs:
        return
    known = session.scalars(select(Transfer).where(Transfer.petition_id == case.petition.id))
    rows = {row.leg: row for row in known}
    steps = {step.seq: step for step in case.steps}
    for leg in case.state.legs:
        values = leg_values(leg, steps[leg.sent_by])
        row = rows.get(leg.no)
        if row is None:
            session.add(Transfer(petition_id=case.petition.id, leg=leg.no, **values))
        else:
            _put(row, values)


def leg_values(leg: Leg, step: Step) -> dict[str, Any]:
    """The columns of a transfer, without petition and leg. ``step``: the one that sent it."""
    proof = step.evidence or {}
    return {
        "from_unit_id": leg.from_unit,
        "to_unit_id": leg.to_unit,
        "mode": TransferMode(leg.mode),
        "sent_at": leg.sent_at,
        "letter_number": proof.get("letter_number"),
        "reason": proof.get("reason") or step.note,
        "status": TransferStatus(leg.status),
        "answered_at": leg.answered_at,
        "ruled_at": leg.ruled_at,
        "step_id": step.id,
    }


def concerned(case: CaseFile) -> set[int]:
    """The units that have to do with the petition now."""
    units = {case.facts.first_unit, *(leg.to_unit for leg in case.state.legs), *case.state.co_units}
    units |= {duty.unit for duty in case.state.duties if duty.unit != case.facts.bureau}  # who owes must see
    return units | {unit for unit in (case.state.responsible, case.state.lead) if unit is not None}


def _involve(session: Session, case: CaseFile) -> None:
    """A unit once concerned stays so: it must be able to answer for what it did."""
    for unit in concerned(case) - case.involved:
        session.add(Involvement(petition_id=case.petition.id, unit_id=unit))
        case.involved.add(unit)


def settle_petition(case: CaseFile) -> None:
    """Bring the petition's own columns in line with ``case.state``."""
    state, petition = case.state, case.petition
    registered = next((step.at for step in case.facts.steps if step.kind is StepKind.register), None)
    _put(
        petition,
        {
            "case": state.case,
            "status": state.status,
            "urgent_at": state.urgent_at,
            "responsible_unit_id": state.responsible,
            "closed_at": state.closed_at,
            "registered_at": registered,
        },
    )
    flag_modified(petition, "status")  # every step raises the version, so that two at once cannot both pass
