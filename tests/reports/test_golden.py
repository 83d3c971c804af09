"""The text of every paper in both languages as golden files; never bytes, which follow the library's version.

``python -m tests.reports.test_golden`` writes them anew; their diff is what a review looks at.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import migrations
from models.access import all_rows
from reports.printing import Style
from tests import factories
from tests.reports import small
from tests.reports.papers import PAPERS, drawn

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).parents[1] / "golden" / "papers"
CASES = [(name, lang) for name in PAPERS for lang in ("zh", "en")]


@pytest.fixture
def county(session: Session) -> Session:
    with all_rows():
        factories.county(session)
    return session


def shown(session: Session, name: str, lang: str) -> str:
    head = "清源县信访局文件" if name == "county" else ""
    return small.text(drawn(name, session, lang, Style(red_head=head)))


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_the_paper_says_what_it_said(county: Session, name: str, lang: str) -> None:
    golden = (GOLDEN / f"{name}-{lang}.txt").read_text(encoding="utf-8")
    assert shown(county, name, lang) == golden, "python -m tests.reports.test_golden"


def test_no_golden_text_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}-{lang}.txt" for name, lang in CASES}


def main() -> None:
    with tempfile.TemporaryDirectory() as root:
        url = f"sqlite:///{root}/golden.db"
        migrations.upgrade(url)
        with Session(create_engine(url)) as session, all_rows():
            factories.county(session)
            for name, lang in CASES:
                (GOLDEN / f"{name}-{lang}.txt").write_text(shown(session, name, lang), encoding="utf-8")


if __name__ == "__main__":
    main()
