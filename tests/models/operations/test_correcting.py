"""In an open correction a final deduction may be taken back, and a withdrawn one proposed anew; never without one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import assessing, frozen, verifying
from models.errors import NotAllowed, StepRefused
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
