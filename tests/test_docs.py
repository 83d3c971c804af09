"""The docs cannot lie: the picture of the house is what the files say of themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.rules.defaults import CLOCKS
from models.rules.regulation import CHAPTERS
from setup import picture, rules, settings

ROOT = Path(__file__).parent.parent


def test_every_file_is_in_the_picture() -> None:
    assert picture.listing() in picture.PAGE.read_text(encoding="utf-8"), "run `make picture`"


def test_every_file_says_what_it_is() -> None:
    modules = picture.modules()
    assert len(modules) > 200
    silent = [path.relative_to(ROOT).as_posix() for path in modules if picture.line(path).endswith("— ")]
    assert silent == [], "these have no docstring"


@pytest.mark.parametrize(
    "name", ["README.md", "README.zh.md", "CONTRIBUTING.md", "docs/changing.md", "docs/rulebook.md"]
)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_names_no_index_and_hashes_all(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    pins = re.findall(r"^[A-Za-z0-9][^\n]*==[^\n]*\n\s+--hash=sha256:", text, re.M)
    assert len(pins) == len(re.findall(r"^[A-Za-z0-9][^\n]*==", text, re.M)) > 50


def test_the_settings_page_is_what_config_says() -> None:
    assert settings.PAGE.read_text(encoding="utf-8") == settings.page(), "run `python -m setup.settings`"


def test_the_rules_page_is_what_the_rulebook_says() -> None:
    assert rules.PAGE.read_text(encoding="utf-8") == rules.page(), "run `python -m setup.rules`"


def test_every_clock_has_its_article() -> None:
    told = {(article.duty, article.variant) for chapter in CHAPTERS for article in chapter.articles}
    assert told == {(clock.duty, clock.variant) for clock in CLOCKS}
