"""In an open correction a final deduction may be taken back, and a withdrawn one proposed anew; never without one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import assessing, frozen, verifying
from models.errors import Conflict, NotAllowed, StepRefused
from models.operations import deductions, freezing, hearing, hearing_time
from models.tables import Assessment, Deduction
from models.terms import DeductionStatus as S
from models.terms import Role
from tests.models.operations.test_freezing import NOW, officer
from tests.models.operations.test_hearing import person, told
from tests.models.operations.test_steps import transferred

LATER = NOW + timedelta(days=60)


@pytest.fixture
def final(county: Any) -> Deduction:
    """A deduction of 2025 that became final by silence; the year is frozen, every other deduction withdrawn."""
    transferred(county)
    session, bureau = county.session, officer(county)
    deductions.scan(session, NOW)
    rows = list(session.scalars(select(Deduction).order_by(Deduction.id)))
    hearing.notify(session, rows[0], bureau, "通知", NOW)
    for row in rows[1:]:
        hearing.withdraw(session, row, bureau, "有证明", NOW)
    for at in (NOW + timedelta(days=20), NOW + timedelta(days=40)):
        hearing_time.settle(session, at)
    session.refresh(rows[0])
    assert rows[0].status is S.final
    freezing.freeze(session, 2025, bureau, "年终考核", NOW + timedelta(days=41))
    return rows[0]


def test_a_final_one_is_taken_back_by_another_and_the_year_revised(county: Any, final: Deduction) -> None:
    session, judge = county.session, person(county, "XFJ", Role.BureauOfficer)
    with pytest.raises(StepRefused, match="open correction"):
        hearing.revoke(session, final, judge, "漏看凭证", LATER)
    freezing.open_correction(session, 2025, officer(county), "单位补交凭证", LATER)
    assert hearing.standing(session, final, judge, LATER).moves[0].value == "revoke"
    with pytest.raises(NotAllowed, match="first decided"):
        hearing.revoke(session, final, officer(county), "漏看凭证", LATER)  # notified it
    with pytest.raises(NotAllowed):
        hearing.revoke(session, final, county.actors["CG"], "漏看凭证", LATER)
    hearing.revoke(session, final, judge, "漏看凭证", LATER)
    assert (final.status, final.reason, final.decided_by_id) == (S.overturned, "漏看凭证", judge.staff_id)
    row = freezing.revise(session, 2025, officer(county), "按补交凭证修订", LATER)
    (change,) = frozen.part(session, row, "changes")["deductions"]
    assert (change["before"]["status"], change["after"]["status"]) == ("final", "overturned")
    assert [one.difference for one in verifying.verify_all(session)] == ["", ""]
    units = assessing.official(session, 2025, LATER)["units"]
    assert [line["ruling"] for unit in units for line in unit["deductions"] if line["ruling"]] == ["漏看凭证"]


def test_a_withdrawn_one_is_proposed_anew_and_heard_again(county: Any, final: Deduction) -> None:
    session, bureau = county.session, officer(county)
    row = session.scalars(select(Deduction).where(Deduction.status == S.withdrawn)).first()
    freezing.open_correction(session, 2025, bureau, "证明系伪造", LATER)
    with pytest.raises(NotAllowed):
        hearing.renew(session, row, county.actors["CG"], "x", LATER)
    hearing.renew(session, row, bureau, "证明系伪造", LATER)
    assert (row.status, row.reason, row.decided_at) == (S.proposed, None, None)
    hearing.notify(session, row, bureau, "重新通知", LATER)
    assert told(county, row) == [S.proposed, S.withdrawn, S.proposed, S.notified]
    assert row.due_at > LATER


def test_without_a_correction_neither_is_possible(county: Any) -> None:
    transferred(county)
    session, bureau = county.session, officer(county)
    deductions.scan(session, NOW)
    row = session.scalars(select(Deduction)).first()
    hearing.withdraw(session, row, bureau, "有证明", NOW)
    assert hearing.standing(session, row, bureau, NOW).moves == ()
    with pytest.raises(StepRefused, match="open correction"):
        hearing.renew(session, row, bureau, "x", NOW)
    assert session.scalar(select(Assessment.id)) is None


def test_a_correction_that_changed_nothing_is_closed(county: Any, final: Deduction) -> None:
    session, bureau, judge = county.session, officer(county), person(county, "XFJ", Role.BureauOfficer)
    with pytest.raises(Conflict, match="No correction"):
        freezing.close_correction(session, 2025, bureau, "误开", LATER)
    freezing.open_correction(session, 2025, bureau, "疑有误", LATER)
    with pytest.raises(NotAllowed):
        freezing.close_correction(session, 2025, county.actors["CG"], "误开", LATER)
    row = freezing.close_correction(session, 2025, bureau, "复核无误", LATER)
    assert (row.reason, row.closed_at) == ("疑有误\n复核无误", LATER)
    assert hearing.standing(session, final, judge, LATER).moves == ()
    freezing.open_correction(session, 2025, bureau, "再查", LATER)
    hearing.revoke(session, final, judge, "漏看凭证", LATER)
    with pytest.raises(Conflict, match="has changed"):
        freezing.close_correction(session, 2025, bureau, "误开", LATER)


def test_freezing_takes_a_running_appeal_from_nobody(county: Any) -> None:
    """§5: each side has its clock; what comes of the appeal counts with the next revision."""
    transferred(county)
    session, bureau = county.session, officer(county)
    deductions.scan(session, NOW)
    rows = list(session.scalars(select(Deduction).where(Deduction.unit_id == county.units["RS"].id)))
    head = person(county, "RS", Role.UnitLeader)
    for row in rows:
        hearing.confirm(session, row, bureau, "属实", NOW)
    late, row = rows[1], rows[0]
    warned = freezing.freeze(session, 2025, bureau, "年终考核", NOW).manifest["warnings"]
    assert {"id": "appealable", "count": len(rows)} in warned
    assert hearing.standing(session, row, head, NOW).moves[0].value == "appeal"
    hearing.appeal(session, row, head, "有新证据", NOW)
    hearing.overturn(session, row, person(county, "XFJ", Role.BureauOfficer), "证据属实", NOW)
    assert assessing.official(session, 2025, NOW)["revision"] == 1
    with pytest.raises(Conflict):
        hearing.appeal(session, late, head, "来不及", LATER)
    freezing.open_correction(session, 2025, bureau, "申诉成立", LATER)
    assert freezing.revise(session, 2025, bureau, "申诉成立", LATER).revision == 2
