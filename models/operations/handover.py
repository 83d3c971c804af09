"""Hand the open matters of a post over: propose the list, both sign, the successor looks after them. Never commits.

The first receiver never changes (domain §1); who looks after the matters of the first unit does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Integer, and_, column, func, insert, or_, select, table, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.access import Actor, all_rows
from models.errors import Conflict, Invalid, NotAllowed, Problem
from models.office_terms import HandoverStatus
from models.operations import guard
from models.operations.case_file import world
from models.roles import Office
from models.tables import Duty, Handover, HandoverItem, Petition, Staff, Step
from models.terms import N_, DutyStatus, PetitionStatus, StepKind
from models.world import zone

CHUNK = 400
NOTE = 2000
WAITING = N_("A handover of this person already waits for its signatures.")
# the accounts' own table, of which only this is asked
_ACCOUNT = table("ab_user", column("id", Integer), column("active", Boolean))


@dataclass(frozen=True, slots=True)
class HandoverInput:
    """What the form says."""

    from_staff_id: int | None
    to_staff_id: int | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who looks after open matters of a unit and whose post there ends or has ended.

    ``staff_id``: None for the matters that nobody looks after; ``handover`` waits for its signatures.
    """

    staff_id: int | None
    name: str
    matters: int
    handover: int | None


def kept_by(person: Any, unit: int) -> ColumnElement[bool]:
    """The open matters of ``unit`` that ``person`` (a key) looks after. The unit's index finds them."""
    mine = Petition.first_unit_id == unit
    return and_(mine, Petition.keeper_id == person, Petition.status != PetitionStatus.closed)


def leads(session: Session, actor: Actor, unit: int) -> bool:
    """Whether ``actor`` answers for the staff of ``unit``: its leader, or the head of the bureau."""
    if actor.unit_id != unit or not (actor.standing.leads or actor.acts_for(Office.bureau)):
        return False
    return actor.standing.leads or bool(session.scalar(select(Staff.head).where(Staff.id == actor.staff_id)))


def propose(session: Session, given: HandoverInput, actor: Actor, now: datetime) -> Handover:
    """Make the list of everything that the leaving person looks after; flushes.

    The person signs by proposing. If the person has left already, the leader of the unit signs instead.

    Raises:
        NotAllowed, Invalid (names every wrong field), Conflict (another list of this person waits)
    """
    unit = guard.writing_unit(actor, None, world(session).bureau)
    with all_rows():
        giver, successor = _person(session, given.from_staff_id), _person(session, given.to_staff_id)
        problems = [*_giver(session, giver, actor, unit), *_successor(session, successor, giver, unit)]
        if len(given.note or "") > NOTE:
            problems.append(Problem("note", N_("This is too long.")))
        if problems or giver is None or successor is None:
            raise Invalid(problems)
        signs = actor.staff_id == giver.id or has_left(session, giver, unit, now)
        row = Handover(
            unit_id=unit,
            from_staff_id=giver.id,
            to_staff_id=successor.id,
            proposed_at=now,
            proposed_by_id=actor.staff_id,
            from_signed_at=now if signs else None,
            note=(given.note or "").strip() or None,
        )
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise Conflict(WAITING) from error
        _list(session, row)
        return row


def _person(session: Session, key: int | None) -> Staff | None:
    return session.get(Staff, key) if key is not None else None


def _giver(session: Session, giver: Staff | None, actor: Actor, unit: int) -> list[Problem]:
    keeps = (
        giver is not None and session.scalar(select(Petition.id).where(kept_by(giver.id, unit)).limit(1)) is not None
    )
    if giver is None or (giver.unit_id != unit and not keeps):
        return [Problem("from_staff_id", N_("This person does not belong to your unit."))]
    if giver.id != actor.staff_id and not leads(session, actor, unit):
        message = N_("Only the person who leaves and the leader of the unit may make this list.")
        return [Problem("from_staff_id", message)]
    if not keeps:
        return [Problem("from_staff_id", N_("This person looks after no open matter."))]
    waiting = (Handover.from_staff_id == giver.id, Handover.status == HandoverStatus.proposed)
    if session.scalar(select(Handover.id).where(*waiting)) is not None:
        return [Problem("from_staff_id", WAITING)]
    return []


