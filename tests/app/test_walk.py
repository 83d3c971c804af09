"""Every address, every method, odd values, as several roles: refused or answered, never a failure of the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from flask import got_request_exception
from werkzeug.routing import Rule

from tests.views.world import Desk

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
KEYS = ("1", "99999999999999999999", "x'☃")
FULL, HAND_MADE, BARE = "admin", "town1", ("bureau", "auditor", "")  # by which role how much is tried


def _addresses(desk: Desk) -> Iterator[tuple[Rule, str, str]]:
    """(rule, method, address) of everything that is routed, with each odd key where it may have one."""
    with desk.app.test_request_context():
        router = desk.app.url_map.bind("localhost")
        for rule in desk.app.url_map.iter_rules():
            if "static" in rule.endpoint or rule.rule == "/logout/":
                continue
            for method, key in product(sorted(rule.methods & FORMS.keys()), KEYS if rule.arguments else KEYS[:1]):
                with suppress(ValueError):  # a number is asked for, and this is none
                    yield rule, method, router.build(rule.endpoint, _values(rule, key), method)


def _values(rule: Rule, key: str) -> dict[str, str]:
    words = {name: next(iter(kind.items)) for name, kind in rule._converters.items() if hasattr(kind, "items")}
    return dict.fromkeys(rule.arguments, key) | words


def _tried(rule: Rule, method: str, bare: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """(role, what is sent): all of it by the administrator, by a clerk where a page is made by hand, else nothing.

    Where there is no such row what is sent is hardly looked at: less of it will do.
    """
    yield from ((FULL, values) for values in FORMS[method][: None if bare else 2])
    generated = rule.rule.startswith(("/admin/", "/api/v1/"))
    yield from ((HAND_MADE, values) for values in FORMS[method][: None if bare and not generated else 1])
    if bare:
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
        for rule, method, address in list(_addresses(desk)):  # all at first: its context must not stay open
            for role, values in _tried(rule, method, bare="999" not in address):
                client = desk.client(role) if role else desk.app.test_client()
                told.clear()
                answer = client.open(address, method=method, **values)
                if answer.status_code >= 500:
                    failed.add((method, rule.rule, str(values)[:30], role, *told))
                answer.close()
    assert sorted(failed) == []
