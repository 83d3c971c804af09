"""The next number of a series: one atomic statement, so two at once never get the same."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.tables import Counter


def insert_for(session: Session, table: Any) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT."""
    postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if postgres else sqlite.insert(table)


def next_number(session: Session, series: str) -> int:
    """Take the next number; the counter's row stays locked until the transaction ends."""
    table: Any = Counter.__table__
    bump = update(table).where(table.c.series == series).values(value=table.c.value + 1).returning(table.c.value)
    link = session.connection()
    value = link.execute(bump).scalar()
    if value is None:
        fresh = insert_for(session, table).values(series=series, value=0)
        link.execute(fresh.on_conflict_do_nothing(index_elements=["series"]))
        value = link.execute(bump).scalar_one()
    return int(value)


def petition_number(session: Session, year: int) -> str:
    """For example ``2026-000123``."""
    return f"{year}-{next_number(session, f'petition:{year}'):06d}"
