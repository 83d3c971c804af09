"""The hearing through the operations, on both databases (domain §5)."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event as sa_event
from sqlalchemy import select, update

from models import assessing
from models.access import Actor, acting
from models.errors import Conflict, DomainError, Invalid, NotAllowed, StepRefused
from models.files import File
from models.office_terms import HearingMove
from models.operations import deductions, hearing, hearing_time, recount
from models.operations.relief import NOT_MISSED
from models.tables import CalendarDay, Deduction, DeductionDuty, DeductionEvent, HearingPaper, Staff
from models.terms import DayKind, Role
from models.terms import DeductionStatus as S
from tests.models.operations.test_scan import perform_late
from tests.models.operations.test_steps import T0, transferred

DAY = timedelta(days=1)
NOW = T0 + 20 * DAY  # 2025-03-23, a Sunday


def person(county: Any, code: str, *roles: Role) -> Actor:
    """Another member of the unit's staff, in another role."""
    staff = Staff(name="李", unit_id=county.units[code].id, since=T0.date())
    county.session.add(staff)
    county.session.flush()
    return replace(county.actors[code], staff_id=staff.id, roles=frozenset(roles))


def proposed(county: Any) -> Deduction:
    """The unfiled transfer of the town, proposed."""
    transferred(county)
    deductions.scan(county.session, NOW)
    wanted = select(Deduction).where(Deduction.occurrence == "transfer:1")
    return county.session.scalars(wanted).one()  # type: ignore[no-any-return]


def told(county: Any, row: Deduction) -> list[S]:
    county.session.flush()
    wanted = select(DeductionEvent.status).where(DeductionEvent.deduction_id == row.id).order_by(DeductionEvent.id)
    return list(county.session.scalars(wanted))


def paper(text: bytes = b"%PDF-1.4 x") -> File:
    stream = io.BytesIO(text)
    return File("证明.pdf", "application/pdf", len(text), hashlib.sha256(text).hexdigest(), stream)


def test_the_whole_way_to_upheld_and_final(county: Any) -> None:
    row, session = proposed(county), county.session
    bureau, clerk = county.actors["XFJ"], county.actors["CG"]
    head, judge = person(county, "CG", Role.UnitLeader), person(county, "XFJ", Role.BureauOfficer)
    hearing.notify(session, row, bureau, "拟扣分通知", NOW)
    assert (row.status, row.due_on) == (S.notified, date(2025, 3, 28))
    assert row.due_trace["amount"] == 5
    hearing.answer(session, row, clerk, "当日已电话报备", NOW + DAY)
    assert (row.status, row.due_on) == (S.answered, date(2025, 3, 31))
    hearing.confirm(session, row, bureau, "无凭证", NOW + 2 * DAY)
    assert (row.status, row.reason, row.decided_by_id) == (S.confirmed, "无凭证", bureau.staff_id)
    with pytest.raises(NotAllowed, match="leader"):
        hearing.appeal(session, row, clerk, "不服", NOW + 3 * DAY)
    hearing.appeal(session, row, head, "有通话记录", NOW + 3 * DAY)
    assert row.status is S.appealed
    with pytest.raises(NotAllowed, match="proposed, notified or first decided"):
        hearing.uphold(session, row, bureau, "维持", NOW + 4 * DAY)
    hearing.uphold(session, row, judge, "记录与本件无关", NOW + 4 * DAY)
    assert (row.status, row.due_at, row.decided_by_id) == (S.final, None, judge.staff_id)
    assert told(county, row) == [S.proposed, S.notified, S.answered, S.confirmed, S.appealed, S.upheld, S.final]
    for move in HearingMove:
        with pytest.raises(DomainError):
            hearing.move(session, row, move, judge, "再来", NOW + 5 * DAY)
    assert row.points == 1


def test_a_county_leader_overturns_and_the_points_vanish(county: Any) -> None:
    row, session = proposed(county), county.session
    leader = replace(person(county, "ZJ"), roles=frozenset({Role.CountyLeader}))
    hearing.confirm(session, row, county.actors["XFJ"], "属实", NOW)  # told by this: the time to appeal runs
    assert row.due_on == date(2025, 3, 28)
    hearing.appeal(session, row, person(county, "CG", Role.UnitLeader), "系统检修", NOW + DAY)
    pending = assessing.assessment(session, 2025, NOW + DAY)
    hearing.overturn(session, row, leader, "检修属实", NOW + 2 * DAY)
    assert row.status is S.overturned
    after = assessing.assessment(session, 2025, NOW + 2 * DAY)
    assert assessing.assessment(session, 2025, NOW + DAY) == pending  # as it stood before
    line = next(line for unit in after["units"] for line in unit["deductions"] if line["occurrence"] == "transfer:1")
    assert (line["status"], line["decision"], line["appeal"], line["ruling"]) == (
        "overturned",
        "属实",
        "系统检修",
        "检修属实",
    )
    was = next(line for unit in pending["units"] for line in unit["deductions"] if line["occurrence"] == "transfer:1")
    assert (was["status"], was["ruling"]) == ("appealed", None)


