"""Whether a phone number and the number of a document look right (GB 11643 for identity cards): doubts, never refusals.

A clerk may have good reason to write down what looks wrong; the record then says that it was seen and kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from models.terms import N_, IdKind

PHONE = N_("This does not look like a phone number.")
LENGTH = N_("An identity card number has 18 places, an old one 15.")
BIRTH = N_("The places 7 to 14 of an identity card number are a day of birth; these are none.")
CHECK = N_("The last place does not fit the others: probably a digit is wrong.")
SHAPE = N_("This does not look like a number of this kind of document.")
_BETWEEN = re.compile("[\\s()（）\\-‐‑–—.·]+")
_SEVERAL = re.compile("[、,，;；/]|\\s或\\s")
_LINE = "0[1-9]\\d{1,2}\\d{7,8}(?:(?:转|X|#|\\*)?\\d{1,6})?"
_PHONE = re.compile(f"(?:(?:\\+|00)?86)?(?:1[3-9]\\d{{9}}|{_LINE}|[48]00\\d{{7}})")
_SHORT, _ABROAD = re.compile("[1-9]\\d{4,7}"), re.compile("(?:\\+|00)[1-9]\\d{6,14}")
_SHAPES = {
    IdKind.passport: re.compile("[A-Z0-9]{5,20}"),
    IdKind.travel_permit: re.compile("[HM]\\d{8}(?:\\d{2})?|\\d{8}(?:\\d{2})?"),
    IdKind.foreign_resident: re.compile("[A-Z]{3}\\d{12}"),
    IdKind.military: re.compile("[^\\s\\d]{0,12}\\d{4,12}号?"),
    IdKind.other: re.compile(".{4,40}"),
}


def doubts(kind: IdKind, id_number: str | None, phone: str | None) -> dict[str, str]:
    """Field (``id_number``, ``phone``) → what looks wrong, as a message; what was left empty is no doubt."""
    found = {}
    if (phone or "").strip() and not all(map(_is_phone, _SEVERAL.split(phone or ""))):
        found["phone"] = PHONE
    if (id_number or "").strip() and (message := _number(kind, _tight(id_number or ""))):
        found["id_number"] = message
    return found


def _tight(text: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def _is_phone(text: str) -> bool:
    plain = _tight(text)
    return any(shape.fullmatch(plain) for shape in (_PHONE, _SHORT, _ABROAD))


def _number(kind: IdKind, number: str) -> str:
    if kind is IdKind.resident:
        return _card(number)
    if kind is IdKind.foreign_resident and not _card(number):  # the cards issued since 2023 are built the same way
        return ""
    shape: Callable[[str], object] = _SHAPES[kind].fullmatch
    return "" if shape(number) else SHAPE


def _card(number: str) -> str:
    """What is wrong with the number of an identity card; empty if nothing is."""
    if re.fullmatch("[0-9]{15}", number):
        return "" if _is_day("19" + number[6:12]) else BIRTH
    if not re.fullmatch("[0-9]{17}[0-9X]", number):
        return LENGTH
    if not _is_day(number[6:14]):
        return BIRTH
    checked = "10X98765432"[sum(int(c) * 2 ** (17 - n) for n, c in enumerate(number[:17])) % 11]
    return "" if checked == number[17] else CHECK


def _is_day(digits: str) -> bool:
    """A day on which somebody may have been born; rules have no clock, so that the future is not looked at."""
    try:
        return 1880 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year < 2200
    except ValueError:
        return False
