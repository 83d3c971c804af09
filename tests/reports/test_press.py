"""Papers are drawn in a process of their own: it is limited, replaceable, and knows no secrets."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from reports import press
from reports.press import Limits, PaperFailed, Press

pytestmark = pytest.mark.slow

MADE = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = '<html lang="zh-CN"><head><title>t</title></head><body><h1>首接</h1></body></html>'
ENDLESS = f"<table>{'<tr><td>吉</td></tr>' * 60000}</table>"
MEGABYTE = 1024 * 1024


@pytest.fixture
def made() -> Iterator[list[Press]]:
    found: list[Press] = []
    yield found
    for one in found:
        one.end()


def limited(made: list[Press], limits: Limits) -> Press:
    made.append(Press(limits))
    return made[0]


@pytest.mark.parametrize(
    ("limits", "html"),
    [
        (Limits(wall=6), ENDLESS),  # a busy machine needs some of it to start the process
        (Limits(cpu=1), ENDLESS),
        (Limits(memory=500 * MEGABYTE), ENDLESS),
        (Limits(), "<b><i>" * 3000),
    ],
    ids=["wall", "cpu", "memory", "depth"],
)
def test_a_runaway_paper_is_stopped_and_the_next_one_is_drawn(made: list[Press], limits: Limits, html: str) -> None:
    here, start = limited(made, limits), time.monotonic()
    with pytest.raises(PaperFailed, match=r"too long|more time or memory"):
        here.draw(html, [], MADE)
    assert time.monotonic() - start < 180  # a slow and busy machine; without a limit it would never end
    assert here.worker is None
    assert here.draw(GOOD, [], MADE).startswith(b"%PDF")


def test_the_process_stays_warm_and_is_replaced_in_time(made: list[Press], monkeypatch: pytest.MonkeyPatch) -> None:
    here, seen = limited(made, Limits()), []
    monkeypatch.setattr(press, "PAPERS", 3)
    for _time in range(5):
        assert here.draw(GOOD, [], MADE).startswith(b"%PDF")
        seen.append(here.worker.process.pid if here.worker else None)
    assert seen[0] == seen[1]
    assert seen[2] is None
    assert seen[3] == seen[4] != seen[0]


def test_a_paper_with_characters_that_no_font_has_leaves_the_process_alive(made: list[Press]) -> None:
    here = limited(made, Limits())
    assert here.draw(GOOD.replace("首接", "\ue000"), [], MADE).startswith(b"%PDF")
    assert here.worker is not None
    assert here.worker.process.poll() is None


def test_a_process_that_was_killed_is_replaced(made: list[Press]) -> None:
    here = limited(made, Limits())
    here.draw(GOOD, [], MADE)
    assert here.worker is not None
    here.worker.process.kill()
    here.worker.process.wait()
    assert here.draw(GOOD, [], MADE).startswith(b"%PDF")


def test_it_knows_no_secrets_and_leaves_nothing(made: list[Press], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_KEY", "the-key-of-the-vault")
    here = limited(made, Limits())
    here.draw(GOOD, [], MADE)
    assert here.worker is not None
    environ = Path(f"/proc/{here.worker.process.pid}/environ").read_bytes()
    assert b"the-key-of-the-vault" not in environ
    assert b"PATH=" in environ
    folder = Path(here.worker.folder)
    assert folder.is_dir()
    here.end()
    assert not folder.exists()


def test_it_clears_up_when_its_parent_is_killed() -> None:
    code = (
        "import os, sys; from datetime import datetime, UTC; from reports import press; "
        "press.render(sys.argv[1], [], datetime(2026, 1, 1, tzinfo=UTC), lang='zh'); "
        "worker = press._pool.presses[0].worker; "
        "print(worker.process.pid, worker.folder, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, GOOD], cwd=press.ROOT, stdout=subprocess.PIPE, check=False)
    pid, folder = done.stdout.decode().split()
    end = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() or Path(folder).exists():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_threads_take_turns(made: list[Press]) -> None:
    here, bodies = limited(made, Limits()), []
    threads = [Thread(target=lambda: bodies.append(here.draw(GOOD, [], MADE))) for _one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bodies) == 4
    assert len(set(bodies)) == 1