def _successor(session: Session, successor: Staff | None, giver: Staff | None, unit: int) -> list[Problem]:
    name = "to_staff_id"
    if successor is None or successor.unit_id != unit:
        return [Problem(name, N_("This person does not belong to your unit."))]
    if giver is not None and successor.id == giver.id:
        return [Problem(name, N_("Nobody hands over to oneself."))]
    if successor.until is not None or not _may_log_in(session, successor):
        return [Problem(name, N_("The successor must hold a post and have an account to sign with."))]
    return []


def _may_log_in(session: Session, person: Staff) -> bool:
    return bool(session.scalar(select(_ACCOUNT.c.active).where(_ACCOUNT.c.id == person.user_id)))


def has_left(session: Session, person: Staff, unit: int, now: datetime) -> bool:
    """Whether the person can no longer sign: the post ended, or is in another unit now, or the account was closed."""
    gone = person.until is not None and person.until < now.astimezone(zone()).date()
    return gone or person.unit_id != unit or not _may_log_in(session, person)


def to_hand_over(session: Session, person: Staff) -> int:
    """How many open matters ask for a handover, because the person's post ends or is in another unit now."""
    mine = (Petition.keeper_id == person.id, Petition.status != PetitionStatus.closed)
    wanted = select(func.count(Petition.id)).where(*mine)
    if person.until is None:
        wanted = wanted.where(Petition.first_unit_id != person.unit_id)
    return session.scalar(wanted) or 0


def take_over(session: Session, actor: Actor, now: datetime) -> int:
    """The leader looks after the open matters of the unit that nobody keeps; returns how many. Flushes.

    Raises:
        NotAllowed: it is for the leader of the unit.
    """
    unit = guard.writing_unit(actor, None, world(session).bureau)
    if actor.staff_id is None or not leads(session, actor, unit):
        raise NotAllowed(N_("Only the leader of the unit takes over what nobody looks after."))
    with all_rows():
        wanted = select(Petition.id).where(kept_by(None, unit)).order_by(Petition.id).with_for_update(of=Petition)
        petitions = list(session.scalars(wanted))
        given = {"unit_id": unit, "staff_id": actor.staff_id, "recorded_by_id": actor.staff_id}
        _change_keeper(session, petitions, actor.staff_id, {**given, "note": None, "evidence": {}}, now)
        return len(petitions)


def _list(session: Session, row: Handover) -> None:
    """The matters with what the unit owes in each of them now."""
    wanted = (
        select(Petition.id).where(kept_by(row.from_staff_id, row.unit_id)).order_by(Petition.received_at, Petition.id)
    )
    petitions = list(session.scalars(wanted))
    for start in range(0, len(petitions), CHUNK):
        part = petitions[start : start + CHUNK]
        owed = _owed(session, part, row.unit_id)
        values = [{"handover_id": row.id, "petition_id": key, "duties": "\n".join(owed[key])} for key in part]
        session.execute(insert(HandoverItem), values)