def test_silence_confirms_and_then_becomes_final(county: Any) -> None:
    row, session = proposed(county), county.session
    hearing.notify(session, row, county.actors["XFJ"], "通知", NOW)
    due = row.due_at
    assert hearing_time.settle(session, due) == 0  # until the last moment
    assert deductions.scan(session, due + DAY) == 0
    session.refresh(row)
    assert (row.status, row.reason, row.decided_by_id) == (S.confirmed, hearing_time.SILENT, None)
    assert row.due_at > due + 5 * DAY  # the time to appeal begins when the silence is recorded
    assert hearing_time.settle(session, due + DAY) == 0
    hearing_time.settle(session, row.due_at + DAY)
    session.refresh(row)
    assert (row.status, row.due_at) == (S.final, None)
    assert told(county, row) == [S.proposed, S.notified, S.confirmed, S.final]
    assert hearing_time.settle(session, NOW + 400 * DAY) == 0


def test_time_moves_first_even_when_no_scan_ran(county: Any) -> None:
    row, session = proposed(county), county.session
    hearing.notify(session, row, county.actors["XFJ"], "通知", NOW)
    late = row.due_at + DAY
    assert hearing.standing(session, row, county.actors["CG"], late).moves == ()
    with pytest.raises(Conflict), session.begin_nested():
        hearing.answer(session, row, county.actors["CG"], "来不及", late)
    session.refresh(row)
    assert row.status is S.notified


@pytest.mark.parametrize("wait", ["answered", "appealed"])
def test_what_the_bureau_leaves_undecided_stays_pending(county: Any, wait: str) -> None:
    row, session = proposed(county), county.session
    if wait == "answered":
        hearing.notify(session, row, county.actors["XFJ"], "通知", NOW)
        hearing.answer(session, row, county.actors["CG"], "已报备", NOW)
    else:
        hearing.confirm(session, row, county.actors["XFJ"], "属实", NOW)
        hearing.appeal(session, row, person(county, "CG", Role.UnitLeader), "不服", NOW)
    deductions.scan(session, NOW + 300 * DAY)
    session.refresh(row)
    assert row.status.value == wait
    unit = next(u for u in assessing.assessment(session, 2025, NOW + 300 * DAY)["units"] if u["code"] == "CG")
    line = next(line for line in unit["deductions"] if line["occurrence"] == "transfer:1")
    assert line["status"] == wait


def test_a_provisional_year_holds_everything_up_and_hurts_nobody(county: Any) -> None:
    row, session = proposed(county), county.session
    hearing.notify(session, row, county.actors["XFJ"], "通知", NOW)
    table: Any = DeductionDuty.__table__
    trace = session.scalar(select(DeductionDuty.trace).where(DeductionDuty.deduction_id == row.id))
    session.execute(update(table).where(table.c.deduction_id == row.id).values(trace=trace | {"provisional": True}))
    assert hearing_time.settle(session, NOW + 60 * DAY) == 0
    hearing.answer(session, row, county.actors["CG"], "尚可申辩", NOW + 60 * DAY)
    with pytest.raises(StepRefused, match="not announced"):
        hearing.confirm(session, row, county.actors["XFJ"], "属实", NOW + 61 * DAY)
    hearing.withdraw(session, row, county.actors["XFJ"], "撤回", NOW + 61 * DAY)


