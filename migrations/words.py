"""The index of two-character words (``models.search``): PostgreSQL only, and not in the metadata, which serves both."""

from __future__ import annotations

INDEX = "ix_petition_words"


def ours(_object: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """For Alembic's comparison: what the metadata describes. The index above is compared by its own test."""
    return not (kind == "index" and reflected and name == INDEX)
