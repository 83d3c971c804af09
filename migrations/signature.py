"""The signature of a schema: one line for each column, index, constraint and trigger, the same on both products.

A revision's id says which migrations ran, not what the tables are like. ``init``, ``check`` and ``/readyz`` compare the
signature of the database with the one of this version's tables, so that a schema of before is never called up to date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Connection,
    Constraint,
    Enum,
    ForeignKeyConstraint,
    Table,
    UniqueConstraint,
    inspect,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.reflection import Inspector

from migrations import guards
from models.base import Base

for _module in ("models.accounts", "models.tables"):  # registers every table
    import_module(_module)

_TRIGGERS = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname = current_schema()",
}
_PLAIN = sqlite.dialect().identifier_preparer
_QUOTED = re.compile(r"'([^']*)'")
Lines = frozenset[str]


def expected() -> Lines:
    """The signature of the tables of this version, read from the metadata and the guards."""
    lines = {f"{trigger.table} trigger {trigger.name}" for trigger in guards.triggers()}
    for table in Base.metadata.tables.values():
        lines.update(_of_table(table))
    return frozenset(lines)


def actual(connection: Connection) -> Lines:
    """The signature of a database; tables that are not ours, and indexes that somebody added, are left out."""
    inspector = inspect(connection)
    lines: set[str] = set()
    for key, columns in inspector.get_multi_columns().items():
        lines.update(_column(str(key[1]), row["name"], row["nullable"], row["type"]) for row in columns)
    lines.update(_constraints(inspector))
    lines.update(
        f"{table} trigger {name}" for table, name in connection.execute(text(_TRIGGERS[connection.dialect.name]))
    )
    return frozenset(line for line in lines if line.split()[0] in Base.metadata.tables)


def differences(connection: Connection) -> list[str]:
    """``missing: …`` and ``surplus: …`` of each line in which a database differs; empty when equal."""
    here, there = expected(), actual(connection)
    surplus = (line for line in there - here if line.split()[1] != "index")
    return [*(f"missing: {line}" for line in sorted(here - there)), *(f"surplus: {line}" for line in sorted(surplus))]


def condition(table: str, constraint: str) -> str | None:
    """The SQL of a check constraint of this version's tables; None when there is no such constraint."""
    for declared in Base.metadata.tables[table].constraints:
        if isinstance(declared, CheckConstraint) and _name(declared) == constraint:
            return str(declared.sqltext.compile(compile_kwargs={"literal_binds": True, "include_table": False}))
    return None


def _of_table(table: Table) -> Iterator[str]:
    for column in table.columns:
        yield _column(table.name, column.name, bool(column.nullable), column.type)
    for index in table.indexes:
        yield f"{table.name} index {index.name}"
    for constraint in table.constraints:
        yield from _of_constraint(table.name, constraint)


def _of_constraint(table: str, constraint: Constraint) -> Iterator[str]:
    if isinstance(constraint, UniqueConstraint):
        yield f"{table} unique {constraint.name}"
    if isinstance(constraint, ForeignKeyConstraint):
        yield f"{table} key {constraint.name}"
    if isinstance(constraint, CheckConstraint):
        yield _check(table, _name(constraint), str(constraint.sqltext), _members(table, constraint))


def _name(constraint: Constraint) -> str:
    """Its name in the database, by the naming convention."""
    return str(_PLAIN.format_constraint(constraint))


def _members(table: str, constraint: Constraint) -> tuple[str, ...]:
    """The values of the enum that a check constraint belongs to; none for a written condition."""
    for column in Base.metadata.tables[table].columns:
        kind = column.type
        if isinstance(kind, Enum) and _name(constraint) == f"ck_{table}_{kind.name}":
            return tuple(kind.enums)
    return ()


def _column(table: str, name: str, nullable: bool, kind: Any) -> str:
    """SQLite does not tell a key's emptiness apart, so primary keys count as filled on both."""
    primary = name in {column.name for column in Base.metadata.tables[table].primary_key} if _ours(table) else False
    return f"{table} column {name} {'null' if nullable and not primary else 'filled'}{_length(kind)}"


def _length(kind: Any) -> str:
    length = getattr(kind, "length", None)
    return f" {length}" if length else ""


def _ours(table: str) -> bool:
    return table in Base.metadata.tables


def _check(table: str, name: str, condition: str, members: tuple[str, ...] = ()) -> str:
    """The condition is spelt differently by each product; the words quoted in it are the same."""
    words = ",".join(sorted(set(members or _QUOTED.findall(condition))))
    return f"{table} check {name} {words}".rstrip()


def _constraints(inspector: Inspector) -> Iterator[str]:
    for (_, table), indexes in inspector.get_multi_indexes().items():
        yield from (f"{table} index {row['name']}" for row in indexes if not row.get("duplicates_constraint"))
    for (_, table), uniques in inspector.get_multi_unique_constraints().items():
        yield from (f"{table} unique {row['name']}" for row in uniques)
    for (_, table), keys in inspector.get_multi_foreign_keys().items():
        yield from (f"{table} key {row['name']}" for row in keys)
    for (_, table), checks in inspector.get_multi_check_constraints().items():
        yield from (_check(table, str(row["name"]), str(row["sqltext"])) for row in checks)
