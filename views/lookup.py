"""Remote selects: at most twenty rows whose name or code fits; the same rights and row rules as everywhere."""

from __future__ import annotations

from typing import Any

from flask import abort
from sqlalchemy import select

from models.accounts import User
from models.search import containing
from models.terms import Verb
from views import present, registry, secure
from views.columns import columns

MOST = 20


def find(table: str, words: str) -> list[dict[str, str]]:
    """``[{value, text}]`` for a select; 404 for no such table, 403 without the right to list it."""
    wanted = words.strip().replace("\0", "")[:60]
    if table == "ab_user":
        return _accounts(wanted)
    if table not in registry.load():
        abort(404)
    secure.require(table, Verb.list)
    kind: Any = registry.screen(table).table
    known = columns(kind)
    query = select(kind)
    looked = [col.column for col in known.values() if col.info.search]
    if wanted and looked:
        query = query.where(containing(secure.session(), kind, looked, wanted))
    if "active" in known:
        query = query.where(kind.active)
    if "until" in known and table == "staff":
        query = query.where(kind.until.is_(None))
        if (unit := secure.actor().unit_id) is not None:
            query = query.order_by(kind.unit_id != unit)
    rows = secure.session().scalars(query.order_by(kind.id).limit(MOST))
    return [{"value": str(row.id), "text": _text(row)} for row in rows]


def _text(row: Any) -> str:
    code = getattr(row, "code", "")
    return f"{present.value_of(row)} · {code}" if code else present.value_of(row)


def _accounts(wanted: str) -> list[dict[str, str]]:
    secure.require("account", Verb.list)
    query = select(User.id, User.username).where(User.username.icontains(wanted, autoescape=True))
    rows = secure.session().execute(query.order_by(User.username).limit(MOST))
    return [{"value": str(key), "text": name} for key, name in rows]
