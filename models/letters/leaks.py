"""What must not stand in a letter: phone and ID numbers of petitioners, and names where the reader may not know them.

Text is compared as people write it: full width, with blanks and dashes between the digits, ID numbers of 15 digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from models.terms import N_, PetitionKind

PHONE = N_("A petitioner's phone number stands here; it never goes into a letter.")
ID = N_("An ID number stands here; it never goes into a letter.")
NAME = N_("A petitioner's name stands here, and the addressee may not know it.")
OWN = N_("A petitioner's name stands here, and your unit may not see it.")
HIDDEN = "×××"
_ID = re.compile("(?=([0-9]{17}[0-9X]))")  # at every place, also inside a longer row of digits
_BORN = re.compile("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_BETWEEN = re.compile("[\\s\\-‐‑–—·.．\u200b\u200c\u200d\ufeff]")
_WEIGHTS = [2 ** (17 - n) for n in range(17)]


@dataclass(frozen=True, slots=True)
class Person:
    """A petitioner, opened for the comparison alone."""

    name: str
    phone: str | None = None
    id_number: str | None = None


@dataclass(frozen=True, slots=True)
class Readers:
    """Who will read it: whether they, and its writer, may know who brought the matter."""

    know: bool
    writer_knows: bool


def may_know(kind: PetitionKind, first_unit: int, about: int | None, unit: int | None, bureau: int) -> bool:
    """Whether a unit may know who brought a matter: as the row rule of ``petitioner`` (domain §6)."""
    if unit is None or unit == about:
        return False
    return kind is not PetitionKind.accusation or unit in (first_unit, bureau)


def found(text: str, people: Iterable[Person], readers: Readers) -> str | None:
    """The first thing in ``text`` that must not be there, as a message; None if it may go."""
    persons = list(people)
    phone, number = numbers_of(text, persons)
    if phone:
        return PHONE
    if number or any(_is_id(one) for one in _ID.findall(_BETWEEN.sub("", _folded(text)))):
        return ID
    if not (readers.know and readers.writer_knows) and names_in(text, persons):
        return NAME if readers.writer_knows else OWN
    return None


def numbers_of(text: str, people: Iterable[Person]) -> tuple[bool, bool]:
    """Whether a petitioner's phone number stands in ``text``, and whether an ID number does."""
    persons = list(people)
    digits = _BETWEEN.sub("", _folded(text))
    phone = any(_has_phone(_folded(text), digits, person.phone) for person in persons)
    return phone, any(form in digits for person in persons for form in _forms(person.id_number))


def names_in(text: str, people: Iterable[Person]) -> bool:
    """Whether a petitioner is named; one character alone is nobody's name."""
    plain = _tight(text)
    return any(len(name) > 1 and name in plain for name in (_tight(person.name) for person in people))


def hidden(text: str, people: Iterable[Person], readers: Readers) -> str:
    """``text`` without what must not be there, as far as it stands there as it was recorded."""
    persons = list(people)
    for person in persons:
        for number in filter(None, (person.phone, person.id_number)):
            text = text.replace(number, HIDDEN)
        if not (readers.know and readers.writer_knows) and len(person.name) > 1:
            text = text.replace(person.name, HIDDEN)
    return HIDDEN if found(text, persons, readers) else text


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


def _tight(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _has_phone(plain: str, digits: str, phone: str | None) -> bool:
    """Short numbers stand alone; eleven digits in a row are that number, whatever stands around them."""
    wanted = "".join(c for c in _folded(phone or "") if c in "0123456789")[-11:]
    if len(wanted) >= 10:
        return wanted in digits
    return len(wanted) >= 7 and any(re.search(rf"(?<![0-9]){wanted}(?![0-9])", one) for one in (plain, digits))


def _forms(number: str | None) -> list[str]:
    """An ID number as it may be written: as recorded, with 18 and with 15 characters."""
    wanted = _BETWEEN.sub("", _folded(number or ""))
    forms = [wanted] if len(wanted) >= 6 else []
    if len(wanted) == 18 and wanted[6:8] == "19":
        forms.append(wanted[:6] + wanted[8:17])
    elif len(wanted) == 15 and wanted.isdecimal():
        forms.append(wanted[:6] + "19" + wanted[6:])
    return forms


def _is_id(text: str) -> bool:
    """18 characters with a day of birth in them whose check digit fits (GB 11643)."""
    if not _BORN.fullmatch(text[6:14]):
        return False
    return "10X98765432"[sum(int(c) * w for c, w in zip(text, _WEIGHTS, strict=False)) % 11] == text[17]
