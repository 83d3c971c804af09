"""What is on record already: compared with the ledger, so that a second load changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import petition_fields
from models.operations.history.rows import Act, Matter, same_day
from models.operations.steps import StepInput
from models.tables import Petition, Petitioner, Staff, Step
from models.terms import StepKind
from models.vault import id_hash, phone_hash

Key = tuple[StepKind, datetime, int, int | None, str | None, str | None, int | None, date | None, str | None]
# these go to one addressee each: two at one moment are two acts
_ADDRESSED = frozenset({StepKind.report_result, StepKind.report_urgent})


@dataclass(slots=True)
class Record:
    """A petition on record: its row, its petitioners in their order, and its steps by content."""

    petition: Any
    people: list[Any] = field(default_factory=list)
    steps: set[Key] = field(default_factory=set)

    def differences(self, matter: Matter, zone: ZoneInfo) -> list[str]:
        """The columns in which the ledger says something else. What the ledger leaves empty contradicts nothing."""
        given, row = matter.given, self.petition

        def at_once(name: str) -> bool:
            told, kept = getattr(given, name), getattr(row, name)
            if told is None or told == kept:
                return True
            return name in matter.days and kept is not None and same_day(told, kept, zone)

        same = {
            "received_at": at_once("received_at"),
            "registered_at": at_once("registered_at"),
            "channel": given.channel == row.channel,
            "kind": given.kind == row.kind,
            "title": given.title.strip() == row.title,
            "content": _plain(given.content) == _plain(row.content),
            "place": given.place_id in (None, row.place_id) and given.place_text in (None, row.place_text),
            "about_unit": given.about_unit_id in (None, row.about_unit_id),
            "first_unit": given.first_unit_id == row.first_unit_id,
            "first_receiver": matter.receiver in ("", row.receiver, row.receiver_text),
            "urgent_at": at_once("urgent_at"),
        }
        same |= {name: value is None or value == getattr(row, name) for name, value in given.plain.items()}
        return [name for name, equal in same.items() if not equal] + self._people(matter)

    def _people(self, matter: Matter) -> list[str]:
        given = matter.given
        if not given.petitioners:
            return ["petitioner"] if given.anonymous and self.people else []
        if len(given.petitioners) != len(self.people):
            return ["petitioner"]
        pairs = list(zip(given.petitioners, self.people, strict=True))
        same = {
            "petitioner": all(told.name.strip() == known.name for told, known in pairs),
            "persons": given.persons == self.petition.persons,
            "phone": all(not told.phone or _same(told.phone, known.phone, phone_hash) for told, known in pairs),
            "id_number": all(
                not told.id_number or _same(told.id_number, known.id_number, id_hash) for told, known in pairs
            ),
        }
        return [name for name, equal in same.items() if not equal]

    def has(self, act: Act, zone: ZoneInfo) -> bool:
        """Whether the record holds this very act; of a day without a time, at any moment of that day."""
        key = key_of(act.step)
        if not act.whole_day:
            return key in self.steps
        return any(one[:1] + one[2:] == key[:1] + key[2:] and same_day(one[1], key[1], zone) for one in self.steps)

    def likeness(self, act: Act, zone: ZoneInfo) -> bool:
        """Whether the record holds an act of this unit at this moment with other particulars."""
        key = key_of(act.step)
        for one in self.steps:
            at_once = same_day(one[1], key[1], zone) if act.whole_day else one[1] == key[1]
            if at_once and (one[0], one[2]) == (key[0], key[2]) and (key[0] not in _ADDRESSED or one[5] == key[5]):
                return True
        return False


def _same(told: str, known: str | None, hashed: Callable[[str | None], str | None]) -> bool:
    """The same number, however it is written; what is no number must be the same text."""
    return told == known or (hashed(told) is not None and hashed(told) == hashed(known))


def _plain(text: str) -> str:
    """However the lines end: a form and a file write them differently."""
    return "\n".join(text.split("\r\n")).strip()


def key_of(step: StepInput) -> Key:
    """What makes two rows the same act."""
    told: dict[str, Any] = step.values
    unit = step.unit_id or 0
    parts = (told.get("to_unit"), told.get("mode"), told.get("outcome"), told.get("days"), told.get("until"))
    return (step.kind, step.at, unit, *parts, told.get("note"))


def records(session: Session, numbers: Sequence[str]) -> dict[str, Record]:
    """The petitions on record among ``numbers``: three statements, whatever their number."""
    columns = (
        Petition.id,
        Petition.number,
        Petition.received_at,
        Petition.registered_at,
        Petition.channel,
        Petition.kind,
        Petition.title,
        Petition.content,
        Petition.place_id,
        Petition.place_text,
        Petition.about_unit_id,
        Petition.persons,
        Petition.receiver_text,
        Petition.first_unit_id,
        Petition.urgent_at,
        Staff.name.label("receiver"),
        *(getattr(Petition, name) for name in petition_fields.names()),
    )
    wanted = select(*columns).outerjoin(Staff, Petition.first_receiver_id == Staff.id)
    rows = session.execute(wanted.where(Petition.number.in_(numbers))).all()
    found = {row.id: Record(row) for row in rows}
    if found:
        _people(session, found)
        _steps(session, found)
    return {record.petition.number: record for record in found.values()}


def _people(session: Session, found: dict[int, Record]) -> None:
    columns = (Petitioner.petition_id, Petitioner.name, Petitioner.phone, Petitioner.id_number)
    wanted = select(*columns).where(Petitioner.petition_id.in_(found))
    for row in session.execute(wanted.order_by(Petitioner.petition_id, Petitioner.position)):
        found[row.petition_id].people.append(row)


def _steps(session: Session, found: dict[int, Record]) -> None:
    act = (Step.kind, Step.at, Step.unit_id, Step.to_unit_id, Step.mode, Step.outcome, Step.days, Step.until, Step.note)
    for petition, *key in session.execute(select(Step.petition_id, *act).where(Step.petition_id.in_(found))):
        found[petition].steps.add(tuple(key))
