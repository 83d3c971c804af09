"""How often somebody may try to log in: counted for all workers, in Redis where that is the broker, else as rows.

Every try counts at once, so that tries made side by side cannot overtake the count; one that succeeds is given back.
"""

from __future__ import annotations

import hashlib
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from flask import current_app, g, request
from limits import RateLimitItem, parse
from limits.storage import RedisStorage, Storage
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import case, delete, func, literal, or_, select
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from models.accounts import User
from models.base import Instant
from models.operations.numbers import insert_for
from models.tables.attempts import attempt

log = logging.getLogger(__name__)
ACCOUNT = parse("10 per 15 minutes")  # of one account, from whatever address: then the right password is refused too
ADDRESS = parse("30 per minute")  # from one address, of whatever accounts
PATIENCE = 1.0  # seconds that Redis may take
REST = 5.0  # seconds for which a Redis that did not answer is not asked again


class InDatabase(Storage):
    """Counts as rows, each in a transaction of its own: they stay when the request is refused."""

    STORAGE_SCHEME = ["database"]

    @property
    def base_exceptions(self) -> type[Exception]:
        return DBAPIError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now, until = (literal(datetime.now(UTC) + timedelta(seconds=more), Instant()) for more in (0, expiry))
        over = attempt.c.expires_at <= now
        fresh = insert_for(db.session, attempt).values(key_hash=_hashed(key), tries=amount, expires_at=until)
        counted = fresh.on_conflict_do_update(
            index_elements=["key_hash"],
            set_={
                "tries": case((over, amount), else_=attempt.c.tries + amount),
                "expires_at": case((over, until), else_=attempt.c.expires_at),
            },
        )
        with db.engine.begin() as link:
            tries = int(link.execute(counted.returning(attempt.c.tries)).scalar_one())
        if tries == amount:
            self._sweep()
        return tries

    def _sweep(self) -> None:
        """What expired an hour ago is nobody's business any more, and in nobody's hands."""
        with suppress(DBAPIError), db.engine.begin() as link:
            link.execute(delete(attempt).where(attempt.c.expires_at < datetime.now(UTC) - timedelta(hours=1)))

    def get(self, key: str) -> int:
        now = datetime.now(UTC)
        asked = select(attempt.c.tries).where(attempt.c.key_hash == _hashed(key), attempt.c.expires_at > now)
        with db.engine.connect() as link:
            return int(link.execute(asked).scalar() or 0)

    def get_expiry(self, key: str) -> float:
        with db.engine.connect() as link:
            found = link.execute(select(attempt.c.expires_at).where(attempt.c.key_hash == _hashed(key))).scalar()
        return found.timestamp() if found else datetime.now(UTC).timestamp()

    def check(self) -> bool:
        with db.engine.connect() as link:
            return bool(link.execute(select(1)).scalar())

    def reset(self) -> int | None:
        with db.engine.begin() as link:
            return int(link.execute(delete(attempt)).rowcount)

    def clear(self, key: str) -> None:
        with db.engine.begin() as link:
            link.execute(delete(attempt).where(attempt.c.key_hash == _hashed(key)))


class RedisFirst(Storage):
    """Counts in Redis; while that does not answer, in the database: a county is never locked out by its broker."""

    STORAGE_SCHEME = ["first+redis", "first+rediss"]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        patience: dict[str, Any] = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
        self.redis = RedisStorage(uri.removeprefix("first+"), retry=Retry(NoBackoff(), 0), **patience, **options)
        self.rows = InDatabase()
        self.back_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return DBAPIError

    def _ask(self, act: str, *args: Any) -> Any:
        if monotonic() >= self.back_at:
            try:
                return getattr(self.redis, act)(*args)
            except self.redis.base_exceptions:
                self.back_at = monotonic() + REST
                log.error("Redis does not answer: attempts are counted in the database")
        return getattr(self.rows, act)(*args)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return int(self._ask("incr", key, expiry, amount))

    def get(self, key: str) -> int:
        return int(self._ask("get", key))

    def get_expiry(self, key: str) -> float:
        return float(self._ask("get_expiry", key))

    def check(self) -> bool:
        return bool(self._ask("check"))

    def reset(self) -> int | None:
        found: int | None = self._ask("reset")
        return found

    def clear(self, key: str) -> None:
        self._ask("clear", key)


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def storage_uri(broker_url: str) -> str:
    """Where attempts are counted, given the broker: other brokers than Redis cannot count."""
    return f"first+{broker_url}" if broker_url.split(":")[0] in ("redis", "rediss") else "database://"


def login_allowed() -> bool:
    """Count the login that this request tries, for its account and for its address."""
    return _counted((ACCOUNT, _account(_named())), (ADDRESS, f"address:{request.remote_addr}"))


def password_allowed(user_id: int) -> bool:
    """Count a password asked for once more of somebody who is in: the same count as at the door."""
    return _counted((ACCOUNT, f"account:{user_id}"))


def succeeded() -> None:
    """Give back what this request counted."""
    for limit, key in g.pop("attempts", ()):
        _limiter().limiter.storage.incr(limit.key_for("login", key), limit.get_expiry(), -1)


def _counted(*keys: tuple[RateLimitItem, str]) -> bool:
    limiter = _limiter()
    if not limiter.enabled:
        return True
    g.attempts = keys
    hits = [limiter.limiter.hit(limit, "login", key) for limit, key in keys]  # every one counts
    return all(hits)


def _limiter() -> Any:
    return current_app.extensions["appbuilder"].sm.limiter


def _named() -> str:
    """The name that a login gives, however it is sent."""
    body = request.get_json(silent=True) if request.is_json else None
    name = body.get("username") if isinstance(body, dict) else request.form.get("username")
    return str(name or "").strip()[:320]


def _account(name: str) -> str:
    """One key for an account, whether its user name or its e-mail address was typed, and in which case."""
    unknown = f"name:{name.casefold()}"
    if not name or "\0" in name:
        return unknown
    typed = func.lower(name)  # the database's idea of case, as the login has it
    named = or_(func.lower(User.username) == typed, func.lower(User.email) == typed)
    found = db.session.scalar(select(User.id).where(named).order_by(User.id).limit(1))
    return f"account:{found}" if found else unknown
