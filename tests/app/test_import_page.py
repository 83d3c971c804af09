"""The page for ledgers: checked and shown first, then the very same files loaded; by bureau and administrator."""

from __future__ import annotations

import csv
import io
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.jobs import runner
from models.operations.history.columns import PETITIONS
from models.tables import Petition, Step
from tests import ledgers
from tests.models.operations.ledger_desk import ROUTE_B, TRANSFER, P
from tests.models.operations.ledger_desk import step as row
from tests.views.world import Desk
from views import history_uploads, ledger_work

GOOD = [ROUTE_B, TRANSFER]


def text(rows: list[dict[str, str]], heads: list[str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, heads)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def send(client: Any, petitions: list[dict[str, str]] | bytes, steps: list[dict[str, str]] | None = None) -> Any:
    body = petitions if isinstance(petitions, bytes) else text(petitions, ledgers.HEADS[0])
    files: dict[str, Any] = {"petitions": (io.BytesIO(body), "台账 2019.csv")}
    if steps is not None:
        files["steps"] = (io.BytesIO(text(steps, ledgers.HEADS[1])), "../steps.csv")
    return worked(client, client.post("/import/", data=files))


def load(client: Any, place: str, **data: str) -> Any:
    return worked(client, client.post(f"{place}/load", data=data))


def worked(client: Any, sent: Any) -> Any:
    """Let the work be done; then where it leads, or the page that says why it was refused."""
    if sent.status_code != 302 or "/job/" not in sent.location:
        return sent
    runner.run_waiting(client.application)
    ended = client.get(sent.location.replace("show/", "") + "/progress")
    if "HX-Redirect" in ended.headers:
        sent.location = ended.headers["HX-Redirect"]
        return sent
    return client.get(sent.location)


def stored(desk: Desk) -> list[int]:
    with desk.rows() as session:
        return [int(session.scalar(select(func.count()).select_from(table)) or 0) for table in (Petition, Step)]


def kept(desk: Desk) -> list[Path]:
    return sorted((Path(desk.app.instance_path) / "import").glob("*"))


@pytest.fixture(autouse=True)
def _clean(desk: Desk) -> None:
    for path in kept(desk):
        os.utime(path, (0, 0))
    with desk.app.app_context():
        history_uploads.sweep()


@pytest.mark.parametrize("name", ["bureau", "admin"])
def test_checked_shown_and_loaded(desk: Desk, name: str) -> None:
    client = desk.client(name)
    assert "/import/" in client.get("/").get_data(as_text=True)
    assert client.get("/import/").status_code == 200
    sent = send(client, [P], GOOD)
    assert sent.status_code == 302
    page = client.get(sent.location).get_data(as_text=True)
    assert "The ledger can be loaded" in page
    assert "台账 2019.csv" in page
    assert stored(desk) == [0, 0]
    assert load(client, sent.location).status_code == 302
    assert stored(desk) == [1, 4]
    with desk.rows() as session:
        assert set(session.scalars(select(Step.recorded_by_id))) == {desk.staff[name]}
    assert "was loaded" in client.get(sent.location).get_data(as_text=True)
    assert [path.name for path in kept(desk)[0].rglob("*.csv")] == []
    assert load(client, sent.location).status_code == 302
    assert stored(desk) == [1, 4]


def test_bad_rows_are_shown_and_can_be_fetched_and_left_out(desk: Desk) -> None:
    client = desk.client("bureau")
    sent = send(client, [P, P | {"number": "b", "kind": "<b>"}], [*GOOD, row("dance", "05 09:00", number="b")])
    page = client.get(sent.location).get_data(as_text=True)
    assert "Some rows are bad" in page
    assert page.count("This word is not known here") == 2
    assert "rows are bad; nothing was loaded" in load(client, sent.location).get_data(as_text=True)
    assert stored(desk) == [0, 0]
    fetched = client.get(f"{sent.location}/petitions.csv")
    rows = list(csv.DictReader(io.StringIO(fetched.get_data().decode("utf-8-sig"))))
    assert [(one["number"], one["line"], one["column"]) for one in rows] == [("b", "4", "kind")]
    assert client.get(f"{sent.location}/steps.csv").status_code == 200
    assert client.get(f"{sent.location}/upload.csv").status_code == 404
    assert load(client, sent.location, skip="1").status_code == 302
    assert stored(desk) == [1, 4]
    assert client.get(f"{sent.location}/petitions.csv").status_code == 200


def test_a_mended_file_loads(desk: Desk) -> None:
    client = desk.client("bureau")
    sent = send(client, [P | {"kind": "?"}])
    fetched = client.get(f"{sent.location}/petitions.csv").get_data()
    sent = send(client, fetched.replace(b"?", b"request", 1))
    assert load(client, sent.location).status_code == 302
    assert stored(desk)[0] == 1


def test_others_find_no_page_and_no_upload(desk: Desk) -> None:
    sent = send(desk.client("bureau"), [P])
    for name in ("town1", "head1", "leader", "auditor"):
        client = desk.client(name)
        assert client.get("/import/").status_code == 403
        assert send(client, [P]).status_code == 403
        assert client.post(f"{sent.location}/load").status_code == 403
        assert "/import/" not in client.get("/").get_data(as_text=True)
    stranger = desk.client("admin")
    for path in ("", "/petitions.csv"):
        assert stranger.get(f"{sent.location}{path}").status_code == 404
    assert stranger.post(f"{sent.location}/load").status_code == 404
    assert stranger.post(f"{sent.location}/drop").status_code == 404
    assert desk.app.test_client().get("/import/").status_code == 302
    assert stored(desk) == [0, 0]


def test_other_bytes_than_those_checked_are_refused(desk: Desk) -> None:
    client = desk.client("bureau")
    sent = send(client, [P])
    path = next(kept(desk)[0].rglob("*.csv"))
    path.write_bytes(path.read_bytes().replace(b"visit", b"letter"))
    assert client.post(f"{sent.location}/load").status_code == 409
    assert stored(desk) == [0, 0]


def test_discarded_and_forgotten_files_are_gone(desk: Desk) -> None:
    client = desk.client("bureau")
    sent = send(client, [P])
    assert client.post(f"{sent.location}/drop").status_code == 302
    assert kept(desk) == []
    assert client.get(sent.location).status_code == 404
    sent = send(client, [P])
    os.utime(kept(desk)[0], (time.time() - 2 * 24 * 3600,) * 2)
    send(client, [P])
    assert client.get(sent.location).status_code == 404


@pytest.mark.parametrize(
    ("body", "word"),
    [(b"", "The file is empty."), (b"number,colour\n", "unknown columns: colour"), (b"\xff\xfea\0", "no text file")],
)
def test_what_cannot_be_read_is_said(desk: Desk, body: bytes, word: str) -> None:
    sent = send(desk.client("bureau"), body)
    assert sent.status_code == (200 if body else 422)
    assert word in sent.get_data(as_text=True)
    assert kept(desk) == []


def test_nothing_chosen_and_too_much_are_said(desk: Desk, monkeypatch: Any) -> None:
    client = desk.client("bureau")
    assert "Choose a file first." in client.post("/import/", data={}).get_data(as_text=True)
    monkeypatch.setattr(ledger_work, "MOST_ROWS", 1)
    assert "import history" in send(client, [P, P | {"number": "b"}]).get_data(as_text=True)
    monkeypatch.setattr(history_uploads, "MOST_BYTES", 10)
    assert send(client, [P]).status_code == 422
    assert kept(desk) == []


@pytest.mark.parametrize("token", ["x", "..", "0" * 32, "%2e%2e"])
def test_made_up_addresses_lead_nowhere(desk: Desk, token: str) -> None:
    assert desk.client("bureau").get(f"/import/{token}").status_code in (308, 404)


def test_the_page_speaks_chinese(desk: Desk) -> None:
    client = desk.client("bureau")
    client.get("/lang/zh_Hans_CN")
    page = client.get("/import/").get_data(as_text=True)
    assert "导入台账" in page
    heads = dict(zip(ledgers.HEADS[0], (column.zh for column in PETITIONS), strict=True))
    sent = send(
        client, text([{heads[name]: value for name, value in (P | {"kind": "?"}).items()}], list(heads.values()))
    )
    assert "<td>类型</td>" in client.get(sent.location).get_data(as_text=True)
    assert re.search(r"<h1[^>]*>\s*有错行", client.get(sent.location).get_data(as_text=True))
