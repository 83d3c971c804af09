"""Demo runs: how far the synthetic county of a database has been played. Plain rows, shown on no screen."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, Table

from models.base import Base, Instant

demo_run = Table(
    "demo_run",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seed", Integer, nullable=False),
    Column("petitions", Integer, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("played", Integer, nullable=False),
    Column("acts", Integer, nullable=False),
    Column("finished_at", Instant),
    CheckConstraint("id = 1", name="one_county"),
)
