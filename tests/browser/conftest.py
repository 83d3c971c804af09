"""A real browser before a real server: Chinese on SQLite, English on PostgreSQL, so that one run covers all four."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.pages import Visitor
from tests.browser.server import ROOT, Console
from tests.browser.watch import Watch
from tests.browser.words import Words
from tests.databases import Backend, Postgres

ARTEFACTS = ROOT / "test-artefacts"
COUNTY = ("demo", "--petitions", "40", "--seed", "1")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def county(backend: Backend, _root: Path) -> str:
    """The name of a template: a small county as it stood two months ago, so that much is missed by now."""

    def play(url: str) -> None:
        console = Console(url, _root / "county.log")
        console.run("init")
        then = datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(days=60)
        console.run(*COUNTY, "--as-of", then.strftime("%Y-%m-%dT%H:%M"))

    return backend.template("county", play, "blank")


@pytest.fixture(scope="session")
def console(backend: Backend, county: str, _root: Path, worker_id: str) -> Iterator[Console]:
    """The console, served on a copy of the county."""
    backend.fresh("served", county)
    served = Console(backend.url("served"), _root / f"served-{worker_id}.log")
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def words(backend: Backend) -> Words:
    """The language of this run."""
    return Words("en" if isinstance(backend, Postgres) else "zh")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's own Chromium."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert found, f"none of {', '.join(BROWSERS)} is installed: setup/system.sh chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, headless=True, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def open_browser(browser: Browser, console: Console, words: Words) -> Callable[..., Visitor]:
    """``open_browser()``: somebody at a browser of their own."""

    def begin() -> Visitor:
        context = browser.new_context(
            base_url=console.url,
            locale="zh-CN" if words.chinese else "en-GB",
            # the county's clock holds wherever the reader sits
            timezone_id="Asia/Shanghai" if words.chinese else "Europe/London",
            viewport={"width": 1440, "height": 900},
        )
        context.set_default_timeout(30000)
        expect.set_options(timeout=30000)
        watch = Watch(context, console.url)
        return Visitor(context.new_page(), words, watch, ARTEFACTS)

    return begin


@pytest.fixture
def visit(open_browser: Callable[..., Visitor]) -> Iterator[Callable[..., Visitor]]:
    """As ``open_browser``, for one test: at its end nothing may have gone wrong unseen."""
    visitors: list[Visitor] = []

    def begin() -> Visitor:
        visitors.append(open_browser())
        return visitors[-1]

    yield begin
    for visitor in visitors:
        visitor.page.context.close()
    assert [problem for visitor in visitors for problem in visitor.watch.problems] == []
