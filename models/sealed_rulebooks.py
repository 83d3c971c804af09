"""A published rulebook never changes, nor any of its parts: one guard before every flush of every session.

The database refuses it as well (``migrations.guards``); this names the field and the way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.errors import Conflict, Invalid, Problem
from models.rules.office_hours import read
from models.tables import (
    Rulebook,
    RulebookClock,
    RulebookGrade,
    RulebookIndicator,
    RulebookPeer,
    RulebookPoints,
    RulebookSection,
    RulebookSupplement,
)
from models.terms import N_, RulebookStatus

PARTS = (RulebookClock, RulebookSection, RulebookPoints, RulebookIndicator, RulebookGrade, RulebookPeer)
LOCKED = N_("A published rulebook never changes. Make a new draft from it.")
STAYS = N_("A part stays in its rulebook; delete it here and add it there.")
OWN_SECTION = N_("Choose a section of the same rulebook.")
SUPPLEMENTED = N_("A supplement never changes; the next version of the rulebook may.")
WRONG_HOURS = N_("Write them as 08:30-12:00, 14:00-17:30, one after the other.")
HOURS = ("hours_visit", "hours_letter", "hours_call", "hours_online")
UNDECLARED = N_("A rulebook is published on its own page, where its changes are shown first.")
_ALLOWED = "publishing"


def allow(session: Session, row: Rulebook) -> None:
    """Only ``operations.publishing`` says this: the next flush may publish ``row``."""
    session.info[_ALLOWED] = row


def locked(row: Any) -> str:
    """Why a stored rulebook or part of one cannot be changed; empty if it can."""
    if isinstance(row, RulebookSupplement):
        return SUPPLEMENTED
    book = row if isinstance(row, Rulebook) else row.rulebook
    return "" if book.status is RulebookStatus.draft else LOCKED


@event.listens_for(Session, "before_flush")
def _seal(session: Session, _context: object, _instances: object) -> None:
    touched = [*(row for row in session.dirty if session.is_modified(row)), *session.deleted]
    changed = [*session.new, *touched]
    if any(isinstance(row, RulebookSupplement) for row in touched):
        raise Conflict(SUPPLEMENTED)
    books = [row for row in changed if isinstance(row, Rulebook)]
    parts = [row for row in changed if isinstance(row, PARTS)]
    if books:
        _books(session, books)
    if parts:
        _parts(session, parts)


def _books(session: Session, rows: list[Rulebook]) -> None:
    if problems := [Problem(name, WRONG_HOURS) for row in rows for name in HOURS if not _readable(getattr(row, name))]:
        raise Invalid(problems)
    if _published(session, (row.id for row in rows)):
        raise Conflict(LOCKED)
    allowed = session.info.pop(_ALLOWED, None)
    if any(row.status is RulebookStatus.published and row is not allowed for row in rows):
        raise Conflict(UNDECLARED)


def _readable(hours: str | None) -> bool:
    try:
        read(hours or "")
    except ValueError:
        return False
    return True


def _parts(session: Session, rows: list[Any]) -> None:
    """What is stored decides, not what a session remembers of it."""
    stored: dict[Any, int] = {}
    for table in PARTS:
        keys = [row.id for row in rows if isinstance(row, table) and row.id is not None]
        if keys:
            found = session.connection().execute(select(table.id, table.rulebook_id).where(table.id.in_(keys)))
            stored |= {(table, key): book for key, book in found}
    sections = [row.section_id for row in rows if isinstance(row, RulebookPoints) and row.section_id]
    owned = select(RulebookSection.id, RulebookSection.rulebook_id).where(RulebookSection.id.in_(sections))
    owner = dict(session.connection().execute(owned).all()) if sections else {}
    wanted = {row: _wanted(row) for row in rows}
    closed = _published(session, {*stored.values(), *(key for keys in wanted.values() for key in keys)})
    for row in rows:
        old, new = stored.get((type(row), row.id)), wanted[row]
        if old in closed or new & closed:
            raise Invalid([Problem("rulebook_id", LOCKED)])
        if old is not None and new != {old}:
            raise Invalid([Problem("rulebook_id", STAYS)])
        if isinstance(row, RulebookPoints) and row.section_id and {owner.get(row.section_id)} != new:
            raise Invalid([Problem("section_id", OWN_SECTION)])


def _wanted(row: Any) -> set[int | None]:
    """The rulebooks a part is put into by its key and by its object: until the flush they may differ."""
    book: Rulebook | None = row.__dict__.get("rulebook")
    keys = {row.rulebook_id, book.id if book is not None else None}
    return keys - {None}


def _published(session: Session, keys: Iterable[int | None]) -> set[int | None]:
    """Which of the rulebooks are published; the others stay drafts until this transaction ends."""
    asked = sorted({key for key in keys if key is not None})
    if not asked:
        return set()
    table: Any = Rulebook.__table__
    wanted = select(table.c.id, table.c.status).where(table.c.id.in_(asked)).with_for_update(read=True)
    found = session.connection().execute(wanted)
    return {key for key, status in found if status is RulebookStatus.published}
