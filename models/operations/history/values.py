"""From the cells of a row to values, and what is wrong with them. Knows the county's units and places, no rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Date, Enum, String

from models import petition_fields
from models.base import Instant
from models.errors import DomainError
from models.evidence import CHOOSE, EVIDENCE, REQUIRED, TOO_LONG, WRONG
from models.operations.intake import PetitionerInput, RegisterInput
from models.operations.steps import StepInput
from models.petition_fields import Plain
from models.terms import N_, Channel, PetitionKind, StepKind, Term
from models.world import UnitFact

# as Excel and people write them: 2025-3-3 9:30, 2025/03/03, 2025年3月3日 9:30:00
_WRITTEN = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?)?")
_SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_YES = {"1": True, "yes": True, "是": True, "true": True, "0": False, "no": False, "否": False, "false": False}
_NOBODY = ("匿名", "anonymous")
_LENGTHS = {"number": 40, "first_receiver": 80, "mode": 20, "outcome": 40, "note": 5000}
# these come from columns of the petition, or are the console's own doing
NOT_A_ROW = frozenset({"receive", "register", "urgent", "merge", "recount", "hand_over"})
FIRST_YEAR, LAST_YEAR = 1990, 2200
CELL = N_("This cell has no column.")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: the column it lies in (empty: the whole row), a msgid with its parameters."""

    column: str
    message: str
    paragraph: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def error(self) -> DomainError:
        """As the edge shows refusals."""
        return DomainError(self.message, field=self.column, paragraph=self.paragraph, **self.params)

    def told(self) -> list[Any]:
        """JSON-ready; ``heard`` reads it again."""
        return [self.column, self.message, self.paragraph, dict(self.params)]

    @classmethod
    def heard(cls, told: Sequence[Any]) -> Self:
        column, message, paragraph, params = told
        return cls(column, message, paragraph, {k: tuple(v) if isinstance(v, list) else v for k, v in params.items()})


class Words:
    """What a cell may name: units and places, by code or by name."""

    def __init__(
        self,
        units: Sequence[UnitFact],
        places: Sequence[tuple[int, str, str]],
        zone: ZoneInfo,
        rows: Mapping[str, Mapping[str, int]] | None = None,
    ) -> None:
        self.zone, self.rows = zone, rows or {}
        english = {unit.name_en.casefold(): unit.id for unit in units if unit.name_en}
        names = {unit.name.casefold(): unit.id for unit in units}
        self._units = english | names | {unit.code.casefold(): unit.id for unit in units}
        self._places: dict[str, int | None] = {}
        for row, _code, name in places:
            self._places[name.casefold()] = None if name.casefold() in self._places else row
        self._places |= {code.casefold(): row for row, code, _name in places}

    def unit(self, text: str) -> int | None:
        return self._units.get(text.casefold())

    def place(self, text: str) -> tuple[int | None, str]:
        """The place, or why there is none."""
        wanted = text.casefold()
        if wanted not in self._places:
            return None, N_("No such place.")
        found = self._places[wanted]
        return found, "" if found is not None else N_("Several places have this name; write the code.")


