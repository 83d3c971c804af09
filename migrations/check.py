"""``python -m migrations.check``: do the tables and the guards equal the newest revision?"""

from __future__ import annotations

import sys

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

import migrations
from migrations import guards, signature, words
from models.base import Base


def differences(connection: Connection) -> list[str]:
    """What a revision would still have to change; empty when the tables equal the newest one."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": words.ours})
    seen_by_alembic = [str(difference) for difference in compare_metadata(context, Base.metadata)]
    return [*seen_by_alembic, *signature.differences(connection), *_changed_guards(connection)]


def _changed_guards(connection: Connection) -> list[str]:
    """Guards that say something else than declared; only SQLite keeps them as they were written."""
    if connection.dialect.name != "sqlite":
        return []
    kept = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    declared = {trigger.name: trigger.sqlite for trigger in guards.triggers()}
    return [f"changed: trigger {name}" for name, sql in kept if declared.get(name, sql) != sql]


def main() -> int:
    """Exit 1 and name each difference."""
    with create_engine("sqlite://").connect() as connection:
        migrations.upgrade(connection)
        different = differences(connection)
    for difference in different:
        print(difference, file=sys.stderr)
    if different:
        print('The tables differ from the newest revision: make migration m="what changes"', file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
