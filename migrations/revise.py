"""``make migration m="…"``: write the revision that brings the newest schema to the tables; a person then reads it.

Alembic compares tables, columns, keys and indexes. What it does not see is added here: the members of an enum and other
check constraints, and the triggers of ``migrations.guards``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import renderers
from alembic.operations.ops import MigrateOperation
from sqlalchemy import Connection, create_engine, inspect

import migrations
from migrations import check, guards, signature


class SetCheck(MigrateOperation):
    """Let a check constraint say something else than before; None: no constraint."""

    def __init__(self, table: str, constraint: str, before: str | None, after: str | None) -> None:
        self.table, self.constraint, self.before, self.after = table, constraint, before, after

    def reverse(self) -> SetCheck:
        return SetCheck(self.table, self.constraint, self.after, self.before)


class Execute(MigrateOperation):
    """Statements for each product, and those that take them back."""

    def __init__(self, up: guards.Statements, down: guards.Statements) -> None:
        self.up, self.down = up, down

    def reverse(self) -> Execute:
        return Execute(self.down, self.up)


@renderers.dispatch_for(SetCheck)
def _render_check(_context: Any, operation: SetCheck) -> list[str]:
    replaces = ", replaces=True" if operation.before is not None else ""
    return [f"set_check({operation.table!r}, {operation.constraint!r}, {operation.after!r}{replaces})"]


@renderers.dispatch_for(Execute)
def _render_statements(_context: Any, statements: Execute) -> list[str]:
    lines = [f"{product!r}: {texts!r}," for product, texts in statements.up.items()]
    return ["for statement in {", *lines, "}[op.get_context().dialect.name]:", "    op.execute(statement)"]


def write(message: str, folder: Path | None = None) -> Path | None:
    """The revision's file, or None when the tables equal the newest revision.

    Args:
        message: what changes, in a few words; the file is named after it.
        folder: where to write it; by default among the revisions.
    """
    with create_engine("sqlite://").connect() as connection:
        migrations.upgrade(connection)
        if not check.differences(connection):
            return None
        settings = migrations.config(connection)
        number = f"{int(migrations.head() or 0) + 1:04}"
        made: Any = command.revision(
            settings,
            message,
            autogenerate=True,
            rev_id=number,
            process_revision_directives=lambda *parts: _complete(connection, parts[2]),
        )
    path = Path(made.path)
    path.write_text(_readable(path.read_text("utf-8")), "utf-8")
    return path if folder is None else path.rename(folder / path.name)


def _complete(connection: Connection, directives: list[Any]) -> None:
    """Alembic's hook: append what it cannot see; the way down is the way up backwards."""
    up, down = directives[0].upgrade_ops.ops, directives[0].downgrade_ops.ops
    for operation in (*_checks(connection), *_guards(connection)):
        up.append(operation)
        down.insert(0, operation.reverse())


def _checks(connection: Connection) -> list[SetCheck]:
    """One operation for each check constraint that an existing table has too many, too few, or with other words."""
    existing = inspect(connection)
    present, declared = signature.actual(connection), signature.expected()
    differing = {tuple(line.split()[:3:2]) for line in present ^ declared if line.split()[1] == "check"}
    operations = []
    for table, constraint in sorted(differing):
        if not existing.has_table(table):
            continue
        before = {str(row["name"]): str(row["sqltext"]) for row in existing.get_check_constraints(table)}
        after = signature.condition(table, constraint)
        operations.append(SetCheck(table, constraint, before.get(constraint), after))
    return operations


def _guards(connection: Connection) -> list[Execute]:
    """The triggers that are declared and not there yet. A changed one is written by hand: its old form is not known."""
    present = {line.split()[2] for line in signature.actual(connection) if line.split()[1] == "trigger"}
    new = [trigger for trigger in guards.triggers() if trigger.name not in present]
    return [Execute(guards.created(new), guards.dropped(new))] if new else []


def _readable(written: str) -> str:
    """The text as both products take it: with its imports, and an enum's check made once, by ``set_check``."""
    lines = [
        line.replace("create_constraint=True", "create_constraint=False") if ".add_column(" in line else line
        for line in written.splitlines(keepends=True)
    ]
    text = "".join(lines)
    head = "from alembic import op\n"
    if "set_check(" not in text:
        return text
    return text.replace(head, f"{head}\nfrom migrations.altering import set_check\n", 1)


def main() -> int:
    """Write the revision and say where; 1 without a message."""
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        print('Say what changes: make migration m="add the place of a hearing"', file=sys.stderr)
        return 2
    path = write(sys.argv[1].strip())
    print(f"Written: {path}. Read it, then: make check" if path else "The tables equal the newest revision.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