class Cells:
    """One row under the names of its columns; collects what is wrong with it."""

    def __init__(self, cells: Mapping[str, str], words: Words) -> None:
        self.cells, self.words = cells, words
        self.faults: list[Fault] = []
        for name, text in cells.items():
            if _CONTROL.search(text):
                self.wrong(name, N_("This contains control characters."))
            elif len(text) > _LENGTHS.get(name, len(text)):
                self.wrong(name, TOO_LONG)

    def wrong(self, column: str, message: str) -> None:
        self.faults.append(Fault(column, message))

    def text(self, name: str) -> str:
        return self.cells.get(name, "")

    def needed(self, name: str) -> str:
        found = self.text(name)
        if not found:
            self.wrong(name, REQUIRED)
        return found

    def digits(self, name: str) -> str | None:
        """A number that is a name: a phone, an identity card, a file number."""
        found = self.text(name)
        if _SHORTENED.fullmatch(found):
            self.wrong(name, N_("The spreadsheet has shortened this number; format the column as text."))
        return found or None

    def moment(self, name: str) -> datetime | None:
        text = self.text(name)
        if not text:
            return None
        found = moment_of(text, self.words.zone)
        if found is None:
            self.wrong(name, N_("This is no time: write 2025-03-05 09:30."))
        elif not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.wrong(name, N_("This year cannot be right."))
        else:
            return found
        return None

    def day(self, name: str) -> date | None:
        found = self.moment(name)
        return found.astimezone(self.words.zone).date() if found else None

    def term(self, name: str, kind: type[Term]) -> str | None:
        text = self.text(name)
        try:
            return str(kind.of(text).value) if text else None
        except ValueError:
            self.wrong(name, CHOOSE)
            return None

    def unit(self, name: str) -> int | None:
        text = self.text(name)
        found = self.words.unit(text) if text else None
        if text and found is None:
            self.wrong(name, N_("No such unit."))
        return found

    def member(self, name: str, kind: Any) -> Any:
        """A word of a column's own terms, as its member."""
        found = self.term(name, kind)
        return kind(found) if found is not None else None

    def named(self, name: str) -> int | None:
        """A row of another table, by its code or its name."""
        found = self.words.rows.get(name, {}).get(self.text(name).casefold())
        if found is None:
            self.wrong(name, CHOOSE)
        return found

    def whole(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 10000:
            self.wrong(name, WRONG)
            return None
        return int(text)


def moment_of(text: str, zone: ZoneInfo) -> datetime | None:
    """An instant; a time without zone is the county's, a date alone is its first moment. None: not a time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        parts = _WRITTEN.fullmatch(text)
        if parts is None:
            return None
        year, month, day, hour, minute, second = (int(part or 0) for part in parts.groups())
        try:
            found = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        except ValueError:
            return None
    if not 2 <= found.year <= 9998:  # an instant must not fall out of time when the zone is counted off
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


@dataclass(slots=True)
class Matter:
    """A row of the petitions: what is registered, and the first receiver by name."""

    given: RegisterInput
    receiver: str


def matter_of(row: Cells) -> Matter:
    """The petition that ``row`` describes; what is wrong is left to ``row.faults`` and the checks of registration."""
    number = row.digits("number") or row.needed("number")
    for name in ("received_at", "channel", "kind", "title", "content", "first_unit"):
        row.needed(name)
    received: Any = row.moment("received_at")
    registered, urgent = row.moment("registered_at"), row.moment("urgent_at")
    channel: Any = row.term("channel", Channel)
    kind: Any = row.term("kind", PetitionKind)
    place = None
    if row.text("place"):
        place, why = row.words.place(row.text("place"))
        if why:
            row.wrong("place", why)
    name = row.text("petitioner")
    anonymous = name.casefold() in _NOBODY
    phone, identity = row.digits("phone"), row.digits("id_number")
    people = [] if anonymous or not (name or phone or identity) else [PetitionerInput(name, phone, identity)]
    given = RegisterInput(
        title=row.text("title"),
        content=row.text("content"),
        channel=channel,
        kind=kind,
        received_at=received,
        place_id=place,
        anonymous=anonymous,
        petitioners=people,
        first_unit_id=row.unit("first_unit"),
        registered_at=registered,
        urgent_at=urgent,
        number=number,
        plain=plain_of(row),
    )
    return Matter(given, row.text("first_receiver"))


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
        return row.moment(one.name)
    try:
        if isinstance(kind, Boolean):
            return _YES[text.casefold()]
        if isinstance(kind, Date):
            return row.day(one.name)
        if isinstance(kind, String):
            return text
        return kind.python_type(text)
    except (KeyError, ValueError, ArithmeticError):
        row.wrong(one.name, WRONG)
        return None


def step_of(row: Cells) -> StepInput | None:
    """The step that ``row`` describes; None, with the reason in ``row.faults``, if something is wrong with it."""
    row.digits("number")
    for name in ("step", "at", "unit"):
        row.needed(name)
    kind, at, unit = row.term("step", StepKind), row.moment("at"), row.unit("unit")
    if kind in NOT_A_ROW:
        row.wrong("step", N_("This is no row of its own: it follows from registered_at or urgent_at."))
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
    return StepInput(StepKind(kind), at, {name: value for name, value in values.items() if value}, unit_id=unit)
