"""Jobs as rows: ask, claim, show progress, end, cancel, take over from a dead worker. Never commits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from models.access import Actor, all_rows
from models.errors import Conflict, DomainError, NotAllowed
from models.office_terms import JobKind, JobStatus
from models.operations.numbers import insert_for
from models.permissions import job_right, may
from models.tables import Job
from models.tables.jobs import LIVE
from models.terms import N_

SILENT = timedelta(minutes=3)
ATTEMPTS = 3
QUEUE = 20  # of one account at a time
_LIVE = (JobStatus.queued, JobStatus.running)
_START = {"attempt": 0, "done": 0, "total": 0, "stopping": False}
GIVEN_UP = N_("The work was interrupted several times and was given up.")


class Lost(DomainError):
    """The job was cancelled or another worker took it over: nothing of this attempt may be kept."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in the hands of one worker."""

    id: int
    worker: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job leaves: a file in the store, a page to go on to, or both; empty texts for none.

    ``warning`` tells what of the work could not be done though the job is.
    """

    leads_to: str = ""
    file: str = ""
    media: str = ""
    size: int = 0
    sha256: str = ""
    warning: DomainError | None = None


def ask(session: Session, kind: JobKind, args: dict[str, Any], lang: str, actor: Actor, now: datetime) -> Job:
    """Queue a job; asked for twice while it lives, it is the same job.

    Raises:
        NotAllowed: the role does not include it. Conflict: too many jobs of this account wait.
    """
    if actor.user_id is None or not may(actor.roles, *job_right(kind, args)):
        raise NotAllowed(N_("Your role does not include this."))
    with all_rows():
        same = hashlib.sha256(json.dumps([kind.value, args, lang], sort_keys=True).encode()).hexdigest()
        mine = and_(Job.user_id == actor.user_id, Job.status.in_(_LIVE))
        if (session.scalar(select(func.count()).where(mine)) or 0) >= QUEUE:
            raise Conflict(N_("Too much of your work is waiting already; let some of it finish first."))
        values = {"kind": kind, "args": args, "same": same, "lang": lang, "asked_at": now, "status": JobStatus.queued}
        table: Any = Job.__table__
        fresh = insert_for(session, table).values(**values, user_id=actor.user_id, staff_id=actor.staff_id, **_START)
        fresh = fresh.on_conflict_do_nothing(index_elements=["user_id", "same"], index_where=LIVE)
        session.connection().execute(fresh)
        return session.scalars(select(Job).where(mine, Job.same == same)).one()


def claim(session: Session, worker: str, now: datetime, pk: int | None = None) -> Claim | None:
    """Take the oldest waiting job, or the job ``pk`` if it waits; None if there is none or another was faster."""
    waiting = select(Job.id).where(Job.status == JobStatus.queued)
    wanted = waiting.where(Job.id == pk) if pk else waiting.order_by(Job.id).limit(1)
    table: Any = Job.__table__
    taken = update(table).where(table.c.id.in_(wanted.scalar_subquery()), table.c.status == JobStatus.queued)
    values = {"status": JobStatus.running, "worker": worker, "started_at": now, "beat_at": now, "done": 0, "total": 0}
    link = session.connection()
    row = link.execute(
        taken.values(**values, attempt=table.c.attempt + 1).returning(table.c.id, table.c.attempt)
    ).first()
    return Claim(row.id, worker, row.attempt) if row else None


def _held(mine: Claim) -> Any:
    table: Any = Job.__table__
    return and_(
        table.c.id == mine.id,
        table.c.status == JobStatus.running,
        table.c.worker == mine.worker,
        table.c.attempt == mine.attempt,
    )


def beat(link: Any, mine: Claim, now: datetime, done: int, total: int) -> bool:
    """A sign of life with the progress; False: stop, the job was cancelled or taken over."""
    table: Any = Job.__table__
    alive = update(table).where(_held(mine), ~table.c.stopping)
    return bool(link.execute(alive.values(beat_at=now, done=done, total=total)).rowcount)


def finish(session: Session, mine: Claim, outcome: Outcome, now: datetime) -> None:
    """Done, in the transaction of the work itself. Raises Lost if it was cancelled or taken over meanwhile."""
    values: dict[str, Any] = {name: getattr(outcome, name) or None for name in ("leads_to", "file", "media", "sha256")}
    values |= {"size": outcome.size if outcome.sha256 else None}
    values |= {"message": _told(outcome.warning)} if outcome.warning is not None else {}
    table: Any = Job.__table__
    _end(session, mine, JobStatus.done, now, ~table.c.stopping, done=table.c.total, **values)


def fail(session: Session, mine: Claim, error: DomainError, now: datetime) -> None:
    """The work was refused: the message stays on the row, to be shown in the reader's language."""
    _end(session, mine, JobStatus.failed, now, message=_told(error))


