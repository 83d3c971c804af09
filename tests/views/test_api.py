"""The REST API says what it offers, from the columns, and refuses what it does not understand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.views.world import Desk
from views import openapi, registry

# what an API says of itself knows no database
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def spec(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = desk.client("admin").get("/api/v1/_openapi").json
    return found


def _refs(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _refs(inner)


def test_the_description_is_whole(spec: dict[str, Any]) -> None:
    operations = [one for path in spec["paths"].values() for one in path.values() if isinstance(one, dict)]
    ids = [one.get("operationId", "") for one in operations]
    assert all(ids)
    assert len(ids) == len(set(ids))
    for ref in _refs(spec):
        part: Any = spec
        for name in ref.removeprefix("#/").split("/"):
            part = part[name]
        assert part, ref
    petition = spec["components"]["schemas"]["Petition"]["properties"]
    assert petition["title"]["maxLength"] == 200
    assert "closed" in petition["status"]["enum"]
    assert "name" not in spec["components"]["schemas"]["Petitioner"]["properties"]  # identity is in no answer


def test_what_is_described_is_what_is_possible(desk: Desk, spec: dict[str, Any]) -> None:
    """A method that is always refused is not offered, and none that works is hidden; each listed filter is one."""
    admin = desk.client("admin")
    for name, screen in registry.load().items():
        many, one = (spec["paths"][f"/api/v1/{name}/{end}"] for end in ("", "{pk}"))
        assert ("post" in many) is openapi.adds(screen), name
        assert ("put" in one) is openapi.changes(screen), name
        listed = {found["name"] for found in many["get"]["parameters"]}
        assert set(screen.filters) <= listed, name
        assert ("q" in listed) is screen.searched, name
    assert "post" not in spec["paths"]["/api/v1/petition/"]
    assert admin.post("/api/v1/duty/", json={}).status_code in (403, 405)
    for name in ("petition", "duty", "unit", "deduction"):
        for found in spec["paths"][f"/api/v1/{name}/"]["get"]["parameters"]:
            assert admin.get(f"/api/v1/{name}/?{found['name']}=").status_code == 200, found["name"]


@pytest.mark.parametrize(
    "asked", ["nosuch=1", "nosuch=", "title=x", "status.from=closed", "received_at.past=2026-01-01", "size=many"]
)
def test_an_unknown_filter_is_refused(desk: Desk, asked: str) -> None:
    """It was ignored: all rows came, as if they fitted."""
    refused = desk.client("admin").get(f"/api/v1/petition/?{asked}")
    assert refused.status_code == 422
    assert refused.json["problems"][0]["field"] == asked.partition("=")[0]
    assert desk.client("admin").get(f"/petition/export.csv?{asked}").status_code == 422
    assert desk.client("admin").post(f"/export/petition.csv?{asked}").status_code == 422
    assert "not understood" in desk.client("admin").get(f"/petition/list/?{asked}").text


def test_a_filter_said_twice_is_refused(desk: Desk) -> None:
    assert desk.client("admin").get("/api/v1/petition/?status=closed&status=received").status_code == 422
    assert desk.client("admin").get("/api/v1/petition/?status=closed,received").status_code == 200
    assert desk.client("admin").get("/api/v1/assessment_line/?q=x").status_code == 422  # nothing there is searched


@pytest.mark.parametrize(("lang", "words"), [("en", "Please log in"), ("zh-CN", "请登录")])
@pytest.mark.parametrize("token", ["Bearer x", "Bearer a.b.c", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", "Bearer "])
def test_a_bad_token_is_401_in_the_readers_language(desk: Desk, token: str, lang: str, words: str) -> None:
    headers = {"Authorization": token, "Accept-Language": lang}
    for path in ("/api/v1/petition/", "/api/v1/_openapi"):
        answer = desk.app.test_client().get(path, headers=headers)
        assert (answer.status_code, answer.json["message"]) == (401, words), path


def test_a_missing_right_is_403_in_the_readers_language(desk: Desk) -> None:
    client = desk.client("town1")
    answer = client.get("/api/v1/counter/", headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.json["message"]) == (403, "没有权限")


def test_info_tells_choices_lengths_and_orders(desk: Desk) -> None:
    told = desk.client("town1").get("/api/v1/petition/_info").json
    cols = {col["name"]: col for col in told["columns"]}
    assert cols["title"] == {
        "name": "title",
        "kind": "text",
        "label": "Title",
        "help": "The matter in one line, without names.",
        "required": True,
        "editable": True,
        "length": 200,
    }
    assert {"value": "visit", "label": "Visit"} in cols["channel"]["choices"]
    assert cols["place_id"]["target"] == "place"
    assert not cols["status"]["editable"]
    assert "received_at.from" in told["filters"]
    assert "received_at" in told["sorts"]
    assert told["verbs"]
