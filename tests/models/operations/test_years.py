"""An occurrence counts in the year of its earliest duty that counts; what was excused counts no more (domain §5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import assessing, frozen, readiness, verifying
from models.operations import deductions, freezing, recount
from models.operations.intake import RegisterInput, register
from models.rules.assessing import document
from models.rules.freezing import diff, is_empty
from models.tables import CalendarDay, Deduction, DeductionDuty, Petition
from models.terms import Channel, DayKind, DeductionStatus, PetitionKind
from tests.models.operations.test_steps import act

DAY = timedelta(days=1)
RECEIVED = datetime(2024, 10, 10, 1, 0, tzinfo=UTC)
REPLIED = datetime(2025, 1, 6, 1, 0, tzinfo=UTC)
FROZEN = datetime(2025, 1, 8, 1, 0, tzinfo=UTC)
SCANNED = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)


def late_reply(county: Any) -> Petition:
    """Transferred in October 2024: HANDLE was due in December, replied to in January, never reported."""
    given = RegisterInput(
        *("拖欠工资", "工资未付", Channel.visit, PetitionKind.request, RECEIVED),
        place_id=county.place.id,
        first_receiver_id=county.staff["CG"].id,
        anonymous=True,
    )
    petition = register(county.session, given, county.actors["CG"], RECEIVED + timedelta(hours=1))
    act(county, petition, "CG", "route", RECEIVED + timedelta(hours=2), outcome="B")
    proof = {"reason": "属人社局", "letter_number": "1号", "sent_how": "机要", "mode": "written"}
    to = county.units["RS"].id
    act(county, petition, "CG", "transfer", RECEIVED + timedelta(hours=3), to_unit=to, **proof)
    act(county, petition, "RS", "reply", REPLIED, outcome="resolved", opinion="已办结", delivery="当面送达")
    return petition


def handling(county: Any) -> Deduction:
    county.session.expire_all()
    return county.session.scalars(select(Deduction).where(Deduction.occurrence == "handling:1")).one()  # type: ignore[no-any-return]


def excused_in_2024(county: Any) -> None:
    """HANDLE of 2024, kept late, is withdrawn."""
    late_reply(county)
    deductions.scan(county.session, FROZEN)
    row = handling(county)
    assert row.year == 2024
    deductions.withdraw(county.session, row, county.actors["XFJ"], "已当面说明", FROZEN)


def points(county: Any, year: int) -> list[tuple[str, list[str]]]:
    found = assessing.assessment(county.session, year, SCANNED)
    unit = next(one for one in found["units"] if one["code"] == "RS")
    return [
        (line["status"], [duty["kind"] for duty in line["duties"]])
        for line in unit["deductions"]
        if line["occurrence"] == "handling:1"
    ]


@pytest.mark.parametrize("sealed", [True, False], ids=["frozen", "not frozen"])
def test_a_miss_after_an_excused_one_counts_in_its_own_year(county: Any, sealed: bool) -> None:
    excused_in_2024(county)
    if sealed:
        freezing.freeze(county.session, 2024, county.actors["XFJ"], "年终考核", FROZEN)
    before = assessing.gather(county.session, 2024, FROZEN)
    assert points(county, 2025) == [("proposed", ["REPORT_RESULT"])]
    assert deductions.scan(county.session, SCANNED) >= 0
    row = handling(county)
    assert (row.year, row.status) == (2025, DeductionStatus.proposed)
    assert {one.duty.kind.value: one.excused for one in row.duties} == {"HANDLE": True, "REPORT_RESULT": False}
    assert points(county, 2025) == [("proposed", ["REPORT_RESULT"])]
    assert points(county, 2024) == [("withdrawn", ["HANDLE"])]
    after = assessing.gather(county.session, 2024, FROZEN)
    assert [line for line in after["deductions"] if line["unit"] == "RS"] == [
        line for line in before["deductions"] if line["unit"] == "RS"
    ]
    if sealed:
        assert [one.difference for one in verifying.verify_all(county.session)] == [""]
        stored = frozen.part(county.session, frozen.latest(county.session, 2024), "results")
        assert is_empty(diff(stored, document(after)))


def test_a_miss_that_joins_one_that_counts_in_a_frozen_year_holds_up_nobody(county: Any) -> None:
    late_reply(county)
    deductions.scan(county.session, FROZEN)
    deductions.confirm(county.session, handling(county), county.actors["XFJ"], "属实", FROZEN)
    freezing.freeze(county.session, 2024, county.actors["XFJ"], "年终考核", FROZEN)
    deductions.scan(county.session, SCANNED)
    assert handling(county).year == 2024
    now = datetime(2026, 2, 2, 1, 0, tzinfo=UTC)
    deductions.scan(county.session, now)
    found = {matter.id: matter.count for matter in readiness.check(county.session, 2025, now)}
    assert found["unscanned"] == 0


def test_a_deduction_whose_earliest_miss_is_healed_moves_to_the_year_of_the_next(county: Any) -> None:
    late_reply(county)
    deductions.scan(county.session, SCANNED)
    row = handling(county)
    assert (row.year, len(row.duties)) == (2024, 2)
    due = next(one.duty for one in row.duties if one.duty.kind.value == "HANDLE").due_on
    days = [due + n * DAY for n in range(32) if due + n * DAY < REPLIED.date()]
    known = set(county.session.scalars(select(CalendarDay.day)))
    county.session.add_all(
        CalendarDay(day=day, kind=DayKind.holiday, name="临时放假", source="县政府令3号")
        for day in days
        if day not in known
    )
    county.session.flush()
    recount.recount(county.session, SCANNED, "县政府令3号")
    row = handling(county)
    listed = county.session.scalars(select(DeductionDuty).where(DeductionDuty.deduction_id == row.id)).all()
    assert (row.year, [one.duty.kind.value for one in listed]) == (2025, ["REPORT_RESULT"])
