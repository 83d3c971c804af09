"""Derive every petition anew from its steps and compare with the stored rows: the strongest check of the record.

Batches of plain columns: memory does not grow with the record, and no loaded row of the session is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.operations import recount
from models.operations.case_file import facts_of, kept_of, state_of
from models.rules.clocks import end_of_day
from models.rules.facts import CaseState, Due, DutyState
from models.tables import Duty, Involvement, Petition, Step, Transfer
from models.terms import DutyKind, DutyStatus, Measure, StepKind
from models.world import world, zone

BATCH = 200
# steps that only tell: no rule reads them, nothing is derived when they are added
_TELLS = (StepKind.recount, StepKind.hand_over)
# a date counted under another calendar or rulebook is respected (domain §3)
_REFERENCE = ("calendar_version", "amount", "measure", "source")
_DUTY = ("kind", "unit_id", "rule", "occurrence", "opened_at", "due_at", "due_on", "status", "discharged_at")
_DUTY_MORE = ("opened_by_id", "discharged_by_id", "ended_at", "late", "key", "petition_id", "measure", "trace")
_PETITION = ("case", "status", "urgent_at", "responsible_unit_id", "closed_at", "registered_at")
_LEG = ("from_unit_id", "to_unit_id", "mode", "sent_at", "status", "answered_at", "ruled_at", "step_id")
_TOLD = ("kind", "at", "unit_id", "to_unit_id", "mode", "outcome", "days", "until", "evidence", "recorded_at")


@dataclass(slots=True)
class Stored:
    """What the database holds of one petition, as plain rows."""

    petition: Any
    steps: list[Any] = field(default_factory=list)
    duties: dict[str, Any] = field(default_factory=dict)
    legs: dict[int, Any] = field(default_factory=dict)
    units: set[int] = field(default_factory=set)


def differences(session: Session, progress: Callable[[int], None] = lambda checked: None) -> Iterator[tuple[str, str]]:
    """(petition number, what differs) of every petition whose rows do not follow from its steps."""
    last = checked = 0
    moving = recount.is_due(session)  # reference data changed; the next scan moves the open dates
    while part := read_batch(session, last):
        for one in part:
            for detail in _compare(session, one, moving):
                yield one.petition.number, detail
        last, checked = part[-1].petition.id, checked + len(part)
        progress(checked)


def read_batch(session: Session, after: int, *only: ColumnElement[bool]) -> Sequence[Stored]:
    """The next petitions after the id ``after`` with all that is stored of them; ``only``: those that fulfil it."""
    names = ("id", "number", "received_at", "channel", "first_unit_id", "about_unit_id", "voided_at", *_PETITION)
    wanted = select(*_columns(Petition, names)).where(Petition.id > after, *only).order_by(Petition.id).limit(BATCH)
    found = {row.id: Stored(row) for row in session.execute(wanted)}
    for row in _rows(session, Step, ("petition_id", "id", "seq", *_TOLD), found):
        found[row.petition_id].steps.append(row)
    for row in _rows(session, Duty, (*_DUTY, *_DUTY_MORE), found):
        found[row.petition_id].duties[row.key] = row
    for row in _rows(session, Transfer, ("petition_id", "leg", *_LEG), found):
        found[row.petition_id].legs[row.leg] = row
    for row in _rows(session, Involvement, ("petition_id", "unit_id"), found):
        found[row.petition_id].units.add(row.unit_id)
    return list(found.values())


def _columns(table: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(table, name) for name in names]


def _rows(session: Session, table: Any, names: Sequence[str], petitions: Mapping[int, Stored]) -> Sequence[Any]:
    if not petitions:
        return ()
    return session.execute(select(*_columns(table, names)).where(table.petition_id.in_(list(petitions)))).all()


def _compare(session: Session, one: Stored, moving: bool) -> Iterator[str]:
    if all(step.kind in _TELLS for step in one.steps):
        yield "no steps"
        return
    try:
        state = _derive(session, one)
    except (AssertionError, LookupError, TypeError, ValueError) as error:
        yield f"the steps cannot be read: {error!r}"
        return
    yield from _petition(one, state)
    yield from _duties(one, state, moving)
    yield from _legs(one, state)
    yield from _involved(one, state, world(session).bureau)


def _derive(session: Session, one: Stored) -> CaseState:
    """The state now; due dates that were settled under another calendar or rulebook keep their moment."""
    facts = facts_of(world(session), one.petition, one.steps)
    until = max(_told(one), _laid(one))
    fresh = state_of(session, facts, {}, until)
    dues = {duty.key: duty.due for duty in fresh.duties}
    settled = {key: due for key, due in kept_of(one.duties).items() if key in dues and counted_else(due, dues[key])}
    return state_of(session, facts, settled, until) if settled else fresh


def _told(one: Stored) -> datetime:
    """When the last step that moves duties was recorded: up to then, at least, everything was derived."""
    last: datetime = max(step.recorded_at for step in one.steps if step.kind not in _TELLS)
    return last


def _laid(one: Stored) -> datetime:
    """How far follow-up periods were laid out; a scan lays out more."""
    periods = [row.opened_at for row in one.duties.values() if row.kind is DutyKind.FOLLOW_UP]
    return max(periods, default=_told(one))


def counted_else(stored: Due, fresh: Due) -> bool:
    """Whether a date was counted from the same facts under another calendar or rulebook."""
    return stored.at != fresh.at and any(stored.trace.get(name) != fresh.trace.get(name) for name in _REFERENCE)


def _petition(one: Stored, state: CaseState) -> Iterator[str]:
    registered = next((step.at for step in one.steps if step.kind is StepKind.register), None)
    wanted = {
        "case": state.case,
        "status": state.status,
        "urgent_at": state.urgent_at,
        "responsible_unit_id": state.responsible,
        "closed_at": state.closed_at,
        "registered_at": registered,
    }
    yield from _unequal("petition", one.petition, wanted)


def _duties(one: Stored, state: CaseState, moving: bool) -> Iterator[str]:
    ids = {step.seq: step.id for step in one.steps}
    laid_out = max(_told(one), _laid(one))
    wanted = {duty.key: duty for duty in state.duties}
    for key, duty in wanted.items():
        row = one.duties.get(key)
        if row is not None:
            yield from _unequal(key, row, _duty(_respecting(duty, row, moving), ids))
        elif duty.kind is not DutyKind.FOLLOW_UP or duty.opened_at <= laid_out:
            yield f"{key} is missing"
    for key in one.duties.keys() - wanted.keys():
        if not _kept_for_a_deduction(one.duties[key]):
            yield f"{key} does not follow from the steps"


def _respecting(duty: DutyState, row: Any, moving: bool) -> DutyState:
    """The duty with the stored date where that one was settled, or not yet moved, under other reference data."""
    stored = Due(row.due_at, row.due_on, row.trace or {})
    settled = row.status not in (DutyStatus.open, DutyStatus.paused)
    return replace(duty, due=stored) if (settled or moving) and counted_else(stored, duty.due) else duty


def _duty(duty: DutyState, ids: Mapping[int, int]) -> dict[str, Any]:
    ended = duty.status is not DutyStatus.open
    discharged = duty.status is DutyStatus.discharged
    due = duty.due
    return {
        "kind": duty.kind,
        "unit_id": duty.unit,
        "rule": duty.rule,
        "occurrence": duty.occurrence,
        "opened_at": duty.opened_at,
        "opened_by_id": ids[duty.opened_by],
        "due_at": due.at if duty.measure is Measure.hours else end_of_day(due.on, zone()),
        "due_on": due.on,
        "status": duty.status,
        "discharged_at": duty.discharged_at if discharged else None,
        "discharged_by_id": ids[duty.discharged_by] if duty.discharged_by is not None else None,
        "ended_at": duty.ended_at or duty.discharged_at,
        "late": ended and duty.missed(due.at),
    }


def _kept_for_a_deduction(row: Any) -> bool:
    """A duty that no longer follows but whose moment had passed stays as cancelled (``reconcile``)."""
    return row.status is DutyStatus.cancelled and row.ended_at == row.opened_at and not row.late


def _legs(one: Stored, state: CaseState) -> Iterator[str]:
    ids = {step.seq: step.id for step in one.steps}
    for leg in state.legs:
        row = one.legs.get(leg.no)
        if row is None:
            yield f"transfer {leg.no} is missing"
            continue
        values = (leg.from_unit, leg.to_unit, leg.mode, leg.sent_at, leg.status, leg.answered_at, leg.ruled_at)
        yield from _unequal(f"transfer {leg.no}", row, dict(zip(_LEG, (*values, ids[leg.sent_by]), strict=True)))
    for no in one.legs.keys() - {leg.no for leg in state.legs}:
        yield f"transfer {no} does not follow from the steps"


def _involved(one: Stored, state: CaseState, bureau: int) -> Iterator[str]:
    wanted = {one.petition.first_unit_id, *(leg.to_unit for leg in state.legs), *state.co_units}
    wanted |= {unit for unit in (state.responsible, state.lead) if unit is not None}
    wanted |= {duty.unit for duty in state.duties if duty.unit != bureau}
    for unit in sorted(wanted - one.units):
        yield f"unit {unit} is not involved"


def _unequal(what: str, row: Any, wanted: Mapping[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        stored = getattr(row, name)
        if stored != value:
            yield f"{what}.{name}: {_text(stored)} instead of {_text(value)}"


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else "nothing" if value is None else str(value)
