"""What the database itself refuses to change: columns that are filled once (domain §1). Triggers, on both products.

Alembic knows no triggers; ``make migration`` writes those that are new here into the revision as plain SQL, so that the
revision does not depend on this file. A changed or dropped one is written into the revision by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

# a frozen assessment: nothing of it changes but its status, once, when a revision supersedes it (domain §5)
WHOLE = ("assessment_line", "assessment_part")
FROZEN = "year, revision, rulebook_id, frozen_at, frozen_by_id, reason, manifest, sha256"
_STEPPED = "OLD.status <> 'live' AND NOT (OLD.status = 'frozen' AND NEW.status = 'superseded')"
_SEALED = "a frozen assessment never changes"
# the first unit never changes (domain §1), nor what an issued letter was printed with
KEPT = (
    ("petition", "first_unit_id"),
    ("letter", "number"),
    ("letter", "serial"),
    ("letter", "sha256"),
)
# the first receiver changes by a correction alone: the newest trace of it says this very change (``models.tracing``)
_NEWEST = (
    "(SELECT told.old || '>' || told.new FROM record_change AS told WHERE told.table_name = 'petition' "
    "AND told.row_id = OLD.id AND told.field = 'first_receiver_id' AND told.reason IS NOT NULL "
    "ORDER BY told.id DESC LIMIT 1)"
)
_UNTRACED = (
    f"COALESCE({_NEWEST}, '') <> CAST(OLD.first_receiver_id AS TEXT) || '>' || "
    "COALESCE(CAST(NEW.first_receiver_id AS TEXT), '')"
)
_TRACED_ONLY = "petition.first_receiver_id changes by a correction only"
_ADDED_ONLY = "the trace of changes is only added to"
_EVENTS = ("INSERT", "UPDATE", "DELETE")
Statements = dict[str, list[str]]

_FUNCTION = (
    "CREATE OR REPLACE FUNCTION keep_column() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING "
    "MESSAGE = TG_TABLE_NAME || '.' || TG_ARGV[0] || ' never changes', ERRCODE = '23514'; END $$"
)


_REFUSE = (
    "CREATE OR REPLACE FUNCTION keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING "
    f"MESSAGE = '{_SEALED}', ERRCODE = '23514'; END $$"
)
_REFUSE_MORE = (
    "CREATE OR REPLACE FUNCTION keep_frozen_whole() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS "
    "(SELECT 1 FROM assessment WHERE id = NEW.assessment_id AND status <> 'live') THEN RAISE EXCEPTION USING "
    f"MESSAGE = '{_SEALED}', ERRCODE = '23514'; END IF; RETURN NEW; END $$"
)


# a published rulebook never changes, nor any part of it (``models.sealed_rulebooks``)
PARTS = ("clock", "section", "points", "indicator", "grade", "peer")
_PUBLISHED = "a published rulebook never changes"
_REFUSE_PART = (
    "CREATE OR REPLACE FUNCTION keep_rulebook_part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS "
    "(SELECT 1 FROM rulebook WHERE status = 'published' AND ((TG_OP <> 'INSERT' AND id = OLD.rulebook_id) OR "
    f"(TG_OP <> 'DELETE' AND id = NEW.rulebook_id))) THEN RAISE EXCEPTION USING MESSAGE = '{_PUBLISHED}', "
    "ERRCODE = '23514'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
)
_REFUSE_BOOK = (
    "CREATE OR REPLACE FUNCTION keep_rulebook() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING "
    f"MESSAGE = '{_PUBLISHED}', ERRCODE = '23514'; END $$"
)
_REFUSE_UNTRACED = (
    "CREATE OR REPLACE FUNCTION keep_traced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF {_UNTRACED} THEN RAISE EXCEPTION USING MESSAGE = '{_TRACED_ONLY}', ERRCODE = '23514'; END IF; "
    "RETURN NEW; END $$"
)
_REFUSE_CHANGE = (
    "CREATE OR REPLACE FUNCTION keep_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING "
    f"MESSAGE = '{_ADDED_ONLY}', ERRCODE = '23514'; END $$"
)
FUNCTIONS = (_FUNCTION, _REFUSE, _REFUSE_MORE, _REFUSE_PART, _REFUSE_BOOK, _REFUSE_UNTRACED, _REFUSE_CHANGE)


@dataclass(frozen=True, slots=True)
class Trigger:
    """One guard: its name, the table it keeps, and the statement that creates it on each product."""

    name: str
    table: str
    sqlite: str
    postgresql: str


def triggers() -> list[Trigger]:
    """Every guard that the newest schema has."""
    kept = [*(_keep_column(table, column) for table, column in KEPT), _keep_traced()]
    kept += [_keep_added(event) for event in ("UPDATE", "DELETE")]
    kept += [_keep_supplement(event) for event in ("UPDATE", "DELETE")]
    return [*kept, *(_keep_frozen(*row) for row in _frozen()), *(_keep_published(*row) for row in _published())]


def created(chosen: list[Trigger]) -> Statements:
    """Product → the statements that create these guards."""
    return {
        "sqlite": [trigger.sqlite for trigger in chosen],
        "postgresql": [*FUNCTIONS, *(trigger.postgresql for trigger in chosen)],
    }


def dropped(chosen: list[Trigger]) -> Statements:
    """Product → the statements that drop these guards; the functions stay, for others may call them."""
    return {
        "sqlite": [f"DROP TRIGGER {trigger.name}" for trigger in chosen],
        "postgresql": [f"DROP TRIGGER {trigger.name} ON {trigger.table}" for trigger in chosen],
    }


def _keep_column(table: str, column: str) -> Trigger:
    name = f"keep_{table}_{column}"
    head = f"CREATE TRIGGER {name} BEFORE UPDATE OF {column} ON {table}"
    filled = f"OLD.{column} IS NOT NULL"
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table}.{column} never changes'); END"
    changed = f"{filled} AND NEW.{column} IS DISTINCT FROM OLD.{column}"
    return Trigger(
        name,
        table,
        f"{head} WHEN {filled} AND NEW.{column} IS NOT OLD.{column} {refusal}",
        f"{head} FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION keep_column('{column}')",
    )


def _keep_traced() -> Trigger:
    name, table = "keep_petition_first_receiver_id", "petition"
    head = f"CREATE TRIGGER {name} BEFORE UPDATE OF first_receiver_id ON {table}"
    filled = "OLD.first_receiver_id IS NOT NULL"
    refusal = f"BEGIN SELECT RAISE(ABORT, '{_TRACED_ONLY}'); END"
    changed = f"{filled} AND NEW.first_receiver_id IS DISTINCT FROM OLD.first_receiver_id"
    return Trigger(
        name,
        table,
        f"{head} WHEN {filled} AND NEW.first_receiver_id IS NOT OLD.first_receiver_id AND {_UNTRACED} {refusal}",
        f"{head} FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION keep_traced()",
    )


def _keep_added(event: str) -> Trigger:
    name, table = f"keep_record_change_{event.lower()}", "record_change"
    head = f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
    refusal = f"BEGIN SELECT RAISE(ABORT, '{_ADDED_ONLY}'); END"
    return Trigger(name, table, f"{head} {refusal}", f"{head} FOR EACH ROW EXECUTE FUNCTION keep_added()")


def _keep_frozen(name: str, event: str, table: str, when: str) -> Trigger:
    head = f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
    whole = event == "INSERT"
    condition = f" WHEN ({when})" if when and not whole else ""
    function = "keep_frozen_whole" if whole else "keep_frozen"
    return Trigger(
        name,
        table,
        f"{head}{f' WHEN {when}' if when else ''} BEGIN SELECT RAISE(ABORT, '{_SEALED}'); END",
        f"{head} FOR EACH ROW{condition} EXECUTE FUNCTION {function}()",
    )


def _keep_published(name: str, event: str, table: str) -> Trigger:
    head, when, called = f"CREATE TRIGGER {name} BEFORE {event} ON {table}", "OLD.status = 'published'", ""
    if table == "rulebook":
        called = f"WHEN ({when}) EXECUTE FUNCTION keep_rulebook()"
    else:
        sides = {"INSERT": ["NEW"], "DELETE": ["OLD"], "UPDATE": ["OLD", "NEW"]}[event]
        keys = ", ".join(f"{side}.rulebook_id" for side in sides)
        when = f"EXISTS (SELECT 1 FROM rulebook WHERE status = 'published' AND id IN ({keys}))"
        called = "EXECUTE FUNCTION keep_rulebook_part()"
    refusal = f"{head} WHEN {when} BEGIN SELECT RAISE(ABORT, '{_PUBLISHED}'); END"
    return Trigger(name, table, refusal, f"{head} FOR EACH ROW {called}")


def _keep_supplement(event: str) -> Trigger:
    """What was added to a published rulebook stays as it was added."""
    table = "rulebook_supplement"
    name = f"keep_{table}_{event.lower()}"
    head = f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
    refusal = f"{head} BEGIN SELECT RAISE(ABORT, '{_PUBLISHED}'); END"
    return Trigger(name, table, refusal, f"{head} FOR EACH ROW EXECUTE FUNCTION keep_rulebook()")


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
