"""``python -m migrations.check``: do the tables equal the newest revision? ``--rewrite`` makes the first one anew.

Rewriting is for the time before the first release only; afterwards a change is a new revision (docs/changing.md).
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine

import migrations
from migrations import guards, words
from models.base import Base

FIRST = "0001"
END = "    # ### end Alembic commands ###\n\n\ndef downgrade"
for _name in ("flask_appbuilder.security.sqla.models", "models.tables"):  # registers every table
    import_module(_name)


def differences(connection: Connection) -> list[object]:
    """What autogenerate would still change; empty when the tables equal the newest revision."""
    found = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": words.ours})
    return list(compare_metadata(found, Base.metadata))


def rewrite() -> None:
    """Make the first revision anew from the tables."""
    for old in (Path(__file__).parent / "versions").glob(f"{FIRST}_*.py"):
        old.unlink()
    with create_engine("sqlite://").connect() as connection:
        settings = migrations.config(connection)
        hook = guards.write_into
        made: Any = command.revision(
            settings, "everything", autogenerate=True, rev_id=FIRST, process_revision_directives=hook
        )
    path = Path(made.path)
    text = path.read_text(encoding="utf-8").replace(END, f"    words.create(op.get_bind())\n{END}")
    path.write_text(
        text.replace("from alembic import op\n", "from alembic import op\n\nfrom migrations import words\n"), "utf-8"
    )


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
