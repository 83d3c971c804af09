"""The ground of the walk through one petition's steps: what is known so far, and what every step may need of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from models.rules import clocks
from models.rules.board import Board
from models.rules.calendar import WorkCalendar
from models.rules.facts import REQUEST, CaseFacts, CaseState, Due, DutyState, Leg, Rulebook, StepFact
from models.rules.follow_ups import Watch, chalk_up
from models.terms import Case, DutyKind, DutyStatus, PetitionStatus, StepKind


class Ground:
    """What is known so far. Those who build on it add one ``on_<step>`` method for each step."""

    def __init__(
        self, facts: CaseFacts, rulebook: Rulebook, calendar: WorkCalendar, zone: ZoneInfo, kept: Mapping[str, Due]
    ) -> None:
        self.facts = facts
        self.board = Board(rulebook, calendar, zone, kept, facts.received_at)
        self.case: Case | None = None
        self.urgent_at: datetime | None = None
        self.legs: list[Leg] = []
        self.assignment = 0
        self.responsible: int | None = None
        self.lead: int | None = None
        self.co_units: tuple[int, ...] = ()
        self.replied_at: datetime | None = None
        self.closed_at: datetime | None = None
        self.registered = False
        self.extended = 0
        self.paused_days: dict[str, int] = {}
        self.reviewed_at: datetime | None = None
        self.back_at: datetime | None = None
        self.told: dict[int, set[str]] = defaultdict(set)
        self.watches: list[Watch] = []
        self.promises = 0

    def run(self, until: datetime) -> CaseState:
        for step in self.facts.steps:
            handler = getattr(self, f"on_{step.kind.value}", None)
            if handler:
                handler(step)
        chalk_up(self.board, self.watches, self.facts, until)
        duties = tuple(sorted(self.board.duties.values(), key=lambda duty: (duty.opened_at, duty.key)))
        return CaseState(
            duties=duties,
            case=self.case,
            urgent_at=self.urgent_at,
            status=self.status(),
            responsible=self.responsible,
            holder=self.holder(duties),
            legs=tuple(self.legs),
            lead=self.lead,
            co_units=self.co_units,
            replied_at=self.replied_at,
            closed_at=self.closed_at,
            reviewed_at=self.reviewed_at,
            assignment=self.assignment,
            ask_review_until=self.ask_review_until(),
        )

    def ask_review_until(self) -> datetime | None:
        """The last moment in which the petitioner may ask the next level up (arts. 35, 36); None before a reply, or
        where the rulebook has no clock for it: then nobody can say that it has passed.
        """
        if not self.replied_at:
            return None
        kind = DutyKind.RE_REVIEW if self.reviewed_at else DutyKind.REVIEW
        since = self.reviewed_at or self.replied_at
        clock = self.board.clock(kind, REQUEST, since)
        return clocks.due(clock, since, self.board.calendar, self.board.zone).at if clock else None

    def status(self) -> PetitionStatus:
        if self.closed_at:
            return PetitionStatus.closed
        if self.replied_at:
            return PetitionStatus.replied
        if self.responsible is not None:
            return PetitionStatus.handling
        if self.case:
            return PetitionStatus.routed
        return PetitionStatus.registered if self.registered else PetitionStatus.received

    def holder(self, duties: tuple[DutyState, ...]) -> int:
        """The unit everybody waits for: who owes a ruling or designation, else who handles, else the first unit."""
        waiting = {DutyKind.RULE_ON_OBJECTION, DutyKind.DESIGNATE, DutyKind.REVIEW, DutyKind.RE_REVIEW}
        for duty in duties:
            if duty.status is DutyStatus.open and duty.kind in waiting:
                return duty.unit
        return self.responsible if self.responsible is not None else self.facts.first_unit

    def _assign(self, unit: int, step: StepFact, *, start: datetime) -> None:
        self.assignment += 1
        self.responsible = unit
        self.replied_at, self.extended = None, 0
        self.reviewed_at = None
        self._open_handle(step, start)

    def _open_handle(self, step: StepFact, start: datetime) -> None:
        assert self.responsible is not None
        assert self.case is not None
        self.board.open(
            f"HANDLE:{self.assignment}",
            DutyKind.HANDLE,
            self.responsible,
            step,
            start,
            occurrence=f"handling:{self.assignment}",
            variant=self.case.value,
            opened_at=min(start, step.at) if self.case is Case.A else start,
        )

    def _answered(self, step: StepFact) -> None:
        """The receiver's first act on a leg answers it (silence counts as acknowledged)."""
        if self.legs and self.legs[-1].status == "sent" and step.unit == self.legs[-1].to_unit:
            self.board.discharge(f"ANSWER_TRANSFER:{self.legs[-1].no}", step)
            implied = step.kind is not StepKind.acknowledge
            self.legs[-1] = replace(self.legs[-1], status="acknowledged", answered_at=step.at, implied=implied)

    def _stop_watching(self, step: StepFact) -> None:
        if self.watches and self.watches[-1].stopped is None:
            self.watches[-1] = replace(self.watches[-1], stopped=step.at)
