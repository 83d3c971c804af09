"""How far a demo has been played, kept in its own database: what was broken off goes on where it stopped.

The mark is written in the transaction of what it counts, so it never says more or less than what is there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models.tables.demo_runs import demo_run


@dataclass(frozen=True, slots=True)
class DemoRun:
    """One demo: its declaration (seed, petitions, its own present) and what of it is there.

    Args:
        played: petitions that are whole, in the order of receipt.
        acts: how many of the acts after them (``build.ACTS``) are done.
    """

    seed: int
    petitions: int
    as_of: datetime
    played: int = 0
    acts: int = 0


def unfinished(session: Session) -> DemoRun | None:
    """The demo that was begun in this database and broken off, or None."""
    columns = (demo_run.c[name] for name in ("seed", "petitions", "as_of", "played", "acts"))
    row = session.execute(select(*columns).where(demo_run.c.finished_at.is_(None))).first()
    return DemoRun(*row) if row else None


def begin(session: Session, run: DemoRun) -> DemoRun:
    """The run as it stands: broken off before, or begun now; one that was finished is begun anew."""
    going = unfinished(session)
    if going is not None:
        return going
    values = {name: getattr(run, name) for name in ("seed", "petitions", "as_of", "played", "acts")}
    if session.connection().execute(update(demo_run).values(**values, finished_at=None)).rowcount == 0:
        session.execute(insert(demo_run).values(id=1, **values))
    return run


def mark(session: Session, run: DemoRun, *, played: int | None = None, acts: int | None = None) -> DemoRun:
    """The run with what is there now; the row is written, not committed."""
    later = replace(run, played=run.played if played is None else played, acts=run.acts if acts is None else acts)
    session.execute(update(demo_run).values(played=later.played, acts=later.acts))
    return later


def finish(session: Session, now: datetime) -> None:
    """All of it is there."""
    session.execute(update(demo_run).values(finished_at=now))
