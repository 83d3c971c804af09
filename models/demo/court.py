"""Who speaks in the demo's hearings, and at what hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from sqlalchemy.orm import Session

from models.access import Actor
from models.demo.county import BUREAU, OFFICE
from models.terms import Role
from models.world import world


@dataclass(frozen=True, slots=True)
class Court:
    """Who speaks in the hearings: two of the bureau, a county leader, clerk and leader of every unit (by its id)."""

    officer: Actor
    colleague: Actor
    leader: Actor
    clerks: Mapping[int, Actor]
    heads: Mapping[int, Actor]


def court_of(actors: Mapping[str, list[Actor]]) -> Court:
    """The people of the demo in the roles that their accounts have."""

    def in_role(person: Actor, role: Role) -> Actor:
        return replace(person, roles=frozenset({role}))

    units = {people[0].unit_id: people for people in actors.values() if people[0].unit_id is not None}
    clerks = {unit: people[1] for unit, people in units.items()}
    heads = {
        unit: people[0] if Role.BureauOfficer in people[0].roles else in_role(people[0], Role.UnitLeader)
        for unit, people in units.items()
    }
    leader = in_role(actors[OFFICE][0], Role.CountyLeader)
    return Court(actors[BUREAU][0], actors[BUREAU][1], leader, clerks, heads)


def office_hours(session: Session, moment: datetime, now: datetime) -> datetime:
    """The morning of the day, or of the next working day; never later than ``now``."""
    here = world(session)
    day = here.calendar.roll(moment.astimezone(here.zone).date())
    return min(now, datetime.combine(day, time(9, 40), here.zone).astimezone(UTC))
