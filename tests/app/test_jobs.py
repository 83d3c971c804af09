"""Long work: asked for once, done outside the request, found again, cancelled, taken over from the dead."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdf
import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.jobs import runner
from app.jobs.kinds import WORK
from app.jobs.task import Task, leaving
from models.office_terms import JobKind, JobStatus
from models.operations import jobs
from models.operations.jobs import Claim, Outcome
from models.tables import Job, Petition
from tests.views.world import Desk

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def only(desk: Desk) -> Any:
    """(status, done, total, message, file, attempt) of the one job."""
    with desk.rows() as session:
        row = session.scalars(select(Job)).one()
        return row.status, row.done, row.total, row.message, row.file, row.attempt


def asked(desk: Desk, name: str = "bureau", kind: JobKind = JobKind.papers, **args: Any) -> int:
    with desk.rows() as session:
        actor = desk.actors[name]
        return int(jobs.ask(session, kind, args or {"year": 2025}, "en", actor, NOW).id)


def claimed(desk: Desk) -> Claim:
    mine = runner.claim(desk.app)
    assert mine is not None
    return mine


def test_papers_of_a_year(desk: Desk) -> None:
    desk.transferred()
    desk.proposed()
    client = desk.client("bureau")
    sent = client.post("/report/year/2025/all")
    assert sent.status_code == 302
    page = client.get(sent.location).get_data(as_text=True)
    assert "Waiting" in page
    assert "/result" not in page
    assert runner.run_waiting(desk.app) == 1
    page = client.get(sent.location).get_data(as_text=True)
    assert "Finished" in page
    fetched = client.get(f"{sent.location.replace('show/', '')}/result")
    archive = zipfile.ZipFile(io.BytesIO(fetched.data))
    names = sorted(archive.namelist())
    assert "2025-en.pdf" in names
    assert "2025-T1-en.pdf" in names
    assert "2025-en.xlsx" in names
    # the leaders' office is not assessed; the county's own paper and workbook come on top
    assert len(names) == len(desk.units) + 1
    text = pypdf.PdfReader(io.BytesIO(archive.read("2025-T1-en.pdf"))).pages[0].extract_text()
    assert "2025" in text
    assert client.get("/job/list/").get_data(as_text=True).count("/job/show/") >= 1


def test_one_paper_is_drawn_as_a_job_and_under_its_address_all_the_same(desk: Desk) -> None:
    desk.transferred()
    client = desk.client("bureau")
    for address in ("/report/year/2025.xlsx", "/report/year/2025/T1.xlsx", "/report/annual/2025.xlsx"):
        sent = client.post(address)
        assert sent.status_code == 302, address
        assert "XLSX" in client.get(sent.location).text
        assert runner.run_waiting(desk.app) == 1
        fetched = client.get(f"{sent.location.replace('show/', '')}/result")
        at_once = client.get(address)
        assert fetched.headers["Content-Disposition"] == at_once.headers["Content-Disposition"]
        assert fetched.data[:2] == at_once.data[:2] == b"PK"
    for address in ("/report/year/1999.pdf", "/report/year/2025/NONE.pdf", "/report/year/2025.pdf?revision=9"):
        assert client.post(address).status_code == client.get(address).status_code == 404, address
    assert desk.client("town1").post("/report/annual/2025.pdf").status_code == 403
    assert desk.client("town1").post("/report/year/2025/D1.pdf").status_code == 404


@pytest.mark.both_databases
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_of_exactly_what_is_filtered(desk: Desk, form: str) -> None:
    first, _second = desk.take(title="甲"), desk.take(title="乙")
    desk.act(first, "town1", "route", NOW, outcome="A")
    client = desk.client("town1")
    sent = client.post(f"/export/petition.{form}?case=A&sort=title")
    assert runner.run_waiting(desk.app) == 1
    body = client.get(f"{sent.location.replace('show/', '')}/result").data
    if form == "csv":
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    else:
        rows = [list(row) for row in load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)]
    assert len(rows) == 2
    assert "甲" in rows[1]
    assert client.post("/export/petition.csv?case=nonsense").status_code == 422
    assert client.post("/export/petition.pdf").status_code == 404
    assert client.post("/export/nothing.csv").status_code == 404
    assert client.post("/export/account.csv").status_code in (403, 404)


def test_asked_twice_it_is_one_job(desk: Desk) -> None:
    client = desk.client("bureau")
    places = {client.post("/report/year/2025/all").location for _ in range(3)}
    assert len(places) == 1
    assert client.post("/report/year/2024/all").location not in places
    assert runner.run_waiting(desk.app) == 2
    assert client.post("/report/year/2025/all").location not in places


def test_a_queue_has_an_end(desk: Desk) -> None:
    client = desk.client("bureau")
    for n in range(jobs.QUEUE):
        assert client.post(f"/report/year/{2001 + n}/all").status_code == 302
    assert client.post("/report/year/2050/all").status_code == 409


def test_of_others_one_knows_nothing(desk: Desk) -> None:
    here = desk.client("bureau").post("/report/year/2025/all").location
    runner.run_waiting(desk.app)
    result = f"{here.replace('show/', '')}/result"
    for name, code in (("town1", 404), ("admin", 200)):
        assert desk.client(name).get(here).status_code == code
        assert desk.client(name).get(result).status_code == 404
        assert desk.client(name).post(here.replace("show/", "") + "/cancel").status_code in (403, 404)
    assert desk.client("bureau").get(result).status_code == 200
    assert desk.app.test_client().get(here).status_code == 302


def test_the_role_is_asked_again_when_the_work_starts(desk: Desk) -> None:
    asked(desk)
    with desk.rows() as session:
        from models.accounts import User

        session.scalars(select(User).where(User.username == "bureau")).one().active = False
    runner.run_waiting(desk.app)
    status, _, _, message, _, _ = only(desk)
    assert status is JobStatus.failed
    assert "role" in message["message"]


def test_cancelled_while_it_waits(desk: Desk) -> None:
    client = desk.client("bureau")
    here = client.post("/report/year/2025/all").location
    assert client.post(here.replace("show/", "") + "/cancel").status_code == 302
    assert runner.run_waiting(desk.app) == 0
    assert only(desk)[0] is JobStatus.cancelled
    assert client.post(here.replace("show/", "") + "/cancel").status_code == 409


@pytest.mark.both_databases
def test_cancelled_while_it_runs_everything_is_put_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pk = desk.take()
    here = asked(desk)

    def work(task: Task) -> Outcome:
        task.session.get_one(Petition, pk).title = "changed"
        with desk.rows() as session:  # another session: the one of the page
            jobs.cancel(session, session.get_one(Job, here), desk.actors["bureau"], NOW)
        task.session.flush()
        return Outcome("/")

    monkeypatch.setitem(WORK, JobKind.papers, work)
    runner.run_waiting(desk.app)
    assert only(desk)[0] is JobStatus.cancelled
    with desk.rows() as session:
        assert session.get_one(Petition, pk).title != "changed"


def test_a_failure_is_told_and_nothing_is_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(desk)

    def work(task: Task) -> Outcome:
        raise RuntimeError("of the programmer")

    monkeypatch.setitem(WORK, JobKind.papers, work)
    runner.run_waiting(desk.app)
    assert only(desk)[0] is JobStatus.failed
    page = desk.client("bureau").get("/job/show/1").get_data(as_text=True)
    assert "tell your administrator" in page
    assert "of the programmer" not in page


def _lost(task: Task) -> None:
    """The database goes away in the middle of the work."""
    if task.session.get_bind().dialect.name == "postgresql":
        task.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    raise OperationalError("SELECT 1", None, Exception("database is locked"))


@pytest.mark.both_databases
def test_a_lost_database_costs_an_attempt_not_the_job(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was given up at its first attempt, though the database came back at once."""
    asked(desk)
    work, left = WORK[JobKind.papers], [_lost]
    monkeypatch.setitem(WORK, JobKind.papers, lambda task: (left.pop() if left else work)(task))
    assert runner.run_waiting(desk.app) == 2
    status, _done, _total, message, file, attempt = only(desk)
    assert (status, message, attempt) == (JobStatus.done, None, 2)
    assert file


