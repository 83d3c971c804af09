"""The year's end on screen: readiness, freezing with a reason, a correction, the next revision and what it changed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.jobs import runner
from models.operations import deductions
from models.tables import Assessment, Deduction
from models.terms import AssessmentStatus
from tests.views.world import Desk

PAGE = "/assessment/2025/freezing"


@pytest.fixture
def year(desk: Desk) -> int:
    """A year that is over, scanned, with deductions of one petition; their number."""
    desk.transferred()
    with desk.rows() as session:
        return deductions.scan(session, datetime.now(UTC))


def act(desk: Desk, what: str, name: str = "bureau", reason: str = "年终考核") -> Any:
    """Send the form, let the job be done, and give the page it leads to."""
    client = desk.client(name)
    sent = client.post(f"{PAGE}/{what}", data={"reason": reason})
    if sent.status_code == 302 and "/job/" in sent.location:
        runner.run_waiting(desk.app)
        return client.get(sent.location)
    return sent


def test_frozen_corrected_and_revised(desk: Desk, year: int) -> None:
    assert year > 1
    client = desk.client("bureau")
    assert "Deductions still pending" in client.get(PAGE).get_data(as_text=True)
    assert "Finished" in act(desk, "freeze").get_data(as_text=True)
    shown = client.get("/assessment/2025").get_data(as_text=True)
    assert "Frozen" in shown
    with desk.rows() as session:
        row = session.scalars(select(Assessment)).one()
        first, digest = session.scalars(select(Deduction.id).where(Deduction.year == 2025)).first(), row.sha256
    body = client.get("/assessment/2025/1/manifest.json").get_data()
    assert hashlib.sha256(body).hexdigest() == digest
    assert digest in client.get(PAGE).get_data(as_text=True)

    refused = client.post(f"/deduction/{first}/withdraw", data={"reason": "有证明"})
    assert refused.status_code == 409
    assert "is frozen" in refused.get_data(as_text=True)
    assert "changed since it was frozen" in act(desk, "revise").get_data(as_text=True)
    assert act(desk, "correct", reason="发现新证据").status_code == 302
    assert "发现新证据" in client.get(PAGE).get_data(as_text=True)
    assert act(desk, "correct").status_code == 409
    assert client.post(f"/deduction/{first}/withdraw", data={"reason": "有证明"}).status_code == 302
    assert "Finished" in act(desk, "revise", reason="按新证据修订").get_data(as_text=True)

    page = client.get(PAGE).get_data(as_text=True)
    assert "Revision 2" in page
    assert "Revision 1" in page
    assert "Superseded" in page
    assert "Deductions that changed" in page
    assert "Withdrawn" in page
    with desk.rows() as session:
        found = {row.revision: row.status for row in session.scalars(select(Assessment))}
    assert found == {1: AssessmentStatus.superseded, 2: AssessmentStatus.frozen}


def test_frozen_once(desk: Desk, year: int) -> None:
    act(desk, "freeze")
    assert "is frozen already" in act(desk, "freeze", reason="再一次").get_data(as_text=True)
    with desk.rows() as session:
        assert len(session.scalars(select(Assessment)).all()) == 1


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
@pytest.mark.parametrize("what", ["freeze", "correct", "revise"])
def test_a_reason_is_asked_beside_the_field_and_kept(desk: Desk, year: int, what: str, reason: str) -> None:
    if what != "freeze":
        act(desk, "freeze")
    if what == "revise":
        act(desk, "correct")
    answer = desk.client("bureau").post(f"{PAGE}/{what}", data={"reason": reason})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#reason-{what}"' in text
    assert reason.strip() in text


def test_a_year_that_runs_cannot_be_frozen(desk: Desk) -> None:
    running = datetime.now(UTC).year
    client = desk.client("bureau")
    assert "once nothing blocks" in client.get(f"/assessment/{running}/freezing").get_data(as_text=True)
    sent = client.post(f"/assessment/{running}/freezing/freeze", data={"reason": "早"})
    runner.run_waiting(desk.app)
    assert "The year is not over" in client.get(sent.location).get_data(as_text=True)


def test_others_look_and_do_not_act(desk: Desk, year: int) -> None:
    """A unit sees of a revision's changes only its own."""
    for name in ("town1", "dept1", "leader", "auditor"):
        assert "What still stands in the way" not in desk.client(name).get(PAGE).get_data(as_text=True)
        assert act(desk, "freeze", name).status_code == 403
    act(desk, "freeze")
    act(desk, "correct")
    with desk.rows() as session:
        rows = session.scalars(select(Deduction).where(Deduction.year == 2025)).all()
        of = {row.unit_id: row.id for row in rows}
    one = of[desk.units["T1"]]
    assert desk.client("bureau").post(f"/deduction/{one}/withdraw", data={"reason": "有证明"}).status_code == 302
    act(desk, "revise")
    assert "Deductions that changed" in desk.client("town1").get(PAGE).get_data(as_text=True)
    assert "Deductions that changed" not in desk.client("dept1").get(PAGE).get_data(as_text=True)
    assert desk.client("bureau").post(f"{PAGE}/dance", data={"reason": "x"}).status_code == 404
    assert desk.client("bureau").get("/assessment/2025/9/manifest.json").status_code == 404
    assert desk.client("bureau").get("/assessment/1999/freezing").status_code == 404
