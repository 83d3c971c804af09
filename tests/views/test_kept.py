"""What was typed is never lost: when the login has ended, in another language, and when the console fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from models.base import Base
from models.tables import Deduction, Petition
from tests.factories import PASSWORD
from tests.html import Sheet, sheet, sheets
from tests.views.test_letters import of_transfer, started
from tests.views.world import Desk

NO_TEXT = re.compile(r"_at$|^at$|password|persons|^identities|date|active|clock|days|until")
TYPED = "王老伯说：路灯不亮，已三个月𠮷"


@pytest.fixture
def guarded(desk: Desk) -> Iterator[Desk]:
    """Forms need their token, as they do outside of tests."""
    from app.security import _enter as enter
    from app.security import _guard

    asked = desk.app.before_request_funcs[None]
    asked.insert(asked.index(enter) + 1, _guard)
    desk.app.config["WTF_CSRF_ENABLED"] = True
    yield desk
    desk.app.config["WTF_CSRF_ENABLED"] = False
    asked.remove(_guard)


def _enter(desk: Desk, name: str) -> Any:
    client = desk.app.test_client()
    page = client.get("/login/").text
    data = sheet(page, "username").values | {"username": name, "password": PASSWORD}
    assert client.post("/login/", data=data).status_code == 302
    return client


def _intake(client: Any) -> dict[str, Any]:
    values = sheet(client.get("/petition/add").text, "name_1").values
    return values | {"title": "路灯", "content": TYPED, "name_1": "王小明", "id_number_1": "110101199001011237"}


def _login(client: Any, page: str, name: str, password: str = PASSWORD) -> Any:
    return client.post("/login/", data=sheet(page, "username").values | {"username": name, "password": password})


def _petitions(desk: Desk) -> int:
    with desk.rows() as session:
        return int(session.scalar(select(func.count(Petition.id))))


def test_after_a_login_that_had_ended_the_form_comes_back(guarded: Desk) -> None:
    client = _enter(guarded, "town1")
    before, values = _petitions(guarded), _intake(client)
    client.delete_cookie("session")
    page = client.post("/petition/add", data=values)
    assert page.status_code == 401
    assert "what you typed is kept" in page.text
    for secret in ("王小明", "110101199001011237", TYPED):  # nobody reads it in the page's source
        assert secret not in page.text
    wrong = _login(client, page.text, "town1", "wrong")
    assert wrong.status_code == 401
    chinese = client.post("/login/", data=sheet(wrong.text, "username").values | {"redraw": "zh_Hans_CN"})
    assert "您所填的内容已保留" in chinese.text
    client.get("/lang/en")
    back = _login(client, chinese.text, "town1")
    (form,) = [one for one in sheets(back.text) if "redraw" in one.values]
    shown = client.post(form.action, data=form.values)
    assert shown.status_code == 200
    assert "Nothing is recorded yet" in shown.text
    again = sheet(shown.text, "name_1").values
    for name in ("title", "content", "name_1", "id_number_1", "token", "received_at"):
        assert again[name].replace("\r\n", "\n") == values[name], name
    assert _petitions(guarded) == before


def test_nobody_else_is_shown_what_was_typed(guarded: Desk) -> None:
    client = _enter(guarded, "town1")
    values = _intake(client)
    client.delete_cookie("session")
    page = client.post("/petition/add", data=values)
    other = _login(client, page.text, "town2")
    assert other.status_code == 403
    for secret in ("王小明", "110101199001011237", TYPED):
        assert secret not in other.text
    again = client.post("/petition/add", data=values)  # town2, from town1's page with an old token
    assert again.status_code == 403
    assert TYPED not in again.text


def test_a_new_login_in_another_window_costs_nothing(guarded: Desk) -> None:
    client = _enter(guarded, "town1")
    values = _intake(client) | {"csrf_token": "old"}
    page = client.post("/petition/add", data=values)
    assert page.status_code == 200
    (form,) = [one for one in sheets(page.text) if "redraw" in one.values]
    assert sheet(client.post(form.action, data=form.values).text, "name_1").values["content"] == TYPED


def test_another_site_cannot_put_its_words_into_our_form(guarded: Desk) -> None:
    client = _enter(guarded, "town1")
    values = _intake(client) | {"csrf_token": "old"}
    answer = client.post("/petition/add", data=values, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400
    assert TYPED not in answer.text


def test_a_button_after_the_login_ended_leads_back_to_its_page(guarded: Desk) -> None:
    client = _enter(guarded, "admin")
    client.delete_cookie("session")
    answer = client.post("/rulebook/1/draft", headers={"Referer": "http://localhost/admin/rulebook/show/1"})
    assert answer.status_code == 302
    assert "next=/admin/rulebook/show/1" in answer.location.replace("%2F", "/")


def test_what_a_page_asks_in_the_background_is_never_answered_by_a_login_page(guarded: Desk) -> None:
    htmx, program = {"HX-Request": "true"}, {"Accept": "application/json"}
    client = _enter(guarded, "town1")
    values = _intake(client)
    token = {"X-CSRFToken": str(values.pop("csrf_token"))}
    assert client.post("/petition/repeats", data=values, headers=htmx | {"X-CSRFToken": "old"}).status_code == 401
    client.delete_cookie("session")
    answers = [
        client.post("/petition/repeats", data=values, headers=htmx | token),
        client.get("/job/1/progress", headers=htmx),
        client.get("/lookup/unit?q=x", headers=program),
    ]
    for answer in answers:
        assert answer.status_code == 401, answer.request.path
        assert "<html" not in answer.text, answer.request.path
        assert TYPED not in answer.text


def _pages(desk: Desk) -> list[tuple[str, str]]:
    """Who, and a page with a form in which something is typed: one of each kind."""
    pk = desk.transferred()
    key = started(desk, pk, kind="transfer", step=of_transfer(desk, pk), lang="chinese")
    deduction = desk.proposed()[0]
    return [
        ("town1", "/petition/add"),
        ("town1", f"/petition/edit/{pk}"),
        ("town1", f"/petition/{pk}/step/follow_up"),
        ("town1", f"/letter/show/{key}"),
        ("town1", "/handover/add"),
        ("admin", "/admin/unit/add"),
        ("admin", f"/admin/unit/edit/{desk.units['D1']}"),
        ("admin", "/users/add"),
        ("admin", "/calendar/notice"),
        ("admin", "/userinfoeditview/form"),
        ("bureau", f"/deduction/show/{deduction}"),
        ("bureau", "/accountability/add"),
        ("bureau", "/assessment/2024/freezing"),
        ("leader", "/assessment/2025/what-if"),
    ]


def _typed(form: Sheet) -> dict[str, Any]:
    """The form with something in every free text."""
    free = [name for name in form.typed if name not in form.offered and isinstance(form.values.get(name), str)]
    plain = [
        n for n in free if not re.search(r"_at$|^at$|password|persons|^identities|date|active|clock|days|until", n)
    ]
    return form.values | {name: f"{form.values[name]}{TYPED}" for name in plain if not form.values[name].isdecimal()}


def test_every_form_comes_back_in_the_other_language(desk: Desk) -> None:
    for name, address in _pages(desk):
        client = desk.client(name)
        form = next((one for one in sheets(client.get(address).text) if "typed_by" in one.values), None)
        assert form is not None, f"{address}: no form says whose it is"
        typed, before = _typed(form), _everything(desk)
        assert any(TYPED in str(value) for value in typed.values()), address
        answer = client.post(form.action or address, data=typed | {"redraw": "zh_Hans_CN"})
        assert answer.status_code == 200, (address, answer.status_code)
        assert 'lang="zh-CN"' in answer.text, address
        back = next(one for one in sheets(answer.text) if "typed_by" in one.values)
        lost = {n: (v, back.values.get(n)) for n, v in typed.items() if n in form.typed and back.values.get(n) != v}
        assert not lost, (address, lost)
        assert "error-summary" not in answer.text, address
        assert _everything(desk) == before, address
        client.get("/lang/en")


def _everything(desk: Desk) -> dict[str, int]:
    """How many rows each table has."""
    tables = [mapper.class_ for mapper in Base.registry.mappers]
    with desk.rows() as session:
        return {t.__tablename__: int(session.scalar(select(func.count()).select_from(t))) for t in tables}


def test_a_page_that_cannot_draw_its_form_again_records_nothing(desk: Desk) -> None:
    before = _everything(desk)
    for address in ("/rulebook/1/draft", "/hearing/scan"):
        assert desk.client("admin").post(address, data={"redraw": "en"}).status_code in (403, 409)
    assert _everything(desk) == before


def test_a_failure_keeps_what_was_typed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk.client("town1")
    values = _intake(client)

    def fail(*_given: Any) -> None:
        raise RuntimeError("no disk")

    monkeypatch.setattr("views.intake_page.register", fail)
    with pytest.MonkeyPatch.context() as quiet:
        quiet.setattr("logging.Logger.error", lambda *_a, **_k: None)
        answer = client.post("/petition/add", data=values | {"id_number_1": ""})
    assert answer.status_code == 500
    form = next(one for one in sheets(answer.text) if "redraw" in one.values)
    assert sheet(client.post(form.action, data=form.values).text, "name_1").values["content"] == TYPED


def test_what_was_typed_about_a_record_that_is_gone_can_be_copied(desk: Desk) -> None:
    client = desk.client("admin")
    client.post("/admin/place/add", data={"code": "N9", "name": "新村", "active": "y"})
    (pk,) = re.findall(r"/admin/place/show/(\d+)\">N9", client.get("/admin/place/?q=N9").text)
    form = sheet(client.get(f"/admin/place/edit/{pk}").text, "seen")
    client.post(f"/admin/place/delete/{pk}")
    answer = client.post(f"/admin/place/edit/{pk}", data=form.values | {"name": TYPED})
    assert answer.status_code == 404
    assert TYPED in answer.text


def test_the_deduction_stays_as_it_was(desk: Desk) -> None:
    """A move that is only drawn again moves nothing."""
    desk.transferred()
    pk = desk.proposed()[0]
    answer = desk.client("bureau").post(f"/deduction/{pk}/notify", data={"reason": TYPED, "redraw": "en"})
    assert TYPED in answer.text
    with desk.rows() as session:
        assert session.get(Deduction, pk).status.value == "proposed"


def test_a_chinese_form_speaks_chinese_of_its_mistakes(desk: Desk) -> None:
    """Every field that is named in a summary has a name in the reader's language."""
    for name, address in _pages(desk):
        client = desk.client(name)
        client.get("/lang/zh_Hans_CN")
        form = next(one for one in sheets(client.get(address).text) if "typed_by" in one.values)
        empty = {field: "" if field in form.typed else value for field, value in form.values.items()}
        page = client.post(form.action or address, data=empty).text
        summary = re.search(r"data-error-summary.*?</div>", page, re.S)
        told = re.sub(r"<[^>]+>", "", summary[0].partition(">")[2]) if summary else ""
        assert not re.search(r"[A-Za-z]{3,}", told), (address, told)
        client.get("/lang/en")
