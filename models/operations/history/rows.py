"""The rows of a ledger as what they tell: a petition to be registered, an act that was done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Date, Enum, String

from models import petition_fields
from models.base import Instant
from models.evidence import EVIDENCE, WRONG
from models.operations.history import people
from models.operations.history.moments import Moment
from models.operations.history.people import People
from models.operations.history.values import MORE_NUMBERS, TWO_COUNTS, Cells
from models.operations.intake import RegisterInput
from models.operations.steps import StepInput
from models.petition_fields import Plain
from models.terms import Channel, PetitionKind, StepKind


@dataclass(slots=True)
class Matter:
    """A row of the petitions: what is registered, and the first receiver by name.

    ``days``: the columns that name a day without a time.
    """

    given: RegisterInput
    receiver: str
    days: frozenset[str] = frozenset()


def matter_of(row: Cells) -> Matter:
    """The petition that ``row`` describes; what is wrong is left to ``row.faults`` and the checks of registration."""
    number = row.digits("number") or row.needed("number")
    for name in ("received_at", "channel", "kind", "title", "content", "first_unit"):
        row.needed(name)
    told = {name: found for name in ("received_at", "registered_at", "urgent_at") if (found := row.moment(name))}
    received: Any = told["received_at"].at if "received_at" in told else None
    channel: Any = row.term("channel", Channel)
    kind: Any = row.term("kind", PetitionKind)
    where = row.text("place") or row.text("place_text")
    place = row.words.place(where) if where else None
    who = _people(row)
    given = RegisterInput(
        title=row.text("title"),
        content=row.text("content"),
        channel=channel,
        kind=kind,
        received_at=received,
        place_id=place,
        place_text=where or None if place is None else None,
        about_unit_id=row.unit("about_unit"),
        anonymous=who.anonymous or (row.yes("anonymous") and not who.named),
        petitioners=list(who.named),
        persons=who.persons or max(1, len(who.named)),
        first_unit_id=row.unit("first_unit"),
        registered_at=_of_day(told.get("registered_at"), received, row.words.zone),
        urgent_at=_of_day(told.get("urgent_at"), received, row.words.zone),
        number=number,
        plain=plain_of(row),
    )
    return Matter(
        given,
        row.text("first_receiver") or row.text("receiver_text"),
        frozenset(name for name, one in told.items() if one.whole_day),
    )


def plain_of(row: Cells) -> dict[str, Any]:
    """The plain fields that the row fills, each read by the kind of its column."""
    return {one.name: _plain(row, one) for one in petition_fields.plain() if row.text(one.name)}


def _plain(row: Cells, one: Plain) -> Any:
    kind, text = one.column.type, row.text(one.name)
    if one.target is not None:
        return row.named(one.name)
    if isinstance(kind, Enum):
        return row.member(one.name, kind.enum_class)
    if isinstance(kind, Instant):
        found = row.moment(one.name)
        return found.at if found else None
    try:
        if isinstance(kind, Boolean):
            return row.yes(one.name)
        if isinstance(kind, Date):
            return row.day(one.name)
        if isinstance(kind, String):
            return text
        return kind.python_type(text)
    except (KeyError, ValueError, ArithmeticError):
        row.wrong(one.name, WRONG)
        return None


def _of_day(moment: Moment | None, received: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A moment after the receipt: on the day of the receipt a day without a time is not before it."""
    if moment is None or received is None or not moment.whole_day:
        return moment.at if moment else None
    return max(moment.at, received) if same_day(moment.at, received, zone) else moment.at


def same_day(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    """Whether two instants fall on one day in the county."""
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def _people(row: Cells) -> People:
    found = people.read(row.text("petitioner"), row.digits("phone") or "", row.digits("id_number") or "")
    told = row.whole("persons", 100000)
    if found.too_many:
        row.wrong(found.too_many, MORE_NUMBERS)
    if told and found.persons and told != found.persons:
        row.wrong("persons", TWO_COUNTS, named=found.persons, told=told)
    return replace(found, persons=told or found.persons)


@dataclass(slots=True)
class Act:
    """A row of the steps; ``whole_day``: when on that day it was, the ledger does not say."""

    step: StepInput
    whole_day: bool


def step_of(row: Cells) -> Act | None:
    """The step that ``row`` describes; None, with the reason in ``row.faults``, if something is wrong with it."""
    row.digits("number")
    for name in ("step", "at", "unit"):
        row.needed(name)
    kind, at, unit = row.term("step", StepKind), row.moment("at"), row.unit("unit")
    values: dict[str, object] = {
        "to_unit": row.unit("to_unit"),
        "days": row.whole("days"),
        "until": row.day("until"),
        "note": row.text("note"),
        "mode": row.text("mode"),
        "outcome": row.text("outcome"),
    }
    for proof in EVIDENCE.get(StepKind(kind), ()) if kind else ():
        if proof.choices and proof.name in values:
            values[proof.name] = row.term(proof.name, proof.choices)
    if row.faults or kind is None or at is None or unit is None:
        return None
    told = {name: value for name, value in values.items() if value}
    return Act(StepInput(StepKind(kind), at.at, told, unit_id=unit), at.whole_day)
