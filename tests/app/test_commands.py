"""The commands as a user meets them: what they print, how they end, and that they are safe to repeat."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

import config
from tests.commands import GOOD, run, started
from tests.databases import Backend

DEADLINES = [
    ("2026-02-13", "5", "working", "2026-02-27"),
    ("2025-12-31", "5", "working", "2026-01-08"),
    ("2026-01-30", "15", "calendar", "2026-02-14"),
    ("2026-08-02", "60", "calendar", "2026-10-08"),
]


@pytest.fixture(scope="module")
def county(backend: Backend) -> Any:
    """A database after ``init``, with the demo's units and staff."""
    backend.fresh("commands")
    url = backend.url("commands")
    for arguments in (("init",), ("init",), ("demo", "--petitions", "0")):
        done = run(url, *arguments)
        assert (done.returncode, done.stderr) == (0, ""), arguments
    yield url
    backend.drop("commands")


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("nothing",),
        ("demo", "--petitions", "3"),
        ("deadline", "--from", "2026-02-13", "--days", "5", "--kind", "working"),
        ("export", "unit"),
    ],
)
def test_a_process_of_its_own_says_the_same(county: str, arguments: tuple[str, ...]) -> None:
    """Other tests run commands inside their own process, which no user does."""
    inside, own = run(county, *arguments), started(county, *arguments)
    assert (inside.returncode, inside.stdout, inside.stderr) == (own.returncode, own.stdout, own.stderr)


def test_init_twice_makes_everything_once(county: str) -> None:
    engine = create_engine(county)
    with engine.connect() as link:
        assert {"petition", "ab_user", "alembic_version"} <= set(inspect(link).get_table_names())
        assert link.scalar(text("SELECT count(*) FROM rulebook")) == 1
        assert link.scalar(text("SELECT count(*) FROM ab_role")) == 6
        assert link.scalar(text("SELECT count(*) FROM petition")) == 0
        assert link.scalar(text("SELECT count(*) FROM unit")) > 10
    engine.dispose()


