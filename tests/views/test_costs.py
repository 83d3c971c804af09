"""What a page costs does not follow from how many rows there are: statements, size, plan, memory (speed.md)."""

from __future__ import annotations

import csv
import io
from typing import Any

from sqlalchemy import insert

from models.tables import Place
from tests.views.test_lists import counted
from tests.views.world import Desk


def _villages(desk: Desk, first: int, last: int) -> None:
    with desk.rows() as session:
        rows = [
            {"code": f"V{n:05}", "name": f"村{n}", "active": True, "parent_id": desk.place} for n in range(first, last)
        ]
        session.execute(insert(Place), rows)


def test_an_export_of_many_rows_is_whole(desk: Desk) -> None:
    """It once broke off after the first 500."""
    _villages(desk, 0, 1200)
    body = desk.client("admin").get("/admin/place/export.csv").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(body.lstrip("\ufeff"))))
    assert len(rows) == 1 + 1 + 1200
    assert len({row[0] for row in rows}) == len(rows)


def _sent(desk: Desk, url: str, name: str) -> list[str]:
    client: Any = desk.client(name)
    with counted(desk) as found:
        assert client.get(url).status_code == 200, url
    return [text for text, _values in found]


def test_a_row_rule_is_asked_once_in_a_statement(desk: Desk) -> None:
    """A rule that applied inside the rule made a clerk's list quadratic."""
    desk.transferred()
    for url, most in (("/petition/list/", 1), ("/duty/list/", 2)):  # a duty's list joins the petition, ruled as well
        for text in _sent(desk, url, "town1"):
            assert text.count("FROM involvement") <= most, text
