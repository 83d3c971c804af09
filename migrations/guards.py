"""What the database itself refuses to change: columns that are filled once (domain §1). Triggers, on both products.

Autogenerate knows no triggers; ``migrations.check --rewrite`` writes these into the first revision as plain SQL, so
that the revision does not depend on this file.
"""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import renderers
from alembic.operations.ops import MigrateOperation

# first unit and first receiver never change (domain §1), nor what an issued letter was printed with
KEPT = (
    ("petition", "first_unit_id"),
    ("petition", "first_receiver_id"),
    ("letter", "number"),
    ("letter", "serial"),
    ("letter", "sha256"),
)
Statements = dict[str, list[str]]

_FUNCTION = (
    "CREATE FUNCTION keep_column() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING "
    "MESSAGE = TG_TABLE_NAME || '.' || TG_ARGV[0] || ' never changes', ERRCODE = '23514'; END $$"
)


class Guards(MigrateOperation):
    """Create the triggers, or drop them."""

    def __init__(self, *, up: bool = True) -> None:
        self.up = up

    def reverse(self) -> Guards:
        return Guards(up=not self.up)


def created() -> Statements:
    """Product → the statements that create every guard."""
    made: Statements = {"sqlite": [], "postgresql": [_FUNCTION]}
    for table, column in KEPT:
        head = f"CREATE TRIGGER keep_{table}_{column} BEFORE UPDATE OF {column} ON {table}"
        filled = f"OLD.{column} IS NOT NULL"
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table}.{column} never changes'); END"
        made["sqlite"].append(f"{head} WHEN {filled} AND NEW.{column} IS NOT OLD.{column} {refusal}")
        changed = f"{filled} AND NEW.{column} IS DISTINCT FROM OLD.{column}"
        called = f"EXECUTE FUNCTION keep_column('{column}')"
        made["postgresql"].append(f"{head} FOR EACH ROW WHEN ({changed}) {called}")
    return made


def dropped() -> Statements:
    """Product → the statements that drop every guard."""
    names = [(f"keep_{table}_{column}", table) for table, column in KEPT]
    return {
        "sqlite": [f"DROP TRIGGER {name}" for name, _table in names],
        "postgresql": [f"DROP TRIGGER {name} ON {table}" for name, table in names] + ["DROP FUNCTION keep_column()"],
    }


@renderers.dispatch_for(Guards)
def _render(_context: Any, guards: Guards) -> list[str]:
    told = created() if guards.up else dropped()
    lines = [f"{product!r}: {statements!r}," for product, statements in told.items()]
    return ["for statement in {", *lines, "}[op.get_context().dialect.name]:", "    op.execute(statement)"]


def write_into(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Alembic's hook: the guards come last on the way up and go first on the way down."""
    guards = Guards()
    directives[0].upgrade_ops.ops.append(guards)
    directives[0].downgrade_ops.ops.insert(0, guards.reverse())
