"""Who may change a case: checked by every operation against the unit that acts (interface: writes check the target)."""

from __future__ import annotations

from models.access import Actor, sees_everything
from models.errors import NotAllowed, NotFound
from models.operations.case_file import CaseFile
from models.roles import Names, Office
from models.tables import Petition
from models.terms import N_, PetitionKind


def writing_unit(actor: Actor | None, unit_id: int | None, bureau: int) -> int:
    """The unit for which ``actor`` acts; None stands for a job that runs inside ``all_rows``."""
    if actor is None:
        if not sees_everything() or unit_id is None:
            raise NotAllowed(N_("Nobody is acting."))
        return unit_id
    if not actor.writes:
        raise NotAllowed(N_("Your role only looks; it takes no steps."))
    unit = actor.unit_id if unit_id is None else unit_id
    if unit is None or unit != actor.unit_id:
        raise NotAllowed(N_("You may act only for your own unit."))
    if not actor.acts_for(Office.unit) and unit != bureau:
        raise NotAllowed(N_("A bureau officer acts for the bureau."))
    return unit


def must_see(actor: Actor | None, case: CaseFile) -> None:
    """Foreign and shielded petitions look as if they did not exist."""
    if actor is not None and not sees(actor, case.petition, case.involved):
        raise NotFound(N_("No such petition."))


def may_know(actor: Actor, petition: Petition) -> bool:
    """Of a petition that the actor sees: whether also who brought it. The same rule as ``access``' of petitioners."""
    if actor.standing.names is not Names.work:
        return actor.standing.names is Names.all
    return petition.kind is not PetitionKind.accusation or petition.first_unit_id == actor.unit_id


def sees(actor: Actor, petition: Petition, involved: set[int]) -> bool:
    """The same rule as ``access``, asked of one loaded petition."""
    if actor.wide and actor.standing.oversees:
        return True
    if petition.about_unit_id is not None and petition.about_unit_id == actor.unit_id:
        return False
    return actor.wide or bool(actor.units & involved)
