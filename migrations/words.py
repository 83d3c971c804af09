"""The index of two-character words (``models.search``): PostgreSQL only, and not in the metadata, which serves both."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

INDEX = "ix_petition_words"
SQL = """
CREATE INDEX ix_petition_words ON petition USING gin (string_to_array(
  regexp_replace(lower(petition.number || '|' || petition.title), '(..)', '\\1|', 'g')
  || '|' || regexp_replace(substr(lower(petition.number || '|' || petition.title), 2), '(..)', '\\1|', 'g'), '|'))
"""


def create(connection: Connection) -> None:
    """Called by the revision that makes the table."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(SQL)


def ours(_object: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    """For Alembic's comparison: what the metadata describes. The index above is found by its own test."""
    return not (kind == "index" and reflected and name == INDEX)
