"""Real processes: the server works off jobs, a killed one's work is taken over. With a broker: test_redis.py."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Actor, all_rows
from models.accounts import User
from models.office_terms import JobKind, JobStatus
from models.operations import jobs
from models.tables import Job
from models.terms import Role
from tests import factories
from tests.browser.server import Console
from tests.commands import run_in
from tests.databases import Backend, engine_for

pytestmark = pytest.mark.slow

LIMIT = 90.0


@pytest.fixture
def console(backend: Backend, tmp_path: Path) -> Iterator[Console]:
    """Units and accounts, no petition; not served yet."""
    backend.fresh("fresh", "blank")
    made = Console(backend.url("fresh"), tmp_path / "log")
    made.environment |= {"STORE_URL": str(tmp_path / "files")}
    made.run("init")
    engine = engine_for(backend.url("fresh"))
    with all_rows(), Session(engine) as session:
        factories.county(session)
        session.commit()
    yield made
    made.stop()


class Office:
    """Asks for work, and looks how it stands, from outside."""

    def __init__(self, url: str) -> None:
        self.engine = engine_for(url)

    def ask(self) -> int:
        with all_rows(), Session(self.engine) as session:
            user = session.scalars(select(User.id).where(User.username == "bureau")).one()
            officer = Actor(user, None, None, None, frozenset({Role.BureauOfficer}))
            pk = jobs.ask(session, JobKind.papers, {"year": 2025}, "en", officer, datetime.now(UTC)).id
            session.commit()
            return int(pk)

    def until(self, pk: int, wanted: Callable[[Any], bool]) -> Any:
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            with all_rows(), Session(self.engine, expire_on_commit=False) as session:
                row = session.get_one(Job, pk)
                if wanted(row):
                    return row
            time.sleep(0.1)
        raise AssertionError(f"{row.status} {row.done}/{row.total} {row.message}")


@pytest.mark.both_databases
def test_a_killed_servers_work_is_taken_over(backend: Backend, console: Console) -> None:
    console.start()
    office = Office(backend.url("fresh"))
    pk = office.ask()
    running = office.until(pk, lambda row: row.done >= 1)
    os.kill(int(running.worker.split(":")[1]), signal.SIGKILL)
    done = office.until(pk, lambda row: not row.live)
    assert (done.status, done.attempt) == (JobStatus.done, 2)
    assert done.worker != running.worker
    assert done.size > 10_000


def test_without_a_broker_there_is_no_worker(console: Console) -> None:
    for word in ("worker", "beat"):
        found = run_in(console.environment, word)
        assert found.returncode == 1
        assert "BROKER_URL" in found.stderr
        assert "Traceback" not in found.stderr
