"""Files at the counter: with a step or on their own, kept once, handed out under the row rule, withdrawn not edited."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from models.store import store
from models.tables import Attachment, Step
from models.terms import PetitionKind
from tests.models.test_files import pdf, picture, sheet
from tests.views.world import T0, Desk

PAPER = pdf()
PHOTO = picture("PNG")


def at(hours: int) -> str:
    return (T0 + timedelta(hours=8 + hours)).strftime("%Y-%m-%dT%H:%M")


def handed(*files: tuple[str, bytes]) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(body), name) for name, body in files]


def follow_up(desk: Desk, pk: int, *files: tuple[str, bytes], **changes: Any) -> Any:
    data = {"at": at(30), "how": "电话", "what": "已催办", "token": "p-1"} | changes
    return desk.client("town1").post(f"/petition/{pk}/step/follow_up", data=data | {"papers": handed(*files)})


def attach(desk: Desk, pk: int, name: str, *files: tuple[str, bytes]) -> str:
    address, data = f"/petition/{pk}/attach", {"papers": handed(*files)}
    return str(desk.client(name).post(address, data=data, follow_redirects=True).get_data(as_text=True))


def rows(desk: Desk) -> list[dict[str, Any]]:
    with desk.rows() as session:
        return [
            {"id": row.id, "name": row.filename, "sha256": row.sha256, "step": row.step_id, "size": row.size}
            for row in session.scalars(select(Attachment).order_by(Attachment.id))
        ]


def stored(body: bytes) -> bool:
    return store().size(hashlib.sha256(body).hexdigest()) is not None


def test_a_step_carries_its_papers(desk: Desk) -> None:
    pk = desk.transferred()
    assert follow_up(desk, pk, ("催办函.pdf", PAPER), ("现场.png", PHOTO)).status_code == 302
    with desk.rows() as session:
        step = session.scalar(select(Step).where(Step.token == "p-1"))
        key, told = step.id, step.evidence["papers"]
    found = rows(desk)
    assert [(row["name"], row["step"]) for row in found] == [("催办函.pdf", key), ("现场.png", key)]
    assert told == [row["sha256"] for row in found]
    page = desk.client("dept1").get(f"/petition/show/{pk}").get_data(as_text=True)
    happened = page[page.index('class="timeline"') : page.index("The matter</h2>")]
    for text in ("催办函.pdf", found[0]["sha256"][:12], "KB", "清河镇 town1"):
        assert text in happened, text


def test_a_refused_step_keeps_nothing(desk: Desk) -> None:
    pk, body = desk.transferred(), pdf() + b"\n%refused"
    answer = follow_up(desk, pk, ("a.pdf", body), what="")
    assert answer.status_code == 422
    assert "choose them again" in answer.get_data(as_text=True)
    answer = follow_up(desk, pk, ("a.pdf", body), ("b.pdf", PHOTO), ("c.exe", b"MZ"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "b.pdf: the content is not what" in page
    assert "c.exe: this kind of file" in page
    assert "已催办" in page
    assert rows(desk) == []
    assert not stored(body)


def test_a_step_recorded_twice_keeps_its_papers_once(desk: Desk) -> None:
    pk, late = desk.transferred(), pdf() + b"\n%late"
    assert follow_up(desk, pk, ("a.pdf", PAPER)).status_code == 302
    assert follow_up(desk, pk, ("a.pdf", late)).status_code == 409
    assert len(rows(desk)) == 1
    assert not stored(late)


def test_the_counter_takes_papers_with_the_matter(desk: Desk) -> None:
    from tests.views.test_main_job import form

    sent = desk.client("town1").post("/petition/add", data=form(desk) | {"papers": handed(("信.pdf", PAPER))})
    assert sent.status_code == 302
    with desk.rows() as session:
        row = session.scalar(select(Attachment))
        assert row.step.kind == "register"
        assert row.step.evidence == {"papers": [row.sha256]}


def test_several_at_once_and_the_same_bytes_once(desk: Desk) -> None:
    pk, other = desk.transferred(), desk.take()
    assert "Attached." in attach(desk, pk, "town1", ("a.pdf", PAPER), ("b.xlsx", sheet()), ("again.pdf", PAPER))
    assert "already attached" in attach(desk, pk, "dept1", ("c.pdf", PAPER))
    assert "Attached." in attach(desk, other, "town1", ("d.pdf", PAPER))
    assert [row["name"] for row in rows(desk)] == ["a.pdf", "b.xlsx", "d.pdf"]
    assert len(list(Path(store().root).rglob(rows(desk)[0]["sha256"]))) == 1


def test_limits_are_settings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pk = desk.transferred()
    many = [(f"{n}.pdf", pdf() + b"%%%d" % n) for n in range(11)]
    assert "At most 10 files at once." in attach(desk, pk, "town1", *many)
    monkeypatch.setitem(desk.app.config, "FILE_KINDS", {".pdf": 1})
    assert "this kind of file is not taken" in attach(desk, pk, "town1", ("b.xlsx", sheet()))
    large = ("a.pdf", pdf() + b" " * 1024 * 1024)
    assert "a.pdf: a file may have 1 MB at most." in attach(desk, pk, "town1", large)
    monkeypatch.setitem(desk.app.config, "MAX_CONTENT_LENGTH", 500_000)
    answer = desk.client("town1").post(f"/petition/{pk}/attach", data={"papers": handed(large)})
    assert answer.status_code == 413
    assert rows(desk) == []


def test_handed_out_to_be_saved_or_viewed(desk: Desk) -> None:
    pk = desk.transferred()
    attach(desk, pk, "town1", ("照 片.png", PHOTO), ("b.xlsx", sheet()))
    photo, table = (row["id"] for row in rows(desk))
    client = desk.client("dept1")
    answer = client.get(f"/attachment/{photo}/file")
    assert answer.data == PHOTO
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "filename*=UTF-8''%E7%85%A7%20%E7%89%87.png" in answer.headers["Content-Disposition"]
    assert (answer.headers["Content-Type"], answer.headers["Content-Length"]) == ("image/png", str(len(PHOTO)))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    shown = client.get(f"/attachment/{photo}/view")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "script" not in shown.headers["Content-Security-Policy"]
    assert client.get(f"/attachment/{table}/view").headers["Content-Disposition"].startswith("attachment")


def test_foreign_and_shielded_units_get_nothing(desk: Desk) -> None:
    about = {"kind": PetitionKind.accusation, "about_unit_id": desk.units["D2"]}
    pk = desk.take("town1", **about)
    with desk.rows() as session:
        from models.tables import Involvement

        session.add(Involvement(petition_id=pk, unit_id=desk.units["D2"]))  # a mistake of an older record
    assert "Attached." in attach(desk, pk, "town1", ("a.pdf", PAPER))
    key = rows(desk)[0]["id"]
    for name in ("dept2", "dept1", "town2"):
        client = desk.client(name)
        for page in (f"/attachment/{key}/file", f"/attachment/{key}/view", f"/attachment/{key}/withdraw"):
            assert client.get(page).status_code == 404, (name, page)
        assert client.post(f"/attachment/{key}/withdraw", data={"reason": "x"}).status_code == 404
        assert client.get(f"/api/v1/attachment/{key}").status_code == 404
        assert client.get("/api/v1/attachment/").get_json()["count"] == 0
        assert "a.pdf" not in client.get("/attachment/export.csv").get_data(as_text=True)
    for name in ("town1", "bureau", "auditor", "leader"):
        assert desk.client(name).get(f"/attachment/{key}/file").status_code == 200, name


def test_a_wrong_file_is_withdrawn_with_a_reason(desk: Desk) -> None:
    pk = desk.transferred()
    attach(desk, pk, "town1", ("误.pdf", PAPER))
    key = rows(desk)[0]["id"]
    url = f"/attachment/{key}/withdraw"
    assert desk.client("dept1").post(url, data={"reason": "x"}).status_code == 403
    for name in ("leader", "auditor", "admin"):
        assert desk.client(name).post(url, data={"reason": "x"}).status_code == 403, name
    for reason in ("", "  ", "长" * 501):
        assert desk.client("town1").post(url, data={"reason": reason}).status_code == 422
    assert desk.client("town1").get(url).status_code == 200
    assert desk.client("town1").post(url, data={"reason": "误扫"}).status_code == 302
    assert desk.client("town1").post(url, data={"reason": "再次"}).status_code == 409
    found = {
        name: desk.client(name).get(f"/attachment/{key}/file").status_code for name in ("town1", "dept1", "leader")
    }
    assert found == {"town1": 404, "dept1": 404, "leader": 404}
    assert [desk.client(name).get(f"/attachment/{key}/file").status_code for name in ("bureau", "auditor")] == [
        200,
        200,
    ]
    page = desk.client("dept1").get(f"/petition/show/{pk}").get_data(as_text=True)
    assert "误扫" in page
    assert f"/attachment/{key}/file" not in page
    assert "Attached." in attach(desk, pk, "town1", ("误.pdf", PAPER))


def test_nothing_edits_or_deletes_a_file(desk: Desk) -> None:
    pk = desk.transferred()
    attach(desk, pk, "town1", ("a.pdf", PAPER))
    key, client = rows(desk)[0]["id"], desk.client("admin")
    tried = [
        client.post(f"/attachment/edit/{key}", data={"filename": "b.pdf"}),
        client.post(f"/attachment/delete/{key}"),
        client.put(f"/api/v1/attachment/{key}", json={"filename": "b.pdf"}),
        desk.client("town1").put(f"/api/v1/attachment/{key}", json={"filename": "b.pdf"}),
        desk.client("town1").post("/api/v1/attachment/", json={"filename": "b.pdf"}),
    ]
    assert {answer.status_code for answer in tried} <= {403, 404, 405}
    assert rows(desk)[0]["name"] == "a.pdf"


def test_altered_bytes_are_not_handed_out(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    pk, body = desk.transferred(), pdf() + b"\n%altered"
    attach(desk, pk, "town1", ("a.pdf", body))
    row = rows(desk)[0]
    path = Path(store()._path(row["sha256"]))
    path.write_bytes(body[:-1])
    assert desk.client("town1").get(f"/attachment/{row['id']}/file").status_code == 503
    path.unlink()
    answer = desk.client("town1").get(f"/attachment/{row['id']}/file")
    assert answer.status_code == 503
    assert "not in the store" in answer.get_data(as_text=True)
    assert [record.levelname for record in caplog.records].count("ERROR") == 2


def test_the_list_and_the_export_say_what_is_there(desk: Desk) -> None:
    pk = desk.transferred()
    attach(desk, pk, "town1", ("清单.xlsx", sheet()))
    client, row = desk.client("dept1"), rows(desk)[0]
    assert "清单.xlsx" in client.get("/attachment/list/").get_data(as_text=True)
    assert row["sha256"] in client.get("/attachment/export.csv").get_data(as_text=True)
    assert client.get(f"/api/v1/attachment/{row['id']}").get_json()["result"]["sha256"] == row["sha256"]
    assert client.get(f"/attachment/show/{row['id']}").status_code == 200
    with desk.rows() as session:
        assert session.scalar(select(func.count(Attachment.id))) == 1
