"""An administrator corrects the calendar on screen: open due dates follow at once, and the page says how many."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from models.tables import CalendarDay, Duty
from tests.rulebooks import clock, drafted, published
from tests.views.world import T0, Desk


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
