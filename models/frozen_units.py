"""Units as a frozen year names them: code and name of each at the moment of freezing, whatever they are called now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models import frozen
from models.access import Actor
from models.tables import Assessment
from models.world import world

PART = "units"
Codes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FrozenUnit:
    """A unit under the names that it had then."""

    code: str
    name: str
    name_en: str | None


def listed(session: Session) -> list[dict[str, Any]]:
    """Every unit of today, to be frozen."""
    units = sorted(world(session).units.values(), key=lambda unit: unit.id)
    return [{"id": unit.id, "code": unit.code, "name": unit.name, "name_en": unit.name_en} for unit in units]


def named(session: Session, row: Assessment | None) -> dict[int, FrozenUnit]:
    """Unit id → its names in a revision; of a live year, and of what was frozen before names were, those of today."""
    if row is not None and PART in (row.manifest or {}).get("parts", {}):
        told = frozen.part(session, row, PART)
    else:
        told = listed(session)
    return {one["id"]: FrozenUnit(one["code"], one["name"], one["name_en"]) for one in told}


def own_code(session: Session, actor: Actor | None, row: Assessment | None) -> str:
    """The code of the actor's unit in a revision; empty: it has none there."""
    unit = named(session, row).get(actor.unit_id or 0) if actor is not None else None
    return unit.code if unit else ""


def own_codes(session: Session, actor: Actor, row: Assessment | None) -> frozenset[str]:
    """The codes in a revision of the units whose case work the actor sees as their own."""
    units = named(session, row)
    return frozenset(units[key].code for key in actor.units if key in units)


def code_there(session: Session, row: Assessment | None, asked: str) -> str:
    """The code in a revision of the unit that somebody asks for by its code there, or by that of today."""
    if row is None:
        return asked
    units = named(session, row)
    if any(unit.code == asked for unit in units.values()):
        return asked
    today = next((unit.id for unit in world(session).units.values() if unit.code == asked), 0)
    return units[today].code if today in units else asked


def renames(session: Session, row: Assessment) -> Codes:
    """Code in a revision → code of today, of the units whose code has changed since."""
    today = world(session).units
    units = named(session, row)
    return {unit.code: today[key].code for key, unit in units.items() if key in today and unit.code != today[key].code}


def under_codes(document: Mapping[str, Any], codes: Codes) -> dict[str, Any]:
    """A document with the units' codes exchanged."""
    units = [unit | {"code": codes.get(unit["code"], unit["code"])} for unit in document["units"]]
    return {**document, "units": units}


def inputs_under_codes(inputs: Mapping[str, Any], codes: Codes) -> dict[str, Any]:
    """What a document was computed from, likewise."""
    rows = {
        name: [row | {"unit": codes.get(row["unit"], row["unit"])} for row in inputs[name]]
        for name in ("deductions", "figures")
        if name in inputs
    }
    book = dict(inputs["rulebook"])
    if "peers" in book:
        book["peers"] = [one | {"unit": codes.get(one["unit"], one["unit"])} for one in book["peers"]]
    return under_codes(inputs, codes) | rows | {"rulebook": book}
