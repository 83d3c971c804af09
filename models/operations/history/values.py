"""From the cells of a row to values, and what is wrong with them. Knows the county's units and places, no rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import Date

from models import petition_fields
from models.base import Instant
from models.errors import DomainError
from models.evidence import CHOOSE, REQUIRED, TOO_LONG, WRONG
from models.office_terms import LedgerColumn
from models.operations.history import moments, vocabulary
from models.operations.history.cells import became_date, is_error, is_shortened
from models.operations.history.chinese_numbers import number_of
from models.operations.history.moments import Moment
from models.operations.history.words import Words
from models.terms import N_, Term

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LENGTHS = {"number": 40, "place": 200, "first_receiver": 80, "mode": 20, "outcome": 40, "note": 5000}
_MOMENTS = frozenset({"received_at", "registered_at", "urgent_at", "at", "until"})
_YES, _NO = ("是", "yes", "true", "1"), ("否", "no", "false", "0")
CELL = N_("This cell has no column: write a name above it, or empty it.")
ERROR = N_("The spreadsheet shows an error here, not a value: mend its formula, or type the value.")
SHORTENED = N_("The spreadsheet has shortened this number; format the column as text and type it again.")
BECAME_DATE = N_("The spreadsheet has turned this into a date; format the column as text and type it again.")
NO_UNIT = N_("No such unit: write its code or its whole name, or explain the word among the words of ledgers.")
SEVERAL_UNITS = N_("Several units fit: %(units)s. Write the code.")
NO_WORD = N_("This word is not known here: write one of %(words)s, or explain it among the words of ledgers.")
ONE_OF = N_("This word is not known here: write one of %(words)s.")
TWO_COUNTS = N_("The name speaks of %(named)s people, the column of %(told)s: see which is right.")
MORE_NUMBERS = N_("There are more numbers here than people: write each person's own, in the order of the names.")


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


def _may_be_date(name: str) -> bool:
    """Whether a column holds days or times; everywhere else a date is what a spreadsheet made of something else."""
    own = (one.name for one in petition_fields.plain() if isinstance(one.column.type, Date | Instant))
    return name in _MOMENTS or name == "note" or name in own


class Cells:
    """One row under the names of its columns; collects what is wrong with it."""

    def __init__(self, cells: Mapping[str, str], words: Words) -> None:
        self.cells, self.words = dict(cells), words
        self.faults: list[Fault] = []
        for name, text in cells.items():
            if _CONTROL.search(text):
                self.wrong(name, N_("This contains control characters; type it again."))
            elif is_error(text):
                self.wrong(name, ERROR)
            elif became_date(text) and not _may_be_date(name):
                self.wrong(name, BECAME_DATE)
            elif len(text) > _LENGTHS.get(name, len(text)):
                self.wrong(name, TOO_LONG)
            else:
                continue
            self.cells[name] = ""  # one thing is said of a cell

    def wrong(self, column: str, message: str, **params: object) -> None:
        self.faults.append(Fault(column, message, "", params))

    def text(self, name: str) -> str:
        return self.cells.get(name, "")

    def needed(self, name: str) -> str:
        found = self.text(name)
        if not found and not any(fault.column == name for fault in self.faults):
            self.wrong(name, REQUIRED)
        return found

    def digits(self, name: str) -> str | None:
        """A number that is a name: a phone, an identity card, a file number."""
        found = self.text(name)
        if any(is_shortened(part) for part in found.split()):
            self.wrong(name, SHORTENED)
            return None
        return found or None

    def moment(self, name: str) -> Moment | None:
        text = self.text(name)
        found = moments.read(text, self.words.zone) if text else None
        if isinstance(found, str):
            self.wrong(name, found)
            return None
        return found

    def day(self, name: str) -> date | None:
        found = self.moment(name)
        return found.at.astimezone(self.words.zone).date() if found else None

    def term(self, name: str, kind: type[Term]) -> str | None:
        text = self.text(name)
        if not text:
            return None
        own = self.words.own.get(name, {})
        try:
            return str(kind.of(text).value)
        except ValueError:
            meaning = own.get(vocabulary.plain(text))
        try:
            found = kind.of(meaning) if meaning else vocabulary.term_of(kind, text)
        except ValueError:
            found = None
        if found is None:
            words = tuple(member.label for member in kind)
            self.wrong(name, NO_WORD if name in set(LedgerColumn) else ONE_OF, words=words)
            return None
        self.words.understood[name, text, found.label] += 1
        return str(found.value)

    def unit(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        found = self.words.units.named(text)
        if found.unit is None:
            if found.several:
                self.wrong(name, SEVERAL_UNITS, units=", ".join(found.several))
            else:
                self.wrong(name, NO_UNIT)
            return None
        if found.short:
            self.words.understood["unit", text, f"{found.unit.code} {found.unit.name}"] += 1
        return found.unit.id

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

    def whole(self, name: str, most: int = 10000) -> int | None:
        text = self.text(name)
        if not text:
            return None
        found = number_of(text.removesuffix("人").removesuffix("天").removesuffix("日").strip())
        if found is None or not 1 <= found <= most:
            self.wrong(name, WRONG)
            return None
        return found

    def yes(self, name: str) -> bool:
        text = self.text(name).casefold()
        if text not in ("", *_YES, *_NO):
            self.wrong(name, ONE_OF, words=(N_("yes"), N_("no")))
        return text in _YES


def moment_of(text: str, zone: ZoneInfo) -> datetime | None:
    """The instant of a cell, a day's first moment; None: not a time."""
    found = moments.read(text, zone)
    return None if isinstance(found, str) else found.at
