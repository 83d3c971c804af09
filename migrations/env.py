"""Run by Alembic: the one metadata, its custom types written as plain ones."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal

from alembic import context
from sqlalchemy.sql.elements import False_, True_

from migrations import words
from models.base import Base, Instant
from models.vault import Sealed

# registers ab_* (the API keys included) and our tables
for _name in ("models.accounts", "models.tables"):
    import_module(_name)


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """A migration must not import our types: they may change after it was written."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Sealed):
        return "sa.Text()"
    if kind == "server_default":  # Alembic would write the boolean of the database that it happens to run on
        value = getattr(item, "arg", None)
        return "sa.true()" if isinstance(value, True_) else "sa.false()" if isinstance(value, False_) else False
    return False


def run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        compare_type=True,
        render_as_batch=True,  # SQLite alters a table by making it anew
        include_object=words.ours,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
