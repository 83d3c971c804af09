"""The intake page knows the past: nobody registers a repeat unknowingly, nobody fishes for identities."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from models.tables import Counter, Petition, Step
from models.terms import PetitionKind, StepKind
from tests import factories
from tests.views.test_main_job import TYPED, form, saved
from tests.views.world import Desk

PHONE, ID = "13800000000", "110101199001011234"  # of the petitioner that ``desk.take`` registers
SECRET = ("拖欠工资", "工资未付", "𠮷野")


def ask(desk: Desk, name: str, **typed: str) -> str:
    answer = desk.client(name).post("/petition/repeats", data=typed)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def number(desk: Desk, pk: int) -> str:
    with desk.rows() as session:
        return str(session.get(Petition, pk).number)


def test_a_foreign_petition_is_told_by_unit_day_and_number_alone(desk: Desk) -> None:
    pk = desk.take("town1")
    for typed in ({"phone_1": "+86 138-0000-0000"}, {"id_number_3": ID}):
        part = ask(desk, "dept2", **typed)
        for text in ("already received by 清河镇 on 3 Mar 2025", number(desk, pk), "pass the petitioner on to 清河镇"):
            assert text in part, text
        assert f"/petition/show/{pk}" not in part
        assert [text for text in (*SECRET, PHONE, ID) if text in part] == []
    assert f'href="/petition/show/{pk}"' in ask(desk, "town1", phone_1=PHONE)
    assert ask(desk, "dept2", phone_1="13800000009", title="拖欠工资").strip() == ""


def test_shielded_petitions_leave_no_trace(desk: Desk) -> None:
    blank = ask(desk, "dept2", phone_1="13800000009")
    desk.take("town1", about_unit_id=desk.units["D2"])
    desk.take("town1", kind=PetitionKind.accusation, about_unit_id=desk.units["D1"])
    desk.take("town1", kind=PetitionKind.accusation)
    before = saved(desk)
    for name, title in (("dept2", "拖欠工资𠮷😀"), ("dept2", "")):
        assert ask(desk, name, phone_1=PHONE, id_number_1=ID, title=title) == blank
    with desk.rows() as session:
        assert session.scalar(select(Counter.id).where(Counter.series.like("repeat-hits:%"))) is None
    data = form(desk, first_receiver_id=str(desk.staff["dept2"]), id_number_1=ID, numbers_seen="y")
    sent = desk.client("dept2").post("/petition/add", data=data)
    assert sent.status_code == 302  # registered like any other
    assert saved(desk)[0] == before[0] + 1


def test_similar_titles_are_shown_as_far_as_the_reader_may_see(desk: Desk) -> None:
    pk = desk.take("town1", title="清河村修路占地补偿款未发放")
    part = ask(desk, "town1", title="清河村修路占地补偿款未发")
    assert "Similar matters" in part
    assert f"/petition/show/{pk}" in part
    assert ask(desk, "dept2", title="清河村修路占地补偿款未发").strip() == ""


def test_a_repeat_is_shown_once_more_and_then_registered_with_its_reason(desk: Desk) -> None:
    pk = desk.take("town1")
    data, client, before = form(desk, first_receiver_id=str(desk.staff["town2"])), desk.client("town2"), saved(desk)
    answer = client.post("/petition/add", data=data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert saved(desk) == before
    for text in (TYPED, number(desk, pk), "already received by 清河镇", 'name="repeat_reason"', 'role="alert"'):
        assert text in page, text
    assert [text for text in SECRET if text in page] == []
    for reason in ("  ", "长" * 2001):
        assert client.post("/petition/add", data=data | {"repeat_reason": reason}).status_code == 422
    assert saved(desk) == before
    sent = client.post("/petition/add", data=data | {"repeat_reason": "另一事项：水井"})
    assert sent.status_code == 302
    with desk.rows() as session:
        newest = session.scalar(select(Petition.id).order_by(Petition.id.desc()))
        step = session.scalar(select(Step).where(Step.petition_id == newest, Step.kind == StepKind.register))
        assert step.evidence == {"repeat_reason": "另一事项：水井"}
    assert "另一事项：水井" in client.get(sent.location).get_data(as_text=True)


def test_a_form_sent_twice_is_no_repeat_of_itself(desk: Desk) -> None:
    client, data = desk.client("town1"), form(desk)
    assert client.post("/petition/add", data=data).status_code == 302
    assert client.post("/petition/add", data=data).status_code == 409


def test_hits_are_counted_by_account_and_day(desk: Desk) -> None:
    desk.take("town1")
    for _ in range(3):
        ask(desk, "dept2", phone_1=PHONE)
    ask(desk, "dept2", phone_1="13800000009")
    with desk.rows() as session:
        found = session.execute(select(Counter.series, Counter.value).where(Counter.series.like("repeat-hits:%"))).all()
    user = desk.actors["dept2"].user_id
    assert [(series.rpartition(":")[2], value) for series, value in found] == [(str(user), 3)]


def test_who_only_looks_asks_nothing(desk: Desk) -> None:
    desk.take("town1")
    for name in ("leader", "auditor", "admin"):
        assert desk.client(name).post("/petition/repeats", data={"phone_1": PHONE}).status_code == 403, name
    assert desk.app.test_client().post("/petition/repeats", data={"phone_1": PHONE}).status_code in (302, 401)
    assert desk.client("town1").get(f"/petition/repeats?phone_1={PHONE}").status_code in (404, 405)


def test_strange_input_is_no_failure(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    for typed in ({}, {"title": "长" * 5000}, {"title": "a\0b%_'"}, {"phone_1": "\ud800".encode("utf-8", "replace")}):
        assert desk.client("town1").post("/petition/repeats", data=typed).status_code == 200
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.fixture
def limited(desk: Desk) -> Iterator[Any]:
    """The application with its rate limits on, over the same database; logged in as dept2."""
    from app import create_app
    from app.extensions import db

    keep = {name: desk.app.config[name] for name in ("DATABASE_URL", "SECRET_KEY", "VAULT_KEY", "STORE_URL")}
    fixed = {"SQLALCHEMY_ENGINE_OPTIONS": desk.app.config["SQLALCHEMY_ENGINE_OPTIONS"], "DEFAULT_LOCALE": "en"}
    made = create_app(keep | fixed | {"WTF_CSRF_ENABLED": False, "TESTING": True})
    client = made.test_client()
    client.post("/login/", data={"username": "dept2", "password": factories.PASSWORD})
    yield client
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def test_fishing_ends_after_ten_hits_a_minute(desk: Desk, limited: Any) -> None:
    desk.take("town1")
    for _ in range(12):  # no hit, no count
        assert limited.post("/petition/repeats", data={"phone_1": "13800000009"}).status_code == 200
    for _ in range(10):
        assert "already received" in limited.post("/petition/repeats", data={"phone_1": PHONE}).get_data(as_text=True)
    for typed in (PHONE, "13800000009"):
        answer = limited.post("/petition/repeats", data={"phone_1": typed})
        assert answer.status_code == 429
        assert "wait a minute" in answer.get_data(as_text=True)
        assert "already received" not in answer.get_data(as_text=True)
    before = saved(desk)
    answer = limited.post("/petition/add", data=form(desk, first_receiver_id=str(desk.staff["dept2"])))
    assert answer.status_code == 429
    assert TYPED in answer.get_data(as_text=True)
    assert saved(desk) == before
