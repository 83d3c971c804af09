"""A fault of the surroundings is one line on stderr and exit 1: never a traceback, never half a file."""

from __future__ import annotations

import errno
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import kombu.exceptions
import pytest
from sqlalchemy import exc

import config
from app import faults
from app.commands import output
from models.errors import DomainError
from tests.commands import Done, environment, run
from tests.conftest import Backend

GONE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture(scope="module")
def county(backend: Backend) -> Any:
    backend.drop("faults")
    backend.create("faults", "blank")
    yield backend.url("faults")
    backend.drop("faults")


def _one_line(done: Done, *words: str) -> None:
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("init",),
        ("check", "--data"),
        ("user", "list"),
        ("scan",),
        ("assess", "--year", "2025", "--json"),
        ("export", "petition"),
        ("deadline", "--from", "2026-02-13", "--days", "5", "--kind", "working"),
        ("rulebook", "list"),
        ("verify",),
        ("demo", "--petitions", "0"),
        ("report", "year", "--year", "2025", "--out", "x.pdf"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_database_that_is_gone(arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _one_line(run(GONE, *arguments), "The database does not answer", "DATABASE_URL")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["nonsense", "nosuch://x", "sqlite:////nowhere/at/all.db", "sqlite:////proc/x.db"])
def test_an_address_that_is_none(url: str) -> None:
    for arguments in (("user", "list"), ("rulebook", "list")):
        _one_line(run(url, *arguments), "DATABASE_URL")


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"BROKER_URL": "foo://x"}, "BROKER_URL"),
        ({"BROKER_URL": "redis"}, "BROKER_URL"),
        ({"FILE_KINDS": "pdf:x"}, "FILE_KINDS"),
        ({"FILE_KINDS": "pdf exe"}, "FILE_KINDS"),
        ({"SESSION_IDLE": "0"}, "SESSION_IDLE"),
        ({"PROXIES": "-1"}, "PROXIES"),
        ({"STORE_URL": "nosuch://x"}, "STORE_URL"),
        ({"TIMEZONE": "Moon/Base"}, "TIMEZONE"),
        ({"TIMEZONE": "../../etc/passwd"}, "TIMEZONE"),
        ({"DEFAULT_LOCALE": "fr"}, "DEFAULT_LOCALE"),
    ],
    ids=lambda value: str(value),
)
def test_a_setting_that_is_none(county: str, settings: dict[str, str], word: str) -> None:
    _one_line(run(county, "check", **settings), word)


def test_an_address_that_is_taken_or_nowhere(county: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        _one_line(run(county, "serve", PORT=str(taken.getsockname()[1])), "HOST or PORT")
    _one_line(run(county, "serve", HOST="nowhere.invalid"), "HOST or PORT")
    assert run(county, "serve", PORT="99999").returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "register", "--day", "2025-03-03", "--out", "/dev/full"),
        ("export", "unit", "--out", "/dev/full"),
    ],
    ids=lambda arguments: "-".join(arguments[:2]),
)
def test_a_full_disk(county: str, arguments: tuple[str, ...]) -> None:
    _one_line(run(county, *arguments), "/dev/full: No space left")


def test_a_full_disk_behind_the_output(county: str) -> None:
    """What is printed goes to a file as often as not."""
    command = [sys.executable, str(config.ROOT / "run.py"), "export", "unit"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment(county))
    _one_line(done, "No space left")


def _break_off(out: Path) -> None:
    with output.whole(out) as file:
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "a.pdf"
    out.write_bytes(b"of before")
    with pytest.raises(OSError, match=r"a\.pdf") as found:
        _break_off(out)
    assert out.read_bytes() == b"of before"
    assert list(tmp_path.iterdir()) == [out]
    assert (
        faults.told(found.value)
        == f"{out}: No space left on device. Nothing whole was written: make room, or write elsewhere."
    )
    with output.whole(out) as file:
        file.write(b"whole")
    assert out.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [out]


def test_a_link_leads_where_it_led(tmp_path: Path) -> None:
    target, link = tmp_path / "real.pdf", tmp_path / "link.pdf"
    link.symlink_to(target)
    with output.whole(link) as file:
        file.write(b"x")
    assert link.is_symlink()
    assert target.read_bytes() == b"x"


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (exc.OperationalError("x", None, Exception("no such table: unit")), "init"),
        (exc.ProgrammingError("x", None, Exception('relation "unit" does not exist')), "init"),
        (exc.OperationalError("x", None, Exception("database is locked")), "Another program"),
        (exc.OperationalError("x", None, Exception("deadlock detected\nDETAIL: x")), "Another program"),
        (exc.OperationalError("x", None, Exception("database or disk is full")), "Make room"),
        (exc.OperationalError("x", None, Exception("server closed the connection")), "Is it running"),
        (exc.IntegrityError("x", None, Exception("UNIQUE constraint failed: unit.code")), "twice at once"),
        (exc.TimeoutError("QueuePool limit"), "in time"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y.pdf"), "/x/y.pdf: Permission denied. Choose"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "Connection reset"),
        (DomainError("Refused."), "Refused."),
        (kombu.exceptions.OperationalError("Connection refused"), "BROKER_URL"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_fault_has_its_line(error: Exception, word: str) -> None:
    line = faults.told(error)
    assert line is not None
    assert word in line
    assert "\n" not in line


@pytest.mark.parametrize("error", [KeyError("x"), TypeError(), exc.ProgrammingError("x", None, Exception("syntax"))])
def test_a_mistake_of_ours_stays_one(error: Exception) -> None:
    assert faults.told(error) is None
