"""The board on which ``duties.derive`` chalks up duties while it walks through the steps of one petition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.rules import clocks
from models.rules.calendar import WorkCalendar
from models.rules.facts import Due, DutyState, Rulebook, StepFact, UnitRef
from models.terms import DutyKind, DutyStatus

# a due date kept from before answers the same question only while these agree
_QUESTION = ("start", "extension", "paused")


@dataclass(slots=True)
class Board:
    """Duties by key, in the order in which they were opened."""

    rulebook: Rulebook
    calendar: WorkCalendar
    zone: ZoneInfo
    kept: Mapping[str, Due]
    duties: dict[str, DutyState] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    starts: dict[str, datetime] = field(default_factory=dict)
    stopped: dict[str, datetime] = field(default_factory=dict)

    def open(
        self,
        key: str,
        kind: DutyKind,
        unit: UnitRef,
        step: StepFact,
        start: datetime,
        *,
        occurrence: str | None = None,
        variant: str = "",
        due: Due | None = None,
        opened_at: datetime | None = None,
    ) -> None:
        """Open (or open anew, after a rejected objection) the duty ``key`` with its clock from ``start``.

        What was discharged stays discharged. Missed is missed: a later decision lets it run on, without a new date.
        """
        before = self.duties.get(key)
        if before is not None and before.status is DutyStatus.discharged:
            return
        if before is not None and before.missed(step.at):
            self.duties[key] = replace(before, status=DutyStatus.open, ended_at=None)
            return
        clock = self.rulebook.clock(kind, variant)
        self.variants[key], self.starts[key] = variant, start
        moment = due or self._settled(key, clocks.due(clock, start, self.calendar, self.zone))
        self.duties[key] = DutyState(
            key=key,
            kind=kind,
            unit=unit,
            rule=clock.rule,
            occurrence=occurrence if clock.rule else None,
            paragraph=clock.paragraph,
            opened_at=opened_at or start,
            opened_by=step.seq,
            measure=clock.measure,
            due=moment,
            longest=clock.extension,
        )

    def _settled(self, key: str, counted: Due) -> Due:
        """A discharged duty keeps its date when calendar or rulebook changed, unless the new one is kinder (§3)."""
        kept = self.kept.get(key)
        if kept is None or any(kept.trace.get(name) != counted.trace.get(name) for name in _QUESTION):
            return counted
        return max(kept, counted, key=lambda due: due.at)

    def open_until(
        self,
        key: str,
        kind: DutyKind,
        unit: UnitRef,
        step: StepFact,
        day: date,
        *,
        occurrence: str,
        opened_at: datetime | None = None,
    ) -> None:
        """Open a duty whose last day is named, not counted (a promise, a follow-up period)."""
        due = clocks.due_on(day, self.rulebook.clock(kind), step.at, self.calendar, self.zone)
        self.open(key, kind, unit, step, step.at, occurrence=occurrence, due=due, opened_at=opened_at)

    def recount(self, key: str, *, extend: int = 0, paused_days: int = 0) -> None:
        """Count the due moment of an open duty again with extension and pauses."""
        duty = self.duties.get(key)
        if duty is None:
            return
        clock = self.rulebook.clock(duty.kind, self.variants[key])
        more = min(extend, clock.extension)
        due = clocks.due(clock, self.starts[key], self.calendar, self.zone, extend=more, paused_days=paused_days)
        self.duties[key] = replace(duty, due=self._settled(key, due))

    def is_open(self, key: str) -> bool:
        duty = self.duties.get(key)
        return duty is not None and duty.status is DutyStatus.open

    def discharge(self, key: str, step: StepFact) -> None:
        """The step does what was owed; the first one counts."""
        if self.is_open(key):
            self.duties[key] = replace(
                self.duties[key],
                status=DutyStatus.discharged,
                discharged_at=step.at,
                discharged_by=step.seq,
                ended_at=step.at,
            )

    def end(self, key: str, status: DutyStatus, at: datetime) -> None:
        """End an open or paused duty without discharge. One already missed by then stays missed (``ended_at``)."""
        if self.is_open(key) or self.is_paused(key):
            # a clock that a hearing had stopped did not run out afterwards
            self.duties[key] = replace(self.duties[key], status=status, ended_at=self.stopped.pop(key, at))

    def is_paused(self, key: str) -> bool:
        duty = self.duties.get(key)
        return duty is not None and duty.status is DutyStatus.paused

    def pause(self, key: str, at: datetime) -> None:
        """Stop the clock of an open duty."""
        self.stopped[key] = at
        self.duties[key] = replace(self.duties[key], status=DutyStatus.paused)

    def resume(self, key: str, at: datetime) -> int:
        """The clock of a paused duty runs on; returns for how many days it stood."""
        self.duties[key] = replace(self.duties[key], status=DutyStatus.open)
        return (at.astimezone(self.zone).date() - self.stopped.pop(key).astimezone(self.zone).date()).days

    def end_where(self, wanted: Callable[[DutyState], bool], status: DutyStatus, at: datetime) -> None:
        """End every open or paused duty that ``wanted`` accepts."""
        for key, duty in list(self.duties.items()):
            if wanted(duty):
                self.end(key, status, at)
