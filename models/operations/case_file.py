"""One petition with everything the rules need, and the world (rulebooks, calendar, units) it is judged in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import event, select
from sqlalchemy.orm import Session, selectinload

from models.access import all_rows
from models.errors import DomainError, NotFound
from models.rules.calendar import WorkCalendar
from models.rules.duties import derive
from models.rules.facts import CaseFacts, CaseState, Clock, Due, Rulebook, StepFact
from models.tables import (
    CalendarDay,
    CalendarYear,
    Duty,
    Involvement,
    Petition,
    RulebookClock,
    RulebookPoints,
    Step,
    Transfer,
    Unit,
)
from models.tables import Rulebook as RulebookRow
from models.terms import N_, DayKind, DutyStatus, RulebookStatus, UnitKind

_zone = {"zone": ZoneInfo("Asia/Shanghai")}


def configure_zone(name: str) -> None:
    """Set the county's time zone (once, at the edge: ``TIMEZONE``)."""
    _zone["zone"] = ZoneInfo(name)


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A unit as plain data, so that a commit does not expire it."""

    id: int
    code: str
    name: str
    name_en: str | None
    kind: UnitKind
    active: bool


@dataclass(frozen=True, slots=True)
class World:
    """What does not change from case to case; read once for each session."""

    rulebooks: tuple[Rulebook, ...]
    calendar: WorkCalendar
    bureau: int
    zone: ZoneInfo
    units: dict[int, UnitFact]

    def rulebook(self, received_at: datetime) -> Rulebook:
        """The version in force on the day of receipt; the oldest for what came before all versions."""
        day = received_at.astimezone(self.zone).date()
        fitting = [book for book in self.rulebooks if book.effective_from <= day]
        return fitting[-1] if fitting else self.rulebooks[0]


def world(session: Session) -> World:
    """The session's world, loaded on first use."""
    found = session.info.get("world")
    if not isinstance(found, World):
        found = session.info["world"] = _load_world(session)
    return found


def forget_world(session: Session) -> None:
    """After reference data changed in this session."""
    session.info.pop("world", None)


@event.listens_for(Session, "after_flush")
def _reference_changed(session: Session, _context: object) -> None:
    """A session that changes reference data must not go on judging by the old."""
    kinds = (Unit, RulebookRow, RulebookClock, RulebookPoints, CalendarDay, CalendarYear)
    changed = (*session.new, *session.dirty, *session.deleted)
    if "world" in session.info and any(isinstance(row, kinds) for row in changed):
        forget_world(session)


def _load_world(session: Session) -> World:
    columns = (Unit.id, Unit.code, Unit.name, Unit.name_en, Unit.kind, Unit.active)
    units = {row.id: UnitFact(*row) for row in session.execute(select(*columns))}
    bureau = next((unit.id for unit in units.values() if unit.kind is UnitKind.bureau), None)
    books = tuple(_rulebook(row) for row in _published(session))
    if bureau is None or not books:
        raise DomainError(N_("Reference data is missing: run init, and create the bureau."))
    return World(books, load_calendar(session), bureau, _zone["zone"], units)


def _published(session: Session) -> Sequence[RulebookRow]:
    wanted = select(RulebookRow).where(RulebookRow.status == RulebookStatus.published)
    parts = (selectinload(RulebookRow.clocks), selectinload(RulebookRow.points))
    return session.scalars(wanted.options(*parts).order_by(RulebookRow.effective_from, RulebookRow.id)).all()


def _rulebook(row: RulebookRow) -> Rulebook:
    clocks = tuple(
        Clock(c.duty, c.variant, c.amount, c.measure, c.rolled, c.extension, c.rule, c.paragraph, c.source)
        for c in row.clocks
    )
    points = {line.rule: line.points for line in row.points}
    return Rulebook(
        row.id, row.version, row.effective_from, clocks, points, row.base_score, row.floor_score, row.grace_days
    )


def load_calendar(session: Session) -> WorkCalendar:
    """The calendar table as the rules' plain object."""
    days = session.scalars(select(CalendarDay)).all()
    years = session.scalars(select(CalendarYear).order_by(CalendarYear.year)).all()
    return WorkCalendar(
        {row.day: row.name for row in days if row.kind is DayKind.holiday},
        {row.day: row.name for row in days if row.kind is DayKind.makeup},
        frozenset(row.year for row in years if row.provisional),
        " ".join(f"{row.year}/{row.version}" for row in years),
    )


@dataclass(slots=True)
class CaseFile:
    """A petition with its steps, rows kept by the operations, and what follows from them."""

    petition: Petition
    facts: CaseFacts
    state: CaseState
    steps: list[Step]
    duties: dict[str, Duty]
    transfers: dict[int, Transfer]
    involved: set[int]
    version: int = field(default=0)

    @property
    def kept(self) -> dict[str, Due]:
        """Due moments of discharged duties, never counted again (domain §3)."""
        done = (row for row in self.duties.values() if row.status is DutyStatus.discharged)
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
    case.petition._case_file = case  # type: ignore[attr-defined]
    return case


def _read(session: Session, petition: Petition, now: datetime) -> CaseFile:
    this = petition.id
    steps = list(session.scalars(select(Step).where(Step.petition_id == this).order_by(Step.seq)))
    duties = {row.key: row for row in session.scalars(select(Duty).where(Duty.petition_id == this))}
    legs = {row.leg: row for row in session.scalars(select(Transfer).where(Transfer.petition_id == this))}
    units = set(session.scalars(select(Involvement.unit_id).where(Involvement.petition_id == this)))
    facts = facts_of(world(session), petition, steps)
    case = CaseFile(petition, facts, None, steps, duties, legs, units)  # type: ignore[arg-type]
    case.state = state_of(session, case, facts, now)
    return case


def state_of(session: Session, case: CaseFile, facts: CaseFacts, now: datetime) -> CaseState:
    """What follows from ``facts`` under the rulebook of the petition."""
    here = world(session)
    return derive(facts, here.rulebook(facts.received_at), here.calendar, here.zone, now, case.kept)


def facts_of(here: World, petition: Petition, steps: Sequence[Step]) -> CaseFacts:
    told = sorted((fact_of(step) for step in steps), key=lambda fact: (fact.at, fact.seq))
    return CaseFacts(petition.received_at, petition.first_unit_id, here.bureau, tuple(told))


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
    )
