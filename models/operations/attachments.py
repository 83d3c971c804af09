"""Files of a petition or of a step: kept with their hash, withdrawn with a reason, never edited. Never commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Actor, all_rows
from models.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from models.files import File
from models.operations import guard
from models.operations.case_file import file_of, world
from models.roles import Names
from models.store import store
from models.tables import Attachment, Petition
from models.terms import N_, UnitKind

REASON = 500


def attach(session: Session, petition: Petition, files: Sequence[File], actor: Actor, now: datetime) -> None:
    """Add files to the petition as a whole; flushes.

    Raises:
        NotAllowed, NotFound; Invalid: a file is already there.
    """
    unit = guard.writing_unit(actor, None, world(session).bureau)
    with all_rows():
        guard.must_see(actor, file_of(session, petition, now))
        there = select(Attachment.sha256).where(
            Attachment.petition_id == petition.id, Attachment.step_id.is_(None), Attachment.withdrawn_at.is_(None)
        )
        if set(session.scalars(there)).intersection(file.sha256 for file in files):
            raise Invalid([Problem("papers", N_("This file is already attached."))])
        keep(session, petition.id, None, files, unit, actor.staff_id, now)


def keep(
    session: Session,
    petition_id: int,
    step_id: int | None,
    files: Iterable[File],
    unit: int,
    staff: int | None,
    now: datetime,
    **marks: bool,
) -> list[Attachment]:
    """Write the rows, then the bytes: what is refused before leaves nothing in the store. Flushes.

    Args:
        marks: ``issued``, ``names`` of the rows; what others hand in bears none.
    """
    once: dict[str, File] = {}
    rows: list[Attachment] = []
    for file in files:
        once.setdefault(file.sha256, file)  # the same bytes twice in one form: the first name stays
    for file in once.values():
        values = {"filename": file.name, "media_type": file.media_type, "size": file.size, "sha256": file.sha256}
        values |= {"petition_id": petition_id, "step_id": step_id, "unit_id": unit}
        rows.append(Attachment(added_at=now, added_by_id=staff, **values, **marks))
    session.add_all(rows)
    session.flush()
    for file in once.values():
        store().put(file.stream, file.sha256, file.size)
    return rows


def withdraw(session: Session, row: Attachment, reason: str, actor: Actor, now: datetime) -> None:
    """Take a wrong file out of sight: the row stays, with who and why; flushes.

    Raises:
        NotFound, NotAllowed; Invalid: no reason; Conflict: already withdrawn.
    """
    guard.writing_unit(actor, None, world(session).bureau)
    with all_rows():
        guard.must_see(actor, file_of(session, row.petition, now))
        text = reason.strip()
        if not text:
            raise Invalid([Problem("reason", N_("This is required."))])
        if len(text) > REASON:
            raise Invalid([Problem("reason", N_("This is too long."))])
        locked = select(Attachment).where(Attachment.id == row.id).with_for_update()
        found = session.scalar(locked.execution_options(populate_existing=True))
        if found is None:
            raise NotFound(N_("No such file."))
        if found.withdrawn_at is not None:
            raise Conflict(N_("This file was already withdrawn."))
        if found.issued:
            raise Conflict(N_("This is the paper of an issued letter: void the letter instead."))
        if not may_withdraw(actor, found):
            raise NotAllowed(N_("Only the unit that added a file and the bureau may withdraw it."))
        found.withdrawn_at, found.withdrawn_by_id, found.withdrawn_reason = now, actor.staff_id, text
        session.flush()


def may_open(actor: Actor, row: Attachment) -> bool:
    """Whether the bytes are offered; the row rule has let the row through. Withdrawn ones: whoever sees every name."""
    return row.withdrawn_at is None or actor.standing.names is Names.all


def may_withdraw(actor: Actor, row: Attachment) -> bool:
    """The unit that added a file and the bureau; the paper of a letter stays."""
    return (
        row.withdrawn_at is None
        and not row.issued
        and (row.unit_id == actor.unit_id or actor.unit_kind is UnitKind.bureau)
    )
