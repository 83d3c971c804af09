"""Freeze, correct, decide, revise in any order: verify agrees, no frozen line changes, the diff explains the change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from models import assessing, frozen, readiness, verifying
from models.errors import Conflict, DomainError, NotFound, StepRefused
from models.operations import deductions, freezing
from models.rules import freezing as rules
from models.tables import Assessment, AssessmentLine, AssessmentPart, Deduction, Step
from models.terms import AssessmentStatus, StepKind
from tests.models.operations.test_freezing import NOW
from tests.models.operations.test_scan import perform_late
from tests.models.operations.test_steps import T0, transferred

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]

YEAR = 2025


def frozen_rows(session: Any, key: int) -> tuple[Any, ...]:
    """All that a revision consists of, its status apart."""
    row = session.get(Assessment, key)
    line, part = AssessmentLine, AssessmentPart
    lines = session.execute(
        select(line.unit_id, line.base, line.final, line.pending, line.score, line.rank)
        .where(line.assessment_id == key)
        .order_by(line.unit_id)
    ).all()
    bodies = select(part.name, part.number, part.body).where(part.assessment_id == key)
    return row.sha256, row.reason, row.frozen_at, lines, session.execute(bodies.order_by(part.id)).all()


class Year(RuleBasedStateMachine):
    """A small county whose year 2025 is over."""

    county: Any

    @initialize(petitions=st.integers(1, 2))
    def begin(self, petitions: int) -> None:
        self.session, self.officer = self.county.session, self.county.actors["XFJ"]
        self.now, self.open = NOW, False
        self.petitions = [transferred(self.county) for _one in range(petitions)]
        self.sealed: list[tuple[int, tuple[Any, ...]]] = []
        self.standing: list[Any] = []
        deductions.scan(self.session, self.now)

    def teardown(self) -> None:
        self.county.session.rollback()

    def statuses(self) -> list[Any]:
        self.session.flush()
        wanted = select(Deduction.id, Deduction.status, Deduction.points).where(Deduction.year == YEAR)
        return [tuple(row) for row in self.session.execute(wanted.order_by(Deduction.id))]

    def seal(self, row: Assessment) -> None:
        self.session.flush()
        self.sealed.append((row.id, frozen_rows(self.session, row.id)))
        self.open, self.standing = False, self.statuses()

    @rule()
    def somebody_freezes(self) -> None:
        blocked = any(one.blocks and one.count for one in readiness.check(self.session, YEAR, self.now))
        try:
            with self.session.begin_nested():
                row = freezing.freeze(self.session, YEAR, self.officer, "年终考核", self.now)
        except Conflict:
            assert self.sealed
        except StepRefused:
            assert blocked
        else:
            assert not self.sealed
            assert row.revision == 1
            self.seal(row)

    @rule()
    def somebody_opens_a_correction(self) -> None:
        try:
            with self.session.begin_nested():
                freezing.open_correction(self.session, YEAR, self.officer, "复核", self.now)
        except NotFound:
            assert not self.sealed
        except Conflict:
            assert self.open
        else:
            assert self.sealed
            assert not self.open
            self.open = True

    @rule()
    def somebody_revises(self) -> None:
        before = frozen.latest(self.session, YEAR)
        live = assessing.assessment(self.session, YEAR, self.now)
        same = before and rules.is_empty(rules.diff(frozen.part(self.session, before, "results"), live))
        try:
            with self.session.begin_nested():
                row = freezing.revise(self.session, YEAR, self.officer, "更正", self.now)
        except NotFound:
            assert before is None
        except Conflict:
            assert same
        else:
            assert before is not None
            assert not same
            assert row.revision == before.revision + 1
            self.session.refresh(before)
            assert before.status is AssessmentStatus.superseded
            self.explained(before, row)
            self.seal(row)

    def explained(self, before: Assessment, row: Assessment) -> None:
        """What was, with the changes done to it, is what is."""
        changes = frozen.part(self.session, row, "changes")
        old, new = (frozen.part(self.session, one, "results") for one in (before, row))
        lines = dict(rules._deductions(old))
        for one in changes["deductions"]:
            key = (one["unit"], one["petition"], one["rule"], one["occurrence"])
            assert lines.pop(key, None) == one["before"]
            if one["after"]:
                lines[key] = one["after"]
        assert lines == dict(rules._deductions(new))
        scores = {line["code"]: line for line in rules.ranked(old)}
        for one in changes["units"]:
            assert scores[one["code"]] == one["before"]
            scores[one["code"]] = one["after"]
        assert scores == {line["code"]: line for line in rules.ranked(new)}
        assert (row.manifest or {})["previous"] == before.sha256

    @rule(confirms=st.booleans(), which=st.integers(0, 9))
    def the_year_goes_on(self, confirms: bool, which: int) -> None:
        """What comes next is done, so that many years get some revisions."""
        if not self.sealed:
            deductions.scan(self.session, self.now)
            self.somebody_freezes()
            assert self.sealed
        elif not self.open:
            self.somebody_opens_a_correction()
        else:
            self.the_bureau_decides(confirms, which)
            self.somebody_revises()

    @rule(confirms=st.booleans(), which=st.integers(0, 9))
    def the_bureau_decides(self, confirms: bool, which: int) -> None:
        rows = self.session.scalars(select(Deduction).where(Deduction.year == YEAR).order_by(Deduction.id)).all()
        row, act = rows[which % len(rows)], deductions.confirm if confirms else deductions.withdraw
        try:
            with self.session.begin_nested():
                act(self.session, row, self.officer, "理由", self.now)
        except DomainError:
            self.session.refresh(row)
        else:
            assert self.open or not self.sealed

    @rule()
    def another_petition_of_the_year_turns_up(self) -> None:
        if len(self.petitions) < 4:
            self.petitions.append(transferred(self.county))

    @rule(days=st.integers(0, 40))
    def the_scan_runs(self, days: int) -> None:
        self.now += timedelta(days=days)
        deductions.scan(self.session, self.now)

    @rule(which=st.integers(0, 3))
    def a_proof_comes_in_late(self, which: int) -> None:
        petition = self.petitions[which % len(self.petitions)]
        taken = select(Step.kind).where(Step.petition_id == petition.id)
        if StepKind.file not in set(self.session.scalars(taken)):
            at = T0 + timedelta(days=2)
            perform_late(self.county, petition, "CG", "file", at, self.now, how="函", what="备案")

    @invariant()
    def what_is_frozen_stays_and_verifies(self) -> None:
        if not hasattr(self, "sealed"):
            return
        self.session.flush()
        self.session.expire_all()
        assert [one.difference for one in verifying.verify_all(self.session)] == [""] * len(self.sealed)
        rows = frozen.revisions(self.session, YEAR)
        assert [row.revision for row in rows] == list(range(len(self.sealed), 0, -1))
        assert [row.status for row in rows[:1]] == [AssessmentStatus.frozen] * bool(rows)
        assert all(row.status is AssessmentStatus.superseded for row in rows[1:])
        for key, was in self.sealed:
            assert frozen_rows(self.session, key) == was
        if self.sealed and not self.open:
            assert [row for row in self.statuses() if row in self.standing] == self.standing


def test_a_year_keeps_what_was_frozen(county: Any) -> None:
    """More often on the quick database than on the slow one."""
    Year.county = county
    county.session.commit()
    quick = county.session.get_bind().dialect.name == "sqlite"
    run_state_machine_as_test(
        Year,
        settings=settings(
            deadline=None,
            derandomize=True,
            database=None,
            report_multiple_bugs=False,
            max_examples=25 if quick else 6,
            stateful_step_count=16,
            suppress_health_check=list(HealthCheck),
        ),
    )
