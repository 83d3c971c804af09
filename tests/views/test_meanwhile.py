"""Somebody else saved first: both values are seen, nothing typed is lost, and whoever looked can go on."""

from __future__ import annotations

import re

import pytest

from models.tables import Letter, Unit
from tests.html import sheet
from tests.views.test_letters import fields as letter_fields
from tests.views.test_letters import of_transfer, started
from tests.views.world import Desk


def beside(page: str, field: str) -> str:
    """What stands under a field of somebody else's."""
    found = re.search(rf'id="{field}-meanwhile">(.*?)</div>', page, re.S)
    return found[1] if found else ""


@pytest.mark.both_databases  # the row is held, which each product does its own way
def test_a_record_form_shows_both_values_and_goes_on(desk: Desk) -> None:
    pk, client = desk.units["D1"], desk.client("admin")
    url = f"/admin/unit/edit/{pk}"
    mine = sheet(client.get(url).text, "seen").values
    assert client.post(url, data=mine | {"phone": "111", "address": "新址"}).status_code == 302
    answer = client.post(url, data=mine | {"phone": "222", "name_en": "Labour"})
    assert answer.status_code == 409
    again = sheet(answer.text, "seen").values
    # both changed the phone: mine is kept, theirs beside it; only they changed the address, only I the English name
    assert (again["phone"], again["address"], again["name_en"]) == ("222", "新址", "Labour")
    assert "111" in beside(answer.text, "phone")
    assert "new value" in beside(answer.text, "address")
    assert not beside(answer.text, "name_en")
    assert client.post(url, data=again).status_code == 302
    with desk.rows() as session:
        row = session.get(Unit, pk)
        assert (row.phone, row.address, row.name_en) == ("222", "新址", "Labour")


def test_the_third_editor_is_seen_as_well(desk: Desk) -> None:
    url, client = f"/admin/unit/edit/{desk.units['D1']}", desk.client("admin")
    mine = sheet(client.get(url).text, "seen").values
    client.post(url, data=mine | {"phone": "111"})
    again = sheet(client.post(url, data=mine | {"phone": "222"}).text, "seen").values
    client.post(url, data=sheet(client.get(url).text, "seen").values | {"phone": "333"})
    answer = client.post(url, data=again)
    assert answer.status_code == 409
    assert "333" in beside(answer.text, "phone")
    assert client.post(url, data=sheet(answer.text, "seen").values).status_code == 302


def test_a_record_that_was_deleted_meanwhile_is_told(desk: Desk) -> None:
    client = desk.client("admin")
    client.post("/admin/place/add", data={"code": "N9", "name": "新村", "active": "y"})
    (pk,) = re.findall(r"/admin/place/show/(\d+)\">N9", client.get("/admin/place/?q=N9").text)
    mine = sheet(client.get(f"/admin/place/edit/{pk}").text, "seen").values
    client.post(f"/admin/place/delete/{pk}")
    assert client.post(f"/admin/place/edit/{pk}", data=mine | {"name": "改名"}).status_code == 404


def test_a_step_form_shows_what_was_recorded_and_goes_on(desk: Desk) -> None:
    pk, client = desk.transferred(), desk.client("town1")
    url = f"/petition/{pk}/step/follow_up"
    mine = sheet(client.get(url).text, "token").values | {"how": "电话", "what": "甲已督促"}
    theirs = sheet(client.get(url).text, "token").values | {"how": "走访", "what": "乙先督促"}
    assert client.post(url, data=theirs).status_code == 302
    answer = client.post(url, data=mine)
    assert answer.status_code == 409
    assert "Last on record" in answer.text
    assert "乙先督促" in answer.text
    again = sheet(answer.text, "token").values
    assert again["what"] == "甲已督促"
    assert again["token"] == mine["token"]
    assert again["version"] != mine["version"]
    assert client.post(url, data=again).status_code == 302
    assert client.post(url, data=again).status_code == 409  # once more would be a second recording


def test_a_letter_shows_both_texts_and_goes_on(desk: Desk) -> None:
    pk = desk.transferred()
    key = started(desk, pk, kind="transfer", step=of_transfer(desk, pk), lang="chinese")
    client, url = desk.client("town1"), f"/letter/{key}/save"
    mine = letter_fields(desk, key) | {"then": "save"}
    assert client.post(url, data=mine | {"reason": "甲的理由"}).status_code == 302
    answer = client.post(url, data=mine | {"reason": "乙的理由"})
    assert answer.status_code == 409
    assert "甲的理由" in beside(answer.text, "reason")
    again = sheet(answer.text, "version").values
    assert again["reason"] == "乙的理由"
    assert client.post(url, data=again | {"then": "save"}).status_code == 302
    with desk.rows() as session:
        assert "乙的理由" in session.get(Letter, key).parts


def test_a_program_that_saw_an_older_record_is_refused(desk: Desk) -> None:
    pk, client = desk.take(), desk.client("town1")
    url = f"/api/v1/petition/{pk}"
    first = client.get(url).json["seen"]
    changed = client.put(url, json={"title": "甲的题目", "seen": first})
    assert changed.status_code == 200
    assert client.put(url, json={"title": "乙的题目", "seen": first}).status_code == 409
    assert client.get(url).json["result"]["title"] == "甲的题目"
    assert client.put(url, json={"title": "乙的题目", "seen": changed.json["seen"]}).status_code == 200
    assert client.put(url, json={"title": "丙的题目"}).status_code == 200  # who did not look is not compared
    for odd in ("x", "0" * 200, 5):
        assert client.put(url, json={"title": "丁的题目", "seen": odd}).status_code == 409, odd
    assert "seen" not in desk.client("dept1").get("/api/v1/unit/1").json  # nothing to change, nothing to compare
