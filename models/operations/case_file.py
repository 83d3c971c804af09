"""One petition with everything the rules need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from models.access import all_rows
from models.errors import NotFound
from models.rules.corrections import received_at, voided
from models.rules.duties import derive
from models.rules.facts import CaseFacts, CaseState, Due, StepFact
from models.tables import Duty, Involvement, Petition, Step
from models.terms import N_, DutyStatus
from models.world import UnitFact, World, configure_zone, forget_world, load_calendar, world

__all__ = [
    "CaseFile",
    "UnitFact",
    "World",
    "configure_zone",
    "facts_of",
    "file_of",
    "forget_world",
    "load",
    "load_calendar",
    "world",
]


@dataclass(slots=True)
class CaseFile:
    """A petition with its steps, rows kept by the operations, and what follows from them."""

    petition: Petition
    facts: CaseFacts
    state: CaseState
    steps: list[Step]
    duties: dict[str, Duty]
    involved: set[int]
    version: int = field(default=0)

    @property
    def kept(self) -> dict[str, Due]:
        """Due moments of discharged duties, never counted again (domain §3)."""
        return kept_of(self.duties)


def kept_of(duties: Mapping[str, Duty]) -> dict[str, Due]:
    """The due moments that are settled."""
    done = (row for row in duties.values() if row.status is DutyStatus.discharged)
    return {row.key: Due(row.due_at, row.due_on, row.trace) for row in done}


def load(session: Session, petition_id: int, now: datetime | None = None) -> CaseFile:
    """The case file of a petition that the current actor may see.

    Raises:
        NotFound: no such petition, or none that the actor may see.
    """
    petition = session.scalar(select(Petition).where(Petition.id == petition_id))
    if petition is None:
        raise NotFound(N_("No such petition."))
    return file_of(session, petition, now)


def file_of(session: Session, petition: Petition, now: datetime | None = None) -> CaseFile:
    """The case file of a loaded petition; kept on it until its version changes."""
    cached = getattr(petition, "_case_file", None)
    if isinstance(cached, CaseFile) and cached.version == petition.version:
        return cached
    with all_rows():
        return remember(_read(session, petition, now or datetime.now(UTC)))


def remember(case: CaseFile) -> CaseFile:
    """Keep the file on its petition as long as nobody else changes the petition."""
    case.version = case.petition.version
    vars(case.petition)["_case_file"] = case
    return case


def _read(session: Session, petition: Petition, now: datetime) -> CaseFile:
    this = petition.id
    # the units come with the first step, which every petition has: one statement less for each page
    involved = and_(Involvement.petition_id == Step.petition_id, Step.seq == 1)
    told = select(Step, Involvement.unit_id).outerjoin(Involvement, involved).where(Step.petition_id == this)
    rows = session.execute(told.options(joinedload(Step.staff)).order_by(Step.seq)).all()
    steps = list(dict.fromkeys(step for step, _unit in rows))
    units = {unit for _step, unit in rows if unit is not None}
    duties = {row.key: row for row in session.scalars(select(Duty).where(Duty.petition_id == this))}
    facts = facts_of(world(session), petition, steps)
    return CaseFile(petition, facts, state_of(session, facts, kept_of(duties), now), steps, duties, units)


def state_of(session: Session, facts: CaseFacts, kept: Mapping[str, Due], now: datetime) -> CaseState:
    """What follows from ``facts`` under the rulebook of the petition."""
    here = world(session)
    return voided(derive(facts, here.rulebook(facts.received_at), here.calendar, here.zone, now, kept), facts.voided_at)


def facts_of(here: World, petition: Petition, steps: Sequence[Step]) -> CaseFacts:
    told, received = tuple(fact_of(step) for step in steps), petition.received_at
    first, channel, voided_at = petition.first_unit_id, petition.channel, petition.voided_at
    facts = CaseFacts(received, first, here.bureau, told, here.superiors, channel, voided_at)
    return received_at(facts, received)


def fact_of(step: Step) -> StepFact:
    return StepFact(
        step.seq,
        step.kind,
        step.at,
        step.unit_id,
        step.to_unit_id,
        step.mode,
        step.outcome,
        step.days,
        step.until,
        tuple((step.evidence or {}).get("co_units") or ()),
        bool((step.evidence or {}).get("confirmation")),
    )
