"""rulebook list, show, diff, lint, publish as a user meets them: what they print, and how they end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from models.access import all_rows
from models.tables import RulebookIndicator, Unit
from tests.commands import run
from tests.rulebooks import clock, drafted


@pytest.fixture
def books(engine_url: str) -> str:
    """A database after ``init`` with a bureau, a sound draft 2026-1 and one that measures petitioners, 2026-2."""
    assert run(engine_url, "init").returncode == 0
    text = {"paragraph": "§3", "source": "按信访量计"}
    with Session(create_engine(engine_url)) as session, all_rows():
        session.add(Unit(code="XFJ", name="县信访局", kind="bureau", active=True))
        drafted(session, lambda draft: setattr(clock(draft, "HANDLE", "B"), "amount", 45))
        bad = RulebookIndicator(indicator="satisfaction", weight=5, target=95, fewest=5, **text)
        drafted(session, lambda draft: draft.indicators.append(bad))
        session.commit()
    return engine_url


def document(url: str, *arguments: str) -> Any:
    done = run(url, "rulebook", *arguments, "--json")
    return json.loads(done.stdout)


def test_from_draft_to_publication(books: str) -> None:
    listed = [(one["version"], one["status"]) for one in document(books, "list")["rulebooks"]]
    assert listed == [("2026-2", "draft"), ("2026-1", "draft"), ("2025-1", "published")]
    shown = document(books, "show", "2026-1")
    assert (shown["base"], len(shown["clocks"]), shown["peers"][0]["code"]) == ("100.00", 25, "towns")
    told = document(books, "diff", "2025-1", "2026-1", "--lang", "en")["changes"]
    assert told[1] == {"part": "Handle and reply (HANDLE), case B", "change": "60 → 45 calendar days"}
    asked = run(books, "rulebook", "publish", "2026-1", "--lang", "zh")
    assert "办理并答复（HANDLE），情形B: 60 → 45日历日" in asked.stdout
    assert "is a draft still" in asked.stdout
    done = run(books, "rulebook", "publish", "2026-1", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert document(books, "list")["rulebooks"][1]["status"] == "published"
    again = run(books, "rulebook", "publish", "2026-1", "--yes")
    assert (again.returncode, again.stderr.strip()) == (1, "This rulebook is published already.")


def test_errors_are_told_and_end_with_1(books: str) -> None:
    linted = run(books, "rulebook", "lint", "2026-2", "--lang", "en")
    assert linted.returncode == 1
    assert "units are measured, never petitioners" in linted.stdout
    assert len(linted.stderr.strip().splitlines()) == 1
    (error, warning) = document(books, "lint", "2026-2", "--lang", "en")["findings"]
    assert (error["gravity"], error["where"]) == ("error", "Indicator “Satisfaction”")
    assert "make 105, not 100" in warning["finding"]
    assert run(books, "rulebook", "lint", "2026-1").returncode == 0
    refused = run(books, "rulebook", "publish", "2026-2", "--yes")
    assert (refused.returncode, refused.stderr.strip()) == (1, "The rulebook has errors; mend them first.")
    assert run(books, "rulebook", "show", "none").returncode == 1
    assert run(books, "rulebook", "publish").returncode == 2
    assert run(books, "rulebook", "dance").returncode == 2


def test_the_check_looks_through_what_is_published(books: str) -> None:
    done = run(books, "check")
    assert (done.returncode, done.stdout) == (0, "No contradiction found.\n")
    engine = create_engine(books)
    with engine.begin() as link:  # as a database from before the linter may have it
        link.exec_driver_sql("UPDATE rulebook SET status = 'published' WHERE version = '2026-2'")
    done = run(books, "check")
    assert done.returncode == 1
    assert "2026-2  Error  Indicator “Satisfaction”: “信访量”" in done.stdout
    assert done.stderr.strip().startswith("These rulebooks have errors: 2026-2.")
