"""Correcting a registration (§1, §3): what it would relieve a unit of, and what therefore needs the bureau's consent.

A unit may put right what it wrote down wrongly. It may not, by the same way, escape a duty, move a missed date, lay
open who accused, or forget whom it has to tell: that takes a second pair of eyes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from models.rules.facts import CaseFacts, CaseState, DutyState, UnitRef
from models.terms import N_, DutyKind, DutyStatus, PetitionKind, PetitionStatus, StepKind

RELIEVES = N_("It would lift a duty, move a date, or take back a miss.")
EARLIER = N_("The receipt would lie earlier than it was recorded.")
LAYS_OPEN = N_("Who accused would be shown to other units.")
UNSHIELDS = N_("The unit that the matter is about would see it.")
UNWATCHED = N_("The bureau would see the matter no more.")
FORGETS = N_("The petitioners, or a way to reach them, would be lost.")
BLAMES = N_("A duty was missed already; another person would answer for it.")
CLOCKS = ("received_at", "channel")  # what the clocks of a petition start from
VOIDS = N_("All duties of the petition would be lifted.")


@dataclass(frozen=True, slots=True)
class Relief:
    """A duty that a correction would lift (``after`` None), move, or no longer count as missed."""

    key: str
    kind: DutyKind
    unit: UnitRef
    before: date
    after: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """A petitioner as a correction compares them; ``id``: None for one who is added."""

    id: int | None
    reachable: bool


def received_at(facts: CaseFacts, at: datetime) -> CaseFacts:
    """The facts as they are if the matter was received at ``at``; the step of the receipt stays as it was written."""
    told = (replace(step, at=at) if step.kind is StepKind.receive else step for step in facts.steps)
    return replace(facts, received_at=at, steps=tuple(sorted(told, key=lambda step: (step.at, step.seq))))


def voided(state: CaseState, since: datetime | None) -> CaseState:
    """The state of a petition that was registered by mistake: closed, nothing owed, nobody waits for an answer."""
    if since is None:
        return state
    legs = tuple(replace(leg, status="returned") if leg.status in ("sent", "objected") else leg for leg in state.legs)
    ended = replace(state, status=PetitionStatus.closed, closed_at=since, responsible=None, ask_review_until=None)
    return replace(ended, duties=(), legs=legs)


def relieved(before: CaseState, after: CaseState, now: datetime) -> tuple[Relief, ...]:
    """What a unit would gain: duties lifted, due later while they still matter, or missed no more."""
    fresh = {duty.key: duty for duty in after.duties}
    pairs = ((duty, fresh.get(duty.key)) for duty in before.duties)
    return tuple(
        Relief(duty.key, duty.kind, duty.unit, duty.due.on, new.due.on if new is not None else None)
        for duty, new in pairs
        if _gains(duty, new, now)
    )


def _gains(duty: DutyState, new: DutyState | None, now: datetime) -> bool:
    missed = duty.missed(now)
    if duty.status in (DutyStatus.cancelled, DutyStatus.lapsed) and not missed:
        return False  # nobody owes it any more
    owed = duty.status in (DutyStatus.open, DutyStatus.paused)
    if new is None:
        return owed or missed
    if missed and not new.missed(now):
        return True
    return (owed or missed) and new.due.at > duty.due.at


def consent(
    old: Mapping[str, Any], new: Mapping[str, Any], relief: tuple[Relief, ...], bureau: UnitRef, *, missed: bool
) -> dict[str, str]:
    """Field → why the bureau has to agree before it is corrected; only fields of ``new`` that differ from ``old``.

    Args:
        missed: a duty of the first unit was missed already.
    """
    asked: dict[str, str] = {}
    if relief:
        asked |= {name: RELIEVES for name in CLOCKS if name in new}
    elif "received_at" in new and new["received_at"] < old["received_at"]:
        asked["received_at"] = EARLIER  # another year, another rulebook
    if "kind" in new and old["kind"] is PetitionKind.accusation:
        asked["kind"] = LAYS_OPEN
    if "about_unit_id" in new and old["about_unit_id"] is not None:
        asked["about_unit_id"] = UNSHIELDS
    elif new.get("about_unit_id") == bureau:
        asked["about_unit_id"] = UNWATCHED
    if new.get("anonymous"):
        asked["anonymous"] = FORGETS
    if "first_receiver_id" in new and old["first_receiver_id"] is not None and missed:
        asked["first_receiver_id"] = BLAMES
    return asked


def forgets(old: tuple[Person, ...], new: tuple[Person, ...]) -> bool:
    """Whether a petitioner, or the last way to reach one, would be gone: nobody has to be told any more."""
    kept = {person.id: person for person in new}
    return any(person.id not in kept or (person.reachable and not kept[person.id].reachable) for person in old)
