"""What the database itself refuses to change: columns that are filled once (domain §1). Triggers, on both products.

Autogenerate knows no triggers; ``migrations.check --rewrite`` writes these into the first revision as plain SQL, so
that the revision does not depend on this file.
"""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import renderers
from alembic.operations.ops import MigrateOperation

# a frozen assessment: nothing of it changes but its status, once, when a revision supersedes it (domain §5)
WHOLE = ("assessment_line", "assessment_part")
FROZEN = "year, revision, rulebook_id, frozen_at, frozen_by_id, reason, manifest, sha256"
_STEPPED = "OLD.status <> 'live' AND NOT (OLD.status = 'frozen' AND NEW.status = 'superseded')"
_SEALED = "a frozen assessment never changes"
# first unit and first receiver never change (domain §1), nor what an issued letter was printed with
KEPT = (
    ("petition", "first_unit_id"),
    ("petition", "first_receiver_id"),
    ("letter", "number"),
    ("letter", "serial"),
    ("letter", "sha256"),
)
_EVENTS = ("INSERT", "UPDATE", "DELETE")
_FUNCTIONS = ("keep_column", "keep_frozen", "keep_frozen_whole", "keep_rulebook_part", "keep_rulebook")
Statements = dict[str, list[str]]

_FUNCTION = (
    "CREATE FUNCTION keep_column() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING "
    "MESSAGE = TG_TABLE_NAME || '.' || TG_ARGV[0] || ' never changes', ERRCODE = '23514'; END $$"
)


_REFUSE = (
    "CREATE FUNCTION keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING "
    f"MESSAGE = '{_SEALED}', ERRCODE = '23514'; END $$"
)
_REFUSE_MORE = (
    "CREATE FUNCTION keep_frozen_whole() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM "
    "assessment WHERE id = NEW.assessment_id AND status <> 'live') THEN RAISE EXCEPTION USING "
    f"MESSAGE = '{_SEALED}', ERRCODE = '23514'; END IF; RETURN NEW; END $$"
)


# a published rulebook never changes, nor any part of it (``models.sealed_rulebooks``)
PARTS = ("clock", "section", "points", "indicator", "grade", "peer")
_PUBLISHED = "a published rulebook never changes"
_REFUSE_PART = (
    "CREATE FUNCTION keep_rulebook_part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM "
    "rulebook WHERE status = 'published' AND ((TG_OP <> 'INSERT' AND id = OLD.rulebook_id) OR "
    f"(TG_OP <> 'DELETE' AND id = NEW.rulebook_id))) THEN RAISE EXCEPTION USING MESSAGE = '{_PUBLISHED}', "
    "ERRCODE = '23514'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
)
_REFUSE_BOOK = (
    "CREATE FUNCTION keep_rulebook() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING "
    f"MESSAGE = '{_PUBLISHED}', ERRCODE = '23514'; END $$"
)


class Guards(MigrateOperation):
    """Create the triggers, or drop them."""

    def __init__(self, *, up: bool = True) -> None:
        self.up = up

    def reverse(self) -> Guards:
        return Guards(up=not self.up)


def created() -> Statements:
    """Product → the statements that create every guard."""
    made: Statements = {"sqlite": [], "postgresql": [_FUNCTION, _REFUSE, _REFUSE_MORE, _REFUSE_PART, _REFUSE_BOOK]}
    for table, column in KEPT:
        head = f"CREATE TRIGGER keep_{table}_{column} BEFORE UPDATE OF {column} ON {table}"
        filled = f"OLD.{column} IS NOT NULL"
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table}.{column} never changes'); END"
        made["sqlite"].append(f"{head} WHEN {filled} AND NEW.{column} IS NOT OLD.{column} {refusal}")
        changed = f"{filled} AND NEW.{column} IS DISTINCT FROM OLD.{column}"
        called = f"EXECUTE FUNCTION keep_column('{column}')"
        made["postgresql"].append(f"{head} FOR EACH ROW WHEN ({changed}) {called}")
    for name, event, table, when in _frozen():
        head = f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
        made["sqlite"].append(f"{head}{f' WHEN {when}' if when else ''} BEGIN SELECT RAISE(ABORT, '{_SEALED}'); END")
        whole = event == "INSERT"
        condition = f" WHEN ({when})" if when and not whole else ""
        function = "keep_frozen_whole" if whole else "keep_frozen"
        made["postgresql"].append(f"{head} FOR EACH ROW{condition} EXECUTE FUNCTION {function}()")
    for name, event, table in _published():
        _keep_published(made, name, event, table)
    return made


def _keep_published(made: Statements, name: str, event: str, table: str) -> None:
    head, when, called = f"CREATE TRIGGER {name} BEFORE {event} ON {table}", "OLD.status = 'published'", ""
    if table == "rulebook":
        called = f"WHEN ({when}) EXECUTE FUNCTION keep_rulebook()"
    else:
        sides = {"INSERT": ["NEW"], "DELETE": ["OLD"], "UPDATE": ["OLD", "NEW"]}[event]
        keys = ", ".join(f"{side}.rulebook_id" for side in sides)
        when = f"EXISTS (SELECT 1 FROM rulebook WHERE status = 'published' AND id IN ({keys}))"
        called = "EXECUTE FUNCTION keep_rulebook_part()"
    made["sqlite"].append(f"{head} WHEN {when} BEGIN SELECT RAISE(ABORT, '{_PUBLISHED}'); END")
    made["postgresql"].append(f"{head} FOR EACH ROW {called}")


def _published() -> list[tuple[str, str, str]]:
    """(trigger, event, table) of what keeps a published rulebook as it is."""
    tables = [f"rulebook_{part}" for part in PARTS]
    found = [(f"keep_{table}_{event.lower()}", event, table) for table in tables for event in _EVENTS]
    return [*found, *((f"keep_rulebook_{event.lower()}", event, "rulebook") for event in _EVENTS[1:])]


def _frozen() -> list[tuple[str, str, str, str]]:
    """(trigger, event, table, condition) of what keeps a frozen assessment whole."""
    settled = "OLD.status <> 'live'"
    added = "(SELECT status FROM assessment WHERE id = NEW.assessment_id) <> 'live'"
    found = [
        ("keep_assessment", f"UPDATE OF {FROZEN}", "assessment", settled),
        ("keep_assessment_status", "UPDATE OF status", "assessment", _STEPPED),
        ("keep_assessment_row", "DELETE", "assessment", settled),
        ("keep_assessment_paper", "UPDATE", "assessment_paper", ""),
        ("keep_assessment_paper_row", "DELETE", "assessment_paper", ""),
    ]
    for table in WHOLE:
        found += [(f"keep_{table}", "UPDATE", table, ""), (f"keep_{table}_row", "DELETE", table, "")]
        found.append((f"keep_{table}_whole", "INSERT", table, added))
    return found


def dropped() -> Statements:
    """Product → the statements that drop every guard."""
    names = [(f"keep_{table}_{column}", table) for table, column in KEPT]
    names += [(name, table) for name, _event, table, _when in _frozen()]
    names += [(name, table) for name, _event, table in _published()]
    functions = [f"DROP FUNCTION {name}()" for name in _FUNCTIONS]
    return {
        "sqlite": [f"DROP TRIGGER {name}" for name, _table in names],
        "postgresql": [f"DROP TRIGGER {name} ON {table}" for name, table in names] + functions,
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