@pytest.mark.both_databases
def test_a_database_lost_again_and_again_ends_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(desk)
    monkeypatch.setitem(WORK, JobKind.papers, _lost)
    assert runner.run_waiting(desk.app) == 3
    status, _done, _total, message, _file, attempt = only(desk)
    assert (status, attempt) == (JobStatus.failed, 3)
    assert "interrupted" in message["message"]


def test_a_refusal_is_told_in_the_readers_language(desk: Desk) -> None:
    asked(desk, kind=JobKind.import_load, token="0" * 32)
    runner.run_waiting(desk.app)
    client = desk.client("bureau")
    assert "send them again" in client.get("/job/show/1").get_data(as_text=True)
    page = client.get("/job/show/1", headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)
    assert "send them again" not in page


@pytest.mark.both_databases
def test_taken_over_from_a_dead_worker(desk: Desk) -> None:
    """A process that is gone is known at once; one of another machine only by its silence."""
    pk = asked(desk)
    gone = f"{runner.HOST}:999999999:dead"
    for attempt in range(1, jobs.ATTEMPTS + 1):
        with desk.rows() as session:
            found = jobs.claim(session, gone, datetime.now(UTC))
            assert found == Claim(pk, gone, attempt)
        assert runner.recover(desk.app) == 1
    assert only(desk)[0] is JobStatus.failed
    assert only(desk)[3]["message"] == jobs.GIVEN_UP


