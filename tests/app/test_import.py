"""``run.py import history`` as a user meets it: what it prints, leaves behind, and how it ends."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import create_engine, text

import config
from models.operations.history import report
from models.operations.history.values import Fault
from tests import ledgers
from tests.commands import environment, run
from tests.databases import Backend

AS_OF = ("--as-of", "2025-12-31")


@pytest.fixture(scope="module")
def ready(backend: Backend) -> Iterator[str]:
    """The name of a database after ``init`` with the demo's units."""
    backend.fresh("units")
    for arguments in (("init",), ("demo", "--petitions", "0")):
        assert run(backend.url("units"), *arguments).returncode == 0
    yield "units"
    backend.drop("units")


@pytest.fixture
def url(backend: Backend, ready: str) -> Iterator[str]:
    backend.fresh("ledger", ready)
    yield backend.url("ledger")
    backend.drop("ledger")


def counts(url: str) -> list[int]:
    engine = create_engine(url)
    with engine.connect() as link:
        found = [int(link.scalar(text(f"SELECT count(*) FROM {name}")) or 0) for name in ("petition", "step", "duty")]
    engine.dispose()
    return found


def files(paths: tuple[Path, Path]) -> tuple[str, ...]:
    return "--petitions", str(paths[0]), "--steps", str(paths[1]), *AS_OF


def spoil(path: Path, line: int, old: str, new: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new)
    path.write_text("".join(lines), encoding="utf-8")


def test_dry_run_load_and_load_again(url: str, tmp_path: Path) -> None:
    given = files(ledgers.write(tmp_path, 30))
    told = []
    for more in (("--dry-run",), (), ()):
        done = run(url, "import", "history", *given, *more, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        told.append(json.loads(done.stdout))
        if more:
            assert counts(url) == [0, 0, 0]
    dry, first, again = told
    assert (dry["loaded"], first["loaded"], first["petitions"], first["bad_rows"]) == (False, True, 30, 0)
    assert dry["steps"] == first["steps"]
    assert (again["petitions"], again["steps"], again["repeated"]) == (0, 0, 30 + first["steps"])
    assert counts(url)[0] == 30
    assert run(url, "scan", "--as-of", "2025-12-31").returncode == 0


def test_bad_rows_refuse_all_are_told_and_can_be_mended(url: str, tmp_path: Path) -> None:
    petitions, steps = ledgers.write(tmp_path, 12)
    kind = next(csv.DictReader(petitions.open(encoding="utf-8")))["kind"]
    spoil(petitions, 2, kind, "nonsense")
    done = run(url, "import", "history", *files((petitions, steps)))
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "petitions.csv line 2, kind: " in done.stdout
    assert counts(url) == [0, 0, 0]
    bad = tmp_path / "petitions.bad.csv"
    assert str(bad) in done.stderr
    rows = list(csv.DictReader(bad.open(encoding="utf-8-sig")))
    assert [(row["file"], row["line"], row["column"]) for row in rows] == [("petitions.csv", "2", "kind")]
    assert bad.stat().st_mode & 0o077 == 0
    done = run(url, "import", "history", *files((petitions, steps)), "--skip-bad-rows", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["petitions"], told["left_out"], told["loaded"]) == (0, 11, 1, True)
    assert told["problems"] == [
        {"file": "petitions.csv", "line": 2, "column": "kind", "cell": "", "reason": told["problems"][0]["reason"]}
    ]
    files_to_mend = told["bad_files"]
    assert Path(files_to_mend["petitions"]).name == "petitions.bad-2.csv"  # the first may be half mended
    spoil(Path(files_to_mend["petitions"]), 2, "nonsense", kind)
    done = run(url, "import", "history", *files((Path(files_to_mend["petitions"]), Path(files_to_mend["steps"]))))
    assert (done.returncode, done.stderr) == (0, "")
    assert counts(url)[0] == 12
    assert run(url, "import", "history", *files(ledgers.write(tmp_path, 12))).stdout.startswith("Loaded: 0 petitions")


def test_a_dry_run_writes_nothing_and_says_so_in_one_language(url: str, tmp_path: Path) -> None:
    petitions, steps = ledgers.write(tmp_path, 6)
    spoil(petitions, 2, next(csv.DictReader(petitions.open(encoding="utf-8")))["kind"], "nonsense")
    done = run(url, "import", "history", *files((petitions, steps)), "--dry-run")
    assert (done.returncode, sorted(tmp_path.iterdir())) == (1, sorted((petitions, steps)))
    assert done.stdout.startswith("Nothing would be loaded: 1 bad rows, in 1 petitions (")
    assert "Would be loaded" not in done.stdout
    assert "Without --dry-run" in done.stderr
    told = run(url, "import", "history", *files((petitions, steps)), "--dry-run", "--lang", "zh")
    assert told.stdout.startswith("不会载入任何记录：错行1行")
    assert "petitions.csv第2行“kind”：" in told.stdout
    assert "试运行不写任何文件" in told.stderr


def test_a_reason_is_given_once() -> None:
    fault = Fault("kind", "Wrong.")

    class Twice:
        heads: ClassVar = [["number", "kind"]]
        paths: ClassVar = [None]
        reported = staticmethod(lambda file: [(2, ["1", "x"], [(fault, True), (fault, True)])])
        address = staticmethod(lambda file, line, column: "")

    ledger: Any = Twice()
    assert list(report.lines(ledger, 0, lambda one: one.message))[1][-1] == "Wrong."


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "history"),
        ("import", "history", "--petitions", "/nowhere/p.csv"),
        ("import", "history", "--petitions", __file__, "--as-of", "yesterday"),
        ("import", "future"),
    ],
)
def test_wrong_usage_is_two(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(f"sqlite:///{tmp_path}/none.db", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_an_unreadable_file_is_one_line(url: str) -> None:
    done = run(url, "import", "history", "--petitions", __file__)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "test_import.py" in done.stderr


MEASURED = """
import resource, sys
from app.cli import main
main()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_ledger(url: str, tmp_path: Path) -> None:
    """The most that the process ever held, in kilobytes: for a ledger, and for one three times as long."""
    most = []
    for petitions in (600, 1800):
        given = ("import", "history", *files(ledgers.write(tmp_path, petitions)), "--dry-run")
        command = [sys.executable, "-c", MEASURED, *given]
        done = subprocess.run(
            command, env=environment(url), capture_output=True, text=True, cwd=config.ROOT, check=True
        )
        most.append(int(done.stdout.split()[-1]))
    assert most[1] - most[0] < 10_000, most
