"""What a letter knows of its case: plain facts without identities, kept with the letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from models.office_terms import LetterKind, Tongue
from models.terms import UnitKind

GOVERNMENT = {"zh": "县人民政府", "en": "County People's Government"}
CODES = {Tongue.chinese: "zh", Tongue.english: "en"}


@dataclass(frozen=True, slots=True)
class Facts:
    """JSON-ready. Names of units are in the letter's language; days are those of the rulebook of the petition.

    Args:
        to_units: who gets it besides the addressee named; minutes: those that take part.
        days: ``answer``, ``inform``, ``handle``, ``extension``, ``follow_up``, ``review``, ``re_review``.
        reviewer: who reviews the unit's opinion; ``re_reviewer``: who reviews that.
        plain: the plain fields of the petition by name (``models.petition_fields``), for wording and templates.
        reviewed, replied_on: who gave the opinion under review, and when; ``held_at``: when the meeting was.
    """

    lang: str
    number: str
    title: str
    received_on: str
    channel: str
    case: str
    persons: int
    anonymous: bool
    unit: str
    unit_kind: str
    is_first: bool
    first_unit: str
    bureau: str
    to_unit: str = ""
    to_units: tuple[str, ...] = ()
    reviewer: str = ""
    re_reviewer: str = ""
    step: str = ""
    reviewed: str = ""
    replied_on: str = ""
    held_at: str = ""
    contact: str = ""
    phone: str = ""
    days: Mapping[str, int] = field(default_factory=dict)
    plain: Mapping[str, str] = field(default_factory=dict)

    @property
    def zh(self) -> bool:
        return self.lang == "zh"

    @property
    def is_bureau(self) -> bool:
        return self.unit_kind == UnitKind.bureau

    def json(self) -> dict[str, Any]:
        """As it is kept with the letter."""
        return asdict(self) | {"to_units": list(self.to_units), "days": dict(self.days), "plain": dict(self.plain)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Facts:
        """What ``json`` gave."""
        known = {one.name for one in fields(cls)}
        values = {name: value for name, value in kept.items() if name in known}
        return cls(**values | {"to_units": tuple(kept.get("to_units") or ())})


def day(text: str, lang: str) -> str:
    """2025年3月5日 or 5 March 2025."""
    if not text:
        return ""
    given = date.fromisoformat(text[:10])
    if lang == "zh":
        return f"{given.year}年{given.month}月{given.day}日"
    return f"{given.day} {given:%B} {given.year}"


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is printed. ``number`` and ``issued_on`` are empty in a draft; ``void``: declared so later."""

    kind: LetterKind
    facts: Facts
    title: str
    addressee: str
    values: Mapping[str, str]
    number: str = ""
    issued_on: date | None = None
    void: bool = False
