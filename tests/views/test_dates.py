"""An administrator corrects the calendar on screen: open due dates follow at once, and the page says how many."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.jobs import runner
from models.operations import recount
from models.tables import CalendarDay, Duty, Step
from models.terms import DayKind, StepKind
from tests.rulebooks import clock, drafted, published
from tests.views.world import T0, Desk
from views import dates


def due(desk: Desk) -> date:
    with desk.rows() as session:
        return session.scalars(select(Duty).where(Duty.key == "FILE:1")).one().due_on


def test_a_new_holiday_moves_open_dates_and_its_removal_moves_them_back(desk: Desk) -> None:
    desk.transferred()
    before = due(desk)
    day = (T0 + timedelta(days=1)).date()
    client = desk.client("admin")
    data = {"day": day.isoformat(), "kind": "holiday", "name": "临时放假", "source": "县政府令3号"}
    sent = client.post("/admin/calendar_day/add", data=data, follow_redirects=True)
    assert sent.status_code == 200
    assert "1 petitions moved" in sent.get_data(as_text=True)
    assert due(desk) == before + timedelta(days=1)
    with desk.rows() as session:
        pk = session.scalar(select(CalendarDay.id).where(CalendarDay.day == day))
    sent = client.post(f"/admin/calendar_day/delete/{pk}", follow_redirects=True)
    assert "1 petitions moved" in sent.get_data(as_text=True)
    assert due(desk) == before
    page = desk.client("town1").get("/petition/show/1").get_data(as_text=True)
    assert page.count("Due dates counted again") == 2
    assert "县政府令3号" in page


def test_a_program_changes_a_draft_and_its_publication_moves_them_too(desk: Desk) -> None:
    desk.transferred()
    before, client = due(desk), desk.client("admin")
    with desk.rows() as session:
        draft = drafted(session)
        book, pk = draft.id, clock(draft, "FILE").id
    assert client.put(f"/api/v1/rulebook_clock/{pk}", json={"amount": 5}).status_code == 200
    assert due(desk) == before
    sent = published(client, book)
    assert "1 petitions moved" in sent.get_data(as_text=True)
    assert due(desk) > before
    assert client.put(f"/api/v1/rulebook_clock/{pk}", json={"amount": 9}).status_code == 422


def test_a_make_up_day_on_a_monday_is_refused_beside_its_field_and_by_the_api(desk: Desk) -> None:
    client = desk.client("admin")
    data = {"day": "2027-11-01", "kind": "makeup", "name": "调休", "source": "通知"}
    sent = client.post("/admin/calendar_day/add", data=data)
    assert sent.status_code == 422
    assert "This is a Monday, on which offices work anyway" in sent.get_data(as_text=True)
    assert client.post("/api/v1/calendar_day/", json=data).status_code == 422
    assert client.post("/admin/calendar_day/add", data=data | {"day": "2027-11-06"}).status_code == 302


def test_a_day_that_concerns_many_is_counted_as_a_job(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "AT_ONCE", 0)
    desk.transferred()
    before, client = due(desk), desk.client("admin")
    day = (T0 + timedelta(days=1)).date().isoformat()
    data = {"day": day, "kind": "holiday", "name": "临时放假", "source": "县政府令3号"}
    sent = client.post("/admin/calendar_day/add", data=data, follow_redirects=True)
    assert "they are counted again as a job" in sent.get_data(as_text=True)
    assert due(desk) == before
    runner.run_waiting(desk.app)
    assert due(desk) == before + timedelta(days=1)
    with desk.rows() as session:
        assert not recount.is_due(session)


def test_a_years_notice_is_shown_then_written_and_counted_once_as_a_job(desk: Desk) -> None:
    desk.transferred()
    client, before = desk.client("admin"), due(desk)
    day = T0.date() + timedelta(days=1)
    text = f"一、植树节：{day.month}月{day.day}日放假。\n{T0.year}-03-08, makeup, 调休"
    data = {"year": str(T0.year), "source": "国办发明电1号", "text": text}
    shown = client.post("/calendar/notice", data=data)
    page = shown.get_data(as_text=True)
    assert (shown.status_code, "植树节" in page, "Make it the calendar of the year" in page) == (200, True, True)
    assert due(desk) == before
    (seen,) = re.findall(r'name="seen" value="(\w+)"', page)
    edited = client.post("/calendar/notice", data=data | {"then": "save", "seen": seen, "text": text[:-1] + "假"})
    assert (edited.status_code, "Read the notice again" in edited.get_data(as_text=True)) == (422, True)
    assert due(desk) == before
    with desk.rows() as session:
        session.add(CalendarDay(day=date(T0.year, 3, 8), kind=DayKind.makeup, name="调休", source="初排"))
        session.commit()
    sent = client.post("/calendar/notice", data=data | {"then": "save", "seen": seen})
    assert sent.status_code == 302
    runner.run_waiting(desk.app)
    assert client.get(sent.location.replace("/show", "") + "/progress").headers["HX-Redirect"] == "/admin/calendar_day/"
    assert f"The notice is now the calendar of {T0.year}." in client.get("/admin/calendar_day/").get_data(as_text=True)
    with desk.rows() as session:
        days = session.scalars(select(CalendarDay).where(CalendarDay.day.between(*year(T0.year)))).all()
        assert {row.name for row in days} == {"植树节", "调休"}
        assert {row.source for row in days} == {"国办发明电1号"}
        told = session.scalars(select(Step).where(Step.kind == StepKind.recount)).all()
        assert [step.note for step in told] == ["国办发明电1号"]
    wrong = client.post("/calendar/notice", data=data | {"text": "2027-10-04, makeup, 调休", "year": "x"})
    said = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert "Enter the year of the notice." in said
    unnamed = client.post("/calendar/notice", data=data | {"source": ""}).get_data(as_text=True)
    assert "Enter the source: the number of the notice." in unnamed
    assert "2027-10-04, makeup" in said
    assert desk.client("town1").get("/calendar/notice").status_code == 403


def year(number: int) -> tuple[date, date]:
    return date(number, 1, 1), date(number, 12, 31)
