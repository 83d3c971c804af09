"""Register a petition: the matter, its petitioners and first steps (§1, §3). Never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import evidence, petition_fields
from models.access import Actor, all_rows
from models.errors import Conflict, Invalid, Problem
from models.files import File
from models.operations import guard
from models.operations.attachments import keep
from models.operations.case_file import CaseFile, World, facts_of, state_of, world
from models.operations.numbers import petition_number
from models.operations.reconcile import reconcile
from models.operations.steps import TWICE, refuse_repeat
from models.rules.identification import doubts
from models.tables import Category, Petition, Petitioner, Place, Staff, Step
from models.terms import N_, Channel, IdKind, PetitionKind, PetitionStatus, StepKind
from models.vault import id_hash, phone_hash

BETWEEN_PHONES = "、"  # one person may have left two
_REQUIRED = N_("This is required.")
_LONG = N_("This is too long.")


@dataclass(slots=True)
class PetitionerInput:
    """One petitioner as recorded at the counter."""

    name: str
    phone: str | None = None
    id_number: str | None = None
    address: str | None = None
    id_kind: IdKind = IdKind.resident


@dataclass(slots=True)
class RegisterInput:
    """A petition to be registered. ``repeat_reason``: why a repeat is registered all the same; ``papers``: files that
    the petitioner handed in; ``plain``: values of ``models.petition_fields``. The fields from ``first_unit_id`` to
    ``recorded_by_id`` serve ledgers.
    """

    title: str
    content: str
    channel: Channel
    kind: PetitionKind
    received_at: datetime
    place_id: int | None = None
    category_id: int | None = None
    about_unit_id: int | None = None
    first_receiver_id: int | None = None
    anonymous: bool = False
    persons: int = 1
    urgent: bool = False
    petitioners: list[PetitionerInput] = field(default_factory=list)
    token: str | None = None
    first_unit_id: int | None = None
    registered_at: datetime | None = None
    urgent_at: datetime | None = None
    number: str | None = None
    recorded_at: datetime | None = None
    recorded_by_id: int | None = None
    place_text: str | None = None
    receiver_text: str | None = None
    repeat_reason: str | None = None
    papers: Sequence[File] = ()
    plain: Mapping[str, Any] = field(default_factory=dict)


def register(
    session: Session, given: RegisterInput, actor: Actor | None, now: datetime, *, ledger: bool = False
) -> Petition:
    """Register ``given`` with the actor's unit as first unit; flushes.

    Raises:
        Invalid: names every wrong field at once.
        Conflict: the same form was sent twice, or the number exists.
    """
    here = world(session)
    unit = guard.writing_unit(actor, given.first_unit_id, here.bureau)
    with all_rows(), session.no_autoflush:
        refuse_repeat(session, given.token)
        if problems := check(given, now, ledger) + links(session, here, given, unit, ledger):
            raise Invalid(evidence.priced(StepKind.register, problems, here.rulebook(now)))
        try:
            return _record(session, here, given, unit, actor, now, ledger)
        except IntegrityError as error:
            raise Conflict(TWICE) from error


def problems_of(session: Session, given: RegisterInput, actor: Actor | None, now: datetime) -> tuple[Problem, ...]:
    """Everything that ``register`` would refuse, for a form in which something could not even be read."""
    here = world(session)
    unit = guard.writing_unit(actor, given.first_unit_id, here.bureau)
    with all_rows(), session.no_autoflush:
        found = check(given, now, ledger=False) + links(session, here, given, unit, ledger=False)
    return tuple(evidence.priced(StepKind.register, found, here.rulebook(now)))


def check(given: RegisterInput, now: datetime, ledger: bool) -> list[Problem]:
    """What is wrong with the matter itself, whatever else the database holds."""
    plain = petition_fields.problems(given.plain)
    return [*_texts(given), *_times(given, now), *_people(given, ledger), *plain]


def _texts(given: RegisterInput) -> list[Problem]:
    found = []
    for name, value, limit in (("title", given.title, 200), ("content", given.content, 20000)):
        if not (value or "").strip():
            found.append(Problem(name, _REQUIRED, "§1"))
        elif len(value) > limit:
            found.append(Problem(name, _LONG))
    if given.channel not in set(Channel):
        found.append(Problem("channel", _REQUIRED, "§1"))
    if given.kind not in set(PetitionKind):
        found.append(Problem("kind", _REQUIRED, "§1"))
    return found


def _times(given: RegisterInput, now: datetime) -> list[Problem]:
    if given.received_at is None:
        return [Problem("received_at", _REQUIRED, "§1")]
    moments = (given.received_at, given.registered_at, given.urgent_at)
    if any(moment is not None and moment.tzinfo is None for moment in moments):
        return [Problem("received_at", N_("The time lacks its zone."))]
    found = []
    for name in ("received_at", "registered_at", "urgent_at"):
        moment = getattr(given, name)
        if moment is not None and moment > now:
            found.append(Problem(name, N_("This lies in the future.")))
        elif moment is not None and moment < given.received_at:
            found.append(Problem(name, N_("This is before the petition was received.")))
    return found


def links(session: Session, here: World, given: RegisterInput, unit: int, ledger: bool) -> list[Problem]:
    """What is wrong with units, place, category and person that the matter names."""
    found = []
    first = here.units.get(unit)
    if first is None or not (first.active or ledger):
        found.append(Problem("first_unit_id", N_("No such active unit.")))
    about = given.about_unit_id
    if about is not None and about not in here.units:
        found.append(Problem("about_unit_id", N_("No such active unit.")))
    elif about == unit:
        message = N_("A unit cannot receive a matter about itself; hand it to the bureau or the superior unit.")
        found.append(Problem("about_unit_id", message, "§1"))
    if given.place_id is None and not ledger:
        found.append(Problem("place_id", _REQUIRED, "§1"))
    if given.place_id is not None and session.get(Place, given.place_id) is None:
        found.append(Problem("place_id", N_("No such place.")))
    if given.category_id is not None and session.get(Category, given.category_id) is None:
        found.append(Problem("category_id", N_("No such category.")))
    if given.first_receiver_id is None and not ledger:
        found.append(Problem("first_receiver_id", _REQUIRED, "§1"))
    elif given.first_receiver_id is not None:
        person = session.get(Staff, given.first_receiver_id)
        if person is None or person.unit_id != unit:
            found.append(Problem("first_receiver_id", N_("The first receiver must belong to the first unit.")))
    return found


def _people(given: RegisterInput, ledger: bool) -> list[Problem]:
    found = []
    if not given.petitioners and not given.anonymous and not ledger:
        found.append(Problem("petitioners", N_("Name at least one petitioner, or mark the matter as anonymous."), "§1"))
    if len(given.petitioners) > 5 and not ledger:
        found.append(Problem("petitioners", N_("A group sends at most five representatives.")))
    if given.persons < max(1, len(given.petitioners)) or given.persons > 100000:
        found.append(Problem("persons", N_("This number cannot be right.")))
    for person in given.petitioners:
        if not (person.name or "").strip():
            found.append(Problem("petitioners", N_("A petitioner needs a name.")))
        limits = ((person.name, 80), (person.phone, 40), (person.id_number, 40), (person.address, 200))
        if any(value and len(value) > limit for value, limit in limits):
            found.append(Problem("petitioners", _LONG))
    return found


def _record(
    session: Session, here: World, given: RegisterInput, unit: int, actor: Actor | None, now: datetime, ledger: bool
) -> Petition:
    registered = given.registered_at if ledger else given.registered_at or now
    number = given.number or petition_number(session, given.received_at.astimezone(here.zone).year)
    petition = petition_of(given, number, unit, registered)
    session.add(petition)
    session.flush()
    staff = actor.staff_id if actor else None
    steps = first_steps(petition, given, unit, staff, registered, now)
    session.add_all([*steps, *petitioners_of(petition, given)])
    session.flush()
    proven = next((step.id for step in steps if step.kind is StepKind.register), None)
    keep(session, petition.id, proven, given.papers, unit, staff, now)
    facts = facts_of(here, petition, steps)
    reconcile(session, CaseFile(petition, facts, state_of(session, facts, {}, now), steps, {}, set()), now)
    return petition


def petition_of(given: RegisterInput, number: str, unit: int, registered: datetime | None) -> Petition:
    """The row of the matter as received; not yet in the session."""
    return Petition(
        number=number,
        title=given.title.strip(),
        content=given.content,
        kind=PetitionKind(given.kind),
        channel=Channel(given.channel),
        category_id=given.category_id,
        place_id=given.place_id,
        place_text=given.place_text,
        about_unit_id=given.about_unit_id,
        received_at=given.received_at,
        registered_at=registered,
        first_unit_id=unit,
        first_receiver_id=given.first_receiver_id,
        receiver_text=given.receiver_text,
        keeper_id=given.first_receiver_id,
        anonymous=given.anonymous,
        persons=given.persons,
        status=PetitionStatus.received,
        **petition_fields.given(given.plain),
    )


def first_steps(
    petition: Petition, given: RegisterInput, unit: int, staff: int | None, registered: datetime | None, now: datetime
) -> list[Step]:
    """Received, registered (a ledger may lack it: that duty was missed) and known to be urgent."""
    told = [(StepKind.receive, given.received_at), (StepKind.register, registered)]
    if given.urgent or given.urgent_at:
        told.append((StepKind.urgent, given.urgent_at or registered or given.received_at))
    common: dict[str, Any] = {"petition_id": petition.id, "unit_id": unit, "staff_id": given.first_receiver_id or staff}
    common |= {"recorded_at": given.recorded_at or now, "recorded_by_id": given.recorded_by_id or staff}
    steps = [
        Step(seq=seq, kind=kind, at=at, evidence=_proof(given) if kind is StepKind.register else {}, **common)
        for seq, (kind, at) in enumerate(((kind, at) for kind, at in told if at is not None), 1)
    ]
    steps[0].token = given.token or None
    return steps


def _proof(given: RegisterInput) -> dict[str, Any]:
    why = (given.repeat_reason or "").strip()
    return ({"repeat_reason": why} if why else {}) | evidence.hashes(given.papers)


def unchecked(kind: IdKind, id_number: str | None, phone: str | None) -> str | None:
    """Which numbers are kept although they look wrong: on screen somebody confirmed them, in a ledger they stood so."""
    return ",".join(sorted(doubts(kind, id_number, phone))) or None


def petitioners_of(petition: Petition, given: RegisterInput) -> list[Petitioner]:
    """The rows of those who brought it; not yet in the session."""
    return [
        Petitioner(
            petition_id=petition.id,
            position=position,
            name=person.name.strip(),
            phone=person.phone or None,
            id_kind=person.id_kind,
            id_number=person.id_number or None,
            address=person.address or None,
            unchecked=unchecked(person.id_kind, person.id_number, person.phone),
            phone_hash=phone_hash(phones_of(person.phone)[0]),
            other_phone_hash=phone_hash(phones_of(person.phone)[1]),
            id_hash=id_hash(person.id_number),
        )
        for position, person in enumerate(given.petitioners, 1)
    ]


def phones_of(text: str | None) -> tuple[str | None, str | None]:
    """The first two numbers of somebody who left several; None for what is not there."""
    parts = [part.strip() for part in (text or "").split(BETWEEN_PHONES)]
    return parts[0] or None, (parts[1] or None) if len(parts) > 1 else None
