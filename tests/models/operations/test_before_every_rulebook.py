"""What came before every rulebook is seen and says so; it costs nobody anything before one for it is published."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import readiness
from models.errors import StepRefused
from models.operations import deductions, hearing, hearing_time, recount
from models.operations.intake import RegisterInput, register
from models.rules import hearing as rules
from models.tables import Deduction, Duty, Petition
from models.terms import Channel, DeductionStatus, PetitionKind
from tests.models.operations.test_steps import act
from tests.rulebooks import enacted, points

THEN = datetime(2023, 9, 26, 1, 0, tzinfo=UTC)
NOW = datetime(2024, 2, 1, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def received(county: Any, at: datetime) -> Petition:
    given = RegisterInput(
        *("拖欠工资", "工资未付", Channel.visit, PetitionKind.request, at),
        place_id=county.place.id,
        first_receiver_id=county.staff["CG"].id,
        anonymous=True,
    )
    return register(county.session, given, county.actors["CG"], at + timedelta(hours=1))


def old_matter(county: Any) -> Deduction:
    """Received in 2023, before the first rulebook of 2024; transferred on 28 September, never filed."""
    petition = received(county, THEN)
    act(county, petition, "CG", "route", THEN + DAY, outcome="B")
    proof = {"reason": "属人社局", "letter_number": "1号", "sent_how": "机要", "mode": "written"}
    act(county, petition, "CG", "transfer", THEN + 2 * DAY, to_unit=county.units["RS"].id, **proof)
    deductions.scan(county.session, NOW)
    return county.session.scalars(select(Deduction).where(Deduction.occurrence == "transfer:1")).one()  # type: ignore[no-any-return]


def filing(county: Any) -> Duty:
    county.session.expire_all()
    return county.session.scalars(select(Duty).where(Duty.key == "FILE:1")).one()  # type: ignore[no-any-return]


def test_it_is_counted_by_the_calendar_of_its_year(county: Any) -> None:
    old_matter(county)
    assert filing(county).due_on == date(2023, 10, 9)
    assert filing(county).trace["provisional"] is False


def test_nobody_makes_it_final_neither_a_decision_nor_silence(county: Any) -> None:
    row, session, officer = old_matter(county), county.session, county.actors["XFJ"]
    assert filing(county).trace["in_force_from"] == "2024-01-01"
    with pytest.raises(StepRefused) as refused:
        hearing.confirm(session, row, officer, "属实", NOW)
    assert refused.value.message == rules.UNGOVERNED
    standing = hearing.standing(session, row, officer, NOW)
    assert (standing.ungoverned, "confirm" in standing.moves, "withdraw" in standing.moves) == (True, False, True)
    hearing.notify(session, row, officer, "请申辩", NOW)
    hearing_time.settle(session, NOW + 60 * DAY)
    session.refresh(row)
    assert row.status is DeductionStatus.notified
    found = {matter.id: matter.count for matter in readiness.check(session, 2023, NOW)}
    assert found["ungoverned"] >= 1


def test_a_rulebook_for_that_time_governs_it_and_nothing_else(county: Any) -> None:
    row, session = old_matter(county), county.session
    first = row.rulebook_id
    book = enacted(session, lambda draft: setattr(points(draft, "TRANSFER"), "points", 3), date(2023, 1, 1))
    recount.recount(session, NOW, "县首接负责制通知（2023）")
    session.refresh(row)
    assert (row.rulebook_id, row.points) == (book.id, 3)
    assert "in_force_from" not in filing(county).trace
    hearing.confirm(session, row, county.actors["XFJ"], "属实", NOW)
    assert row.status is DeductionStatus.confirmed
    received(county, NOW)
    newest = session.scalars(select(Duty).order_by(Duty.id.desc())).first()
    assert newest.rulebook_id == first
