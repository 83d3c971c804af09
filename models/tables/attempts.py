"""Attempts: how often something was tried of late, counted for all workers. Plain rows, shown on no screen."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from models.base import Base, Instant

# hashed: a name that was typed may have been a password
attempt = Table(
    "attempt",
    Base.metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_attempt_expires_at", "expires_at"),
)
