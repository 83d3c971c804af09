"""A machine that takes legal and illegal steps through the real operations and looks at everything after each.

The promises of domain §2 and §4 that hold whatever happens: somebody is always waited for, nobody's clock runs while
the matter waits on somebody else, one obligor and one opening step for each duty, a refused step changes nothing, and
it does not matter in which order papers are entered.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.access import all_rows
from models.errors import DomainError
from models.evidence import EVIDENCE
from models.operations import deductions
from models.operations.case_file import file_of, state_of
from models.operations.steps import StepInput, perform
from models.rules import routing
from models.tables import Deduction, Duty, Petition, Step
from models.terms import Case, DutyKind, DutyStatus, InformOutcome, PetitionStatus, StepKind
from tests.oracle.county import County
from tests.oracle.dice import drawn
from tests.oracle.engine import CODES
from tests.oracle.illegal import STRANGER, contradictions, facts
from tests.oracle.moments import start
from tests.oracle.proof import values

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]

URGENT = {kind for kind in DutyKind if kind.value.startswith("REPORT_URGENT")}
BEFORE_ROUTING = {DutyKind.REGISTER, DutyKind.INFORM} | URGENT
BEFORE_DESIGNATION = BEFORE_ROUTING | {DutyKind.REPORT_MULTI, DutyKind.DESIGNATE}
# the step moves the matter on, or ends it: whoever is waited for must be able to take one
MOVES = {
    StepKind.register,
    StepKind.route,
    StepKind.transfer,
    StepKind.uphold,
    StepKind.report_multi,
    StepKind.designate,
    StepKind.reply,
    StepKind.report_result,
    StepKind.resume,
    StepKind.review,
    StepKind.re_review,
    StepKind.close,
}
# papers say nothing about where the matter is, so they may be entered in any order
PAPERS = {
    StepKind.file,
    StepKind.acknowledge,
    StepKind.report_result,
    StepKind.follow_up,
    StepKind.report_urgent,
    StepKind.report_multi,
    StepKind.convene,
}
BEYOND_THE_LEDGER = {StepKind.merge, StepKind.review, StepKind.re_review, StepKind.reopen}
WAITS = [1, 30, 60 * 3, 60 * 24, 60 * 24 * 3, 60 * 24 * 8, 60 * 24 * 16, 60 * 24 * 45]


def is_paper(step: dict[str, Any]) -> bool:
    """Whether the step moves nothing; a notice of the legal route does: it lets the matter be closed."""
    told = step["step"] == StepKind.inform and step["outcome"] != InformOutcome.legal_route
    return told or step["step"] in PAPERS


class Office(RuleBasedStateMachine):
    """One petition, and everybody who may do something about it."""

    county: County

    @initialize(data=st.data())
    def receive(self, data: st.DataObject) -> None:
        dice = drawn(data.draw)
        self.now = start(dice)
        self.first = dice.one_of(["T1", "D1", "XF"])
        petition = {"received_at": self.now, "first_unit": self.first, "registered_at": self.now, "urgent_at": None}
        self.other = self.county.receive(petition, self.now).id
        if dice.chance(30):
            petition["urgent_at"] = self.now
        if dice.chance(10):
            petition["registered_at"] = None
        self.petition = petition
        self.row = self.county.receive(petition, self.now)
        self.units = [self.county.ids[code] for code in CODES if code != STRANGER]
        self.taken: list[dict[str, Any]] = []

    def teardown(self) -> None:
        try:
            if hasattr(self, "row"):
                self.papers_in_another_order()
        finally:
            self.county.session.rollback()

    def papers_in_another_order(self) -> None:
        """The same steps with the papers entered last, and backwards: the same duties."""
        papers = [step for step in self.taken if is_paper(step)]
        ends = [step["at"] for step in self.taken if step["step"] in ("close", "merge")]
        if any(paper["at"] > end for paper in papers for end in ends):
            return  # a matter that was closed takes no more papers on the screens
        again = self.county.receive(self.petition, self.now)
        for step in [*(one for one in self.taken if not is_paper(one)), *reversed(papers)]:
            kind = StepKind(step["step"])
            given = StepInput(kind, step["at"], step["proof"], unit_id=self.county.ids[step["unit"]])
            # as a ledger: the screens would not close over papers still to come, nor take one twice
            ledger = is_paper(step) or kind is StepKind.close
            with all_rows():
                perform(self.county.session, again, given, None, self.now, ledger=ledger)
        assert self.duties_of(again) == self.duties_of(self.row)

    def duties_of(self, row: Petition) -> list[Any]:
        with all_rows():
            case = file_of(self.county.session, row, self.now)
            duties = state_of(self.county.session, case.facts, case.kept, self.now).duties
        return sorted((one.key, (one.unit, one.status, one.due.at, one.discharged_at)) for one in duties)

    @property
    def state(self) -> Any:
        with all_rows():
            return file_of(self.county.session, self.row, self.now)

    def allowed(self, code: str) -> tuple[StepKind, ...]:
        case = self.state
        return routing.allowed(case.state, case.facts, self.county.ids[code])

    def enter(self, code: str, kind: StepKind, at: datetime, filled: dict[str, Any]) -> None:
        """Take the step, or see that its refusal left no trace."""
        given = StepInput(kind, at, filled, unit_id=self.county.ids[code])
        before = None if kind in self.allowed(code) and at == self.now else self.county.snapshot(self.row)
        try:
            with all_rows():
                perform(self.county.session, self.row, given, None, self.now)
        except DomainError:
            if before is not None:
                assert self.county.snapshot(self.row) == before
            raise
        to = filled.get("to_unit")
        words = {name: filled.get(name) for name in ("mode", "outcome", "days", "until")}
        note(f"{at:%Y-%m-%d %H:%M} {code} {kind.value} {filled}")
        row = {"step": kind.value, "at": at, "unit": code, "to_unit": self.county.codes[to] if to else None, **words}
        self.taken.append(row | {"proof": filled})

    @rule(data=st.data())
    def legal(self, data: st.DataObject) -> None:
        """What the screens offer is accepted, unless its own date or number is wrong."""
        dice = drawn(data.draw)
        self.now += timedelta(minutes=dice.one_of(WAITS))
        offers = [(code, kind) for code in self.county.ids for kind in self.allowed(code)]
        likely = [offer for offer in offers if offer[1] in MOVES]
        code, kind = dice.one_of(likely if likely and dice.chance(60) else offers)
        filled = values(dice, kind, self.now, self.units, self.other)
        try:
            self.enter(code, kind, self.now, filled)
        except DomainError:
            own = {StepKind.extend, StepKind.pause, StepKind.ask_review, StepKind.ask_re_review, StepKind.merge}
            sent_to_oneself = filled.get("to_unit") == self.county.ids[code]
            assert kind in own or sent_to_oneself, (code, kind, filled)

    @rule(data=st.data())
    def illegal(self, data: st.DataObject) -> None:
        """What the screens do not offer is refused."""
        dice = drawn(data.draw)
        self.now += timedelta(minutes=1)
        code, kind = dice.one_of(list(self.county.ids)), dice.one_of(list(EVIDENCE))
        if kind in self.allowed(code):
            return
        filled = values(dice, kind, self.now, self.units, self.other)
        if kind is StepKind.close and filled["outcome"] == "withdrawn":
            return
        with pytest.raises(DomainError):
            self.enter(code, kind, self.now, filled)

    @rule(data=st.data())
    def contradictory(self, data: st.DataObject) -> None:
        """What the text forbids is refused, whatever the screens think."""
        if any(step["step"] in {kind.value for kind in BEYOND_THE_LEDGER} for step in self.taken):
            return
        made = {"petition": self.petition, "steps": self.taken, "bureau": "XF"}
        found = contradictions(facts(made, self.now), self.now)
        why, step = found[data.draw(st.integers(0, len(found) - 1))]
        kind, at = StepKind(step["step"]), step["at"]
        said = {name: step[name] for name in ("mode", "outcome", "days") if step[name] is not None or kind == "close"}
        if step["to_unit"]:
            said["to_unit"] = self.county.ids[step["to_unit"]]
        filled = values(drawn(data.draw), kind, at, self.units, self.other) | said
        with pytest.raises(DomainError):
            self.enter(step["unit"], kind, at, filled)
        note(f"refused: {why}")

    @rule(data=st.data())
    def entered_late(self, data: st.DataObject) -> None:
        """A step of an earlier moment: judged in the state of that moment, or refused without a trace."""
        dice = drawn(data.draw)
        minutes = int((self.now - self.petition["received_at"]).total_seconds() // 60)
        at = self.now - timedelta(minutes=dice.between(0, minutes))
        if any(step["at"] == at for step in self.taken):
            return
        code, kind = dice.one_of(list(self.county.ids)), dice.one_of(list(EVIDENCE))
        try:
            self.enter(code, kind, at, values(dice, kind, at, self.units, self.other))
        except DomainError:
            return

    @rule(days=st.sampled_from([0, 1, 30]))
    def scan(self, days: int) -> None:
        """Twice the same: each missed duty leads to one deduction."""
        self.now += timedelta(days=days)
        with all_rows():
            deductions.scan(self.county.session, self.now)
            assert deductions.scan(self.county.session, self.now) == 0
            key = (Deduction.petition_id, Deduction.unit_id, Deduction.rule, Deduction.occurrence)
            twice = select(func.count()).select_from(Deduction).group_by(*key).having(func.count() > 1)
            assert self.county.session.scalars(twice).first() is None

    @invariant()
    def somebody_is_waited_for(self) -> None:
        state = self.state.state
        if state.status is PetitionStatus.closed:
            return
        assert state.holder in self.county.codes
        can = {kind for code in self.county.ids for kind in self.allowed(code)}
        assert can & MOVES, f"{state.status}: nobody can move the matter on ({sorted(can)})"

    @invariant()
    def nobodys_clock_runs_while_others_are_waited_for(self) -> None:
        state = self.state.state
        kinds = {duty.kind for duty in state.open_duties}
        if state.case is None:
            assert kinds <= BEFORE_ROUTING, kinds
        if state.case is Case.D and state.lead is None:
            assert kinds <= BEFORE_DESIGNATION, kinds
        if state.legs and state.legs[-1].status in ("objected", "returned"):
            receiver = state.legs[-1].to_unit
            theirs = {duty.kind for duty in state.open_duties if duty.unit == receiver}
            assert theirs <= ({DutyKind.RULE_ON_OBJECTION} if receiver == state.holder else set()), theirs

    @invariant()
    def duties_are_whole(self) -> None:
        with all_rows():
            session, this = self.county.session, self.row.id
            steps = {step.id: step for step in session.scalars(select(Step).where(Step.petition_id == this))}
            rows = session.scalars(select(Duty).where(Duty.petition_id == this)).all()
            assert len({row.key for row in rows}) == len(rows)
            assert session.get(Petition, this).first_unit_id == self.county.ids[self.first]
        for row in rows:
            assert row.unit_id in self.county.codes
            assert row.opened_by_id in steps
            assert (
                (row.status is DutyStatus.discharged) == (row.discharged_at is not None) == bool(row.discharged_by_id)
            )
            if row.discharged_at is not None:
                assert row.discharged_at >= row.opened_at, row.key
                assert steps[row.discharged_by_id].at == row.discharged_at
        derived = {(one.key, one.unit, one.status, one.due.at, one.discharged_at) for one in self.state.state.duties}
        stored = {(row.key, row.unit_id, row.status, row.due_at, row.discharged_at) for row in rows}
        assert derived <= stored, derived ^ stored


def test_the_office_keeps_its_promises(session: Session) -> None:
    """More often on the quick database than on the slow one."""
    Office.county = County(session)
    session.commit()
    quick = session.get_bind().dialect.name == "sqlite"
    run_state_machine_as_test(
        Office,
        settings=settings(
            deadline=None,
            derandomize=True,
            database=None,
            report_multiple_bugs=False,
            max_examples=30 if quick else 8,
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
        ),
    )
