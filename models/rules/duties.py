"""From steps to duties (domain §2): ``derive`` reads all steps of one petition and says who owes what by when.

The answer depends only on what happened and when, never on the order in which it was entered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from models.rules.calendar import WorkCalendar
from models.rules.facts import CaseFacts, CaseState, Due, Leg, Rulebook, StepFact
from models.rules.follow_ups import Watch
from models.rules.reviews import Reviews
from models.terms import Addressee, Case, DutyKind, DutyStatus, InformOutcome, StepKind, TransferMode

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
        until: how far follow-up periods are laid out (they are laid out 200 days beyond).
        kept: stored due moments of duties already discharged; they are never counted again (domain §3).
    """
    return _Walk(facts, rulebook, calendar, zone, kept or {}).run(until)


class _Walk(Reviews):
    """One pass over the steps: intake, the routing decision, transfer and designation."""

    # §3: "must register the petition matters in detail"; art. 23: told within 15 days
    def on_receive(self, step: StepFact) -> None:
        first, received = self.facts.first_unit, self.facts.received_at
        hours = self.board.rulebook.office_hours.get(self.facts.channel, ()) if self.facts.channel else ()
        for kind in (DutyKind.REGISTER, DutyKind.INFORM):
            self.board.open(kind.value, kind, first, step, received, occurrence="acceptance", hours=hours)

    def on_register(self, step: StepFact) -> None:
        self.board.discharge("REGISTER", step)
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
        self._stop_watching(step)
        self.responsible, self.lead, self.co_units = None, None, ()
        self.case = Case(step.outcome or "")
        first = self.facts.first_unit
        if self.case is Case.A:
            self._assign(first, step, start=self._handling_start(step))
        elif self.case is Case.B:
            self._owe_transfer(step)
        elif self.case is Case.D:
            self._owe_report_multi(step)

    # §2(4): reported to the bureau, which asks the county leader to name the lead
    def _owe_report_multi(self, step: StepFact) -> None:
        key, first = "REPORT_MULTI", self.facts.first_unit
        if first != self.facts.bureau:
            self.board.open(key, DutyKind.REPORT_MULTI, first, step, step.at, occurrence="multi", variant="D")
        if not self.board.is_open(key):  # the bureau knows
            self.board.open("DESIGNATE", DutyKind.DESIGNATE, self.facts.bureau, step, step.at, variant="D")

    def _handling_start(self, step: StepFact) -> datetime:
        """HANDLE (A) starts at the earlier of acceptance and the end of the INFORM clock."""
        accepted = [
            step.at
            for step in self.facts.steps
            if step.kind is StepKind.inform
            and step.unit == self.facts.first_unit
            and step.outcome == InformOutcome.accepted
        ]
        told = self.board.duties.get("INFORM")
        start = min([*accepted, *([told.due.at] if told else [])], default=step.at)
        # no clock ran while the matter was closed, or waited for a ruling
        return max(start, self.back_at) if self.back_at else start

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
        first = self.facts.first_unit
        if step.unit != first:
            self._passed_on(step)
        leg = len(self.legs) + 1
        self.board.discharge(f"TRANSFER:{leg}", step)
        self.legs.append(Leg(leg, step.unit, step.to_unit, step.at, step.seq, step.mode or "written"))
        if step.unit != self.facts.bureau:
            self.board.open(
                f"FILE:{leg}", DutyKind.FILE, step.unit, step, step.at, occurrence=f"transfer:{leg}", variant="B"
            )
        if step.mode == TransferMode.phone and not step.confirmed:
            key = f"CONFIRM_TRANSFER:{leg}"
            self.board.open(key, DutyKind.CONFIRM_TRANSFER, step.unit, step, step.at, variant="B")
        self.board.open(f"ANSWER_TRANSFER:{leg}", DutyKind.ANSWER_TRANSFER, step.to_unit, step, step.at, variant="B")
        self._owe_inform(step, step.at)
        self._assign(step.to_unit, step, start=step.at)
        self.watches.append(Watch(leg, step, f"HANDLE:{self.assignment}"))

    def _passed_on(self, step: StepFact) -> None:
        """A ledger tells that the receiver passed the matter on: what it owes ends, but not what it had missed."""
        if not self.legs:
            return
        self._answered(step)
        for key in (f"INFORM:{self.legs[-1].no}", f"HANDLE:{self.assignment}", f"CONFIRM_TRANSFER:{self.legs[-1].no}"):
            self.board.end(key, DutyStatus.cancelled, step.at)
        self._stop_watching(step)

    def _owe_inform(self, step: StepFact, start: datetime) -> None:
        leg = self.legs[-1]
        key, occurrence = f"INFORM:{leg.no}", f"acceptance:{leg.no}"
        self.board.open(key, DutyKind.INFORM, leg.to_unit, step, start, occurrence=occurrence, variant="B")

    def on_confirm_transfer(self, step: StepFact) -> None:
        if self.legs:
            self.board.discharge(f"CONFIRM_TRANSFER:{self.legs[-1].no}", step)

    def on_file(self, step: StepFact) -> None:
        """A filing names no leg: it files every transfer that is not filed yet."""
        for leg in self.legs:
            self.board.discharge(f"FILE:{leg.no}", step)

    def on_acknowledge(self, step: StepFact) -> None:
        self._answered(step)
        if self.legs and self.legs[-1].implied:
            self.legs[-1] = replace(self.legs[-1], implied=False)

    def on_object(self, step: StepFact) -> None:
        if not self.legs:
            return
        leg = self.legs[-1]
        self.board.discharge(f"ANSWER_TRANSFER:{leg.no}", step)
        self.legs[-1] = replace(leg, status="objected", answered_at=step.at, implied=False)
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
        self.board.end(f"CONFIRM_TRANSFER:{leg.no}", DutyStatus.lapsed, step.at)
        self.responsible, self.back_at = None, step.at
        self._stop_watching(step)
        self._owe_transfer(step)

    def on_reject(self, step: StepFact) -> None:
        if not self.legs or self.legs[-1].status != "objected":
            return
        leg = self.legs[-1]
        self.board.discharge(f"RULE_ON_OBJECTION:{leg.no}", step)
        self.legs[-1] = replace(leg, status="acknowledged", ruled_at=step.at)
        self.extended = 0  # a new clock, which may be extended like any other
        self.paused_days.pop(f"HANDLE:{self.assignment}", None)
        self._owe_inform(step, step.at)
        self._open_handle(step, step.at)

    # §2(4): several departments
    def on_report_multi(self, step: StepFact) -> None:
        if not self.board.is_open("REPORT_MULTI"):
            return
        self.board.discharge("REPORT_MULTI", step)
        if self.lead is not None:  # designated before the report came
            return
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
        for n in range(1, self.assignment + 1):
            self.board.discharge(f"CONVENE:{n}", step)
