"""From steps to duties (domain §2): ``derive`` reads all steps of one petition and says who owes what by when.

The answer depends only on what happened and when, never on the order in which it was entered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from models.rules.board import Board
from models.rules.calendar import WorkCalendar
from models.rules.facts import CaseFacts, CaseState, Due, DutyState, Leg, Rulebook, StepFact
from models.rules.follow_ups import Watch, chalk_up
from models.terms import Addressee, Case, DutyKind, DutyStatus, InformOutcome, PetitionStatus, ReplyOutcome, StepKind

_URGENT = {
    Addressee.unit_leader: DutyKind.REPORT_URGENT_UNIT_LEADER,
    Addressee.leader_in_charge: DutyKind.REPORT_URGENT_LEADER_IN_CHARGE,
    Addressee.bureau: DutyKind.REPORT_URGENT_BUREAU,
}
_INTAKE = {DutyKind.REGISTER, DutyKind.INFORM, DutyKind.FILE, *_URGENT.values()}


def derive(
    facts: CaseFacts,
    rulebook: Rulebook,
    calendar: WorkCalendar,
    zone: ZoneInfo,
    until: datetime,
    kept: Mapping[str, Due] | None = None,
) -> CaseState:
    """The state of one petition.

    Args:
        facts: steps sorted by (at, seq).
        until: how far follow-up periods are laid out (they are laid out 35 days beyond).
        kept: stored due moments of duties already discharged; they are never counted again (domain §3).
    """
    return _Walk(facts, rulebook, calendar, zone, kept or {}).run(until)


class _Walk:
    """One pass over the steps. Each ``on_<step>`` method is one row or two of the duty table."""

    def __init__(
        self, facts: CaseFacts, rulebook: Rulebook, calendar: WorkCalendar, zone: ZoneInfo, kept: Mapping[str, Due]
    ) -> None:
        self.facts = facts
        self.board = Board(rulebook, calendar, zone, kept)
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
        self.paused_at: datetime | None = None
        self.paused_days = 0
        self.told: set[str] = set()
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
        )

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
        waiting = {DutyKind.RULE_ON_OBJECTION, DutyKind.DESIGNATE}
        for duty in duties:
            if duty.status is DutyStatus.open and duty.kind in waiting:
                return duty.unit
        return self.responsible if self.responsible is not None else self.facts.first_unit

    # §3: "must register the petition matters in detail"; art. 23: told within 15 days
    def on_register(self, step: StepFact) -> None:
        first, received = self.facts.first_unit, self.facts.received_at
        self.board.open("REGISTER", DutyKind.REGISTER, first, step, received, occurrence="acceptance")
        self.board.discharge("REGISTER", step)
        self.board.open("INFORM", DutyKind.INFORM, first, step, received, occurrence="acceptance")
        self.registered = True

    def on_inform(self, step: StepFact) -> None:
        if step.unit == self.facts.first_unit:
            self.board.discharge("INFORM", step)
        if self.legs and step.unit == self.legs[-1].to_unit:
            self._answered(step)
            self.board.discharge(f"INFORM:{self.legs[-1].no}", step)

    # §2(3): major or urgent, on top of any case
    def on_urgent(self, step: StepFact) -> None:
        if self.urgent_at:
            return
        self.urgent_at = step.at
        for addressee, kind in _URGENT.items():
            if addressee is Addressee.bureau and self.facts.first_unit == self.facts.bureau:
                continue
            self.board.open(kind.value, kind, self.facts.first_unit, step, step.at, occurrence="urgent")

    def on_report_urgent(self, step: StepFact) -> None:
        if step.outcome in _URGENT and step.unit == self.facts.first_unit:
            self.board.discharge(_URGENT[Addressee(step.outcome)].value, step)

    # §2(1)–(5): the routing decision; a corrected decision cancels what the earlier one opened
    def on_route(self, step: StepFact) -> None:
        if step.outcome == Case.C:
            self.on_urgent(step)
            return
        self.board.end_where(lambda duty: duty.kind not in _INTAKE, DutyStatus.cancelled, step.at)
        self.responsible = None
        self.case = Case(step.outcome or "")
        first = self.facts.first_unit
        if self.case is Case.A:
            self._assign(first, step, start=self._handling_start())
        elif self.case is Case.B:
            self._owe_transfer(step)
        elif self.case is Case.D and first == self.facts.bureau:
            self.board.open("DESIGNATE", DutyKind.DESIGNATE, self.facts.bureau, step, step.at, variant="D")
        elif self.case is Case.D:
            self.board.open(
                "REPORT_MULTI", DutyKind.REPORT_MULTI, first, step, step.at, occurrence="multi", variant="D"
            )

    def _handling_start(self) -> datetime:
        """HANDLE (A) starts at the earlier of acceptance and the end of the INFORM clock."""
        accepted = [
            step.at
            for step in self.facts.steps
            if step.kind is StepKind.inform
            and step.unit == self.facts.first_unit
            and step.outcome == InformOutcome.accepted
        ]
        return min([*accepted, self.board.duties["INFORM"].due.at])

    def _assign(self, unit: int, step: StepFact, *, start: datetime) -> None:
        self.assignment += 1
        self.responsible = unit
        self.replied_at, self.extended, self.paused_at, self.paused_days = None, 0, None, 0
        self.told = set()
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

    # §2(2): belongs to another unit
    def _owe_transfer(self, step: StepFact) -> None:
        leg = len(self.legs) + 1
        self.board.open(
            f"TRANSFER:{leg}",
            DutyKind.TRANSFER,
            self.facts.first_unit,
            step,
            step.at,
            occurrence=f"transfer:{leg}",
            variant="B",
        )

    def on_transfer(self, step: StepFact) -> None:
        if step.to_unit is None:
            return
        leg = len(self.legs) + 1
        self.board.discharge(f"TRANSFER:{leg}", step)
        self.legs.append(Leg(leg, step.unit, step.to_unit, step.at, step.seq, step.mode or "written"))
        first = self.facts.first_unit
        if first != self.facts.bureau:
            self.board.open(
                f"FILE:{leg}", DutyKind.FILE, first, step, step.at, occurrence=f"transfer:{leg}", variant="B"
            )
        self.board.open(f"ANSWER_TRANSFER:{leg}", DutyKind.ANSWER_TRANSFER, step.to_unit, step, step.at, variant="B")
        self._owe_inform(step, step.at)
        self._assign(step.to_unit, step, start=step.at)
        self.watches.append(Watch(leg, step, f"HANDLE:{self.assignment}"))

    def _owe_inform(self, step: StepFact, start: datetime) -> None:
        leg = self.legs[-1]
        key, occurrence = f"INFORM:{leg.no}", f"acceptance:{leg.no}"
        self.board.open(key, DutyKind.INFORM, leg.to_unit, step, start, occurrence=occurrence, variant="B")

    def on_file(self, step: StepFact) -> None:
        for leg in self.legs:
            if self.board.is_open(f"FILE:{leg.no}"):
                self.board.discharge(f"FILE:{leg.no}", step)
                return

    def on_acknowledge(self, step: StepFact) -> None:
        self._answered(step)

    def _answered(self, step: StepFact) -> None:
        """The receiver's first act on a leg answers it (silence counts as acknowledged)."""
        if self.legs and self.legs[-1].status == "sent" and step.unit == self.legs[-1].to_unit:
            self.board.discharge(f"ANSWER_TRANSFER:{self.legs[-1].no}", step)
            self.legs[-1] = replace(self.legs[-1], status="acknowledged", answered_at=step.at)

    def on_object(self, step: StepFact) -> None:
        if not self.legs:
            return
        leg = self.legs[-1]
        self.board.discharge(f"ANSWER_TRANSFER:{leg.no}", step)
        self.legs[-1] = replace(leg, status="objected", answered_at=step.at)
        bureau = self.facts.bureau
        self.board.open(f"RULE_ON_OBJECTION:{leg.no}", DutyKind.RULE_ON_OBJECTION, bureau, step, step.at, variant="B")
        # the receiver's days until the ruling are excused: no clock of his runs meanwhile
        for key in (f"INFORM:{leg.no}", f"HANDLE:{self.assignment}"):
            self.board.end(key, DutyStatus.cancelled, step.at)

    def on_uphold(self, step: StepFact) -> None:
        if not self.legs or self.legs[-1].status != "objected":
            return
        leg = self.legs[-1]
        self.board.discharge(f"RULE_ON_OBJECTION:{leg.no}", step)
        self.legs[-1] = replace(leg, status="returned", ruled_at=step.at)
        self.responsible = None
        self._stop_watching(step)
        self._owe_transfer(step)

    def on_reject(self, step: StepFact) -> None:
        if not self.legs or self.legs[-1].status != "objected":
            return
        leg = self.legs[-1]
        self.board.discharge(f"RULE_ON_OBJECTION:{leg.no}", step)
        self.legs[-1] = replace(leg, status="acknowledged", ruled_at=step.at, rejected=True)
        self._owe_inform(step, step.at)
        self._open_handle(step, step.at)

    # §2(4): several departments
    def on_report_multi(self, step: StepFact) -> None:
        if not self.board.is_open("REPORT_MULTI"):
            return
        self.board.discharge("REPORT_MULTI", step)
        self.board.open("DESIGNATE", DutyKind.DESIGNATE, self.facts.bureau, step, step.at, variant="D")

    def on_designate(self, step: StepFact) -> None:
        if step.to_unit is None or self.case is not Case.D:
            return
        self.board.discharge("DESIGNATE", step)
        self.lead, self.co_units = step.to_unit, step.co_units
        self._assign(step.to_unit, step, start=step.at)
        handle = f"HANDLE:{self.assignment}"
        self.board.open(
            f"CONVENE:{self.assignment}",
            DutyKind.CONVENE,
            step.to_unit,
            step,
            step.at,
            occurrence=f"handling:{self.assignment}",
            variant="D",
        )
        self.watches.append(Watch(self.assignment, step, handle))

    def on_convene(self, step: StepFact) -> None:
        self.board.discharge(f"CONVENE:{self.assignment}", step)

    # handling and its end
    def on_extend(self, step: StepFact) -> None:
        if not self.extended and step.days:
            self.extended = step.days
            self._recount_handle()

    def on_pause(self, step: StepFact) -> None:
        if self.paused_at is None:
            self.paused_at = step.at
            self.board.end(f"HANDLE:{self.assignment}", DutyStatus.cancelled, step.at)

    def on_resume(self, step: StepFact) -> None:
        if self.paused_at is None:
            return
        zone = self.board.zone
        self.paused_days += (step.at.astimezone(zone).date() - self.paused_at.astimezone(zone).date()).days
        self.paused_at = None
        self.board.reopen(f"HANDLE:{self.assignment}")
        self._recount_handle()

    def _recount_handle(self) -> None:
        key = f"HANDLE:{self.assignment}"
        self.board.recount(key, extend=self.extended, paused_days=self.paused_days)

    def on_reply(self, step: StepFact) -> None:
        if step.unit != self.responsible:
            return
        self._answered(step)
        self.board.discharge(f"HANDLE:{self.assignment}", step)
        self.board.discharge(f"KEEP_PROMISE:{self.promises}", step)
        first_reply = self.replied_at is None
        self.replied_at = step.at
        self._stop_watching(step)
        if self.case is Case.A and step.outcome == ReplyOutcome.explained and step.until:
            self._owe_promise(step)
        if first_reply and self.case in (Case.B, Case.D) and self._to_be_told():
            self.board.open(
                f"REPORT_RESULT:{self.assignment}",
                DutyKind.REPORT_RESULT,
                step.unit,
                step,
                step.at,
                occurrence=f"handling:{self.assignment}",
                variant=self.case.value,
            )

    def _owe_promise(self, step: StepFact) -> None:
        """§2(1): explained clearly, conditions created to solve the problem within a time limit."""
        assert step.until is not None
        self.promises += 1
        key = f"KEEP_PROMISE:{self.promises}"
        self.board.open_until(
            key, DutyKind.KEEP_PROMISE, step.unit, step, step.until, occurrence=f"promise:{self.promises}"
        )

    def _to_be_told(self) -> set[str]:
        """Report to the bureau and to the first unit; nobody reports to himself."""
        wanted = {Addressee.bureau.value, Addressee.first_unit.value}
        if self.responsible == self.facts.bureau:
            wanted.discard(Addressee.bureau.value)
        if self.responsible == self.facts.first_unit or self.facts.first_unit == self.facts.bureau:
            wanted.discard(Addressee.first_unit.value)
        return wanted

    def on_report_result(self, step: StepFact) -> None:
        if self.replied_at is None or step.unit != self.responsible:
            return
        outcome = step.outcome or ""
        same = self.facts.first_unit == self.facts.bureau
        self.told.add(Addressee.bureau.value if same else outcome)
        if self._to_be_told() <= self.told:
            self.board.discharge(f"REPORT_RESULT:{self.assignment}", step)

    def _stop_watching(self, step: StepFact) -> None:
        if self.watches and self.watches[-1].stopped is None:
            self.watches[-1] = replace(self.watches[-1], stopped=step.at)

    def on_close(self, step: StepFact) -> None:
        self.closed_at = step.at
        self._stop_watching(step)
        self.board.end_where(lambda duty: True, DutyStatus.lapsed, step.at)

    def on_reopen(self, step: StepFact) -> None:
        if self.closed_at is None:
            return
        self.closed_at = None
        unit = self.responsible if self.responsible is not None else self.facts.first_unit
        self.case = self.case if self.case in (Case.A, Case.B, Case.D) else Case.A
        self._assign(unit, step, start=step.at)
        if self.case in (Case.B, Case.D):
            number = self.legs[-1].no if self.case is Case.B and self.legs else self.assignment
            self.watches.append(Watch(number, step, f"HANDLE:{self.assignment}", reopened=True))
