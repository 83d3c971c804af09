"""How a due date was counted, in the reader's language: from the duty's stored trace (domain §3)."""

from __future__ import annotations

from flask_babel import gettext as _

from models.tables import Duty
from reports import working
from views import present


def sentences(duty: Duty) -> list[str]:
    """What a reader can check with a calendar in hand; empty without a trace."""
    return working.sentences(duty.trace or {}, "zh" if present.chinese() else "en")


def calendar(version: str | None) -> str:
    """``2026/1 2027/1``: which version of each year's calendar was read."""
    parts = [part.partition("/") for part in (version or "").split()]
    texts = [_("%(year)s (version %(n)s)", year=year, n=n) if n else year for year, _slash, n in parts]
    return (_(", ")).join(texts)
