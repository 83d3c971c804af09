"""``python -m migrations.check``: do the tables equal the newest revision? ``--rewrite`` makes the first one anew.

Rewriting is for the time before the first release only; afterwards a change is a new revision (docs/changing.md).
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine

import migrations
from models.base import Base

FIRST = "0001"
for _name in ("flask_appbuilder.security.sqla.models", "models.tables"):  # registers every table
    import_module(_name)


def differences(connection: Connection) -> list[object]:
    """What autogenerate would still change; empty when the tables equal the newest revision."""
    found = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(found, Base.metadata))


def rewrite() -> None:
    """Make the first revision anew from the tables."""
    for old in (Path(__file__).parent / "versions").glob(f"{FIRST}_*.py"):
        old.unlink()
    with create_engine("sqlite://").connect() as connection:
        settings = migrations.config(connection)
        command.revision(settings, "everything", autogenerate=True, rev_id=FIRST)


def main() -> int:
    """Exit 1 and name each difference."""
    if "--rewrite" in sys.argv:
        rewrite()
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        migrations.upgrade(connection)
        found = differences(connection)
    for difference in found:
        print(difference, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
