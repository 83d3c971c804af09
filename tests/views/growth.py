"""Many rows of every table: copies of the newest row of each, differing where a key must be unique."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Column, Date, Integer, Table, UniqueConstraint, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from views import registry

FIRST = 100_000


def ordered() -> list[Table]:
    """The tables of all screens, those that keys point to first."""
    ours = {screen.table.__table__ for screen in registry.load().values()}
    metadata = next(iter(ours)).metadata
    return [table for table in metadata.sorted_tables if table in ours]


def _unique(table: Table) -> Iterator[list[Column[Any]]]:
    """The column sets of which no two rows may be equal, whatever the rest."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.columns)
    for index in table.indexes:
        if index.unique and index.dialect_options["sqlite"]["where"] is None:
            yield list(index.columns)


def _other(column: Column[Any], n: int) -> Any:
    if isinstance(column.type, Date):
        return date(2100, 1, 1) + timedelta(days=n)
    return FIRST + n if column.foreign_keys or isinstance(column.type, Integer) else f"G{n:05}"


def _varied(table: Table) -> list[Column[Any]]:
    """In each set of ``_unique`` the one column that a copy changes: a key before a number before a text."""
    chosen = []
    for columns in _unique(table):
        keys = [column for column in columns if column.foreign_keys]
        plain = [column for column in columns if not hasattr(column.type, "enums")]
        chosen.append((keys or plain)[0])
    return chosen


def grow(session: Session, first: int, last: int) -> set[str]:
    """Copies ``first`` … ``last`` of the newest row of each table that has one; the tables that took them."""
    grown = set()
    for table in ordered():
        original = session.execute(select(table).where(table.c.id < FIRST).order_by(table.c.id.desc()).limit(1)).first()
        if original is None:
            continue
        varied = {column.name: column for column in _varied(table)}
        rows = []
        for n in range(first, last):
            changes = {name: _other(column, n) for name, column in varied.items()}
            rows.append({**original._mapping, **changes, "id": FIRST + n})
        try:
            with session.begin_nested():
                session.execute(insert(table), rows)
            grown.add(table.name)
        except IntegrityError:  # there are not so many years
            continue
    return grown