def test_nothing_without_a_reason_and_nothing_twice(county: Any) -> None:
    row, session, bureau = proposed(county), county.session, county.actors["XFJ"]
    for reason in ("", " \n", "长" * 2001, "a\0b"):
        with pytest.raises(Invalid):
            hearing.notify(session, row, bureau, reason, NOW)
    with pytest.raises(NotAllowed):
        hearing.notify(session, row, None, "通知", NOW)
    with pytest.raises(NotAllowed):
        hearing.notify(session, row, county.actors["CG"], "通知", NOW)
    with pytest.raises(Conflict, match="meanwhile"):
        hearing.move(session, row, HearingMove.notify, bureau, "通知", NOW, version=row.version + 1)
    hearing.move(session, row, HearingMove.notify, bureau, "通知", NOW, version=row.version)
    with pytest.raises(Conflict):
        hearing.notify(session, row, bureau, "通知", NOW)
    with pytest.raises(NotAllowed):
        hearing.answer(session, row, county.actors["RS"], "不是我们", NOW)
    with pytest.raises(Invalid, match="need your attention"):
        hearing.answer(session, row, county.actors["CG"], " ", NOW)
    assert told(county, row) == [S.proposed, S.notified]


def test_many_at_once_does_what_it_may_and_names_the_rest(county: Any) -> None:
    for _ in range(3):
        transferred(county)
    session, bureau = county.session, county.actors["XFJ"]
    deductions.scan(session, NOW)
    rows = list(session.scalars(select(Deduction).order_by(Deduction.id)))
    hearing.withdraw(session, rows[0], bureau, "撤回", NOW)
    versions = {rows[1].id: 99}
    ids = [row.id for row in rows]
    done, refused = hearing.several(session, ids, HearingMove.notify, bureau, "集中通知", NOW, versions=versions)
    assert {one.row.id for one in refused} == {rows[0].id, rows[1].id}
    assert len(done) == len(rows) - 2 > 1
    assert {row.status for row in done} == {S.notified}
    assert all(isinstance(one.error, Conflict) for one in refused)


def test_settling_costs_the_same_for_few_and_for_many(county: Any) -> None:
    session, bureau, costs = county.session, county.actors["XFJ"], []
    for number in (1, 4):
        for _ in range(number):
            transferred(county)
        deductions.scan(session, NOW)
        ids = list(session.scalars(select(Deduction.id).where(Deduction.status == S.proposed)))
        hearing.several(session, ids, HearingMove.notify, bureau, "通知", NOW)
        session.flush()
        found: list[str] = []

        def note(_c: Any, _u: Any, statement: str, *_rest: Any, into: list[str] = found) -> None:
            into.append(statement)

        bind = session.get_bind()
        sa_event.listen(bind, "before_cursor_execute", note)
        assert hearing_time.settle(session, NOW + 30 * DAY) == len(ids)
        sa_event.remove(bind, "before_cursor_execute", note)
        costs.append(len(found))
    assert costs[0] == costs[1] <= 8


def test_a_proof_entered_late_ends_a_hearing(county: Any) -> None:
    row, session = proposed(county), county.session
    hearing.notify(session, row, county.actors["XFJ"], "通知", NOW)
    petition = row.petition
    perform_late(county, petition, "CG", "file", T0 + 2 * DAY, NOW + DAY, how="函", what="备案")
    session.refresh(row)
    assert (row.status, row.reason, row.due_at) == (S.withdrawn, NOT_MISSED, None)


def test_a_new_holiday_gives_the_unit_more_time_and_never_less(county: Any) -> None:
    row, session = proposed(county), county.session
    hearing.notify(session, row, county.actors["XFJ"], "通知", NOW)
    before = row.due_on
    session.add(CalendarDay(day=date(2025, 3, 26), kind=DayKind.holiday, name="临时放假", source="县政府令"))
    session.flush()
    recount.recount(session, NOW, "县政府令")
    session.refresh(row)
    assert (before, row.due_on) == (date(2025, 3, 28), date(2025, 3, 31))
    session.delete(session.scalars(select(CalendarDay).where(CalendarDay.day == date(2025, 3, 26))).one())
    session.flush()
    recount.recount(session, NOW, "撤销")
    session.refresh(row)
    assert row.due_on == date(2025, 3, 31)


def test_papers_are_kept_with_the_move_and_seen_by_whom_it_concerns(county: Any, tmp_path: Any) -> None:
    from models import store as stores

    stores.configure(f"file://{tmp_path}")
    row, session = proposed(county), county.session
    hearing.notify(session, row, county.actors["XFJ"], "通知", NOW)
    hearing.answer(session, row, county.actors["CG"], "见附件", NOW, papers=(paper(), paper()))
    kept = session.scalars(select(HearingPaper)).one()
    assert (kept.filename, kept.unit_id) == ("证明.pdf", county.units["CG"].id)
    for code, sees in (("CG", 1), ("XFJ", 1), ("RS", 0)):
        with acting(county.actors[code]):
            assert len(session.scalars(select(HearingPaper)).all()) == sees
