"""Every address, every method, odd values, as several roles: refused or answered, never a failure of the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any

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
ROLES = ("admin", "town1", "bureau", "")


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


def test_nothing_fails(desk: Desk) -> None:
    desk.transferred()
    desk.proposed()
    told: list[str] = []
    failed: set[tuple[str, ...]] = set()
    with got_request_exception.connected_to(lambda _app, exception: told.append(repr(exception)[:200]), desk.app):
        for rule, method, address in _addresses(desk):
            for role in ROLES:
                client = desk.client(role) if role else desk.app.test_client()
                for n, values in enumerate(FORMS[method]):
                    told.clear()
                    answer = client.open(address, method=method, **values)
                    if answer.status_code >= 500:
                        failed.add((method, rule.rule, str(n), role, *told))
                    answer.close()
    assert sorted(failed) == []
