"""What a correction would write: which fields differ, whether they may say so, and how they are kept until agreed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import petition_fields
from models.errors import Problem
from models.operations import intake
from models.operations.case_file import CaseFile, world
from models.rules.corrections import Person
from models.tables import Petition, Petitioner
from models.terms import N_, Channel, DutyStatus, IdKind, PetitionKind, StepKind
from models.vault import id_hash, phone_hash

FIELDS: tuple[str, ...] = ("title", "content", "kind", "category_id", "place_id", "about_unit_id", "channel")
FIELDS += ("received_at", "first_receiver_id", "anonymous", "persons", *petition_fields.names())
MOST_PEOPLE = 5
_PARTS = ("name", "phone", "id_kind", "id_number", "address")


@dataclass(frozen=True, slots=True)
class PersonInput:
    """A petitioner as the record should have it; ``id`` of the row, None for one who is added."""

    id: int | None
    name: str
    phone: str | None = None
    id_kind: IdKind = IdKind.resident
    id_number: str | None = None
    address: str | None = None


def changed(
    session: Session, petition: Petition, values: Mapping[str, Any], people: Sequence[PersonInput] | None
) -> dict[str, Any]:
    """The fields that would differ, and ``people`` if any of them would."""
    wanted = {name: values[name] for name in FIELDS if name in values and values[name] != getattr(petition, name)}
    if "title" in wanted:
        wanted["title"] = (wanted["title"] or "").strip()
    if people is not None and _as_input(people_of(session, petition)) != list(people):
        wanted["people"] = list(people)
    return wanted


def people_of(session: Session, petition: Petition) -> list[Petitioner]:
    """The petitioners' rows, in order."""
    wanted = select(Petitioner).where(Petitioner.petition_id == petition.id).order_by(Petitioner.position)
    return list(session.scalars(wanted))


def _as_input(rows: Sequence[Petitioner]) -> list[PersonInput]:
    return [PersonInput(row.id, *(getattr(row, part) for part in _PARTS)) for row in rows]


def both(
    session: Session, petition: Petition, people: Sequence[PersonInput]
) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """The petitioners before and after, as the rules compare them."""
    old = _as_input(people_of(session, petition))
    return tuple(map(_compared, old)), tuple(map(_compared, people))


def _compared(one: PersonInput) -> Person:
    return Person(one.id, bool(one.phone or one.address))


def problems(session: Session, case: CaseFile, wanted: Mapping[str, Any], now: datetime) -> list[Problem]:
    """What speaks against it: the same checks as at the counter, and what was done since."""
    petition, here = case.petition, world(session)
    said = {name: getattr(petition, name) for name in FIELDS} | {n: v for n, v in wanted.items() if n in FIELDS}
    rows = wanted["people"] if "people" in wanted else _as_input(people_of(session, petition))
    people = [intake.PetitionerInput(one.name, one.phone, one.id_number, one.address, one.id_kind) for one in rows]
    plain = {name: said.pop(name) for name in petition_fields.names()}
    given = intake.RegisterInput(**said, petitioners=people, plain=plain)
    known = {one.id for one in _as_input(people_of(session, petition))}
    found = intake.check(given, now, ledger="anonymous" not in wanted and "people" not in wanted)
    found += intake.links(session, here, given, petition.first_unit_id, ledger=True)
    if petition.place_id is not None and said["place_id"] is None:
        found.append(Problem("place_id", N_("This is required."), "§1"))
    if petition.first_receiver_id is not None and said["first_receiver_id"] is None:
        found.append(Problem("first_receiver_id", N_("This is required."), "§1"))
    if any(one.id is not None and one.id not in known for one in rows):
        found.append(Problem("petitioners", N_("Somebody else changed the record meanwhile; look at it again.")))
    return [*found, *_after(case, wanted)]


def _after(case: CaseFile, wanted: Mapping[str, Any]) -> list[Problem]:
    """What was done meanwhile cannot lie before the receipt, nor have been done by the unit that it is about."""
    found = []
    received = wanted.get("received_at")
    if received is not None and any(one.at < received for one in case.steps if one.kind is not StepKind.receive):
        found.append(Problem("received_at", N_("Steps were taken before that.")))
    about = wanted.get("about_unit_id")
    owing = {duty.unit for duty in case.state.duties if duty.status in (DutyStatus.open, DutyStatus.paused)}
    if about is not None and about in (owing | {case.state.responsible}):
        text = N_("This unit handles the matter now; give it to another unit first.")
        found.append(Problem("about_unit_id", text))
    return found


def write(session: Session, petition: Petition, wanted: Mapping[str, Any]) -> None:
    """Set the values; whoever kept the matter as its first receiver hands that over with it. Does not flush."""
    for name, value in wanted.items():
        if name == "people":
            _write_people(session, petition, value)
            continue
        if name == "first_receiver_id" and petition.keeper_id == petition.first_receiver_id:
            petition.keeper_id = value
        setattr(petition, name, value)
    petition.persons = max(petition.persons, len(wanted.get("people", ())))


def _write_people(session: Session, petition: Petition, people: Sequence[PersonInput]) -> None:
    rows = {row.id: row for row in people_of(session, petition)}
    last = max((row.position for row in rows.values()), default=0)
    for one in people:
        row = rows.pop(one.id, None) if one.id is not None else None
        if row is None:
            last += 1
            row = Petitioner(petition_id=petition.id, position=last)
            session.add(row)
        for part in _PARTS:
            value = getattr(one, part)
            if getattr(row, part) != value:
                setattr(row, part, value)
        row.unchecked = intake.unchecked(one.id_kind, one.id_number, one.phone)
        first, other = intake.phones_of(one.phone)
        row.phone_hash, row.other_phone_hash, row.id_hash = phone_hash(first), phone_hash(other), id_hash(one.id_number)
    for row in rows.values():
        session.delete(row)


def to_text(wanted: Mapping[str, Any]) -> str:
    """As the vault keeps a correction until the bureau decides."""
    plain = {name: _plain(value) for name, value in wanted.items()}
    return json.dumps(plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [asdict(one) for one in value] if isinstance(value, list) else value


def from_text(text: str) -> tuple[dict[str, Any], list[PersonInput] | None]:
    """What ``to_text`` gave: values and people."""
    kept = json.loads(text)
    people = kept.pop("people", None)
    kinds: dict[str, Callable[[str], Any]] = {
        "kind": PetitionKind,
        "channel": Channel,
        "received_at": datetime.fromisoformat,
    }
    values = {name: kinds[name](value) if name in kinds else value for name, value in kept.items()}
    if people is None:
        return values, None
    return values, [PersonInput(**one | {"id_kind": IdKind(one["id_kind"])}) for one in people]
