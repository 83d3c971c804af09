"""Two freezes at once, and a freeze killed at any moment: a year is frozen once, and whole or not at all."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy.orm import sessionmaker

from models import vault, verifying
from models.access import all_rows
from models.errors import Conflict
from models.operations import deductions, freezing
from tests.conftest import engine_for
from tests.models.operations.test_freezing import NOW
from tests.models.operations.test_steps import transferred


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