def _owed(session: Session, petitions: Sequence[int], unit: int) -> dict[int, list[str]]:
    """Petition → lines of duty kind and due date; of follow-ups only the next one."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    wanted = select(Duty.petition_id, Duty.kind, Duty.due_on).where(
        Duty.petition_id.in_(petitions), Duty.unit_id == unit, Duty.status == DutyStatus.open
    )
    for petition, kind, due in session.execute(wanted.order_by(Duty.due_at, Duty.id)):
        found[petition].setdefault(kind.value, f"{kind.value} {due.isoformat()}")
    return defaultdict(list, {petition: list(lines.values()) for petition, lines in found.items()})


def sign(session: Session, handover: Handover, actor: Actor, now: datetime) -> Handover:
    """Sign as giver or successor; with the second signature the matters change hands. Flushes.

    Raises:
        NotAllowed: it is not for the actor to sign. Conflict: signed or withdrawn meanwhile.
    """
    with all_rows():
        row = _waiting(session, handover)
        if actor.staff_id == row.from_staff_id and row.from_signed_at is None:
            row.from_signed_at = now
        elif actor.staff_id == row.to_staff_id and row.to_signed_at is None:
            row.to_signed_at = now
        else:
            raise NotAllowed(N_("It is not for you to sign this."))
        if row.from_signed_at and row.to_signed_at:
            row.status, row.handed_at = HandoverStatus.signed, now
            _change_hands(session, row, now)
        session.flush()
        return row


def withdraw(session: Session, handover: Handover, actor: Actor, now: datetime) -> Handover:
    """Take back a list that is not signed by both: one of the two, or the leader of the unit. Flushes.

    Raises:
        NotAllowed, Conflict
    """
    with all_rows():
        row = _waiting(session, handover)
        parties = (row.from_staff_id, row.to_staff_id)
        if actor.staff_id not in parties and not leads(session, actor, row.unit_id):
            raise NotAllowed(N_("Only the two who sign and the leader of the unit may withdraw this."))
        row.status, row.withdrawn_at, row.withdrawn_by_id = HandoverStatus.withdrawn, now, actor.staff_id
        session.flush()
        return row


def _waiting(session: Session, handover: Handover) -> Handover:
    """The list, locked, as it stands in the database now."""
    locked = select(Handover).where(Handover.id == handover.id).with_for_update(of=Handover)
    row = session.scalars(locked.execution_options(populate_existing=True)).one()
    if row.status is not HandoverStatus.proposed:
        raise Conflict(N_("This handover was already signed or withdrawn."))
    return row


def _change_hands(session: Session, row: Handover, now: datetime) -> None:
    """Each matter that the giver still looks after: its keeper, a step that says so, and its version."""
    listed = select(HandoverItem.petition_id).where(HandoverItem.handover_id == row.id)
    wanted = select(Petition.id).where(Petition.id.in_(listed), kept_by(row.from_staff_id, row.unit_id))
    petitions = list(session.scalars(wanted.order_by(Petition.id).with_for_update(of=Petition)))
    told = {
        "unit_id": row.unit_id,
        "staff_id": row.to_staff_id,
        "recorded_by_id": row.to_staff_id,
        "note": f"{row.from_staff.name} → {row.to_staff.name}",
        "evidence": {"handover": row.id},
    }
    _change_keeper(session, petitions, row.to_staff_id, told, now)


def _change_keeper(
    session: Session, petitions: Sequence[int], keeper: int, told: dict[str, Any], now: datetime
) -> None:
    """Write the keeper and, in each matter, the step that says so."""
    step = told | {"kind": StepKind.hand_over, "at": now, "recorded_at": now}
    for start in range(0, len(petitions), CHUNK):
        part = petitions[start : start + CHUNK]
        last = select(Step.petition_id, func.max(Step.seq)).where(Step.petition_id.in_(part))
        numbers = session.execute(last.group_by(Step.petition_id)).all()
        session.execute(insert(Step), [step | {"petition_id": one, "seq": seq + 1} for one, seq in numbers])
        petition: Any = Petition.__table__
        changed = update(petition).where(petition.c.id.in_(part))
        session.connection().execute(changed.values(keeper_id=keeper, version=petition.c.version + 1))
    for loaded in list(session.identity_map.values()):
        if isinstance(loaded, Petition):
            session.expire(loaded)


def leavers(session: Session, unit: int) -> list[Leaver]:
    """Who keeps open matters of ``unit`` though the post there ends or is elsewhere now, or the account was closed.

    At the end, without a name, the matters that nobody looks after.
    """
    kept = (
        select(Petition.keeper_id.label("keeper"), func.count(Petition.id).label("matters"))
        .where(Petition.first_unit_id == unit, Petition.status != PetitionStatus.closed)
        .group_by(Petition.keeper_id)
        .subquery()
    )
    waiting = and_(Handover.from_staff_id == Staff.id, Handover.status == HandoverStatus.proposed)
    ends = or_(Staff.until.is_not(None), Staff.unit_id != unit, _ACCOUNT.c.active.is_(False), Staff.id.is_(None))
    wanted = (
        select(Staff.id, func.coalesce(Staff.name, ""), kept.c.matters, Handover.id)
        .select_from(kept)
        .outerjoin(Staff, Staff.id == kept.c.keeper)
        .outerjoin(_ACCOUNT, _ACCOUNT.c.id == Staff.user_id)
        .outerjoin(Handover, waiting)
        .where(ends)
    )
    rows = session.execute(wanted.order_by(Staff.id.is_(None), Staff.until, Staff.id)).all()
    return [Leaver(*row) for row in rows]
