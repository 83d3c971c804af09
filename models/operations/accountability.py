"""Accountability files (§3, SERIOUS): open, hear, state, decide. By hand only; no points. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models.access import Actor, all_rows
from models.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from models.files import File
from models.office_terms import AccountabilityGround, AccountabilityMove
from models.office_terms import AccountabilityStatus as S
from models.operations import hearing_papers, hearing_time
from models.operations.hearing import CHANGED
from models.permissions import may
from models.roles import Office
from models.rules import accountability as rules
from models.rules import hearing as hearing_rules
from models.tables import Accountability, AccountabilityEvent, Petition
from models.terms import N_, Verb
from models.world import world

SILENT = N_("The unit made no statement in time; the file goes on without one.")
_REQUIRED = N_("This is required.")


@dataclass(frozen=True, slots=True)
class AccountabilityInput:
    """What the form says."""

    unit_id: int | None
    ground: AccountabilityGround | None
    facts: str
    reason: str
    petition_id: int | None = None
    papers: Sequence[File] = ()


def open_file(session: Session, given: AccountabilityInput, actor: Actor | None, now: datetime) -> Accountability:
    """Open a file against a unit; flushes.

    Raises:
        NotAllowed: neither bureau nor county leader; Invalid: names every wrong field.
    """
    if actor is None or not may(actor.roles, "accountability", Verb.add):
        raise NotAllowed(N_("Only the bureau and the county leaders keep accountability files."))
    if actor.staff_id is None:
        raise NotAllowed(N_("Your account is linked to no member of staff."))
    visible = given.petition_id is None or session.scalar(select(Petition.id).where(Petition.id == given.petition_id))
    with all_rows():
        problems = _problems(session, given, actor)
        if not visible:
            problems.append(Problem("petition_id", N_("No such petition.")))
        if problems:
            raise Invalid(problems)
        row = Accountability(
            unit_id=given.unit_id,
            petition_id=given.petition_id,
            ground=given.ground,
            facts=given.facts.strip(),
            opened_at=now,
            opened_by_id=actor.staff_id,
        )
        session.add(row)
        session.flush()
        _tell(session, row, actor, given.reason.strip(), now, given.papers)
        return row


def _problems(session: Session, given: AccountabilityInput, actor: Actor) -> list[Problem]:
    found = []
    unit = world(session).units.get(given.unit_id or 0)
    if unit is None:
        found.append(Problem("unit_id", N_("No such active unit.") if given.unit_id else _REQUIRED))
    elif unit.id == actor.unit_id:
        found.append(Problem("unit_id", N_("Nobody opens a file against their own unit.")))
    if given.ground is None:
        found.append(Problem("ground", _REQUIRED, "§3"))
    for name, text, most in (
        ("facts", given.facts, hearing_papers.STATEMENT),
        ("reason", given.reason, hearing_papers.REASON),
    ):
        try:
            hearing_papers.told(text, _REQUIRED, most, name)
        except Invalid as error:
            found += error.problems
    return found


def move(
    session: Session,
    file: Accountability,
    what: AccountabilityMove,
    actor: Actor | None,
    reason: str,
    now: datetime,
    *,
    papers: Sequence[File] = (),
    version: int | None = None,
) -> Accountability:
    """Move a file on; flushes.

    Raises:
        Invalid (no reason), NotAllowed, Conflict (moved on meanwhile)
    """
    if actor is None or file is None:
        raise NotFound(N_("No such accountability file."))
    with all_rows():
        stated = what is AccountabilityMove.state
        missing = N_("The unit's statement is missing.") if stated else N_("Every decision needs a reason.")
        text = hearing_papers.told(reason, missing, hearing_papers.STATEMENT if stated else hearing_papers.REASON)
        row = _locked(session, file.id)
        seen = row.version
        if settle(session, now, row.id):
            row = _locked(session, file.id)
        refusal = rules.refusal(what, row.status, _asker(row, actor))
        if refusal is not None:
            kind = NotAllowed if refusal.field == "side" else Conflict
            raise kind(refusal.message, paragraph=refusal.paragraph)
        if version is not None and version != seen:
            raise Conflict(CHANGED)
        row.status = rules.CHART[what].end
        for name, value in _due(session, row.status, now).items():
            setattr(row, name, value)
        _tell(session, row, actor, text, now, papers)
        return row


def moves(file: Accountability, actor: Actor, now: datetime) -> tuple[AccountabilityMove, ...]:
    """What the actor may do with the file now."""
    over = file.due_at is not None and file.due_at < now
    status = rules.BY_TIME.get(file.status, file.status) if over else file.status
    return rules.moves(status, _asker(file, actor))


def settle(session: Session, now: datetime, key: int | None = None) -> int:
    """Files whose unit let its time pass go to the decision; returns how many. Safe to repeat."""
    session.flush()
    certain = Accountability.due_trace["provisional"].as_boolean().is_not(True)
    wanted = select(Accountability.id).where(Accountability.status == S.hearing, Accountability.due_at < now, certain)
    if key is not None:
        wanted = wanted.where(Accountability.id == key)
    ids = list(session.scalars(wanted.with_for_update(of=Accountability)))
    if not ids:
        return 0
    table: Any = Accountability.__table__
    end = rules.BY_TIME[S.hearing]
    values = {"status": end, "version": table.c.version + 1, **hearing_time.columns_of(None)}
    session.connection().execute(update(table).where(table.c.id.in_(ids)).values(**values))
    events = [{"accountability_id": one, "at": now, "status": end, "reason": SILENT} for one in ids]
    session.connection().execute(insert(AccountabilityEvent), events)
    for row in list(session.identity_map.values()):
        if isinstance(row, Accountability):
            session.expire(row)
    return len(ids)


def _locked(session: Session, key: int) -> Accountability:
    session.flush()
    wanted = select(Accountability).where(Accountability.id == key).with_for_update(of=Accountability)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def _asker(row: Accountability, actor: Actor) -> rules.Asker:
    sides: set[rules.Side] = set()
    mine = actor.unit_id is not None and row.unit_id == actor.unit_id
    if not mine and actor.staff_id is not None:
        if actor.acts_for(Office.bureau, Office.county):
            sides.add("office")
        if actor.acts_for(Office.county):
            sides.add("leader")
    if mine and actor.speaks_for_unit:
        sides.add("unit")
    return rules.Asker(frozenset(sides), actor.staff_id is not None and row.opened_by_id == actor.staff_id)


def _due(session: Session, status: S, now: datetime) -> dict[str, Any]:
    if status is not S.hearing:
        return hearing_time.columns_of(None)
    here = world(session)
    length = here.rulebook(now).answer_days
    return hearing_time.columns_of(hearing_rules.time_for(length, now, here.calendar, here.zone))


def _tell(
    session: Session, row: Accountability, actor: Actor, text: str, now: datetime, papers: Sequence[File]
) -> None:
    event = AccountabilityEvent(
        accountability_id=row.id, at=now, status=row.status, staff_id=actor.staff_id, reason=text
    )
    session.add(event)
    try:
        session.flush()
    except StaleDataError as error:
        raise Conflict(CHANGED) from error
    hearing_papers.keep(session, event, papers, actor, now)
