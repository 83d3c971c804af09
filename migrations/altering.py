"""Change a table in a revision, on both products. Revisions may rely on this module: what it does never changes.

SQLite makes a table anew when a column or constraint changes, and loses the table's triggers; here they come back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy import text


@contextmanager
def alter_table(table: str) -> Iterator[BatchOperations]:
    """Alembic's batch operations on ``table``; its triggers are the same afterwards.

    A trigger that shall go is dropped before, one that names a new column is made after.
    """
    triggers = _triggers(table)
    for name, on, _statement in triggers:
        if on != table:  # a trigger that names the table keeps it from being renamed
            op.execute(f"DROP TRIGGER {name}")
    with op.batch_alter_table(table) as batch:
        yield batch
    remaining = {name for name, _on, _statement in _triggers(table)}
    for name, _on, statement in triggers:
        if name not in remaining:
            op.execute(text(statement.replace(":", r"\:")))


def set_check(table: str, constraint: str, condition: str | None, *, replaces: bool = False) -> None:
    """Give ``table`` a check constraint, or with None take it away; an enum's members are one.

    Args:
        table: its name.
        constraint: the full name, ``ck_petition_channel``.
        condition: SQL that both products know.
        replaces: a constraint of this name is there and goes first.
    """
    with alter_table(table) as batch:
        if replaces:
            batch.drop_constraint(op.f(constraint), type_="check")
        if condition is not None:
            batch.create_check_constraint(op.f(constraint), condition)


def _triggers(table: str) -> list[tuple[str, str, str]]:
    """(name, its table, statement) of every trigger on ``table``, or that names it."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return []
    found = connection.execute(text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"))
    named = re.compile(rf"\b{table}\b")
    return [(str(name), str(on), str(sql)) for name, on, sql in found if on == table or named.search(sql)]
