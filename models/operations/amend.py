"""Correct the record of a petition (title, content, place, plain fields …): first unit or bureau. Never commits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models import petition_fields
from models.access import Actor
from models.errors import Conflict, NotAllowed, StepRefused
from models.operations import guard
from models.operations.case_file import world
from models.operations.steps import CHANGED
from models.tables import Petition
from models.terms import N_, PetitionStatus

FIELDS = frozenset({"title", "content", "category_id", "place_id", *petition_fields.names()})


def amend(session: Session, petition: Petition, values: Mapping[str, Any], actor: Actor) -> Petition:
    """Write ``values`` (names of ``FIELDS``); flushes.

    Raises:
        NotAllowed: neither the first unit nor the bureau. StepRefused: closed. Conflict: changed meanwhile.
    """
    here = world(session)
    unit = guard.writing_unit(actor, None, here.bureau)
    if unit not in (petition.first_unit_id, here.bureau):
        raise NotAllowed(N_("Only the first unit and the bureau correct the record."))
    if petition.status is PetitionStatus.closed:
        raise StepRefused(N_("The petition is closed; reopen it first, with a reason."))
    for name in FIELDS & values.keys():
        if getattr(petition, name) != values[name]:
            setattr(petition, name, values[name])
    try:
        session.flush()
    except StaleDataError as error:
        raise Conflict(CHANGED) from error
    return petition
