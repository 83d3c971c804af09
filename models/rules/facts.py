"""The facts that the rules are told, and the answers they give. Plain frozen data; unit references are unit ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from models.rules.office_hours import Hours
from models.rules.scheme import Grade, Peer, Rate, Section
from models.terms import Case, Channel, DutyKind, DutyStatus, Measure, PetitionStatus, Rule, StepKind

UnitRef = int
# the variant of a review's clock that says how long the petitioner may ask for it
REQUEST = "request"


@dataclass(frozen=True, slots=True)
class StepFact:
    """An act that happened. ``seq`` is the order of recording; ``at`` an aware instant."""

    seq: int
    kind: StepKind
    at: datetime
    unit: UnitRef
    to_unit: UnitRef | None = None
    mode: str | None = None
    outcome: str | None = None
    days: int | None = None
    until: date | None = None
    co_units: tuple[UnitRef, ...] = ()
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One petition as the rules see it. ``steps`` are sorted by (at, seq); ``superiors``: unit → the next level up.

    ``voided_at``: since when it counts as registered by mistake, so that nothing is owed in it.
    """

    received_at: datetime
    first_unit: UnitRef
    bureau: UnitRef
    steps: tuple[StepFact, ...]
    superiors: Mapping[UnitRef, UnitRef] = field(default_factory=dict)
    channel: Channel | None = None
    voided_at: datetime | None = None

    def superior(self, unit: UnitRef) -> UnitRef:
        """Who reviews ``unit`` (arts. 35, 36); the bureau where the tree names nobody."""
        return self.superiors.get(unit, self.bureau)


@dataclass(frozen=True, slots=True)
class Clock:
    """One row of the rulebook: how long, counted how, and what its miss costs."""

    duty: DutyKind | None  # None: a side's time in a hearing
    variant: str
    amount: int
    measure: Measure
    rolled: bool
    extension: int
    rule: Rule | None
    paragraph: str
    source: str


@dataclass(frozen=True, slots=True)
class Supplement:
    """A clock that a published rulebook lacked, added to it: for duties that begin on ``effective_from`` or later."""

    effective_from: date
    clock: Clock


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A version of the county's assessment rules. ``paragraphs``: where the points of a rule stand.

    ``promise_days``: how far off a promised date may lie. ``clock_days``: how far the console's clock may be ahead of
    the newest record. ``office_hours``: channel → hours; what arrives outside counts from the next opening.
    """

    id: int
    version: str
    effective_from: date
    clocks: tuple[Clock, ...]
    points: Mapping[Rule, Decimal]
    base: Decimal
    floor: Decimal
    grace_days: int = 0
    answer_days: int = 5
    decision_days: int = 5
    appeal_days: int = 5
    ruling_days: int = 5
    promise_days: int = 180
    clock_days: int = 7
    office_hours: Mapping[Channel, Hours] = field(default_factory=dict)
    supplements: tuple[Supplement, ...] = ()
    caps: Mapping[Rule, Decimal] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    rates: tuple[Rate, ...] = ()
    grades: tuple[Grade, ...] = ()
    peers: tuple[Peer, ...] = ()
    title: str = ""
    source: str = ""
    paragraphs: Mapping[Rule, str] = field(default_factory=dict)

    @property
    def all_clocks(self) -> tuple[Clock, ...]:
        """The clocks with those that were added later."""
        return (*self.clocks, *(one.clock for one in self.supplements))

    def find(self, duty: DutyKind, variant: str = "", on: date | None = None) -> Clock | None:
        """The clock of a duty in a case, else the one for every case; None if the rulebook has neither.

        Args:
            on: the day on which the duty begins: a supplement counts from its own day on; None: whenever.
        """
        added = (one.clock for one in self.supplements if on is None or one.effective_from <= on)
        known = [row for row in (*self.clocks, *added) if row.duty is duty]
        exact = (row for row in known if row.variant == variant)
        return next(exact, next((row for row in known if row.variant == ""), None))

    def clock(self, duty: DutyKind, variant: str = "", on: date | None = None) -> Clock:
        """The same, where it must be there.

        Raises:
            LookupError: if the rulebook has no such clock.
        """
        found = self.find(duty, variant, on)
        if found is None:
            raise LookupError(f"rulebook {self.version} has no clock {duty}/{variant}")
        return found

    def judges_like(self, other: Rulebook) -> bool:
        """Whether every matter has the same duties, due dates and misses under ``other``."""
        names = ("clocks", "supplements", "grace_days", "office_hours")
        return all(getattr(self, name) == getattr(other, name) for name in names)


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment with its working. ``at``: the last instant in time; ``trace`` is JSON-ready."""

    at: datetime
    on: date
    trace: dict[str, Any] = field(compare=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class DutyState:
    """What one unit owes by one moment, and what became of it."""

    key: str
    kind: DutyKind
    unit: UnitRef
    rule: Rule | None
    occurrence: str | None
    paragraph: str
    opened_at: datetime
    opened_by: int
    measure: Measure
    due: Due
    status: DutyStatus = DutyStatus.open
    discharged_at: datetime | None = None
    discharged_by: int | None = None
    ended_at: datetime | None = None
    longest: int = 0

    def missed(self, now: datetime) -> bool:
        """Done after its due moment, or not done and the due moment has passed (domain §2)."""
        if self.status is DutyStatus.open:
            return now > self.due.at
        if self.status is DutyStatus.discharged:
            return self.discharged_at is not None and self.discharged_at > self.due.at
        return self.ended_at is not None and self.ended_at > self.due.at

    def late_days(self, now: datetime, zone: ZoneInfo) -> int:
        """Whole days from the due date to the discharge, or to ``now`` if it was never done; 0 if not missed.

        An hour clock missed on the same day counts as 1.
        """
        if not self.missed(now):
            return 0
        end = self.discharged_at or now
        return max(1, (end.astimezone(zone).date() - self.due.on) // timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Leg:
    """One transfer of a matter: ``status`` is sent, acknowledged, objected or returned."""

    no: int
    from_unit: UnitRef
    to_unit: UnitRef
    sent_at: datetime
    sent_by: int
    mode: str
    status: str = "sent"
    answered_at: datetime | None = None
    ruled_at: datetime | None = None
    implied: bool = False


@dataclass(frozen=True, slots=True)
class CaseState:
    """Everything that follows from the facts."""

    duties: tuple[DutyState, ...]
    case: Case | None
    urgent_at: datetime | None
    status: PetitionStatus
    responsible: UnitRef | None
    holder: UnitRef
    legs: tuple[Leg, ...]
    lead: UnitRef | None
    co_units: tuple[UnitRef, ...]
    replied_at: datetime | None
    closed_at: datetime | None
    reviewed_at: datetime | None = None
    assignment: int = 0
    ask_review_until: datetime | None = None

    @property
    def open_duties(self) -> tuple[DutyState, ...]:
        return tuple(duty for duty in self.duties if duty.status is DutyStatus.open)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step may not be taken now: a msgid with its parameters, and the paragraph behind it."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    paragraph: str = ""
    field: str | None = None
