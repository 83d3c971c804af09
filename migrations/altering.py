"""Change a table in a revision, on both products. Revisions may rely on this module: what it does never changes.

SQLite makes a table anew when a column or constraint changes, and loses the table's triggers; here they come back.
"""

from __future__ import annotations

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
    with op.batch_alter_table(table) as batch:
        yield batch
    remaining = {name for name, _statement in _triggers(table)}
    for name, statement in triggers:
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


def _triggers(table: str) -> list[tuple[str, str]]:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return []
    asked = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    return [(str(name), str(statement)) for name, statement in connection.execute(asked, {"table": table})]
