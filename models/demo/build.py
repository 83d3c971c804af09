"""Builds the demo county through the operations that the screens use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from models import readiness
from models.access import Actor, all_rows
from models.demo import phrases
from models.demo.casting import Stage, cast
from models.demo.county import BUREAU, WATCHDOG, settle
from models.demo.hearings import hear
from models.demo.letters import correspond
from models.demo.pace import care_of
from models.demo.people import PASSWORD, DemoUser, accounts, employ
from models.demo.plays import play
from models.demo.stage_hands import Hands, hands_of, perform
from models.operations import freezing
from models.operations.letters import Draw
from models.world import forget_world, world

BATCH = 100


@dataclass(frozen=True, slots=True)
class DemoResult:
    """How to enter the demo: one password for all its accounts."""

    password: str
    users: tuple[DemoUser, ...]


def build(
    session: Session,
    *,
    petitions: int = 3000,
    seed: int = 1,
    now: datetime,
    hash_password: Callable[[str], str],
    progress: Callable[[int, int], None] | None = None,
    commit: Callable[[], None] | None = None,
    draw: Draw | None = None,
) -> DemoResult:
    """The county with its people and, by default, two years of petitions up to ``now``.

    Reference data must be there (``ensure_reference``). Commits by itself, a hundred petitions at a time: some
    thirty thousand steps in one transaction would lock a SQLite file for a minute and keep every row in memory. The
    session forgets its loaded rows each time.

    Args:
        petitions: 0 makes units, places, staff and accounts only.
        seed: the same seed, number and ``now`` give the same rows.
        hash_password: how the application stores passwords; called once.
        progress: told after each batch how many petitions of how many are done.
        commit: instead of ``session.commit``.
        draw: prints a letter; without it no letter is issued.
    """
    save = commit or session.commit
    with all_rows():
        county = settle(session)
        staff = employ(session, county, seed, (now - timedelta(days=3 * 365)).date())
        users = accounts(session, county, staff, hash_password(PASSWORD))
        forget_world(session)
        save()
        if petitions > 0:
            here = world(session)
            care = care_of(list(county.units), seed, (BUREAU, WATCHDOG))
            stage = Stage(county, here.calendar, here.zone, care, first_day(now), now, seed, petitions)
            hands = hands_of(session, county.units, staff)
            _play_all(session, stage, hands, progress, save)
            hear(session, now, hands.actors, seed)
            save()
            close_year(session, now, hands.actors[BUREAU][0])
            save()
            if draw is not None:
                correspond(session, hands, now, seed, draw)
                save()
    return DemoResult(PASSWORD, users)


def close_year(session: Session, now: datetime, officer: Actor) -> None:
    """The last act: the last full year is frozen, unless something of it stands in the way."""
    year = now.astimezone(world(session).zone).year - 1
    if not any(item.blocks and item.count for item in readiness.check(session, year, now)):
        freezing.freeze(session, year, officer, phrases.FREEZE, now)


def first_day(now: datetime) -> date:
    """Two years back, and at least the first day of the last full year."""
    return min(now.date() - timedelta(days=730), date(now.year - 1, 1, 1))


def _play_all(
    session: Session,
    stage: Stage,
    hands: Hands,
    progress: Callable[[int, int], None] | None,
    save: Callable[[], None],
) -> None:
    """Plan every petition, then perform them in the order of receipt, so that numbers rise with time."""
    casts = [cast(stage, index) for index in range(stage.petitions)]
    for one in casts:
        play(one.story)
    casts.sort(key=lambda one: one.story.received)
    for done, one in enumerate(casts, 1):
        perform(session, hands, one, stage.now)
        if done % BATCH == 0 or done == len(casts):
            save()
            session.expunge_all()
            if progress:
                progress(done, len(casts))