@pytest.mark.parametrize(("start", "days", "kind", "due"), DEADLINES)
def test_deadlines_of_the_calendar(county: str, start: str, days: str, kind: str, due: str) -> None:
    done = run(county, "deadline", "--from", start, "--days", days, "--kind", kind, "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert found["due"] == due
    assert found["due_at"].startswith(due)
    assert found["due_at"].endswith("+08:00")
    assert {"raw", "rolled", "days", "calendar_version"} <= found["trace"].keys()


def test_hours_run_around_the_clock(county: str) -> None:
    done = run(county, "deadline", "--from", "2026-02-13T23:30", "--days", "2", "--kind", "hours", "--json")
    assert json.loads(done.stdout)["due_at"] == "2026-02-14T01:30:00+08:00"


@pytest.mark.parametrize(
    "arguments",
    [
        ("deadline", "--from", "x", "--days", "5", "--kind", "working"),
        ("deadline", "--from", "2026-02-30", "--days", "5", "--kind", "working"),
        ("deadline", "--from", "2026-02-13", "--days", "-5", "--kind", "working"),
        ("deadline", "--from", "2026-02-13", "--days", "5", "--kind", "lunar"),
        ("deadline",),
        ("assess",),
        ("assess", "--year", "x"),
        ("report", "year", "--year", "2025"),
        ("export", "unit", "--format", "doc"),
        ("export", "unit", "--filter", "active"),
        ("user", "create", "x", "--role", "King", "--password", "0123456789"),
        ("nothing",),
    ],
)
def test_wrong_usage_is_two(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Said before any database is asked."""
    done = run(f"sqlite:///{tmp_path}/none.db", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "--help" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("demo", "--petitions", "3"),
        ("export", "nothing"),
        ("export", "unit", "--filter", "colour=red"),
        ("report", "year", "--year", "2025", "--unit", "NONE", "--out", "{tmp}/x.pdf"),
        ("report", "year", "--year", "2025", "--out", "{tmp}/none/x.pdf"),
        ("export", "unit", "--out", "{tmp}/none/x.csv"),
        ("user", "create", "x", "--role", "Clerk", "--password", "short"),
        ("user", "create", "x", "--role", "Clerk", "--unit", "NONE", "--password", "0123456789"),
        ("user", "set-password", "nobody", "--password", "0123456789"),
    ],
)
def test_a_refusal_is_one_and_one_line(county: str, arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(county, *(text.format(tmp=tmp_path) for text in arguments))
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_the_assessment_as_json(county: str) -> None:
    done = run(county, "assess", "--year", "2025", "--as-of", "2025-12-31", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert list(found) == ["year", "as_of", "rulebook", "scheme", "units"]
    assert found["as_of"].startswith("2025-12-31T15:59:59")
    numbers = ("base", "final", "pending", "score", "score_if_pending_confirmed")
    for unit in found["units"]:
        assert {"code", "name", "kind", "deductions", *numbers} <= unit.keys()
        assert [unit[name] for name in numbers] == ["100.00", "0.00", "0.00", "100.00", "100.00"]
        assert unit["deductions"] == []


def test_export_and_papers_are_written(county: str, tmp_path: Path) -> None:
    done = run(county, "export", "unit", "--filter", "active=1")
    assert done.returncode == 0
    assert done.stdout.startswith("\ufeff")
    for kind, start in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        path = tmp_path / f"units.{kind}"
        assert run(county, "export", "unit", "--format", kind, "--out", str(path)).returncode == 0
        assert path.read_bytes().startswith(start)
    path = tmp_path / "year.pdf"
    assert run(county, "report", "year", "--year", "2025", "--out", str(path), "--lang", "en").returncode == 0
    assert path.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("name", ["SECRET_KEY", "VAULT_KEY"])
def test_production_refuses_weak_secrets(name: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    done = run(url, "check", **{name: "changeme"})
    assert done.returncode == 1
    assert name in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "x.db").exists()
    good = {"DATABASE_URL": url, "SECRET_KEY": GOOD, "VAULT_KEY": GOOD}
    for weak in ("", "short", "shoujie", "  ", "123456789012345"):
        with pytest.raises(config.SettingsError, match=name):
            config.load(good | {name: weak}, tmp_path)


def test_a_database_without_tables_says_what_to_do(tmp_path: Path) -> None:
    done = run(f"sqlite:///{tmp_path}/empty.db", "assess", "--year", "2025")
    assert done.returncode == 1
    assert "init" in done.stderr
    assert "Traceback" not in done.stderr


def test_own_secrets_are_made_once(tmp_path: Path) -> None:
    first, second = (config.load({}, tmp_path / "instance") for _ in range(2))
    assert first == second
    assert len(first["SECRET_KEY"]) > 30
    assert (tmp_path / "instance" / "secrets.json").stat().st_mode & 0o077 == 0
    assert config.load({"DATABASE_URL": "postgres://x/y", "SECRET_KEY": GOOD, "VAULT_KEY": GOOD})["DATABASE_URL"] == (
        "postgresql+psycopg://x/y"
    )


def test_the_record_is_checked(desk: Any, backend: Backend) -> None:
    """``check --data``: all well, or one line for each violation; the document says the same."""
    petition, url = desk.transferred(), backend.url("work")
    done = run(url, "check", "--data")
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 petitions checked, all well.\n", "")
    with desk.rows() as session:
        session.execute(text("UPDATE petition SET status = 'replied'"))
    done = run(url, "check", "--data")
    assert done.returncode == 1
    assert done.stdout.startswith("2025-000001  rows-follow-from-steps  Duties, transfers and state follow")
    assert done.stderr == "1 petitions checked, 1 violations.\n"
    done = run(url, "check", "--data", "--json", DEFAULT_LOCALE="zh_Hans_CN")
    found = json.loads(done.stdout)
    assert (done.returncode, found["petitions"]) == (1, 1)
    assert [one["invariant"] for one in found["violations"]] == ["rows-follow-from-steps"]
    assert "status: replied instead of handling" in found["violations"][0]["detail"]
    with desk.rows() as session:
        session.execute(text("UPDATE petition SET status = 'handling' WHERE id = :id"), {"id": petition})
    assert run(url, "check", "--json").returncode == 2


def test_a_year_is_frozen_verified_and_refused_by_commands(county: str) -> None:
    for arguments in (("verify",), ("assess", "freeze", "--year", "2024", "--check")):
        done = run(county, *arguments)
        assert (done.returncode, done.stderr) == (0, ""), arguments
    refused = {
        ("assess", "verify", "--year", "2024"): "not frozen",
        ("assess", "revise", "--year", "2024", "--reason", "x"): "not frozen",
        ("assess", "freeze", "--year", "2024", "--reason", " "): "needs a reason",
        ("assess", "freeze", "--year", "2090", "--reason", "x"): "not over",
    }
    for arguments, told in refused.items():
        done = run(county, *arguments)
        assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1), done.stderr
        assert told in done.stderr
    assert run(county, "assess", "freeze", "--year", "2024").returncode == 0
    assert "frozen already" in run(county, "assess", "freeze", "--year", "2024", "--check").stdout
    found = json.loads(run(county, "assess", "--year", "2024", "--json").stdout)
    assert (found["status"], found["revision"]) == ("frozen", 1)
    told = json.loads(run(county, "verify", "--json").stdout)["assessments"]
    assert [(row["sha256"], row["difference"]) for row in told] == [(found["manifest"], "")]
    live = json.loads(run(county, "assess", "--year", "2024", "--json", "--live").stdout)
    assert "manifest" not in live
    assert run(county, "assess", "freeze", "--year", "2024", "--reason", "x").returncode == 1
    assert run(county, "assess").returncode == 2


def test_a_year_is_supposed_by_command(county: str, tmp_path: Path) -> None:
    what = ("assess", "what-if", "--year", "2025", "--clock", "HANDLE/B=45", "--off", "2025-10-09")
    found = json.loads(run(county, *what, "--json").stdout)
    assert (found["official"], found["supposed"]["off"]) == (False, ["2025-10-09"])
    assert [clock["after"] for clock in found["supposed"]["clocks"]] == [45]
    assert "not official" in run(county, *what).stdout
    assert "Nothing would change" in run(county, "assess", "what-if", "--year", "2025").stdout
    done = run(county, *what, "--out", str(tmp_path / "trial.xlsx"), "--lang", "en")
    assert (done.returncode, (tmp_path / "trial.xlsx").read_bytes()[:2]) == (0, b"PK")
    for arguments, code in ((("--clock", "HANDEL=4"), 2), (("--rulebook", "nix"), 1)):
        refused = run(county, "assess", "what-if", "--year", "2025", *arguments)
        assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (code, 1), refused.stderr


def test_the_first_start_leaves_whatever_is_there_as_it_is(backend: Backend) -> None:
    """A county that began by hand, with one account: nothing is added, nothing is removed."""
    backend.drop("by-hand")
    backend.create("by-hand")
    url = backend.url("by-hand")
    try:
        assert run(url, "init").returncode == 0
        assert (
            run(url, "user", "create", "boss", "--role", "Administrator", "--password", "Ein-Berg-7-Tage").returncode
            == 0
        )
        done = run(url, "demo", "--first-start", "--petitions", "5")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        engine = create_engine(url)
        with engine.connect() as link:
            assert link.scalar(text("SELECT count(*) FROM ab_user")) == 1
            assert link.scalar(text("SELECT count(*) FROM unit")) == 0
        engine.dispose()
    finally:
        backend.drop("by-hand")


def test_a_scan_as_of_the_future_only_looks(county: str) -> None:
    done = run(county, "scan", "--as-of", "2031-01-01")
    assert (done.returncode, "Nothing was written." in done.stdout) == (0, True)
    assert "would be proposed" in done.stdout


def test_a_clock_that_is_far_ahead_decides_nothing_before_it_is_confirmed(county: str) -> None:
    engine = create_engine(county)
    with engine.begin() as link:
        before = link.scalar(text("SELECT value FROM counter WHERE series = 'clock'"))
        link.execute(text("UPDATE counter SET value = value - 60 * 24 * 30 WHERE series = 'clock'"))
    for arguments in (("scan",), ("assess", "freeze", "--year", "2024"), ("clock",)):
        done = run(county, *arguments)
        assert (done.returncode, "clock" in done.stderr) == (1, True), (arguments, done)
    assert run(county, "clock", "--confirm").returncode == 0
    assert run(county, "scan").returncode == 0
    with engine.begin() as link:
        link.execute(text("UPDATE counter SET value = :value WHERE series = 'clock'"), {"value": before})
    engine.dispose()


def test_the_plain_text_of_a_deadline_says_provisional(county: str) -> None:
    asked = ("deadline", "--days", "3", "--kind", "working", "--lang", "en", "--from")
    assert "Provisional" in run(county, *asked, "2028-03-01").stdout
    assert "Provisional" not in run(county, *asked, "2023-09-28").stdout
    assert run(county, *asked, "2023-09-28").stdout.startswith("2023-10-09")
