"""Texts and papers of a hearing: what every move must bring, and how its files are kept. Never commits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from models.access import Actor
from models.errors import Invalid, Problem
from models.files import File
from models.store import store
from models.tables import AccountabilityEvent, DeductionEvent, HearingPaper
from models.terms import N_

REASON, STATEMENT = 2000, 5000


def told(reason: str, missing: str, most: int = REASON, name: str = "reason") -> str:
    """The reason without its edges.

    Raises:
        Invalid: there is none, it is too long, or it cannot be shown.
    """
    text = (reason or "").strip()
    if not text:
        raise Invalid([Problem(name, missing, "§3")])
    if len(text) > most:
        raise Invalid([Problem(name, N_("This is too long."))])
    if any(ord(char) < 32 and char not in "\r\n\t" for char in text):
        raise Invalid([Problem(name, N_("This contains characters that cannot be shown."))])
    return text


def keep(
    session: Session,
    event: DeductionEvent | AccountabilityEvent,
    papers: Iterable[File],
    actor: Actor | None,
    now: datetime,
) -> None:
    """Write the rows, then the bytes; the same bytes once for each move. Flushes."""
    once: dict[str, File] = {}
    for file in papers:
        once.setdefault(file.sha256, file)
    if not once:
        return
    session.flush()
    of = "deduction_event_id" if isinstance(event, DeductionEvent) else "accountability_event_id"
    staff, unit = (actor.staff_id, actor.unit_id) if actor else (None, None)
    for file in once.values():
        values = {"filename": file.name, "media_type": file.media_type, "size": file.size, "sha256": file.sha256}
        session.add(HearingPaper(added_at=now, added_by_id=staff, unit_id=unit, **values, **{of: event.id}))
    session.flush()
    for file in once.values():
        store().put(file.stream, file.sha256, file.size)
