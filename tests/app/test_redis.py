"""A real Redis as the broker: web, worker and beat; a worker killed in the middle; the broker away and back again."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import all_rows
from models.office_terms import JobStatus
from models.tables import Job
from models.tables.attempts import attempt
from tests import factories
from tests.browser.server import ROOT, Console, free_port
from tests.databases import Backend, engine_for

pytestmark = pytest.mark.slow
LIMIT = 120.0


class Broker:
    """A Redis of its own that keeps nothing."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        shape = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        command = ["redis-server", *shape, "--dir", str(self.home)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _until(lambda: _answers(self.url), "Redis")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(LIMIT)

    def written(self) -> set[str]:
        with redis.Redis.from_url(self.url, decode_responses=True) as link:
            return set(link.scan_iter())


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as link:
            return bool(link.ping())
    except redis.ConnectionError:
        return False


def _until(found: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come about in {LIMIT} s")


class Clerk:
    """A browser without pictures: cookies, and the token of the page that it looks at."""

    def __init__(self, url: str) -> None:
        self.url, jar = url, http.cookiejar.CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open

    def post(self, page: str, path: str, **values: str) -> str:
        """What is shown after a form of ``page`` was sent to ``path``."""
        with self._open(self.url + page) as answer:
            token = re.search(r'name="csrf-token" content="([^"]+)"', answer.read().decode())
        assert token
        body = urllib.parse.urlencode(values | {"csrf_token": token[1]}).encode()
        with self._open(urllib.request.Request(self.url + path, body)) as answer:
            return str(answer.geturl())

    def asks(self) -> int:
        """Ask for all papers of a year; the job."""
        return int(self.post("/papers/", "/report/year/2025/all").rpartition("/")[2])


def _login(url: str, name: str, password: str) -> int:
    """By the API; the status."""
    body = json.dumps({"username": name, "password": password, "provider": "db"}).encode()
    asked = urllib.request.Request(f"{url}/api/v1/security/login", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


class House:
    """Broker, served console, beat and a worker, as the documents say."""

    def __init__(self, backend: Backend, home: Path) -> None:
        self.home, self.broker = home, Broker(home)
        self.console = Console(backend.url("fresh"), home / "log")
        self.console.environment |= {"STORE_URL": str(home / "files"), "BROKER_URL": self.broker.url}
        self.engine = engine_for(backend.url("fresh"))

    def process(self, *words: str) -> subprocess.Popen[bytes]:
        """A command in a group of its own, so that it can be killed with all its children."""
        with (self.home / f"{words[0]}.log").open("ab") as log:
            command = [sys.executable, "run.py", *words]
            environment = self.console.environment
            return subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def until(self, pk: int, wanted: Callable[[Job], bool]) -> Job:
        def look() -> Job | None:
            with all_rows(), Session(self.engine, expire_on_commit=False) as session:
                row = session.get_one(Job, pk)
                return row if wanted(row) else None

        found: Job = _until(look, f"job {pk}")
        return found

    def counted(self) -> int:
        """How many counts of attempts lie in the database."""
        with self.engine.connect() as link:
            return len(link.execute(select(attempt)).all())


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(LIMIT)


@pytest.fixture
def house(backend: Backend, tmp_path: Path) -> Iterator[House]:
    backend.fresh("fresh", "blank")
    made = House(backend, tmp_path)
    with ExitStack() as stack:
        stack.callback(made.broker.stop)
        made.broker.start()
        made.console.run("init")
        with all_rows(), Session(made.engine) as session:
            factories.county(session)
            session.commit()
        stack.callback(made.console.stop)
        made.console.start()
        stack.callback(_kill, made.process("beat", "--schedule", str(tmp_path / "schedule")))
        yield made


def test_web_worker_and_beat_on_a_real_redis(house: House) -> None:
    worker = house.process("worker", "--concurrency", "1")
    try:
        clerk = Clerk(house.console.url)
        assert "/login/" not in clerk.post("/login/", "/login/", username="bureau", password=factories.PASSWORD)

        done = house.until(clerk.asks(), lambda row: not row.live)
        assert (done.status, done.attempt) == (JobStatus.done, 1)

        pk = clerk.asks()
        house.until(pk, lambda row: row.done >= 1)
        _kill(worker)
        worker = house.process("worker", "--concurrency", "1")
        done = house.until(pk, lambda row: not row.live)
        assert (done.status, done.attempt) == (JobStatus.done, 2)

        _the_broker_goes_and_comes(house, clerk)
    finally:
        _kill(worker)
    assert "Traceback" not in (house.home / "log").read_text()


def _the_broker_goes_and_comes(house: House, clerk: Clerk) -> None:
    url = house.console.url
    assert _login(url, "town1", "wrong") == 401
    assert any(key.startswith("LIMITS:") for key in house.broker.written())
    assert house.counted() == 0
    house.broker.stop()

    assert _login(url, "town2", factories.PASSWORD) == 200  # it answered 500: nobody could log in
    assert [_login(url, "dept1", "wrong") for _ in range(11)] == [401] * 10 + [429]
    assert house.counted() > 0
    pk = clerk.asks()
    assert house.until(pk, lambda row: True).status is JobStatus.queued

    house.broker.start()
    done = house.until(pk, lambda row: not row.live)
    assert (done.status, done.attempt) == (JobStatus.done, 1)
