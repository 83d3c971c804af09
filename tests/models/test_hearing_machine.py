"""Random moves by random people in one hearing, through the real operations; §5 holds whatever they try."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from models.access import Actor
from models.errors import DomainError
from models.office_terms import HearingMove
from models.operations import deductions, hearing
from models.rules import hearing as rules
from models.rules import scoring
from models.tables import Deduction, DeductionEvent, Staff, Step
from models.terms import DeductionStatus as S
from models.terms import Role, StepKind
from tests.models.operations.test_hearing import NOW
from tests.models.operations.test_scan import perform_late
from tests.models.operations.test_steps import T0, transferred

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]

RULED = (S.upheld, S.overturned)


def people(county: Any) -> dict[str, Actor]:
    """Two of the bureau, a county leader, clerk and head of the unit, one who is both, a stranger, an auditor."""
    posts: dict[str, tuple[str, tuple[Role, ...]]] = {
        "officer": ("XFJ", (Role.BureauOfficer,)),
        "colleague": ("XFJ", (Role.BureauOfficer,)),
        "leader": ("ZJ", (Role.CountyLeader,)),
        "clerk": ("CG", (Role.Clerk,)),
        "head": ("CG", (Role.UnitLeader,)),
        "seconded": ("CG", (Role.Clerk, Role.UnitLeader, Role.BureauOfficer)),
        "stranger": ("RS", (Role.UnitLeader,)),
        "auditor": ("XFJ", (Role.Auditor,)),
    }
    found = {}
    for name, (code, roles) in posts.items():
        staff = Staff(name=name, unit_id=county.units[code].id, since=T0.date())
        county.session.add(staff)
        county.session.flush()
        found[name] = replace(county.actors[code], staff_id=staff.id, roles=frozenset(roles))
    return found


class Hearing(RuleBasedStateMachine):
    """One deduction, and everybody who may try something."""

    county: Any
    people: dict[str, Actor]

    @initialize()
    def propose(self) -> None:
        self.now = NOW
        self.petition = transferred(self.county)
        deductions.scan(self.county.session, self.now)
        self.row = self.county.session.scalars(select(Deduction).where(Deduction.occurrence == "transfer:1")).one()
        self.points, self.finished = self.row.points, False

    def teardown(self) -> None:
        self.county.session.rollback()

    def told(self) -> list[tuple[S, int | None]]:
        wanted = select(DeductionEvent.status, DeductionEvent.staff_id).order_by(DeductionEvent.id)
        found = self.county.session.execute(wanted.where(DeductionEvent.deduction_id == self.row.id))
        return [(status, staff) for status, staff in found]

    @rule(who=st.sampled_from(sorted(["officer", "colleague", "leader", "clerk", "head", "seconded"])), data=st.data())
    def somebody_does_what_is_offered(self, who: str, data: st.DataObject) -> None:
        actor, session = self.people[who], self.county.session
        offered = hearing.standing(session, self.row, actor, self.now).moves
        if offered:
            move = data.draw(st.sampled_from(offered))
            hearing.move(session, self.row, move, actor, "理由", self.now)
            assert self.row.status in (rules.CHART[move].end, S.final)

    @rule(data=st.data())
    def the_hearing_goes_on(self, data: st.DataObject) -> None:
        """Somebody who may moves it forward, not out: so that many hearings reach their end."""
        session, steps = self.county.session, []
        for name, actor in sorted(self.people.items()):
            offered = hearing.standing(session, self.row, actor, self.now).moves
            steps += [(name, move) for move in offered if move is not HearingMove.withdraw]
        if steps:
            name, move = data.draw(st.sampled_from(steps))
            hearing.move(session, self.row, move, self.people[name], "理由", self.now)

    @rule(
        who=st.sampled_from(["officer", "colleague", "leader", "clerk", "head", "seconded", "stranger", "auditor"]),
        move=st.sampled_from(list(HearingMove)),
        stale=st.booleans(),
    )
    def somebody_tries_anything(self, who: str, move: HearingMove, stale: bool) -> None:
        session, actor, before = self.county.session, self.people[who], self.told()
        offered = hearing.standing(session, self.row, actor, self.now).moves
        version = self.row.version + 7 if stale else None
        try:
            with session.begin_nested():
                hearing.move(session, self.row, move, actor, "理由", self.now, version=version)
        except DomainError:
            session.refresh(self.row)
            assert self.told() == before  # refused: nothing changed
            assert stale or move not in offered
        else:
            assert not stale
            assert move in offered

    @rule(days=st.sampled_from([0, 1, 3, 8, 30]))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days, minutes=1)

    @rule()
    def the_scan_runs_twice(self) -> None:
        deductions.scan(self.county.session, self.now)
        before = self.told()
        assert deductions.scan(self.county.session, self.now) == 0
        assert self.told() == before

    @rule(chance=st.integers(0, 9))
    def the_proof_comes_in_late(self, chance: int) -> None:
        if chance:
            return
        taken = select(Step.kind).where(Step.petition_id == self.petition.id)
        if StepKind.file not in set(self.county.session.scalars(taken)):
            perform_late(
                self.county, self.petition, "CG", "file", T0 + timedelta(days=2), self.now, how="函", what="备案"
            )

    @invariant()
    def the_record_is_right(self) -> None:
        if not hasattr(self, "row"):
            return
        self.county.session.flush()
        self.county.session.refresh(self.row)
        told = self.told()
        assert rules.path_fits(status for status, _staff in told), told
        assert told[-1][0] is self.row.status
        assert self.row.points == self.points == Decimal(1)
        assert (self.row.due_at is None) == (self.row.status not in (*rules.WAITS_ON_UNIT, *rules.WAITS_ON_BUREAU))
        assert self.row.status in scoring.FINAL | scoring.PENDING | scoring.WITHDRAWN
        assert not self.finished or self.row.status is S.final  # a final one never moves
        self.finished = self.row.status is S.final
        for at, (status, judge) in enumerate(told):
            if status in RULED:
                earlier = {staff for state, staff in told[:at] if state in rules.FIRST_DECIDED | rules.SPOKEN}
                assert judge is not None
                assert judge not in earlier


def test_the_hearing_keeps_its_promises(county: Any) -> None:
    """More often on the quick database than on the slow one."""
    Hearing.county, Hearing.people = county, people(county)
    county.session.commit()
    quick = county.session.get_bind().dialect.name == "sqlite"
    run_state_machine_as_test(
        Hearing,
        settings=settings(
            deadline=None,
            derandomize=True,
            database=None,
            report_multiple_bugs=False,
            max_examples=60 if quick else 8,
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
        ),
    )
