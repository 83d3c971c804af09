"""Role × table → verbs as a golden file, and what follows from it: role × page and API verb → HTTP status.

``python -m tests.app.test_matrix`` writes the golden file anew; its diff is what a review looks at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.permissions import granted
from models.terms import Role, Verb
from tests.app.test_access import NAMES
from tests.views.growth import ordered
from tests.views.world import Desk
from views import registry
from views.checks import PAGES
from views.screen import Screen

GOLDEN = Path(__file__).parents[1] / "golden" / "matrix.json"
NOBODY = 10**9  # no row has this key
Asked = tuple[str, str, dict[str, Any] | None]


def matrix() -> dict[str, dict[str, str]]:
    """What each role may do, tables that no role names included."""
    tables = sorted({*registry.load(), *PAGES})
    return {
        role.value: {table: " ".join(sorted(granted(role, table))) for table in tables if granted(role, table)}
        for role in Role
    }


def test_the_matrix_is_the_golden_one() -> None:
    assert matrix() == json.loads(GOLDEN.read_text(encoding="utf-8")), "python -m tests.app.test_matrix"


def requests(screen: Screen, pk: int) -> Iterator[tuple[Verb, Asked, set[int]]]:
    """(verb of the matrix, (method, address, JSON), the statuses of those who may) of one screen's pages and API."""
    api, offers = f"/api/v1/{screen.name}/", screen.verbs
    row = {200, 404}  # a row that the row rule hides does not exist
    changed = row | {409} if screen.locked else row  # what is published never changes
    yield Verb.list, ("GET", screen.url("list"), None), {200}
    yield Verb.list, ("GET", f"/lookup/{screen.name}?q=", None), {200}
    yield Verb.list, ("GET", api, None), {200}
    yield Verb.list, ("GET", f"{api}_info", None), {200}
    yield Verb.show, ("GET", screen.url("show", pk), None), row
    yield Verb.show, ("GET", f"{api}{pk}", None), row
    yield Verb.export, ("GET", screen.url("export"), None), {200} if Verb.export in offers else {404}
    yield Verb.add, ("GET", screen.url("add"), None), {200} if Verb.add in offers else {404}
    yield Verb.add, ("POST", screen.url("add"), None), {422} if Verb.add in offers else {404}
    yield Verb.add, ("POST", api, {"?": 1}), {422} if Verb.add in offers and "add" not in screen.own else {405}
    yield Verb.edit, ("GET", screen.url("edit", pk), None), changed if Verb.edit in offers else {404}
    yield (
        Verb.edit,
        ("POST", screen.url("edit", pk), None),
        changed - {200} | {302, 422} if Verb.edit in offers else {404},
    )
    yield Verb.edit, ("PUT", f"{api}{pk}", {"?": 1}), changed - {200} | {422} if Verb.edit in offers else {405}
    yield Verb.delete, ("POST", screen.url("delete", NOBODY), None), {404}


def every(pks: dict[str, int]) -> Iterator[tuple[str, Verb, Asked, set[int]]]:
    for name, screen in registry.load().items():
        for verb, asked, fits in requests(screen, pks.get(name, NOBODY)):
            yield name, verb, asked, fits


def newest(desk: Desk) -> dict[str, int]:
    """The newest key of every table that has rows."""
    desk.transferred()
    desk.proposed()
    with desk.rows() as session:
        found = {table.name: session.scalar(select(table.c.id).order_by(table.c.id.desc())) for table in ordered()}
    return {name: key for name, key in found.items() if key}


def status(client: Any, asked: Asked) -> int:
    method, url, body = asked
    return int(client.open(url, method=method, json=body).status_code)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_role_gets_what_the_matrix_says(desk: Desk, name: str) -> None:
    role, client, wrong, answers = NAMES[name], desk.client(name), [], set()
    for table, verb, asked, fits in every(newest(desk)):
        got = status(client, asked)
        answers.add(got)
        if got not in (fits if verb in granted(role, table) else {403}):
            wrong.append((*asked, got))
    assert wrong == []
    assert {200, 403} <= answers


def test_a_visitor_gets_nothing(desk: Desk) -> None:
    client, wrong = desk.app.test_client(), []
    for _table, _verb, asked, _fits in every(newest(desk)):
        got, program = status(client, asked), asked[1].startswith(("/api/", "/lookup/"))
        if got != (401 if program else 302):
            wrong.append((*asked, got))
    assert wrong == []


def test_get_never_deletes(desk: Desk) -> None:
    newest(desk)
    for name, screen in registry.load().items():
        for url in (screen.url("delete", 1), f"/api/v1/{name}/delete/1"):
            assert desk.client("admin").get(url).status_code in (404, 405), url
        assert desk.client("admin").delete(f"/api/v1/{name}/1").status_code == 405
    for url in ("/users/delete/1", "/users/action/resetpasswords/1"):
        assert desk.client("admin").get(url).status_code == 405, url


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(matrix(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
