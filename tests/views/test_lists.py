"""Lists: keyset pages, and no question that breaks them. What they cost: ``test_costs``."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import event, func, select

from models.tables import Place
from tests.views.world import Desk
from views import registry

pytestmark = pytest.mark.both_databases

RANGES = (("received_at", "from"), ("due_on", "to"))
STRANGE = ("%", "_", "\\", "\0", "'", '"', "😀", "𠮷", "a" * 5000, "; drop table unit", "%%", "\u202e", "()", "*")


@contextmanager
def counted(desk: Desk) -> Iterator[list[tuple[str, Any]]]:
    """The statements sent to the database meanwhile."""
    from app.extensions import db

    found: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if not statement.startswith("PRAGMA"):
            found.append((statement, values))

    with desk.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def _places(desk: Desk, first: int, last: int) -> None:
    with desk.rows() as session:
        session.add_all(
            Place(code=f"X{n:03}", name=f"村{n}", parent_id=desk.place, active=n % 2 == 0) for n in range(first, last)
        )


def _codes(text: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"\bX\d\d\d\b", text)))


def _walk(client: Any, url: str, word: str) -> list[list[str]]:
    pages = []
    for _ in range(20):
        answer = client.get(url)
        assert answer.status_code == 200, url
        page = answer.get_data(as_text=True)
        pages.append(_codes(page))
        links = [link.replace("&amp;", "&") for link in re.findall(r'href="(\?[^"]*)"', page)]
        further = [link for link in links if f"{word}=" in link]
        if not further:
            return pages
        url = url.split("?")[0] + further[0]
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("sort", ["code", "-code", "name", "active", "-active"])
def test_paging_shows_every_row_once_in_both_directions(desk: Desk, sort: str) -> None:
    _places(desk, 0, 60)
    client = desk.client("admin")
    there = _walk(client, f"/admin/place/?size=7&q=X&sort={sort}", "after")
    every = [code for page in there for code in page]
    assert sorted(every) == [f"X{n:03}" for n in range(60)]
    assert len(every) == len(set(every))
    page, url = "", f"/admin/place/?size=7&q=X&sort={sort}"
    for _ in range(len(there) - 1):
        page = client.get(url).get_data(as_text=True)
        after = [x.replace("&amp;", "&") for x in re.findall(r'href="(\?[^"]*)"', page) if "after=" in x]
        url = "/admin/place/" + after[0]
    back = _walk(client, url, "before")
    assert [code for page in reversed(back) for code in page] == every


@pytest.mark.slow
def test_no_question_breaks_a_list(desk: Desk) -> None:
    pk = desk.transferred()
    assert pk
    client, wrong = desk.client("bureau"), []
    tables = ("petition", "duty", "deduction", "place", "calendar_day")
    questions = ["sort=password", "sort=-", "sort=content", "size=99999", "size=-1", "size=x", "size=²"]
    questions += [f"q={quote(text)}" for text in STRANGE]
    cursors = ["x", "W10=", "WzEsMl0=", "é", "bnVsbA=="]
    far = ('["2025-01-01", 1e30]', f'["x", {10**30}]', '["0001-01-01T00:00:00", 1]', '["\\u0000", 1]', '["\\ud800", 1]')
    cursors += [base64.urlsafe_b64encode(text.encode()).decode() for text in far]
    questions += [f"{end}={cursor}" for end in ("after", "before") for cursor in cursors]
    values = ["x", "-1", "9" * 20, "\0", "2025-02-30", "0001-01-01", "9999-12-31", "²", "nan", "1e999999"]
    for screen in map(registry.screen, tables):
        names = (*screen.filters, *(f"{name}.{end}" for name, end in RANGES if name in screen.filters), "nothing")
        filters = [f"{name}={quote(value)}" for name in names for value in values]
        for question in questions + filters:
            answer = client.get(f"{screen.url('list')}?{question}")
            if answer.status_code not in (200, 422):
                wrong.append((screen.name, question, answer.status_code))
    assert not wrong


def test_the_interface_refuses_what_it_does_not_understand(desk: Desk) -> None:
    desk.transferred()
    client = desk.client("bureau")
    assert client.get("/api/v1/petition/?status=nothing").status_code == 422
    assert client.get("/api/v1/petition/?sort=password").status_code == 422
    found = client.get("/api/v1/petition/?size=99999&q=%25").get_json()
    assert (found["count"], found["result"]) == (0, [])


@pytest.mark.parametrize(("words", "hits"), [("%", 1), ("_", 1), ("𠮷", 1), ("😀", 1), ("村", 3), ("village", 1)])
def test_the_search_takes_every_sign_literally(desk: Desk, words: str, hits: int) -> None:
    with desk.rows() as session:
        session.add_all([Place(code="X001", name="村100%", active=True), Place(code="X002", name="村a_b", active=True)])
        session.add(Place(code="X003", name="村𠮷😀", name_en="Village", active=True))
    text = desk.client("admin").get(f"/admin/place/?q={quote(words)}").get_data(as_text=True)
    assert len(_codes(text)) == hits


def test_an_export_is_what_was_filtered_and_runs_no_formula(desk: Desk) -> None:
    _places(desk, 0, 12)
    with desk.rows() as session:
        session.add(Place(code="X900", name='=HYPERLINK("x")', name_en="@x", active=True))
    client = desk.client("admin")
    body = client.get("/admin/place/export.csv?active=1").data
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    codes = [next(cell for cell in row if re.fullmatch(r"X\d\d\d|P1", cell)) for row in rows[1:]]
    assert sorted(codes) == ["P1", "X000", "X002", "X004", "X006", "X008", "X010", "X900"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@"))]
    assert '\'=HYPERLINK("x")' in rows[-1]


def test_no_can_be_stored_as_well_as_yes(desk: Desk) -> None:
    client = desk.client("admin")
    for code, data in (("N1", {}), ("Y1", {"active": "y"})):
        sent = client.post("/admin/place/add", data={"code": code, "name": code, **data})
        assert sent.status_code == 302
    with desk.rows() as session:
        found = dict(session.execute(select(Place.code, Place.active).where(Place.code.in_(["N1", "Y1"]))).all())
        assert found == {"N1": False, "Y1": True}
        assert session.scalar(select(func.count(Place.id)).where(Place.active.is_(False))) == 1
