"""Foreign and shielded petitions look as if they did not exist; a form without its token is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from models.tables import Duty, Petition, Step
from tests.views.world import T0, Desk

TITLE = "拖欠工资"


def _addresses(desk: Desk, pk: int) -> list[str]:
    with desk.rows() as session:
        duty = session.scalar(select(Duty.id).where(Duty.petition_id == pk))
        step = session.scalar(select(Step.id).where(Step.petition_id == pk))
    return [
        f"/petition/show/{pk}",
        f"/petition/edit/{pk}",
        f"/petition/{pk}/step/transfer",
        f"/duty/{duty}/why",
        f"/duty/show/{duty}",
        f"/step/show/{step}",
        f"/api/v1/petition/{pk}",
        f"/api/v1/duty/{duty}",
        f"/api/v1/step/{step}",
    ]


def _unseen(desk: Desk, client: Any, pk: int) -> None:
    """Nothing of the petition is told to ``client``, by page, list, search, export, lookup, count or interface."""
    assert [client.get(url).status_code for url in _addresses(desk, pk)] == [404] * 9
    before = _steps(desk)
    for name in ("transfer", "inform", "close"):
        assert client.post(f"/petition/{pk}/step/{name}", data={"outcome": "accepted"}).status_code == 404
    assert client.post(f"/petition/edit/{pk}", data={"title": "x", "content": "x"}).status_code == 404
    assert client.post(f"/petition/{pk}/attach", data={}).status_code == 404
    assert client.put(f"/api/v1/petition/{pk}", json={"title": "x"}).status_code == 404
    assert _steps(desk) == before
    number = _number(desk, pk)
    for url in (
        "/petition/list/",
        f"/petition/list/?q={number}",
        "/duty/list/",
        "/step/list/",
        "/overdue/",
        "/petition/export.csv",
        "/duty/export.csv",
        "/overdue/export.csv",
        f"/lookup/petition?q={number}",
        "/api/v1/petition/",
        "/",
    ):
        answer = client.get(url)
        text = answer.get_data(as_text=True).replace(f"q={number}", "").replace(f'value="{number}"', "")
        assert answer.status_code == 200, url
        assert number not in text, url
        assert TITLE not in text, url
    assert client.get("/api/v1/petition/").get_json()["count"] == 0
    assert client.get("/lookup/petition?q=").get_json() == []


def _steps(desk: Desk) -> int:
    with desk.rows() as session:
        return int(session.scalar(select(func.count(Step.id))))


def _number(desk: Desk, pk: int) -> str:
    with desk.rows() as session:
        return str(session.get(Petition, pk).number)


def test_another_unit_sees_nothing_of_a_petition(desk: Desk) -> None:
    pk = desk.transferred()
    _unseen(desk, desk.client("dept2"), pk)
    for name in ("town1", "dept1", "bureau", "leader"):
        assert desk.client(name).get(f"/petition/show/{pk}").status_code == 200, name
        assert _number(desk, pk) in desk.client(name).get("/petition/list/").get_data(as_text=True), name


def test_a_petition_about_a_unit_is_hidden_from_it(desk: Desk) -> None:
    """Even when the matter was led to it by mistake of an older record."""
    pk = desk.take("town1", about_unit_id=desk.units["D2"])
    with desk.rows() as session:
        from models.tables import Involvement

        session.add(Involvement(petition_id=pk, unit_id=desk.units["D2"]))
    _unseen(desk, desk.client("dept2"), pk)
    assert desk.client("town1").get(f"/petition/show/{pk}").status_code == 200


def test_the_bureau_does_not_see_what_is_about_itself(desk: Desk) -> None:
    pk = desk.take("town1", about_unit_id=desk.units["XFJ"])
    _unseen(desk, desk.client("bureau"), pk)


def test_scores_are_open_but_not_the_petitions_behind_them(desk: Desk) -> None:
    pk = desk.transferred()
    rows = desk.proposed()
    client, number = desk.client("dept2"), _number(desk, pk)
    for url in ("/assessment/2025", "/assessment/2025/T1", "/deduction/list/", "/deduction/export.csv"):
        assert number not in client.get(url).get_data(as_text=True), url
    assert client.get("/report/year/2025/T1.pdf").status_code == 404
    assert [client.get(f"/deduction/show/{row}").status_code for row in rows] == [404] * len(rows)
    assert number in desk.client("town1").get("/assessment/2025/T1").get_data(as_text=True)


def test_who_only_looks_takes_no_step(desk: Desk) -> None:
    pk = desk.transferred()
    at = (T0 + timedelta(days=2)).isoformat()
    for name in ("leader", "auditor", "admin"):
        assert desk.client(name).post(f"/petition/{pk}/step/acknowledge", data={"at": at}).status_code == 403, name


@pytest.fixture
def guarded(desk: Desk) -> Iterator[Desk]:
    """The same application, with the check of form tokens."""
    from app import security

    client = desk.client("town1")
    desk.app.config["WTF_CSRF_ENABLED"] = True
    checks = desk.app.before_request_funcs.setdefault(None, [])
    checks.append(security._guard)
    assert client.get("/").status_code == 200
    yield desk
    checks.remove(security._guard)
    desk.app.config["WTF_CSRF_ENABLED"] = False


def test_a_form_without_its_token_is_refused(guarded: Desk) -> None:
    client, before = guarded.client("town1"), _steps(guarded)
    for url in ("/petition/add", "/petition/1/step/inform", "/petition/1/attach", "/deduction/1/confirm", "/logout/"):
        assert client.post(url, data={"title": "x"}).status_code == 400, url
    assert client.post("/admin/unit/add", data={"code": "x"}).status_code == 400
    assert client.put("/api/v1/petition/1", json={"title": "x"}).status_code == 400
    assert guarded.app.test_client().post("/login/", data={"username": "town1"}).status_code == 400
    assert _steps(guarded) == before
