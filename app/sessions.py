"""Login sessions as rows: opened at a door, ended by logout, a new password, another role or state, or by time."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from flask import current_app, g, has_request_context, session
from sqlalchemy import ColumnElement, and_, delete, event, insert, inspect, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.extensions import db
from models.access import current_actor
from models.accounts import User
from models.tables.login_sessions import login_session

Door = Literal["web", "api"]
Cause = Literal["logout", "password", "role", "state"]
KEY = "login"  # the token's name in the cookie, and among the claims of an API token
SIGNS = 12  # a sign of life is written this often, at most, in the time that a session may be idle
KEPT = timedelta(days=180)


def idle() -> timedelta:
    """After how long a session that nobody used is over."""
    return timedelta(minutes=current_app.config["SESSION_IDLE"])


def longest() -> timedelta:
    """After how long a session is over however much it was used."""
    return timedelta(hours=current_app.config["SESSION_HOURS"])


def begin(user_id: int, door: Door) -> str:
    """Open a session and forget the account's old ones; its token. The caller commits."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    moments = {"started_at": now, "seen_at": now}
    of_account = login_session.c.user_id == user_id
    db.session.execute(delete(login_session).where(of_account, login_session.c.started_at < now - KEPT))
    db.session.execute(insert(login_session).values(token_hash=_hashed(token), user_id=user_id, door=door, **moments))
    return token


def alive(token: str, now: datetime) -> ColumnElement[bool]:
    """The session of ``token``, if it is one still."""
    row = login_session.c
    return and_(
        row.token_hash == _hashed(token),
        row.ended_at.is_(None),
        row.started_at > now - longest(),
        row.seen_at > now - idle(),
    )


def seen(pk: int, last: datetime, now: datetime) -> None:
    """A sign of life, now and then; left out while SQLite's one writer is another."""
    if now - last < idle() / SIGNS:
        return
    sign = update(login_session).where(login_session.c.id == pk, login_session.c.seen_at == last).values(seen_at=now)
    with suppress(OperationalError), db.engine.connect() as link:
        hasty = link.dialect.name == "sqlite"
        if hasty:
            link.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            link.execute(sign)
            link.commit()
        finally:
            if hasty:
                link.rollback()
                link.exec_driver_sql("PRAGMA busy_timeout=10000")


def end(token: str | None, cause: Cause) -> None:
    """End one session. The caller commits."""
    if token:
        _end(db.session, cause, login_session.c.token_hash == _hashed(token))


def token() -> str | None:
    """The token that this request came with."""
    found = g.get("api_session") or session.get(KEY) if has_request_context() else None
    return str(found) if found else None


def _end(of: Any, cause: Cause, *which: ColumnElement[bool]) -> None:
    values = {"ended_at": datetime.now(UTC), "ended_by": cause}
    of.execute(update(login_session).where(*which, login_session.c.ended_at.is_(None)).values(values))


def _changed(user: User) -> Cause | None:
    """What changed of an account that its sessions must not outlive."""
    parts = inspect(user).attrs
    causes: dict[str, Cause] = {"password": "password", "active": "state", "roles": "role"}
    return next((cause for name, cause in causes.items() if parts[name].history.has_changes()), None)


@event.listens_for(db.session, "before_flush")
def _follow(of: Session, _context: Any, _instances: Any) -> None:
    """However an account is changed, page or command: its sessions end with the change, but for the one at work."""
    for user in [row for row in of.dirty if isinstance(row, User)]:
        cause = _changed(user)
        if cause:
            actor, mine = current_actor(), token()
            others = [login_session.c.user_id == user.id]
            if mine and actor is not None and actor.user_id == user.id:
                others.append(login_session.c.token_hash != _hashed(mine))
            _end(of.connection(), cause, *others)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
