"""Login sessions: who is in, by which door, since when; ended, not deleted. Plain rows, shown on no screen."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from models.base import Base, BigId, Instant

# the token itself lies in the cookie alone: who reads this table cannot enter with it
login_session = Table(
    "login_session",
    Base.metadata,
    Column("id", BigId, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("user_id", Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False),
    Column("door", String(8), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String(20)),
    Index("ix_login_session_user", "user_id", "id"),
    CheckConstraint("door IN ('web', 'api')", name="door"),
    CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="end_has_cause"),
)
