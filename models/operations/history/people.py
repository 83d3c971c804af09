"""Who brought a matter, from the cells of a ledger: 王某、李某等6人, two phones in one cell, a column of persons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.operations.history.chinese_numbers import CHARS, number_of
from models.operations.intake import BETWEEN_PHONES, PetitionerInput

_NOBODY = ("匿名", "anonymous")
_BETWEEN = re.compile(r"[、,，;；/\n\r\t]+")
_BETWEEN_NUMBERS = re.compile(r"[、,，;；/\n\r\t]+|(?<=\d{7})\s+(?=[\d+])|(?<=\d{17}[xX])\s+")
_COUNT = re.compile(rf"[\s(（]*(?:共|等|等共|一行)?\s*(\d{{1,6}}|[{CHARS}]{{1,7}})\s*(?:人|名|位)[)）\s]*$")
_MORE = re.compile(r"[\s(（]*等(?:人)?[)）\s]*$")


@dataclass(frozen=True, slots=True)
class People:
    """``named``: those of whom the ledger knows a name or a number; ``persons``: how many came, if it says so."""

    named: tuple[PetitionerInput, ...] = ()
    persons: int | None = None
    anonymous: bool = False
    too_many: str = ""  # the column that has more numbers than there are people


def read(name: str, phone: str, identity: str) -> People:
    """The people of one row. The first number is the first person's, the second the second's."""
    text, persons = _counted(name)
    if text.casefold() in _NOBODY:
        return People((), persons, anonymous=True)
    names = _parts(_BETWEEN, text)
    phones, identities = _parts(_BETWEEN_NUMBERS, phone), _parts(_BETWEEN_NUMBERS, identity)
    if not names and (phones or identities):
        names = [""]
    if len(names) == 1 and len(phones) > 1:
        phones = [BETWEEN_PHONES.join(phones)]
    for column, numbers in (("phone", phones), ("id_number", identities)):
        if len(numbers) > max(len(names), 1):
            return People((), persons, too_many=column)
    named = [PetitionerInput(one, _at(phones, n), _at(identities, n)) for n, one in enumerate(names)]
    return People(tuple(named), persons)


def _counted(name: str) -> tuple[str, int | None]:
    """The names, and the number of people behind them."""
    text = name.strip()
    if found := _COUNT.search(text):
        count, marked = number_of(found[1]), found[1].isdecimal() or found[0].strip()[:1] in "(（共等一"
        if count and marked:
            return text[: found.start()].rstrip(" 、,，"), count
    if found := _MORE.search(text):
        return text[: found.start()].rstrip(" 、,，"), None
    return text, None


def _parts(between: re.Pattern[str], text: str) -> list[str]:
    return [part for one in between.split(text) if (part := one.strip())]


def _at(numbers: Sequence[str], place: int) -> str | None:
    return numbers[place] if place < len(numbers) else None
