"""Generated forms: what is refused is named beside its field, nothing typed is lost, nothing is half saved."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from models.tables import CalendarDay, Place, RulebookClock, RulebookIndicator, RulebookPoints, Staff, Unit
from tests.rulebooks import drafted
from tests.views.world import Desk
from views import limits

UNIT = {"code": "N1", "name": "新单位", "kind": "department", "active": "y"}


def _count(desk: Desk, table: Any = Unit) -> int:
    with desk.rows() as session:
        return int(session.scalar(select(func.count(table.id))))


def _unit(desk: Desk, code: str) -> dict[str, Any]:
    with desk.rows() as session:
        row = session.scalar(select(Unit).where(Unit.code == code))
        return {name: getattr(row, name) for name in ("id", "name", "name_en", "phone", "active")}


def _seen(page: str) -> str:
    found = re.search(r'<input[^>]*name="seen"[^>]*value="([^"]*)"', page)
    assert found
    return found[1]


def _beside(page: str, field: str) -> str:
    """The message under a field."""
    found = re.search(rf'id="{field}-error">(.*?)</div>', page, re.S)
    return found[1] if found else ""


def test_a_value_in_use_is_refused_beside_its_field(desk: Desk) -> None:
    before = _count(desk)
    typed = UNIT | {"code": "D1", "phone": "0571-123", "address": "某路𠮷号😀"}
    answer = desk.client("admin").post("/admin/unit/add", data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "already used" in _beside(page, "code")
    assert not _beside(page, "name")
    for value in ("D1", "新单位", "0571-123", "某路𠮷号😀"):
        assert f'value="{value}"' in page
    assert re.search(r'<option selected value="department"|value="department" selected', page)
    assert _count(desk) == before


def test_the_second_of_two_editors_learns_of_the_first(desk: Desk) -> None:
    pk, client = desk.units["D1"], desk.client("admin")
    url = f"/admin/unit/edit/{pk}"
    first, second = (_seen(client.get(url).get_data(as_text=True)) for _ in range(2))
    same = UNIT | {"code": "D1", "name": "县人社局"}
    assert client.post(url, data=same | {"seen": first, "phone": "111"}).status_code == 302
    answer = client.post(url, data=same | {"seen": second, "phone": "222"})
    page = answer.get_data(as_text=True)
    assert answer.status_code in (409, 422)
    assert "Somebody else changed the record" in page
    assert 'value="222"' in page
    assert _unit(desk, "D1")["phone"] == "111"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "长" * 33}, "code"),
        ({"name": "长" * 121}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "   "}, "name"),
        ({"code": ""}, "code"),
        ({"kind": "nothing"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"parent_id": "99999"}, "parent_id"),
        ({"parent_id": "x"}, "parent_id"),
        ({"parent_id": "9" * 30}, "parent_id"),
        ({"phone": "1" * 41}, "phone"),
    ],
)
def test_a_wrong_value_is_named_beside_its_field(desk: Desk, change: dict[str, str], field: str) -> None:
    before = _count(desk)
    answer = desk.client("admin").post("/admin/unit/add", data=UNIT | change)
    assert answer.status_code == 422
    assert _beside(answer.get_data(as_text=True), field)
    assert _count(desk) == before


@pytest.mark.parametrize("change", [{"kind": "bureau"}])
def test_what_only_the_database_knows_is_a_message_too(desk: Desk, change: dict[str, str]) -> None:
    """One bureau in a county, no unit above itself: constraints, no fields."""
    before, client = _count(desk), desk.client("admin")
    answer = client.post("/admin/unit/add", data=UNIT | change)
    assert answer.status_code == 422
    assert "Another record has the same values: Kind." in _beside(answer.get_data(as_text=True), "kind")
    assert _count(desk) == before
    pk = desk.units["D1"]
    own = UNIT | {"code": "D1", "name": "县人社局", "parent_id": str(pk)}
    assert client.post(f"/admin/unit/edit/{pk}", data=own).status_code == 422
    assert "SELECT" not in answer.get_data(as_text=True)


def test_an_odd_number_or_date_is_refused(desk: Desk) -> None:
    client = desk.client("admin")
    day = {"day": "2027-02-30", "kind": "holiday", "name": "春节", "source": "通知"}
    days = _count(desk, CalendarDay)
    for value in ("2027-02-30", "", "x", "99999-01-01"):
        assert client.post("/admin/calendar_day/add", data=day | {"day": value}).status_code == 422, value
    assert _count(desk, CalendarDay) == days
    with desk.rows() as session:
        row = drafted(session).points[0]
        pk, book, rule, points = row.id, row.rulebook_id, row.rule.value, row.points
    for value in ("x", "1e30", "NaN", "-Infinity", ""):
        data = {"rulebook_id": str(book), "rule": rule, "points": value}
        assert client.post(f"/admin/rulebook_points/edit/{pk}", data=data).status_code == 422, value
    with desk.rows() as session:
        assert session.get(RulebookPoints, pk).points == points


def test_a_yearly_cap_is_not_below_one_occurrence(desk: Desk) -> None:
    client = desk.client("admin")
    with desk.rows() as session:
        row = next(row for row in drafted(session).points if row.points == 2)
        pk, data = row.id, {"rulebook_id": str(row.rulebook_id), "rule": row.rule.value, "paragraph": row.paragraph}
    for cap, status, kept in (("1.5", 422, None), ("5", 302, 5), ("1", 422, 5), ("", 302, None)):
        answer = client.post(f"/admin/rulebook_points/edit/{pk}", data=data | {"points": "2.00", "cap": cap})
        assert answer.status_code == status, cap
        with desk.rows() as session:
            assert session.get(RulebookPoints, pk).cap == kept


def test_a_used_unit_cannot_be_deleted(desk: Desk) -> None:
    client, pk = desk.client("admin"), desk.units["D1"]
    answer = client.post(f"/admin/unit/delete/{pk}", follow_redirects=True)
    assert answer.status_code == 200
    assert "cannot be deleted" in answer.get_data(as_text=True)
    assert _unit(desk, "D1")["id"] == pk
    places = _count(desk, Place)
    assert client.post("/admin/place/add", data={"code": "N9", "name": "新村"}).status_code == 302
    with desk.rows() as session:
        fresh = session.scalar(select(Place.id).where(Place.code == "N9"))
    assert client.post(f"/admin/place/delete/{fresh}").status_code == 302
    assert _count(desk, Place) == places


def test_the_lists_of_people_hold_to_their_rules(desk: Desk) -> None:
    """A post ends after it began; an account holds one post at a time."""
    client, before = desk.client("admin"), _count(desk, Staff)
    post = {"name": "某甲", "unit_id": str(desk.units["D1"]), "since": "2025-01-01"}
    assert client.post("/admin/staff/add", data=post | {"until": "2024-01-01"}).status_code == 422
    with desk.rows() as session:
        user = session.get(Staff, desk.staff["town1"]).user_id
    assert client.post("/admin/staff/add", data=post | {"user_id": str(user)}).status_code == 422
    assert _count(desk, Staff) == before
    assert client.post("/admin/staff/add", data=post).status_code == 302


def test_a_clerk_changes_plain_fields_of_a_petition_by_page_and_program(desk: Desk) -> None:
    pk, client = desk.take(), desk.client("town1")
    good = {"title": "改正的题目", "content": "改正的内容", "reason": "录入有误", "place_id": str(desk.place)}
    assert client.post(f"/petition/edit/{pk}", data=good).status_code == 302
    for bad in ({"title": "长" * 201}, {"title": ""}, {"place_id": 99999}, {"number": "x"}, {"status": "closed"}):
        assert client.put(f"/api/v1/petition/{pk}", json=bad).status_code == 422, bad
    for body in ("[]", "x", "null", '"a"'):
        answer = client.put(f"/api/v1/petition/{pk}", data=body, content_type="application/json")
        assert answer.status_code == 422, body
    found = client.get(f"/api/v1/petition/{pk}").get_json()["result"]
    assert found["title"] == "改正的题目"


@pytest.mark.parametrize(
    ("lang", "told"), [("en", "This must be 0 or more."), ("zh_Hans_CN", "不能小于 0。")], ids=["English", "Chinese"]
)
def test_a_number_outside_the_check_of_its_column_is_told_beside_its_field(desk: Desk, lang: str, told: str) -> None:
    with desk.rows() as session:
        pk = session.scalars(select(RulebookClock.id).where(RulebookClock.rulebook_id == drafted(session).id)).first()
        session.commit()
    client = desk.client("admin")
    client.get(f"/lang/{lang}")
    page = client.post(f"/admin/rulebook_clock/edit/{pk}", data={"amount": "-3"}).get_data(as_text=True)
    assert told in _beside(page, "amount")
    assert "ck_" not in page


def test_every_check_of_one_number_bounds_its_field(desk: Desk) -> None:
    """What a form can tell before the database refuses; a whole number has a smallest one, another has none."""

    def told(name: str) -> list[str]:
        return [str(one.message) for one in limits.bounds(RulebookIndicator.__table__.c[name])]

    with desk.app.test_request_context():
        assert told("weight") == ["This must be more than 0."]
        assert told("target") == ["This must be more than 0.", "This must be 100 or less."]
        assert told("fewest") == ["This must be 1 or more."]


def test_values_that_contradict_each_other_are_named_in_words(desk: Desk) -> None:
    with desk.rows() as session:
        pk = drafted(session).id
        session.commit()
    client = desk.client("admin")
    answer = client.put(f"/api/v1/rulebook/{pk}", json={"base_score": 1, "floor_score": 60})
    said = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "ck_" not in said
    assert "contradict each other: Base score, " in said