def _told(error: DomainError) -> dict[str, Any]:
    params = {name: list(value) if isinstance(value, tuple) else str(value) for name, value in error.params.items()}
    return {"message": error.message, "paragraph": error.paragraph, "params": params}


def put_back(session: Session, mine: Claim, now: datetime) -> None:
    """What it stands on failed, the database for one: it waits for another attempt, or is given up after three."""
    if mine.attempt >= ATTEMPTS:
        _end(session, mine, JobStatus.failed, now, message={"message": GIVEN_UP})
        return
    table: Any = Job.__table__
    waits = update(table).where(_held(mine)).values(status=JobStatus.queued, worker=None)
    if not session.connection().execute(waits).rowcount:
        raise Lost(N_("This job was ended or taken over meanwhile."))


def stopped(session: Session, mine: Claim, now: datetime) -> None:
    """The worker heard the cancellation and has put everything back."""
    _end(session, mine, JobStatus.cancelled, now)


def _end(session: Session, mine: Claim, status: JobStatus, now: datetime, only: Any = None, /, **values: Any) -> None:
    table: Any = Job.__table__
    held = _held(mine) if only is None else and_(_held(mine), only)
    ended = update(table).where(held).values(status=status, ended_at=now, **values)
    if not session.connection().execute(ended).rowcount:
        raise Lost(N_("This job was ended or taken over meanwhile."))


def cancel(session: Session, job: Job, actor: Actor | None, now: datetime) -> None:
    """Cancel what waits; ask what runs to stop. By who asked for it, alone.

    Raises:
        NotAllowed, Conflict (it has ended)
    """
    if actor is None or job.user_id != actor.user_id:
        raise NotAllowed(N_("Only who asked for a job may cancel it."))
    table: Any = Job.__table__
    link = session.connection()
    here = table.c.id == job.id
    waiting = update(table).where(here, table.c.status == JobStatus.queued)
    if link.execute(waiting.values(status=JobStatus.cancelled, ended_at=now)).rowcount == 0:
        running = update(table).where(here, table.c.status == JobStatus.running).values(stopping=True)
        if link.execute(running).rowcount == 0:
            raise Conflict(N_("This job has ended already."))
    session.expire(job)


def recover(session: Session, dead: Callable[[str], bool], now: datetime) -> int:
    """What a dead or silent worker left: waits again, ends if it was to stop, or is given up after three attempts.

    Args:
        dead: whether the worker of that name is known to be gone, however lately it spoke.
    """
    table: Any = Job.__table__
    link = session.connection()
    columns = (table.c.id, table.c.worker, table.c.attempt, table.c.stopping, table.c.beat_at)
    moved = 0
    for row in link.execute(select(*columns).where(table.c.status == JobStatus.running)).all():
        if row.beat_at >= now - SILENT and not dead(row.worker):
            continue
        values: dict[str, Any] = {"status": JobStatus.queued, "worker": None}
        if row.stopping:
            values = {"status": JobStatus.cancelled, "ended_at": now}
        elif row.attempt >= ATTEMPTS:
            values = {"status": JobStatus.failed, "ended_at": now, "message": {"message": GIVEN_UP}}
        mine = Claim(row.id, row.worker, row.attempt)
        spoke = or_(table.c.beat_at == row.beat_at, table.c.beat_at < now - SILENT)
        moved += link.execute(update(table).where(_held(mine), spoke).values(**values)).rowcount
    return moved
