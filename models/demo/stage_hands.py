"""Performs a planned petition: every act goes through the operations, with its own moment as the present."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Actor
from models.demo.casting import Cast
from models.demo.county import BUREAU
from models.demo.story import Act
from models.operations.intake import RegisterInput, register
from models.operations.steps import StepInput, allowed_steps
from models.operations.steps import perform as take
from models.tables import Category, Petition, Staff, Unit
from models.terms import Role, StepKind


@dataclass(frozen=True, slots=True)
class Hands:
    """Unit ids and acting people by unit code, categories by code."""

    units: dict[str, int]
    actors: dict[str, list[Actor]]
    categories: dict[str, int]


def hands_of(session: Session, units: dict[str, int], staff: dict[str, list[Staff]]) -> Hands:
    kinds = {row.id: row.kind for row in session.scalars(select(Unit))}
    categories = {row.code: row.id for row in session.scalars(select(Category))}

    def actor(code: str, person: Staff) -> Actor:
        role = Role.BureauOfficer if code == BUREAU else Role.Clerk
        return Actor(person.user_id, person.id, units[code], kinds[units[code]], frozenset({role}))

    actors = {code: [actor(code, person) for person in people] for code, people in staff.items()}
    return Hands(dict(units), actors, categories)


def perform(session: Session, hands: Hands, one: Cast, now: datetime) -> Petition:
    """Register the petition and take its steps, as far as they lie before ``now``."""
    story, rng = one.story, one.story.rng
    receiver = rng.choice(hands.actors[story.first])
    petition = register(session, _form(hands, one, receiver), receiver, story.registered)
    for act in story.in_order():
        if act.at > now:
            break
        actor = receiver if act.unit == story.first else rng.choice(hands.actors[act.unit])
        if act.kind is StepKind.close and StepKind.close not in _offered(session, petition, actor, act):
            break  # something is still owed; nobody may close it
        step = StepInput(act.kind, act.at, _values(hands, act))
        take(session, petition, step, actor, act.at)
    return petition


def _offered(session: Session, petition: Petition, actor: Actor, act: Act) -> Iterable[StepKind]:
    if act.values.get("withdrawal"):
        return [StepKind.close]
    return allowed_steps(session, petition, actor, act.at)


def _form(hands: Hands, one: Cast, receiver: Actor) -> RegisterInput:
    story, matter = one.story, one.story.situation
    return RegisterInput(
        title=matter.title.format_map(story.texts),
        content=matter.content.format_map(story.texts),
        channel=one.channel,
        kind=matter.kind,
        received_at=story.received,
        place_id=one.spot.id,
        category_id=hands.categories.get(matter.category),
        about_unit_id=hands.units[story.about] if story.about else None,
        first_receiver_id=receiver.staff_id,
        anonymous=story.anonymous,
        persons=one.persons,
        urgent=story.urgent,
        petitioners=one.petitioners,
    )


def _values(hands: Hands, act: Act) -> dict[str, object]:
    """The evidence with unit codes turned into ids."""
    values = dict(act.values)
    if "to_unit" in values:
        values["to_unit"] = hands.units[str(values["to_unit"])]
    helpers = values.get("co_units")
    if isinstance(helpers, list):
        values["co_units"] = [hands.units[code] for code in helpers]
    return values
