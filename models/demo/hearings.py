"""The demo's assessment: missed duties become deductions, and the bureau has decided most of last year's."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.access import Actor
from models.demo import phrases
from models.operations.deductions import confirm, scan, withdraw
from models.tables import Deduction, Petition
from models.world import world

_CONFIRMED, _WITHDRAWN = 0.70, 0.80


def hear(session: Session, now: datetime, officer: Actor, seed: int) -> None:
    """Scan at the end of last year and now; decide about four in five of last year's, and all older ones."""
    last = now.astimezone(world(session).zone).year - 1
    ending = datetime.combine(datetime(last, 12, 31, tzinfo=UTC), time(15, 59), UTC)
    scan(session, ending)
    scan(session, now)
    rng = Random(f"{seed}:hearings")
    wanted = select(Deduction).join(Petition).where(Deduction.year <= last).options(selectinload(Deduction.duties))
    order = (Petition.number, Deduction.unit_id, Deduction.rule, Deduction.occurrence)
    for row in session.scalars(wanted.order_by(*order)).all():
        if not any(item.trace.get("provisional") for item in row.duties):
            _decide(session, row, officer, rng, ending, now, older=row.year < last)


def _decide(
    session: Session, row: Deduction, officer: Actor, rng: Random, ending: datetime, now: datetime, *, older: bool
) -> None:
    at = min(now, ending + timedelta(days=rng.randint(8, 45), minutes=rng.randint(0, 400)))
    fate = rng.random() * (_WITHDRAWN if older else 1.0)
    if fate < _CONFIRMED:
        confirm(session, row, officer, rng.choice(phrases.CONFIRM), at)
    elif fate < _WITHDRAWN:
        withdraw(session, row, officer, rng.choice(phrases.WITHDRAW), at)
