"""The vault's own writing, for revisions that move text into it or out of it: a format that is stored, not a rule."""

from __future__ import annotations

from sqlalchemy import Dialect

from models.vault import Sealed

_type = Sealed()


def seal(text: str, dialect: Dialect) -> str:
    """``text`` as the vault keeps it."""
    return _type.process_bind_param(text, dialect) or ""


def unseal(text: str, dialect: Dialect) -> str:
    """What the vault keeps, opened."""
    return _type.process_result_value(text, dialect) or ""
