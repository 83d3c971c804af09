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
from models.demo.county import BUREAU, WATCHDOG, County, settle
from models.demo.hearings import hear
from models.demo.letters import correspond
from models.demo.pace import care_of
from models.demo.people import PASSWORD, DemoUser, accounts, employ
from models.demo.plays import play
from models.demo.progress import DemoRun, begin, finish, mark
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
    session forgets its loaded rows each time. Called again after it was broken off it goes on where it stopped, with
    the seed, the number and the present that it began with, and ends with the same rows.

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
        run = begin(session, DemoRun(seed, petitions, now))
        county = settle(session)
        staff = employ(session, county, run.seed, (run.as_of - timedelta(days=3 * 365)).date())
        users = accounts(session, county, staff, hash_password(PASSWORD))
        forget_world(session)
        save()
        if run.petitions > 0:
            hands = hands_of(session, county.units, staff)
            run = _play_all(session, _stage(session, county, run), hands, run, progress, save)
            for number, act in enumerate(_acts(session, run, hands, draw), 1):
                if number > run.acts:
                    act()
                    run = mark(session, run, acts=number)
                    save()
        finish(session, run.as_of)
        save()
    return DemoResult(PASSWORD, users)


def _stage(session: Session, county: County, run: DemoRun) -> Stage:
    here, now = world(session), run.as_of
    care = care_of(list(county.units), run.seed, (BUREAU, WATCHDOG))
    return Stage(county, here.calendar, here.zone, care, first_day(now), now, run.seed, run.petitions)


def _acts(session: Session, run: DemoRun, hands: Hands, draw: Draw | None) -> list[Callable[[], None]]:
    """What follows when all petitions are there: hearings, the frozen year, letters; a transaction each."""
    acts: list[Callable[[], None]] = [
        lambda: hear(session, run.as_of, hands.actors, run.seed),
        lambda: close_year(session, run.as_of, hands.actors[BUREAU][0]),
    ]
    if draw is not None:
        acts.append(lambda: correspond(session, hands, run.as_of, run.seed, draw))
    return acts


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
    run: DemoRun,
    progress: Callable[[int, int], None] | None,
    save: Callable[[], None],
) -> DemoRun:
    """Plan every petition, then perform them in the order of receipt, so that numbers rise with time."""
    casts = [cast(stage, index) for index in range(stage.petitions)]
    for one in casts:
        play(one.story)
    casts.sort(key=lambda one: one.story.received)
    for done, one in enumerate(casts[run.played :], run.played + 1):
        perform(session, hands, one, stage.now)
        if done % BATCH == 0 or done == len(casts):
            run = mark(session, run, played=done)
            save()
            session.expunge_all()
            if progress:
                progress(done, len(casts))
    return run
