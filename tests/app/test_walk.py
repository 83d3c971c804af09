"""Every address, every method, odd values, as several roles: refused or answered, never a failure of the console."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from flask import got_request_exception
from werkzeug.routing import Rule

from tests.views.world import Desk
from views import registry

# what no page of ours sends: fields of other pages, keys that are no numbers, control characters, JSON of another shape
_ODD = {
    "action": "x",
    "rowid": "x",
    "pk": "x",
    "id": "x",
    "at": "x",
    "unit_id": "x",
    "token": "\0",
    "name": "☃\0" * 300,
}
_ODD |= {
    "from": "2025-13-45",
    "year": "99999999999999999999",
    "last_name": "☃" * 300,
    "username": "\0",
    "password": "x",
}
FORMS: dict[str, list[dict[str, Any]]] = {
    "GET": [{}, {"query_string": {**_ODD, "page": "x", "q": "\0", "sort": "x", "_flt_0_x": "1", "after": "x"}}],
    "POST": [{}, {"data": _ODD}, {"json": [1]}, {"data": "{", "content_type": "application/json"}],
    "PUT": [{"json": {"id": "x", "name": {"a": 1}}}, {"data": "{", "content_type": "application/json"}, {"data": _ODD}],
    "DELETE": [{}],
}
KEYS = ("1", "9223372036854775807", "x'☃")
FULL, CLERK, BARE = "admin", "town1", ("bureau", "auditor", "")  # by which role how much is tried
SAMPLE = {"petition", "step", "letter", "unit", "staff", "rulebook_clock"}  # of the generated pages, tried in full


def _addresses(desk: Desk) -> Iterator[tuple[Rule, str, str, bool]]:
    """(rule, method, address, whether its key is odd) of everything that is routed."""
    with desk.app.test_request_context():
        router = desk.app.url_map.bind("localhost")
        for rule in desk.app.url_map.iter_rules():
            if "static" in rule.endpoint or rule.rule == "/logout/":
                continue
            for method, key in product(sorted(rule.methods & FORMS.keys()), KEYS if rule.arguments else KEYS[:1]):
                with suppress(ValueError):  # a number is asked for, and this is none
                    yield rule, method, router.build(rule.endpoint, _values(rule, key), method), key != KEYS[0]


def _values(rule: Rule, key: str) -> dict[str, str]:
    words = {name: next(iter(kind.items)) for name, kind in rule._converters.items() if hasattr(kind, "items")}
    return dict.fromkeys(rule.arguments, key) | words


def _alike(rule: Rule) -> bool:
    """Whether it is a generated page of one of the tables whose pages are all one code."""
    found = re.match(r"/(?:admin/|api/v1/|lookup/)?(\w+)/(?:$|list|show|add|edit|delete|export|<int|_info)", rule.rule)
    return bool(found) and found[1] in registry.load().keys() - SAMPLE


def _tried(rule: Rule, method: str, odd_key: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """(role, what is sent): all of it by the administrator and a clerk, nothing by others, who meet the same doors."""
    if _alike(rule):
        yield from ((FULL, FORMS[method][0]) for _ in range(not odd_key))
        return
    yield from ((FULL, values) for values in FORMS[method][: 2 if odd_key else None])
    if not odd_key:
        yield from ((CLERK, values) for values in FORMS[method])
        yield from ((role, {}) for role in BARE)


@pytest.mark.slow
def test_nothing_fails(desk: Desk) -> None:
    desk.transferred()
    desk.proposed()
    told: list[str] = []
    failed: set[tuple[str, ...]] = set()

    def note(_app: Any, exception: Exception) -> None:
        told.append(repr(exception)[:200])

    with got_request_exception.connected_to(note, desk.app):
        for rule, method, address, odd_key in list(_addresses(desk)):  # all at first: its context must not stay open
            for role, values in _tried(rule, method, odd_key):
                client = desk.client(role) if role else desk.app.test_client()
                told.clear()
                answer = client.open(address, method=method, **values)
                if answer.status_code >= 500:
                    failed.add((method, rule.rule, str(values)[:30], role, *told))
                answer.close()
    assert sorted(failed) == []
