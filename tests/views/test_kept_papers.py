"""Kept papers on screen and by commands: drawn once, found again, marked when superseded, open to whom they concern."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app.jobs import runner
from models.operations import deductions, freezing
from models.store import store
from models.tables import AssessmentPaper, Deduction
from tests.commands import Done
from tests.commands import run as command
from tests.databases import Backend
from tests.reports import small
from tests.views.world import Desk

PDF = "/report/year/2025.pdf"
Run = Callable[..., Done]


@pytest.fixture
def run(backend: Backend) -> Run:
    """A command on the desk's database and store."""
    return lambda *words: command(backend.url("work"), *words, STORE_URL=str(store().root))


@pytest.fixture
def year(desk: Desk) -> Desk:
    """A frozen year."""
    desk.transferred()
    with desk.rows() as session:
        deductions.scan(session, datetime.now(UTC))
        freezing.freeze(session, 2025, desk.actors["bureau"], "年终考核", datetime.now(UTC))
    return desk


def revise(desk: Desk) -> None:
    with desk.rows() as session:
        now, officer = datetime.now(UTC), desk.actors["bureau"]
        freezing.open_correction(session, 2025, officer, "新证据", now)
        row = session.scalars(select(Deduction).where(Deduction.year == 2025)).first()
        deductions.withdraw(session, row, officer, "有证明", now)
        freezing.revise(session, 2025, officer, "修订", now)


def kept(desk: Desk) -> dict[str, int]:
    with desk.rows() as session:
        return {row.name: row.id for row in session.scalars(select(AssessmentPaper).order_by(AssessmentPaper.id))}


def test_every_reader_gets_the_same_bytes_and_finds_them_again(year: Desk) -> None:
    first = year.client("bureau").get(PDF)
    assert first.status_code == 200
    for name in ("leader", "auditor", "admin", "bureau"):
        assert year.client(name).get(PDF).data == first.data
    assert year.client("town1").get(PDF).data != first.data
    own = year.client("town1").get("/report/year/2025/T1.pdf").data
    assert year.client("bureau").get("/report/year/2025/T1.pdf").data == own
    found = kept(year)
    assert set(found) == {"2025-r1-county-en.pdf", "2025-r1-excerpt-T1-en.pdf", "2025-r1-unit-T1-en.pdf"}
    for address in ("/papers/?year=2025", "/assessment/2025"):
        page = year.client("bureau").get(address).get_data(as_text=True)
        assert "Kept papers" in page
        assert all(name in page for name in found)
        page = year.client("town1").get(address).get_data(as_text=True)
        assert "2025-r1-excerpt-T1-en.pdf" in page
        assert "2025-r1-county-en.pdf" not in page
        assert "Kept papers" not in year.client("dept1").get(address).get_data(as_text=True)
    assert "Kept papers" not in year.client("bureau").get("/papers/?year=2024").get_data(as_text=True)
    one = found["2025-r1-county-en.pdf"]
    assert year.client("leader").get(f"/papers/kept/{one}.pdf").data == first.data
    assert year.client("town1").get(f"/papers/kept/{one}.pdf").status_code == 404
    assert year.client("town1").get(f"/assessment_paper/show/{one}").status_code == 404
    assert "SHA-256" in year.client("bureau").get(f"/assessment_paper/show/{one}").get_data(as_text=True)


def test_a_superseded_paper_is_listed_as_such_and_new_drawings_say_so(year: Desk) -> None:
    client = year.client("bureau")
    client.get(PDF)
    revise(year)
    assert "superseded" not in small.text(client.get(PDF).data)
    again = client.get(f"{PDF}?revision=1")
    assert "Revision 1, superseded by revision 2" in small.text(again.data)
    found = kept(year)
    assert list(found) == ["2025-r1-county-en.pdf", "2025-r2-county-en.pdf", "2025-r1-county-en-superseded.pdf"]
    for address in ("/papers/?year=2025", "/assessment/2025"):
        page = client.get(address).get_data(as_text=True)
        assert page.count("Superseded by revision 2") == 2
    page = client.get(f"/assessment_paper/show/{found['2025-r1-county-en.pdf']}").get_data(as_text=True)
    assert "drawn before its revision was superseded" in page
    for wrong in ("3", "x", "9999999", "-1"):
        assert client.get(f"{PDF}?revision={wrong}").status_code == 404
    assert client.get("/report/year/2025.xlsx?revision=1").status_code == 200


def test_the_archive_keeps_what_it_draws_and_draws_nothing_twice(year: Desk) -> None:
    client = year.client("bureau")
    county = client.get(PDF).data

    def archive() -> dict[str, bytes]:
        sent = client.post("/report/year/2025/all")
        runner.run_waiting(year.app)
        with zipfile.ZipFile(io.BytesIO(client.get(f"{sent.location.replace('/show/', '/')}/result").data)) as file:
            return {name: file.read(name) for name in file.namelist()}

    first = archive()
    assert first["2025-en.pdf"] == county
    names = set(kept(year))
    assert {"2025-r1-county-en.pdf", "2025-r1-unit-T1-en.pdf", "2025-r1-unit-D1-en.pdf"} <= names
    second = archive()
    assert {name: body for name, body in second.items() if name.endswith("pdf")} == {
        name: body for name, body in first.items() if name.endswith("pdf")
    }
    assert set(kept(year)) == names
    assert client.get("/report/year/2025/T1.pdf").data == first["2025-T1-en.pdf"]


def test_a_lost_or_altered_file_is_said_and_found_by_verify(year: Desk, run: Run) -> None:
    assert year.client("bureau").get(PDF).status_code == 200
    done = run("verify", "--papers")
    assert (done.returncode, done.stderr) == (0, "")
    assert "agrees, papers: 1" in done.stdout
    with year.rows() as session:
        sha256 = session.scalars(select(AssessmentPaper.sha256)).one()
    path = Path(store().root) / sha256[:2] / sha256
    good = path.read_bytes()
    path.write_bytes(good[:99] + bytes([good[99] ^ 1]) + good[100:])
    for words in (("assess", "verify", "--year", "2025"), ("verify", "--json")):
        done = run(*words)
        assert done.returncode == 1
        assert done.stderr.startswith("2025/1 was altered: paper 2025-r1-county-en.pdf: its bytes")
        assert len(done.stderr.splitlines()) == 1
    path.unlink()
    assert year.client("bureau").get(PDF).status_code == 503
    path.write_bytes(good)
    assert year.client("bureau").get(PDF).data == good


def test_the_command_hands_out_the_same_paper(year: Desk, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "a.pdf"
    words = ("report", "year", "--year", "2025", "--revision", "1", "--lang", "en", "--out", str(out))
    assert run(*words).returncode == 0
    assert year.client("bureau").get(PDF).data == out.read_bytes()
    missing = run("report", "year", "--year", "2025", "--revision", "7", "--out", str(out))
    assert (missing.returncode, missing.stderr) == (1, "There is no revision 7 of 2025.\n")
