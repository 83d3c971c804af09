"""What the generator knows of a table's columns: labels, types, keys; read once from the mapper."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    PickleType,
    String,
    Time,
    Uuid,
    inspect,
)
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.types import TypeDecorator, TypeEngine

from models.base import Base, Info, Instant, info_of
from models.terms import N_, Term
from models.vault import Sealed


@dataclass(frozen=True, slots=True)
class Col:
    """One column as lists, forms and exports see it, or several rows of another table.

    ``kind``: text, long, number, decimal, float, bool, date, time, instant, choice, key, many, sealed or json;
    ``target``: the table a key points to; ``relation``: the attribute that loads it.
    """

    name: str
    info: Info
    kind: str
    nullable: bool
    length: int | None
    terms: type[Term] | None
    target: str | None
    relation: str | None
    default: Any
    unique: bool
    column: Any

    @property
    def sortable(self) -> bool:
        """Keyset paging needs a value in every row."""
        return not self.nullable and self.kind not in ("long", "json", "sealed", "key", "many")

    @property
    def filterable(self) -> bool:
        return self.kind in ("choice", "key", "date", "instant", "bool", "number", "float", "decimal")


ID = Info(N_("ID"), readonly=True)


# the generator's word for each kind of column; the first that fits
KINDS: tuple[tuple[type[Any], str], ...] = (
    (Enum, "choice"),
    (Sealed, "sealed"),
    (Instant, "instant"),
    (Boolean, "bool"),
    (Date, "date"),
    (Time, "time"),
    (Integer, "number"),
    (Float, "float"),
    (Numeric, "decimal"),
    (JSON, "json"),
)
# what no screen can handle, and what to use instead
INSTEAD: tuple[tuple[type[Any], str], ...] = (
    (DateTime, "a moment without a zone: use Instant of models.base"),
    (LargeBinary, "keep bytes in the store (models.store), and their SHA-256 in a String(64)"),
    (PickleType, "use JSON"),
    (Interval, "use Integer, with the unit of time in its label"),
    (ARRAY, "use a table of its own with a key, or JSON"),
    (Uuid, "use String(36)"),
    (TypeDecorator, "say of what kind it is in KINDS of views/columns.py"),
)


def kind_of(type_: TypeEngine[Any], keys: bool) -> str:
    """The generator's word for a column type.

    Raises:
        LookupError: no screen can handle the type; says what to use instead.
    """
    if keys:
        return "key"
    for wanted, kind in KINDS:
        if isinstance(type_, wanted):
            return kind
    if isinstance(type_, String):
        return "text" if type_.length else "long"
    advice = next(
        (told for wanted, told in INSTEAD if isinstance(type_, wanted)), "use one of KINDS in views/columns.py"
    )
    raise LookupError(f"{type(type_).__name__}: {advice}")


def column_fault(table: type[Base], attribute: Any) -> str:
    """Why no screen can show a mapped attribute of ``table``: it has no label, or an unknown type. Else empty."""
    column = attribute.columns[0]
    if not isinstance(column, Column):
        return "it is computed; use a hybrid_property"
    if info_of(column) is None and not column.primary_key:
        return "it has no label"
    try:
        kind = kind_of(column.type, bool(column.foreign_keys))
    except LookupError as error:
        return f"no screen can handle {error}"
    terms = getattr(column.type, "enum_class", None)
    if kind == "choice" and not (isinstance(terms, type) and issubclass(terms, Term)):
        return "a choice needs one of our terms (models.base.choice)"
    return ""


def relation_fault(relation: Any) -> str:
    """Why several rows of another table cannot be shown. Else empty."""
    if relation.direction is not RelationshipDirection.MANYTOMANY or info_of(relation) is not None:
        return ""
    return "it has no label: declare it with models.base.several"


@cache
def columns(table: type[Base]) -> dict[str, Col]:
    """All columns of ``table`` by attribute name.

    Raises:
        LookupError: a column has a type no screen can handle, or no label.
    """
    mapper = inspect(table)
    relations = {
        next(iter(r.local_columns)).key: r.key for r in mapper.relationships if r.direction.name == "MANYTOONE"
    }
    found = {}
    for attribute in mapper.column_attrs:
        if fault := column_fault(table, attribute):
            raise LookupError(f"{table.__tablename__}.{attribute.key}: {fault}")
        column = attribute.columns[0]
        found[attribute.key] = _col(attribute.key, column, info_of(column) or ID, relations.get(column.key))
    for relation in mapper.relationships:
        if fault := relation_fault(relation):
            raise LookupError(f"{table.__tablename__}.{relation.key}: {fault}")
        if relation.direction is RelationshipDirection.MANYTOMANY:
            found[relation.key] = _several(relation)
    return found


def _several(relation: Any) -> Col:
    target = relation.mapper.class_.__tablename__
    return Col(relation.key, info_of(relation) or ID, "many", True, None, None, target, None, [], False, None)


def _col(name: str, column: Any, info: Info, relation: str | None) -> Col:
    keys = list(column.foreign_keys)
    kind = kind_of(column.type, bool(keys))
    if column.computed is not None:  # the database's own
        info = replace(info, readonly=True)
    terms = getattr(column.type, "enum_class", None)
    default = column.default.arg if column.default is not None and column.default.is_scalar else None
    target = keys[0].target_fullname.split(".")[0] if keys else None
    length = getattr(column.type, "length", None) if kind == "text" else None
    return Col(
        name, info, kind, bool(column.nullable), length, terms, target, relation, default, bool(column.unique), column
    )


def tables() -> dict[str, type[Base]]:
    """Every mapped table of ours by name."""
    return {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
