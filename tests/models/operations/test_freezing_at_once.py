"""Two freezes at once, and a freeze killed at any moment: a year is frozen once, and whole or not at all."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import sessionmaker

import config
from models import vault, verifying
from models.access import all_rows
from models.errors import Conflict
from models.operations import deductions, freezing
from tests.conftest import engine_for
from tests.models.operations.test_freezing import NOW
from tests.models.operations.test_steps import transferred

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]


def frozen_by(url: str, *, commits: bool = True) -> str:
    """Freeze in a session of its own; what came of it."""
    engine = engine_for(url)
    try:
        with sessionmaker(engine)() as session, all_rows():
            row = freezing.freeze(session, 2025, freezing.by_command(), "年终考核", NOW)
            if commits:
                session.commit()
            return str(row)
    except Conflict as error:
        return str(error)
    finally:
        engine.dispose()


def in_a_process(url: str) -> None:
    vault.configure("test-vault-key")
    frozen_by(url)


@pytest.fixture
def ready(county: Any, engine_url: str) -> str:
    """A county whose year can be frozen, committed."""
    transferred(county)
    deductions.scan(county.session, NOW)
    county.session.commit()
    return engine_url


def kept(url: str) -> list[str]:
    """The verdicts of what is stored."""
    engine = engine_for(url)
    with sessionmaker(engine)() as session, all_rows():
        found = [one.difference for one in verifying.verify_all(session)]
    engine.dispose()
    return found


def test_of_two_freezes_at_once_one_wins(ready: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(frozen_by, [ready, ready]))
    assert told == ["2025/1", "The year 2025 is frozen already."]
    assert kept(ready) == [""]


def test_a_killed_freeze_leaves_none_or_a_whole_one(ready: str) -> None:
    fork = multiprocessing.get_context("fork")
    started = time.monotonic()
    frozen_by(ready, commits=False)
    whole = time.monotonic() - started
    assert kept(ready) == []
    for share in (0.1, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1):
        child = fork.Process(target=in_a_process, args=(ready,))
        child.start()
        time.sleep(whole * share)
        os.kill(child.pid or 0, signal.SIGKILL)
        child.join()
        found = kept(ready)
        assert found in ([], [""]), share
        if found:
            break
    frozen_by(ready)
    assert kept(ready) == [""]


COMMAND = [sys.executable, str(config.ROOT / "run.py"), "assess", "freeze", "--year", "2025", "--reason", "年终考核"]
STARTED = 60.0  # seconds


def command(url: str) -> subprocess.Popen[bytes]:
    """``run.py assess freeze`` in a process of its own."""
    known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    secrets = {"SECRET_KEY": "a-secret-key-of-the-test-0123456789", "VAULT_KEY": "a-vault-key-of-the-test-0123456789"}
    return subprocess.Popen(COMMAND, env={**known, **secrets, "DATABASE_URL": url}, stdout=subprocess.DEVNULL)


def writes(url: str) -> bool:
    """Whether somebody has begun to write."""
    engine = engine_for(url)
    try:
        if engine.dialect.name == "sqlite":
            ends = ("-wal", "-journal")
            return any(Path(f"{engine.url.database}{end}").exists() for end in ends)
        asked = "SELECT count(*) FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datname = current_database()"
        with engine.connect() as link:
            return bool(link.scalar(text(asked)))
    finally:
        engine.dispose()


def test_the_command_killed_at_random_moments_leaves_none_or_a_whole_freeze(ready: str) -> None:
    rng, left = Random(2025), []
    for most in (0, 0.3, 0.6):  # seconds after its first write; at the end of them it is mostly done
        child, start = command(ready), time.monotonic()
        while not writes(ready) and child.poll() is None:
            assert time.monotonic() - start < STARTED
            time.sleep(0.002)
        time.sleep(rng.uniform(0, most))
        child.kill()
        child.wait()
        left.append(kept(ready))
        assert left[-1] in ([], [""])
    assert [] in left
    assert command(ready).wait() in (0, 1)
    assert kept(ready) == [""]
