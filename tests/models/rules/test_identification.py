"""Numbers as they stand on documents and as people type them; what looks wrong is told, nothing is refused."""

from __future__ import annotations

import pytest

from models.rules.identification import BIRTH, CHECK, LENGTH, PHONE, SHAPE, doubts
from models.terms import IdKind


@pytest.mark.parametrize(
    ("number", "wrong"),
    [
        ("110101199001011237", None),
        ("11010119900101 1237", None),
        ("１１０１０１１９９００１０１１２３７", None),
        ("11010519491231002X", None),
        ("11010519491231002x", None),
        ("110101900101123", None),
        ("110101199001011234", CHECK),
        ("110101199002301238", BIRTH),
        ("110101901301123", BIRTH),
        ("12345", LENGTH),
        ("1101011990010112", LENGTH),
        ("abc", LENGTH),
        ("", None),
        (None, None),
    ],
)
def test_identity_cards(number: str | None, wrong: str | None) -> None:
    assert doubts(IdKind.resident, number, None).get("id_number") == wrong


@pytest.mark.parametrize(
    ("kind", "number", "right"),
    [
        (IdKind.passport, "EA1234567", True),
        (IdKind.passport, "护照", False),
        (IdKind.travel_permit, "H1234567890", True),
        (IdKind.travel_permit, "01234567", True),
        (IdKind.travel_permit, "X1", False),
        (IdKind.foreign_resident, "USA123456789012", True),
        (IdKind.foreign_resident, "12345", False),
        (IdKind.military, "军字第1234567号", True),
        (IdKind.other, "户口簿第12页", True),
        (IdKind.other, "1", False),
    ],
)
def test_other_documents_by_their_kind(kind: IdKind, number: str, right: bool) -> None:
    assert (doubts(kind, number, None) == {}) is right
    assert right or doubts(kind, number, None) == {"id_number": SHAPE}


@pytest.mark.parametrize(
    ("phone", "right"),
    [
        ("13800001111", True),
        ("138-0000-1111", True),
        ("+86 138 0000 1111", True),
        ("0731-88887777", True),
        ("(0731)88887777转801", True),
        ("4001234567", True),
        ("88887777", True),
        ("12345", True),
        ("+1 202 555 0143", True),
        ("13800001111、13900002222", True),
        ("abc", False),
        ("123", False),
        ("1380000111", False),
        ("138000011112", False),
        ("13800001111、无", False),
    ],
)
def test_phones_by_their_shape(phone: str, right: bool) -> None:
    assert doubts(IdKind.resident, None, phone) == ({} if right else {"phone": PHONE})
