"""A wrong clock registers nothing, decides nothing and says so; an administrator confirms a right one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from models.operations import clock
from models.tables import Counter
from tests.views.world import Desk


def silent_for(desk: Desk, days: int) -> None:
    table: Any = Counter.__table__
    with desk.rows() as session:
        back = update(table).where(table.c.series == clock.SERIES).values(value=table.c.value - days * 24 * 60)
        session.connection().execute(back)


def test_registration_and_hearings_are_refused_with_words_and_go_on_once_confirmed(desk: Desk) -> None:
    clerk, bureau, admin = (desk.client(name) for name in ("town1", "bureau", "admin"))
    silent_for(desk, 30)
    for client, address in (
        (clerk, "/petition/add"),
        (bureau, "/hearing/scan"),
        (bureau, "/assessment/2025/freezing/freeze"),
    ):
        sent = client.post(address, data={})
        assert sent.status_code == 409, address
        assert "The clock of this machine says" in sent.get_data(as_text=True)
    assert clerk.put("/api/v1/petition/1", json={}).status_code in (409, 422)
    assert clerk.get("/clock/").status_code == 403
    shown = admin.get("/clock/").get_data(as_text=True)
    assert "This clock is not believed." in shown
    assert admin.post("/clock/", follow_redirects=True).status_code == 200
    assert "This clock is believed." in admin.get("/clock/").get_data(as_text=True)
    assert clerk.post("/petition/add", data={}).status_code == 422
