"""The schema's history. One metadata, accounts (``ab_*``) included; runs without the application."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine

Target = str | Engine | Connection
PATIENCE = 300_000  # milliseconds: a first set-up on a slow machine takes its time


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings; there is no alembic.ini to keep in step."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def head() -> str | None:
    """The newest revision in this checkout."""
    return ScriptDirectory.from_config(config()).get_current_head()


def current(connection: Connection) -> str | None:
    """The revision that the database is at, or None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(target: Target, revision: str = "head") -> None:
    """Bring a database to ``revision``. Two machines at once: the second waits and finds nothing to do."""
    _run(target, lambda settings: command.upgrade(settings, revision))


def downgrade(target: Target, revision: str = "base") -> None:
    """Take a database back to ``revision``."""
    _run(target, lambda settings: command.downgrade(settings, revision))


def _run(target: Target, job: Callable[[Config], Any]) -> None:
    if isinstance(target, Connection):
        job(config(target))
        return
    engine = target if isinstance(target, Engine) else create_engine(target)
    try:
        with engine.connect() as connection:
            _migrate(connection, job)
    finally:
        if engine is not target:
            engine.dispose()


def _migrate(connection: Connection, job: Callable[[Config], Any]) -> None:
    """One transaction under one lock: a second machine waits, and a broken-off migration leaves nothing.

    SQLite alters a table by making it anew, which must not touch the rows that point to it: it checks the keys once, at
    the end. Python's driver would begin only before the first row is written, so the transaction is begun here.
    """
    if connection.dialect.name == "postgresql":
        alone(connection)
        job(config(connection))
        connection.commit()
        return
    raw: Any = connection.connection.driver_connection
    level, raw.isolation_level = raw.isolation_level, None
    enforced = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
    try:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        alone(connection)
        job(config(connection))
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration left rows that point to nothing: {broken[:5]}")
        connection.commit()
    finally:
        connection.rollback()
        connection.exec_driver_sql(f"PRAGMA foreign_keys={'ON' if enforced else 'OFF'}")
        raw.isolation_level = level


def alone(connection: Connection) -> None:
    """Until this transaction ends nobody else sets the database up: the second waits for the first."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20250713)")
    elif connection.dialect.name == "sqlite":
        waits = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql(f"PRAGMA busy_timeout={waits}")


def pending(engine: Engine) -> bool:
    """Whether the database is behind this code."""
    with engine.connect() as connection:
        return current(connection) != head()
