"""Two issue letters at once: no number twice, none left out, no letter twice; on both databases."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from models.access import all_rows
from models.errors import Conflict
from models.operations import letters
from models.tables import Counter, Letter
from tests.conftest import engine_for
from tests.models.operations.letter_desk import NOW, completed, drafted, plain_draw
from tests.models.operations.test_steps import transferred

pytestmark = pytest.mark.both_databases


def test_two_issue_at_once_without_gap_or_double(county: Any, engine_url: str) -> None:
    petition = transferred(county)
    drafts = [completed(county, drafted(county, petition)).id for _ in range(6)]
    actor = county.actors["CG"]
    county.session.commit()

    def issue(key: int) -> str:
        engine = engine_for(engine_url)
        try:
            with sessionmaker(engine)() as session, all_rows():
                row = session.get_one(Letter, key)
                letters.issue(session, row, actor, NOW, draw_slowly)
                session.commit()
                return row.number or ""
        finally:
            engine.dispose()

    with ThreadPoolExecutor(2) as pool:
        numbers = sorted(pool.map(issue, drafts))
    assert numbers == [f"单位CG信〔2025〕{n}号" for n in range(1, 7)]


def draw_slowly(letter: Any) -> bytes:
    """Long enough for another to come in between."""
    time.sleep(0.1)
    return plain_draw(letter)


def test_one_letter_issued_by_two_at_once_goes_out_once(county: Any, engine_url: str) -> None:
    row = completed(county, drafted(county, transferred(county)))
    key, actor = row.id, county.actors["CG"]
    county.session.commit()

    def issue(_n: int) -> str:
        engine = engine_for(engine_url)
        try:
            with sessionmaker(engine)() as session, all_rows():
                letters.issue(session, session.get_one(Letter, key), actor, NOW, draw_slowly)
                session.commit()
                return "issued"
        except Conflict:
            return "refused"
        finally:
            engine.dispose()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(issue, range(2))) == ["issued", "refused"]
    county.session.expire_all()
    with all_rows():
        assert county.session.scalar(select(Counter.value).where(Counter.series.like("letter:%"))) == 1
