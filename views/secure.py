"""The door of every page: who acts, may they, and in which session. Fails closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from flask import abort, current_app, stream_with_context
from sqlalchemy.orm import Session

from models.access import Actor, acting, current_actor
from models.permissions import may
from models.terms import Verb


def session() -> Session:
    """The request's session, under the row rules."""
    found: Session = current_app.extensions["appbuilder"].session
    return found


def actor() -> Actor:
    """Who acts; a visitor is sent to the login page (the API answers 401)."""
    found = current_actor()
    if found is None:
        abort(401)
    return found


def require(table: str, verb: Verb) -> Actor:
    """The actor, if the matrix grants ``verb`` on ``table``; else 401 or 403."""
    found = actor()
    if not may(found.roles, table, verb):
        abort(403)
    return found


def allowed(table: str, verb: Verb | str) -> bool:
    """Whether the actor may; for menus and buttons."""
    found = current_actor()
    return found is not None and may(found.roles, table, Verb(verb))


def needs(table: str, verb: Verb) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a page that needs ``verb`` on ``table``."""

    def wrap(page: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(page)
        def checked(*args: Any, **kw: Any) -> Any:
            require(table, verb)
            return page(*args, **kw)

        vars(checked)["needs"] = (table, verb)
        return checked

    return wrap


def missing() -> Any:
    """There is no such page or record, or none that the actor may know of."""
    abort(404)


def streamed(pieces: Iterator[str]) -> Iterator[str]:
    """Send text piece by piece, still as the actor who asked: the request may be over before the last row is read."""
    found = actor()

    def run() -> Iterator[str]:
        while True:
            with acting(found):
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    return stream_with_context(run())
