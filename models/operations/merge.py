"""Merge a duplicate into the matter first received: its first unit stays responsible (§1). Never commits."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Actor
from models.errors import Problem
from models.operations import guard
from models.operations.numbers import insert_for
from models.tables import Involvement, Petition
from models.terms import N_, PetitionStatus

_FIELD = "into"


def problems(session: Session, duplicate: Petition, into: object, actor: Actor | None) -> list[Problem]:
    """What speaks against merging ``duplicate`` into the petition with the id ``into``; asked on all rows."""
    original = session.get(Petition, into) if isinstance(into, int) else None
    if original is None or not _sees(session, original, actor):
        return [Problem(_FIELD, N_("No such petition."), "§1")]
    if original.id == duplicate.id:
        return [Problem(_FIELD, N_("A petition cannot be merged into itself."), "§1")]
    if (original.received_at, original.id) > (duplicate.received_at, duplicate.id):
        return [Problem(_FIELD, N_("That petition was received later; merge it into this one instead."), "§1")]
    if original.status is PetitionStatus.closed:
        return [Problem(_FIELD, N_("That petition is closed; reopen it first, with a reason."), "§1")]
    return []


def _sees(session: Session, original: Petition, actor: Actor | None) -> bool:
    if actor is None:
        return True
    units = select(Involvement.unit_id).where(Involvement.petition_id == original.id)
    return guard.sees(actor, original, set(session.scalars(units)))


def link(session: Session, duplicate: Petition, into: int) -> None:
    """Remember where the matter lives on; the unit that received the duplicate may follow it there."""
    duplicate.merged_into_id = into
    known = insert_for(session, Involvement.__table__).values(petition_id=into, unit_id=duplicate.first_unit_id)
    session.connection().execute(known.on_conflict_do_nothing(index_elements=["petition_id", "unit_id"]))
