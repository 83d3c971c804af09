"""The declarative base and the column types, so that a column is one line.

The accounts (``ab_user``) live in the same metadata, schema and migration history: ``models.accounts`` adds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dc_field
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, MappedColumn, Relationship, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from models.terms import Term

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer(), "sqlite")
Pk = Annotated[int, mapped_column(BigId, primary_key=True)]


class Base(DeclarativeBase):
    """Every table of ours. ``__label__`` and ``__plural__`` are msgids."""

    metadata = MetaData(naming_convention=NAMING)
    __label__: str
    __plural__: str


class Instant(TypeDecorator[datetime]):
    """A moment. Aware in Python (UTC), stored in UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime is not an instant")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(kind: type[Term]) -> Enum:
    """A column type for one of our terms: text with a check constraint, the same in both databases."""
    return Enum(kind, native_enum=False, create_constraint=True, length=40, name=kind.__name__.lower())


@dataclass(frozen=True, slots=True)
class Info:
    """What the generator needs to know of a column beyond its type."""

    label: str
    help: str = ""
    group: str = ""
    search: bool = False
    sensitive: bool = False
    readonly: bool = False
    extra: dict[str, Any] = dc_field(default_factory=dict)


def column(
    label: str,
    *args: Any,
    help: str = "",
    group: str = "",
    search: bool = False,
    sensitive: bool = False,
    readonly: bool = False,
    **kw: Any,
) -> MappedColumn[Any]:
    """A mapped column with its label, help and group (msgids) on it.

    Args:
        label: what a form or list calls it.
        help: one sentence under the field.
        group: the fieldset it belongs to in forms.
        search: the list's search box looks into it.
        sensitive: identity; masked unless the role may see it, never exported in bulk.
        readonly: shown but never edited by a generated form.
    """
    info = Info(label, help, group, search, sensitive, readonly)
    return mapped_column(*args, info={"console": info}, **kw)


def several(label: str, secondary: Table, *, help: str = "", group: str = "", **kw: Any) -> Relationship[Any]:
    """Several rows of another table, through the table ``secondary``: shown, and chosen in the form.

    A ``viewonly`` one is shown and never asked for.
    """
    info = Info(label, help, group, readonly=bool(kw.get("viewonly")))
    return relationship(secondary=secondary, info={"console": info}, **kw)


def info_of(col: Any) -> Info | None:
    """The console information of a column or relationship, or None if it carries none."""
    found = col.info.get("console")
    return found if isinstance(found, Info) else None
