"""A changed calendar or rulebook moves open duties, says so in the record, and makes no settled verdict worse (§3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from models.access import all_rows
from models.operations import deductions, recount
from models.tables import CalendarDay, CalendarYear, Deduction, Duty, Petition, Step
from models.terms import DayKind, DeductionStatus, StepKind
from tests.models.operations.test_steps import T0, act, taken, transferred
from tests.rulebooks import clock, enacted, points

SOON = T0 + timedelta(days=1, hours=6)
# FILE of a transfer on Tuesday, 4 March 2025: the third working day is Friday, 7 March


def duty(county: Any, key: str) -> Duty:
    county.session.expire_all()
    return county.session.scalars(select(Duty).where(Duty.key == key)).one()


def holiday(county: Any, day: date) -> None:
    county.session.add(CalendarDay(day=day, kind=DayKind.holiday, name="临时放假", source="县政府令3号"))
    county.session.flush()


@pytest.mark.both_databases
def test_an_open_date_moves_and_the_record_says_so(county: Any) -> None:
    petition = transferred(county)
    assert duty(county, "FILE:1").due_on == date(2025, 3, 7)
    before = petition.version
    assert not recount.is_due(county.session)
    holiday(county, date(2025, 3, 5))
    assert recount.is_due(county.session)
    assert recount.recount(county.session, SOON, "县政府令3号") == 1
    assert not recount.is_due(county.session)
    moved = duty(county, "FILE:1")
    assert moved.due_on == date(2025, 3, 10)
    assert "2025/2" in moved.trace["calendar_version"]
    told = county.session.scalars(select(Step).where(Step.kind == StepKind.recount)).one()
    assert (told.note, told.unit_id) == ("县政府令3号", county.units["XFJ"].id)
    assert petition.version > before
    assert recount.recount(county.session, SOON, "again") == 0
    act(county, petition, "CG", "file", SOON + timedelta(hours=1), how="函", what="备案")
    assert duty(county, "FILE:1").due_on == date(2025, 3, 10)


def test_a_settled_date_is_never_made_worse(county: Any) -> None:
    petition = transferred(county)
    act(county, petition, "CG", "file", T0 + timedelta(days=3), how="函", what="备案")
    enacted(county.session, lambda draft: setattr(clock(draft, "FILE"), "amount", 1))
    recount.recount(county.session, T0 + timedelta(days=4), "")
    settled = duty(county, "FILE:1")
    assert (settled.due_on, settled.late) == (date(2025, 3, 7), False)


def test_a_kinder_calendar_heals_a_miss_and_its_deduction(county: Any) -> None:
    petition = transferred(county)
    act(county, petition, "CG", "file", T0 + timedelta(days=7), how="函", what="备案")
    assert deductions.scan(county.session, T0 + timedelta(days=8)) == 1
    row = county.session.scalars(select(Deduction)).one()
    holiday(county, date(2025, 3, 5))
    recount.recount(county.session, T0 + timedelta(days=8), "")
    healed = duty(county, "FILE:1")
    assert (healed.due_on, healed.late, healed.charged) == (date(2025, 3, 10), False, False)
    county.session.refresh(row)
    assert row.status is DeductionStatus.withdrawn
    assert row.reason


def test_a_scan_counts_again_first(county: Any) -> None:
    transferred(county)
    holiday(county, date(2025, 3, 5))
    assert deductions.scan(county.session, T0 + timedelta(days=5)) == 0
    assert duty(county, "FILE:1").due_on == date(2025, 3, 10)


def test_days_raise_the_version_of_their_year(county: Any) -> None:
    def version() -> int:
        county.session.expire_all()
        return int(county.session.scalar(select(CalendarYear.version).where(CalendarYear.year == 2025)))

    assert version() == 1
    holiday(county, date(2025, 3, 5))
    assert version() == 2
    county.session.delete(county.session.scalars(select(CalendarDay).where(CalendarDay.day == date(2025, 3, 5))).one())
    county.session.flush()
    assert version() == 3


@pytest.mark.both_databases
@pytest.mark.parametrize("many", [2, 12])
def test_the_work_goes_in_batches(county: Any, many: int) -> None:
    for _ in range(many):
        transferred(county)
    holiday(county, date(2025, 3, 5))
    said: list[str] = []
    engine = county.session.get_bind()

    def listener(*given: Any) -> None:
        said.append(given[2])

    event.listen(engine, "before_cursor_execute", listener)
    with all_rows():
        assert recount.recount(county.session, SOON, "") == many
    event.remove(engine, "before_cursor_execute", listener)
    assert len(said) <= 29
    assert county.session.scalar(select(func.count()).select_from(Petition)) == many
    assert taken(county) is not None


def test_what_is_still_owed_costs_what_the_rulebook_in_force_says(county: Any) -> None:
    """A rulebook that reaches back governs open duties whole, though their dates stay; settled ones keep theirs."""
    petition = transferred(county)
    old = duty(county, "FILE:1").rulebook_id
    book = enacted(county.session, lambda draft: setattr(points(draft, "TRANSFER"), "points", 3))
    recount.recount(county.session, SOON, "新办法")
    assert duty(county, "FILE:1").rulebook_id == book.id != old
    assert duty(county, "TRANSFER:1").rulebook_id == old
    assert petition.version
    deductions.scan(county.session, T0 + timedelta(days=20))
    (found,) = county.session.scalars(select(Deduction).where(Deduction.rule == "TRANSFER")).all()
    assert (found.points, found.rulebook_id) == (3, book.id)
