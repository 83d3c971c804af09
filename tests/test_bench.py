"""``make bench`` works; plain pytest does not collect it (no file there is named ``test_…``)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import papers

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def test_the_bench_fills_a_county_and_prints_its_table() -> None:
    command = [sys.executable, "-m", "tests.benchmarks"]
    small = {**os.environ, "BENCH_PETITIONS": "400", "BENCH_UNITS": "60", "BENCH_PAPERS": "20"}
    done = subprocess.run(command, cwd=ROOT, env=small, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line for line in done.stdout.splitlines() if line.startswith(("officer: ", "clerk: ", "administrator: "))]
    answers = [line for line in rows if "CSV" not in line]
    assert len(answers) > 20
    assert [line for line in answers if not line.endswith("200")] == []
    assert "memory grown at most" in done.stdout
    costs = {row.split("  ")[0]: row.split()[-3:] for row in done.stdout.splitlines() if row.startswith("paper: ")}
    assert set(costs) == {f"paper: {name}" for name in papers.LIMITS}
    for name, (seconds, memory) in papers.LIMITS.items():
        spent, peak, _size = map(float, costs[f"paper: {name}"])
        assert spent <= seconds
        assert memory is None or peak <= memory
    (archive,) = (row.split()[-2:] for row in done.stdout.splitlines() if row.startswith("archive: "))
    assert float(archive[0]) <= papers.ROOM
    assert float(archive[1]) <= papers.LIMITS["unit report"][1]
    assert not list((ROOT / "tests" / "benchmarks").glob("test_*.py"))
    assert "-m tests.benchmarks" in (ROOT / "Makefile").read_text(encoding="utf-8")
