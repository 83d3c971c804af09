"""Bad input at the counter: refused with a reason, what was typed is kept, nothing is saved, nothing is an error."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from models.tables import Attachment, Deduction, Petition, Petitioner, Step
from models.terms import DeductionStatus
from tests.views.world import T0, WRITTEN, Desk

TYPED = "村里的水井😀𠮷干了"


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A user's mistake leaves no trace in the log of failures."""
    yield
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def saved(desk: Desk) -> list[int]:
    with desk.rows() as session:
        tables = (Petition, Petitioner, Step, Attachment)
        return [int(session.scalar(select(func.count(table.id)))) for table in tables]


def form(desk: Desk, **changes: Any) -> dict[str, Any]:
    """A complete intake form."""
    good = {
        "channel": "visit",
        "kind": "request",
        "received_at": "2025-03-03T09:00",
        "first_receiver_id": str(desk.staff["town1"]),
        "title": TYPED,
        "content": "请求修井",
        "place_id": str(desk.place),
        "persons": "1",
        "name_1": "王𠮷",
        "phone_1": "13800000000",
        "token": "t-1",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def test_a_complete_form_registers_once(desk: Desk) -> None:
    client = desk.client("town1")
    sent = client.post("/petition/add", data=form(desk))
    assert sent.status_code == 302
    assert client.get(sent.location).status_code == 200
    other = form(desk, token="t" * 500, phone_1="13800000001")
    assert client.post("/petition/add", data=other).status_code == 302
    after = saved(desk)
    again = client.post("/petition/add", data=form(desk))
    assert again.status_code == 409
    assert "already recorded" in again.get_data(as_text=True)
    assert saved(desk) == after


@pytest.mark.parametrize(
    "change",
    [
        {"received_at": "2099-01-01T09:00"},
        {"received_at": "2025-02-30T09:00"},
        {"received_at": "0001-01-01T00:00"},
        {"received_at": ""},
        {"name_1": None, "phone_1": None},
        {"name_1": "", "phone_1": "138"},
        {"title": "长" * 201 + TYPED},
        {"content": "长" * 20001},
        {"content": "a\0b"},
        {"channel": "pigeon"},
        {"kind": ""},
        {"place_id": "99999"},
        {"place_id": None},
        {"category_id": "99999"},
        {"about_unit_id": "99999"},
        {"first_receiver_id": "99999"},
        {"persons": "-1"},
        {"persons": "0"},
        {"persons": "99999999999"},
        {"persons": "x"},
        {"name_1": "长" * 81},
    ],
)
def test_a_wrong_form_is_refused_and_kept(desk: Desk, change: dict[str, Any]) -> None:
    before = saved(desk)
    answer = desk.client("town1").post("/petition/add", data=form(desk, **change))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert TYPED in page
    assert 'role="alert"' in page
    assert saved(desk) == before


def test_a_matter_about_the_own_unit_goes_elsewhere(desk: Desk) -> None:
    before = saved(desk)
    own = form(desk, about_unit_id=str(desk.units["T1"]))
    assert desk.client("town1").post("/petition/add", data=own).status_code == 422
    foreign = form(desk, first_receiver_id=str(desk.staff["dept1"]))
    assert desk.client("town1").post("/petition/add", data=foreign).status_code == 422
    assert saved(desk) == before


def _at(hours: int) -> str:
    return (T0 + timedelta(hours=8 + hours)).strftime("%Y-%m-%dT%H:%M")  # the county's clock


def _refused(desk: Desk, name: str, address: str, data: dict[str, Any], *, status: int = 422) -> str:
    before = saved(desk)
    answer = desk.client(name).post(address, data=data)
    assert answer.status_code == status, (address, data)
    assert saved(desk) == before
    page = answer.get_data(as_text=True)
    for typed in data.values():
        assert typed != TYPED or TYPED in page
    return page


def test_a_transfer_to_oneself_is_refused(desk: Desk) -> None:
    pk = desk.take()
    desk.act(pk, "town1", "route", T0 + timedelta(hours=2), outcome="B")
    data = WRITTEN | {"at": _at(3), "to_unit": str(desk.units["T1"]), "reason": TYPED}
    url = f"/petition/{pk}/step/transfer"
    _refused(desk, "town1", url, data)
    for to_unit in ("99999", "x", "", "9" * 30):
        _refused(desk, "town1", url, data | {"to_unit": to_unit})
    _refused(desk, "town1", url, data | {"to_unit": str(desk.units["D1"]), "letter_number": ""})
    _refused(desk, "town1", url, data | {"to_unit": str(desk.units["D1"]), "mode": "pigeon"})


def test_a_reply_before_the_receipt_or_in_the_future_is_refused(desk: Desk) -> None:
    pk = desk.transferred()
    data = {"outcome": "resolved", "opinion": TYPED, "delivery": "当面"}
    for at in (_at(-5), "2099-01-01T09:00", "0001-01-01T00:00", "x"):
        _refused(desk, "dept1", f"/petition/{pk}/step/reply", data | {"at": at})
    _refused(desk, "dept1", f"/petition/{pk}/step/reply", data | {"at": _at(30), "opinion": "长" * 5001})
    _refused(
        desk,
        "dept1",
        f"/petition/{pk}/step/reply",
        data | {"at": _at(30), "outcome": "explained", "until": "2025-13-01"},
    )
    _refused(desk, "dept1", f"/petition/{pk}/step/reply", data | {"at": _at(30), "opinion": ""})


def test_nothing_is_closed_with_open_duties(desk: Desk) -> None:
    pk = desk.transferred()
    data = {"at": _at(30), "outcome": "withdrawn", "withdrawal": TYPED}
    for name in ("town1", "dept1"):
        _refused(desk, name, f"/petition/{pk}/step/close", {"at": _at(30), "note": TYPED})
    _refused(desk, "dept1", f"/petition/{pk}/step/close", data | {"withdrawal": ""})


def test_an_unknown_step_does_not_exist(desk: Desk) -> None:
    pk = desk.transferred()
    for kind in ("nothing", "Transfer", "%00", "register "):
        _refused(desk, "town1", f"/petition/{pk}/step/{kind}", {"at": _at(5)}, status=404)
    _refused(desk, "town1", f"/petition/{pk}/step/register", {"at": _at(5)})


def test_a_step_is_recorded_once_and_never_on_a_stale_page(desk: Desk) -> None:
    pk = desk.transferred()
    url, data = f"/petition/{pk}/step/follow_up", {"at": _at(30), "how": "电话", "what": TYPED, "token": "f-1"}
    assert desk.client("town1").post(url, data=data).status_code == 302
    _refused(desk, "town1", url, data, status=409)
    _refused(desk, "town1", url, data | {"token": "f-2", "version": "1"}, status=409)


@pytest.mark.parametrize("days", ["0", "-5", "x", "31", "99999999999999999999"])
def test_an_extension_has_its_limits(desk: Desk, days: str) -> None:
    pk = desk.transferred()
    data = {"at": _at(30), "days": days, "approved_by": "县长", "reason": TYPED, "told_how": "书面"}
    _refused(desk, "dept1", f"/petition/{pk}/step/extend", data)


def test_a_deduction_is_decided_once_with_a_reason(desk: Desk) -> None:
    desk.transferred()
    pk, client = desk.proposed()[0], desk.client("bureau")
    for reason in ("", "  ", "长" * 2001):
        answer = client.post(f"/deduction/{pk}/confirm", data={"reason": reason})
        assert answer.status_code == 422
        assert reason.strip() in answer.get_data(as_text=True)
    assert client.post(f"/deduction/{pk}/nothing", data={"reason": "x"}).status_code == 404
    assert desk.client("town1").post(f"/deduction/{pk}/confirm", data={"reason": "x"}).status_code == 403
    assert client.post(f"/deduction/{pk}/confirm", data={"reason": "属实"}).status_code == 302
    for decision in ("confirm", "withdraw"):
        assert client.post(f"/deduction/{pk}/{decision}", data={"reason": TYPED}).status_code == 409
    with desk.rows() as session:
        row = session.get(Deduction, pk)
        assert (row.status, row.reason) == (DeductionStatus.confirmed, "属实")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("", b""),
        ("a.pdf", b""),
        ("a.exe", b"MZ"),
        ("a.pdf", b"no"),
        ("a.txt", b"a\0b"),
        ("../../a", b"x"),
        ("a.html", b"<p>"),
    ],
)
def test_a_strange_file_is_not_taken(desk: Desk, name: str, body: bytes) -> None:
    pk, before = desk.transferred(), None
    before = saved(desk)
    client = desk.client("town1")
    answer = client.post(f"/petition/{pk}/attach", data={"papers": (io.BytesIO(body), name)}, follow_redirects=True)
    assert answer.status_code == 200
    assert "alert-danger" in answer.get_data(as_text=True)
    assert client.post(f"/petition/{pk}/attach", data={}).status_code == 302
    assert saved(desk) == before


def test_a_file_comes_back_as_it_was(desk: Desk) -> None:
    pk, client = desk.transferred(), desk.client("town1")
    data = {"papers": (io.BytesIO("工资条😀".encode()), "../工资条.txt")}
    assert client.post(f"/petition/{pk}/attach", data=data).status_code == 302
    with desk.rows() as session:
        row = session.scalar(select(Attachment))
        key, name = row.id, row.filename
    assert "/" not in name
    answer = client.get(f"/attachment/{key}/file")
    assert answer.get_data(as_text=True) == "工资条😀"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert desk.client("dept2").get(f"/attachment/{key}/file").status_code == 404
