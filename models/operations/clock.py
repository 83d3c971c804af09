"""Is this machine's clock to be believed? A wrong one would harden deductions and freeze years. Never commits.

Believed is what is not far ahead of the newest moment that a believed clock has seen, nor apart from the database's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, null, select
from sqlalchemy.orm import Session

from models.errors import Conflict
from models.operations.numbers import insert_for
from models.tables import Counter, Rulebook, Step
from models.terms import N_, RulebookStatus
from models.world import zone

# the newest believed moment, in minutes since 1970
SERIES = "clock"
# how often it is written down
_SELDOM = timedelta(hours=1)
# how many of the newest steps are asked where nothing was written down yet: they are not entered in the order of time
_LATEST = 500
_LIMIT = 7
AHEAD = N_(
    "The clock of this machine says %(now)s, but the newest record is of %(newest)s: nothing is decided by a clock "
    "that may be wrong. Set it right; if it is right, an administrator confirms it under System, System clock."
)
APART = N_(
    "The clock of this machine says %(now)s, that of the database %(other)s: one of them is wrong. Nothing is decided "
    "before they agree."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clocks say. ``newest``: None where nothing was recorded yet; ``database``: None without one of its own.

    ``limit``: how far they may be apart (P).
    """

    now: datetime
    newest: datetime | None
    database: datetime | None
    limit: timedelta

    @property
    def ahead(self) -> bool:
        return self.newest is not None and self.now > self.newest + self.limit

    @property
    def apart(self) -> bool:
        return self.database is not None and abs(self.now - self.database) > self.limit


def read(session: Session, now: datetime) -> Reading:
    """The clocks, in one or two statements; nothing is written."""
    book = select(Rulebook.clock_days).where(Rulebook.status == RulebookStatus.published)
    limit = book.order_by(Rulebook.effective_from.desc(), Rulebook.id.desc()).limit(1).scalar_subquery()
    mark = select(Counter.value).where(Counter.series == SERIES).scalar_subquery()
    own = session.get_bind().dialect.name == "postgresql"
    days, minutes, told = session.execute(select(limit, mark, func.now() if own else null())).one()
    newest = datetime.fromtimestamp(minutes * 60, UTC) if minutes is not None else _newest(session)
    return Reading(now, newest, told if own else None, timedelta(days=_LIMIT if days is None else days))


def _newest(session: Session) -> datetime | None:
    latest = select(Step.recorded_at).order_by(Step.id.desc()).limit(_LATEST).subquery()
    found: datetime | None = session.scalar(select(func.max(latest.c.recorded_at)))
    return found


def believe(session: Session, now: datetime) -> None:
    """Refuse a clock that is not to be believed; of a believed one the moment is written down now and then.

    Raises:
        Conflict: it is far ahead of the newest record, or apart from the database's clock.
    """
    found = read(session, now)
    if found.apart and found.database is not None:
        raise Conflict(APART, now=_local(now), other=_local(found.database))
    if found.ahead and found.newest is not None:
        raise Conflict(AHEAD, now=_local(now), newest=_local(found.newest))
    if found.newest is None or now > found.newest + _SELDOM:
        confirm(session, now)


def confirm(session: Session, now: datetime) -> None:
    """Somebody says that the clock is right, after a long silence: from now on it is believed."""
    table = Counter.__table__
    fresh = insert_for(session, table).values(series=SERIES, value=int(now.timestamp()) // 60)
    session.connection().execute(
        fresh.on_conflict_do_update(index_elements=["series"], set_={"value": fresh.excluded.value})
    )


def _local(at: datetime) -> str:
    return at.astimezone(zone()).strftime("%Y-%m-%d %H:%M")
