"""The board on which ``duties.derive`` chalks up duties while it walks through the steps of one petition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.rules import clocks
from models.rules.calendar import WorkCalendar
from models.rules.facts import Clock, Due, DutyState, Rulebook, StepFact, UnitRef
from models.rules.office_hours import Hours
from models.terms import DutyKind, DutyStatus

# a due date kept from before answers the same question only while these agree
_QUESTION = ("start", "extension", "paused")


@dataclass(slots=True)
class Board:
    """Duties by key, in the order in which they were opened. ``received_at``: of the matter."""

    rulebook: Rulebook
    calendar: WorkCalendar
    zone: ZoneInfo
    kept: Mapping[str, Due]
    received_at: datetime
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
        hours: Hours = (),
    ) -> None:
        """Open (or open anew, after a rejected objection) the duty ``key`` with its clock from ``start``.

        What was discharged stays discharged. Missed is missed: a later decision lets it run on, without a new date.
        A duty for which the rulebook has no clock does not open: nobody could know when it is due.

        Args:
            due: where it was named or is the end of a period; else it is counted.
            hours: of the office at which what ``start`` tells of arrived.
        """
        before = self.duties.get(key)
        if before is not None and before.status is DutyStatus.discharged:
            return
        if before is not None and before.missed(step.at):
            self.duties[key] = replace(before, status=DutyStatus.open, ended_at=None)
            return
        clock = self.clock(kind, variant, start)
        if clock is None:
            return
        self.variants[key], self.starts[key] = variant, start
        counted = due or self._settled(key, clocks.due(clock, start, self.calendar, self.zone, hours=hours))
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
            due=self._under(counted),
            longest=clock.extension,
        )

    def clock(self, kind: DutyKind, variant: str, start: datetime) -> Clock | None:
        """The clock of a duty that begins at ``start``; None if the rulebook has none for it then."""
        return self.rulebook.find(kind, variant, start.astimezone(self.zone).date())

    def _settled(self, key: str, counted: Due) -> Due:
        """A discharged duty keeps its date when calendar or rulebook changed, unless the new one is kinder (§3)."""
        kept = self.kept.get(key)
        if kept is None or any(kept.trace.get(name) != counted.trace.get(name) for name in _QUESTION):
            return counted
        if kept.at <= counted.at:
            return counted
        # the kinder date stays; whether its year is certain now is no matter of the past
        return replace(kept, trace=kept.trace | {"provisional": counted.trace["provisional"]})

    def _under(self, due: Due) -> Due:
        """The working names the rulebook, and the day from which it is in force if the matter came before it."""
        named = {"rulebook": self.rulebook.version}
        start = self.rulebook.effective_from
        if self.received_at.astimezone(self.zone).date() < start:
            named["in_force_from"] = start.isoformat()
        return Due(due.at, due.on, due.trace if "rulebook" in due.trace else due.trace | named)

    def open_promise(self, key: str, unit: UnitRef, step: StepFact, day: date, *, occurrence: str) -> None:
        """Open a duty whose last day is named, not counted."""
        clock = self.clock(DutyKind.KEEP_PROMISE, "", step.at)
        if clock is not None:
            due = clocks.due_on(day, clock, step.at, self.zone)
            self.open(key, DutyKind.KEEP_PROMISE, unit, step, step.at, occurrence=occurrence, due=due)

    def open_period(self, key: str, unit: UnitRef, step: StepFact, start: datetime, opened: datetime) -> None:
        """Open a follow-up period: the days after ``start``, its day zero; its end is not rolled."""
        clock = self.clock(DutyKind.FOLLOW_UP, "", opened)
        if clock is not None:
            due = clocks.due_after(clock, start, self.calendar, self.zone)
            named = f"follow-up:{key.partition(':')[2]}"
            self.open(key, DutyKind.FOLLOW_UP, unit, step, opened, occurrence=named, due=due)

    def recount(self, key: str, *, extend: int = 0, paused_days: int = 0) -> None:
        """Count the due moment of an open duty again with extension and pauses."""
        duty = self.duties.get(key)
        if duty is None:
            return
        start = self.starts[key]
        clock = self.rulebook.clock(duty.kind, self.variants[key], start.astimezone(self.zone).date())
        more = min(extend, clock.extension)
        due = clocks.due(clock, start, self.calendar, self.zone, extend=more, paused_days=paused_days)
        self.duties[key] = replace(duty, due=self._under(self._settled(key, due)))

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
