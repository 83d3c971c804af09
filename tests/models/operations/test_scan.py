"""The scan: exactly once, whatever came before it, and not by reading what it has read already."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from models import assessing, queries
from models.errors import StepRefused
from models.operations import deductions
from models.operations.relief import NOT_MISSED
from models.tables import Deduction, DeductionDuty, DeductionEvent, Duty
from models.terms import DeductionStatus, DutyKind
from tests.models.operations.test_steps import T0, act, taken, transferred
from tests.rulebooks import enacted, points

REPLY = {"outcome": "resolved", "opinion": "已补发", "delivery": "当面"}


def rows(county: Any) -> dict[str, Deduction]:
    county.session.expire_all()
    return {f"{row.rule}/{row.occurrence}": row for row in county.session.scalars(select(Deduction))}


def test_a_proof_entered_late_takes_the_duty_out_of_a_pending_deduction(county: Any) -> None:
    petition, now = transferred(county), T0 + timedelta(days=20)
    deductions.scan(county.session, now)
    pending = rows(county)["TRANSFER/transfer:1"]
    assert pending.status is DeductionStatus.proposed
    step = {"how": "函", "what": "备案"}
    perform_late(county, petition, "CG", "file", T0 + timedelta(days=2), now, **step)
    healed = rows(county)["TRANSFER/transfer:1"]
    assert (healed.status, healed.reason) == (DeductionStatus.withdrawn, NOT_MISSED)
    assert len(healed.duties) == 1  # what it rested on stays visible
    told = county.session.scalars(select(DeductionEvent.status).where(DeductionEvent.deduction_id == healed.id))
    assert list(told) == [DeductionStatus.proposed, DeductionStatus.withdrawn]
    assert deductions.scan(county.session, now) == 0


def perform_late(county: Any, petition: Any, code: str, kind: str, at: Any, now: Any, **values: Any) -> None:
    """Entered at ``now``, though it happened ``at``."""
    from models.operations.steps import StepInput, perform
    from models.terms import StepKind

    perform(county.session, petition, StepInput(StepKind(kind), at, values), county.actors[code], now)


def test_a_decided_deduction_is_not_undone_by_a_step_entered_late(county: Any) -> None:
    petition, now = transferred(county), T0 + timedelta(days=20)
    deductions.scan(county.session, now)
    row = rows(county)["TRANSFER/transfer:1"]
    deductions.confirm(county.session, row, county.actors["XFJ"], "属实", now)
    perform_late(county, petition, "CG", "file", T0 + timedelta(days=2), now, how="函", what="备案")
    assert rows(county)["TRANSFER/transfer:1"].status is DeductionStatus.confirmed


@pytest.mark.both_databases
def test_a_further_miss_of_the_same_occurrence_joins_the_deduction(county: Any) -> None:
    """HANDLE missed and withdrawn, then REPORT_RESULT of the same handling missed as well: proposed anew, one row."""
    petition = transferred(county)
    late = T0 + timedelta(days=70)
    deductions.scan(county.session, late)
    row = rows(county)["HANDLE/handling:1"]
    deductions.withdraw(county.session, row, county.actors["XFJ"], "经批准", late)
    act(county, petition, "RS", "reply", late + timedelta(hours=1), **REPLY)
    then = late + timedelta(days=20)
    before = assessing.assessment(county.session, 2025, then)
    assert deductions.scan(county.session, then) == 0
    again = rows(county)["HANDLE/handling:1"]
    assert again.status is DeductionStatus.proposed
    kinds = [item.duty.kind for item in sorted(again.duties, key=lambda item: item.due_on)]
    assert kinds == [DutyKind.HANDLE, DutyKind.REPORT_RESULT]
    assert assessing.assessment(county.session, 2025, then) == before


def test_what_happened_later_had_not_happened_yet(county: Any) -> None:
    petition = transferred(county)
    act(county, petition, "CG", "file", T0 + timedelta(days=14), how="函", what="备案")
    for days, discharged, late in ((10, False, 6), (30, True, 10)):
        found = assessing.assessment(county.session, 2025, T0 + timedelta(days=days))
        unit = next(unit for unit in found["units"] if unit["code"] == "CG")
        duty = next(line for line in unit["deductions"] if line["occurrence"] == "transfer:1")["duties"][0]
        assert (bool(duty["discharged"]), duty["late_days"]) == (discharged, late)


def test_the_yearly_cap_of_the_rulebook_bounds_what_a_unit_can_lose(county: Any) -> None:
    """RS neither informed nor handled in two matters: 2 × 1 + 2 × 2; with handling capped at 3: 2 × 1 + 3."""
    for _ in range(2):
        transferred(county)
    late = T0 + timedelta(days=70)

    def scores() -> list[tuple[str, str, str]]:
        units = assessing.assessment(county.session, 2025, late)["units"]
        return [(unit["code"], unit["pending"], unit["score_if_pending_confirmed"]) for unit in units]

    free = {code: pending for code, pending, _worst in scores()}
    assert free["RS"] == "6.00"
    enacted(county.session, lambda draft: setattr(points(draft, "HANDLE"), "cap", 3))
    assert ("RS", "5.00", "95.00") in scores()
    assert {code: pending for code, pending, _worst in scores()} == free | {"RS": "5.00"}


@pytest.mark.both_databases
def test_scanning_in_steps_or_at_once_gives_the_same(county: Any) -> None:
    first = transferred(county)
    for days in (5, 9, 30, 64, 90, 180):
        deductions.scan(county.session, T0 + timedelta(days=days))
    second = transferred(county)
    deductions.scan(county.session, T0 + timedelta(days=180))

    def content(petition: int) -> list[Any]:
        wanted = select(Deduction).where(Deduction.petition_id == petition)
        found = county.session.scalars(wanted.order_by(Deduction.rule, Deduction.occurrence)).all()
        return [(r.unit_id, r.rule, r.occurrence, r.points, r.year, len(r.duties), r.status) for r in found]

    assert content(first.id) == content(second.id)
    assert len(content(first.id)) > 5


@pytest.mark.both_databases
def test_a_scan_reads_only_what_no_deduction_lists(county: Any) -> None:
    for _ in range(3):
        transferred(county)
    now = T0 + timedelta(days=100)
    deductions.scan(county.session, now)
    assert county.session.scalars(queries.unscanned(now)).all() == []
    listed = set(county.session.scalars(select(DeductionDuty.duty_id)))
    assert set(county.session.scalars(select(Duty.id).where(Duty.charged))) == listed
    if county.session.get_bind().dialect.name == "postgresql":
        county.session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "EXPLAIN "
    else:
        plan = "EXPLAIN QUERY PLAN "
    wanted = queries.petitions_to_scan(now).compile(county.session.get_bind(), compile_kwargs={"literal_binds": True})
    said = " ".join(str(row) for row in county.session.execute(text(plan + str(wanted))))
    assert "ix_duty_uncharged" in said


def test_taken_matters_without_a_miss_cost_nothing(county: Any) -> None:
    taken(county)
    assert deductions.scan(county.session, T0 + timedelta(days=2)) == 0


@pytest.mark.both_databases
def test_a_scan_ahead_of_time_locks_nothing_up(county: Any) -> None:
    """What it listed before its day may turn out never to be owed: the row stays, ended, and the step is taken."""
    petition = transferred(county)
    at = T0 + timedelta(days=2)
    act(county, petition, "RS", "object", at, to_unit=county.units["ZJ"].id, reason="非我局职责")
    deductions.scan(county.session, T0 + timedelta(days=40))
    act(county, petition, "XFJ", "uphold", at + timedelta(hours=1), reason="异议成立")
    assert rows(county)["FOLLOW_UP/follow-up:1.2"].status is DeductionStatus.withdrawn


def test_a_merge_is_not_slipped_in_before_what_moved_the_matter(county: Any) -> None:
    first = taken(county)
    second = transferred(county)
    values = {"into": first.id, "reason": "同一事项"}
    with pytest.raises(StepRefused):
        perform_late(county, second, "XFJ", "merge", T0 + timedelta(hours=3), T0 + timedelta(days=3), **values)
