"""What is edited leaves old and new, who and when, on the record's own page; the database keeps the trace."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from models.tables import Petition, RecordChange, Unit
from models.terms import Verb
from models.tracing import UNTRACED, traced
from tests.views.world import Desk
from views import registry


def trace(desk: Desk, **only: Any) -> list[tuple[Any, ...]]:
    """(act, field, old, new, account) in order."""
    with desk.rows() as session:
        found = session.scalars(select(RecordChange).filter_by(**only).order_by(RecordChange.id))
        return [(row.act.value, row.field, row.old, row.new, row.account) for row in found]


def page(desk: Desk, name: str, address: str) -> str:
    answer = desk.client(name).get(address)
    assert answer.status_code == 200, (name, address)
    return str(answer.get_data(as_text=True))


def test_a_unit_renamed_says_by_whom_and_from_what(desk: Desk) -> None:
    key = desk.units["D1"]
    form = {"code": "D1", "name": "县人力资源局", "kind": "department", "active": "y"}
    assert desk.client("admin").post(f"/admin/unit/edit/{key}", data=form).status_code == 302
    assert trace(desk, table_name="unit", row_id=key) == [("changed", "name", "县人社局", "县人力资源局", "admin")]
    for name in ("admin", "town1"):
        shown = page(desk, name, f"/admin/unit/show/{key}")
        assert "<del>县人社局</del> → <ins>县人力资源局</ins>" in shown, name
    assert desk.client("admin").post(f"/admin/unit/edit/{key}", data=form).status_code == 302  # nothing changed
    assert len(trace(desk, table_name="unit", row_id=key)) == 1


def test_places_days_and_staff_are_traced_when_they_come_change_and_go(desk: Desk) -> None:
    admin = desk.client("admin")
    sent = admin.post("/admin/place/add", data={"code": "P9", "name": "东关村", "active": "y"})
    key = int(sent.location.rpartition("/")[2])
    assert admin.post(f"/admin/place/edit/{key}", data={"code": "P9", "name": "西关村"}).status_code == 302
    assert admin.post(f"/admin/place/delete/{key}").status_code == 302
    assert trace(desk, table_name="place", row_id=key) == [
        ("added", "", None, "东关村", "admin"),
        ("changed", "name", "东关村", "西关村", "admin"),
        ("changed", "active", "True", "False", "admin"),
        ("removed", "", "西关村", None, "admin"),
    ]
    day = {"day": "2025-03-05", "kind": "holiday", "name": "试", "source": "县府办"}
    assert admin.post("/admin/calendar_day/add", data=day).status_code == 302
    assert ("added", "", None, "2025-03-05 试", "admin") in trace(desk, table_name="calendar_day")
    person, unit = desk.staff["town1"], desk.units["T1"]
    form = {"name": "town1", "unit_id": str(unit), "since": "2020-01-01", "head": "y"}
    assert admin.post(f"/admin/staff/edit/{person}", data=form).status_code == 302
    assert ("changed", "head", "False", "True", "admin") in trace(desk, table_name="staff", row_id=person)


def test_an_account_tells_its_role_and_that_its_password_changed_not_to_what(desk: Desk) -> None:
    admin = desk.client("admin")
    with desk.rows() as session:
        key = session.scalar(text("SELECT id FROM ab_user WHERE username = 'dept2'"))
        leader = session.scalar(text("SELECT id FROM ab_role WHERE name = 'UnitLeader'"))
    form = {"username": "dept2", "first_name": "新", "last_name": "测试", "email": "dept2@example.org"}
    sent = admin.post(f"/users/edit/{key}", data=form | {"active": "y", "roles": str(leader)})
    assert sent.status_code == 302
    new = {"password": "another-password-1", "conf_password": "another-password-1"}
    assert admin.post(f"/resetpassword/form?pk={key}", data=new).status_code == 302
    told = trace(desk, table_name="ab_user", row_id=key)
    assert ("changed", "first_name", "dept2", "新", "admin") in told
    assert ("changed", "roles", "Clerk", "UnitLeader", "admin") in told
    assert ("changed", "password", None, None, "admin") in told
    shown = page(desk, "admin", f"/users/show/{key}")
    assert "<del>dept2</del> → <ins>新</ins>" in shown
    assert "pbkdf2" not in shown
    rows = desk.client("town1").get("/api/v1/record_change/").get_json()["result"]
    assert [row for row in rows if row["table_name"] == "ab_user"] == []


def test_a_changed_title_stands_on_the_timeline_and_a_name_in_it_in_the_vault(desk: Desk) -> None:
    pk = desk.take()
    town = desk.client("town1")
    base = {"content": "工资未付", "place_id": str(desk.place), "reason": "录入有误"}
    assert (
        town.post(f"/petition/edit/{pk}", data=base | {"title": "𠮷野被欠工资", "identities_seen": "y"}).status_code
        == 302
    )
    assert town.post(f"/petition/edit/{pk}", data=base | {"title": "被欠工资"}).status_code == 302
    assert trace(desk, petition_id=pk) == [("changed", "title", None, None, "town1")] * 2
    shown = page(desk, "town1", f"/petition/show/{pk}")
    assert "<del>𠮷野被欠工资</del> → <ins>被欠工资</ins>" in shown
    hidden = page(desk, "leader", f"/petition/show/{pk}")
    assert "𠮷野" not in hidden
    assert "the values are not shown to you" in hidden


@pytest.mark.both_databases
def test_the_database_keeps_the_trace_and_asks_for_it(desk: Desk) -> None:
    pk = desk.take()
    with desk.rows() as session:
        session.get(Unit, desk.units["D2"]).phone = "0000-1"
        session.commit()
        other = desk.staff["town2"]
        for statement in (
            update(RecordChange).values(new="0000-2"),
            text("DELETE FROM record_change"),
            update(Petition.__table__).where(Petition.__table__.c.id == pk).values(first_receiver_id=other),
            update(Petition.__table__).where(Petition.__table__.c.id == pk).values(first_receiver_id=None),
        ):
            with pytest.raises(IntegrityError, match=r"only added to|changes by a correction only"):
                session.execute(statement)
            session.rollback()


def test_every_table_that_people_edit_is_traced() -> None:
    edited = [screen for screen in registry.load().values() if {Verb.edit, Verb.delete} & screen.verbs]
    assert {screen.name for screen in edited if traced(screen.table) is None} == set()
    assert {table.__tablename__ for table in UNTRACED} & {screen.name for screen in edited} == set()