@pytest.mark.both_databases
def test_another_machine_is_given_time(desk: Desk) -> None:
    pk = asked(desk)
    with desk.rows() as session:
        jobs.claim(session, "elsewhere:1:abcd", datetime.now(UTC))
    assert runner.recover(desk.app) == 0
    with desk.rows() as session:
        session.get_one(Job, pk).beat_at = datetime.now(UTC) - jobs.SILENT - timedelta(seconds=1)
    assert runner.recover(desk.app) == 1
    assert only(desk)[0] is JobStatus.queued


@pytest.mark.both_databases
def test_the_one_that_was_given_up_keeps_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its work and its end are one transaction, and the end is no longer its own."""
    pk = desk.take()
    asked(desk)
    first = claimed(desk)

    def work(task: Task) -> Outcome:
        task.session.get_one(Petition, pk).title = f"attempt {len(seen)}"
        return Outcome("/")

    seen = ["first"]
    monkeypatch.setitem(WORK, JobKind.papers, work)
    with desk.rows() as session:
        assert jobs.recover(session, lambda worker: True, datetime.now(UTC)) == 1
    seen.append("second")
    runner.run(desk.app, claimed(desk))
    seen.append("late")
    runner.run(desk.app, first)
    with desk.rows() as session:
        assert session.get_one(Petition, pk).title == "attempt 2"
    assert only(desk)[0] is JobStatus.done
    assert only(desk)[5] == 2


def test_progress_is_seen_and_leads_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.pulse.EVERY", 0)
    pk = asked(desk)
    client = desk.client("bureau")
    pages = []

    def work(task: Task) -> Outcome:
        task.heard(3, 10)
        pages.append(client.get(f"/job/{pk}/progress").get_data(as_text=True))
        return Outcome("/assessment/2025")

    monkeypatch.setitem(WORK, JobKind.papers, work)
    runner.run_waiting(desk.app)
    assert 'aria-valuenow="30"' in pages[0]
    ended = client.get(f"/job/{pk}/progress")
    assert ended.headers["HX-Redirect"] == "/assessment/2025"
    assert 'href="/assessment/2025"' in client.get(f"/job/show/{pk}").get_data(as_text=True)


def test_a_file_lies_in_the_store_once(desk: Desk) -> None:
    with desk.app.app_context():
        outcomes = []
        for _ in range(2):
            with leaving("x.txt", "text/plain") as draft:
                draft.file.write("首接".encode())
            outcomes.append(draft.outcome)
    assert outcomes[0] == outcomes[1]
    assert outcomes[0].size == 6
