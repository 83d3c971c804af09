"""The plain fields of a petition: columns that no rule asks for, declared once in its table and followed everywhere.

Intake asks for them, the record shows them, a correction changes them, a ledger may bring them, the API answers them
and letters know them. A column that is ``readonly`` is shown and never asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models.base import Base, Info, info_of
from models.errors import Problem
from models.tables import Petition
from models.terms import N_, Term
from models.world import zone

# what registration, its page and the rules ask for by name, each in its own way
OWN = frozenset({"title", "content", "kind", "category_id", "place_id", "about_unit_id", "channel", "received_at"}) | {
    *("first_unit_id", "first_receiver_id", "anonymous", "persons")
}


@dataclass(frozen=True, slots=True)
class Plain:
    """One field: the attribute, its column, what the console knows of it, and what a key points to."""

    name: str
    column: Any
    info: Info
    target: type[Base] | None
    relation: str

    @property
    def required(self) -> bool:
        given = self.column.default is not None or self.column.server_default is not None
        return not self.column.nullable and not given


@cache
def plain() -> tuple[Plain, ...]:
    """The plain fields, in the order of the table."""
    mapper = inspect(Petition)
    relations = {next(iter(one.local_columns)).key: one for one in mapper.relationships}
    found = []
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        info = info_of(column)
        if info is not None and not info.readonly and attribute.key not in OWN:
            points = relations.get(column.key)
            target = points.mapper.class_ if points is not None else None
            found.append(Plain(attribute.key, column, info, target, points.key if points is not None else ""))
    return tuple(found)


def names() -> tuple[str, ...]:
    return tuple(one.name for one in plain())


def problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the values given for plain fields."""
    found = [Problem(name, N_("There is no such field.")) for name in sorted(values.keys() - set(names()))]
    for one in plain():
        value, most = values.get(one.name), getattr(one.column.type, "length", None)
        if one.required and value in (None, ""):
            found.append(Problem(one.name, N_("This is required.")))
        elif isinstance(value, str) and not isinstance(value, Term) and most and len(value) > most:
            found.append(Problem(one.name, N_("This is too long.")))
    return found


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values to write: what was left empty is left to the column's own default."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def rows_named(session: Session) -> dict[str, dict[str, int]]:
    """For each plain field that is a key: the rows it may point to, by code and by name."""
    found: dict[str, dict[str, int]] = {}
    for one in plain():
        if one.target is None:
            continue
        known = [getattr(one.target, name) for name in ("name", "code") if name in inspect(one.target).column_attrs]
        key: Any = inspect(one.target).primary_key[0]
        rows = session.execute(select(key, *known)).all()
        found[one.name] = {str(word).casefold(): row[0] for row in rows for word in row[1:] if word}
    return found


def texts(petition: Petition, lang: str) -> dict[str, str]:
    """Name → text in ``lang``, for letters; identity stays in the vault."""
    found = {}
    for one in plain():
        if not one.info.sensitive:
            value = getattr(petition, one.relation or one.name)
            found[one.name] = _text(value, lang)
    return found


def _text(value: Any, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Term):
        return value.zh if lang == "zh" else value.label
    if isinstance(value, bool):
        return {True: "是", False: "否"}[value] if lang == "zh" else {True: "yes", False: "no"}[value]
    if isinstance(value, datetime):
        return value.astimezone(zone()).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if lang != "zh" and getattr(value, "name_en", None):
        return str(value.name_en)
    return str(getattr(value, "name", value))
