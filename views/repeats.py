"""Hints at intake: was this matter already received, and where? Counted, so that nobody fishes for identities."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app
from limits import RateLimitItemPerMinute

from models.operations import repeats
from models.operations.case_file import world
from models.operations.numbers import next_number
from models.operations.repeats import Known, Similar
from models.world import UnitFact, zone
from views import secure

log = logging.getLogger(__name__)
HITS = RateLimitItemPerMinute(10)


class TooMany(Exception):
    """This account had too many hits within a minute; it is told nothing until the minute is over."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What a form is told: the same people's petitions, and similar titles among what the actor may see."""

    known: list[Known]
    similar: list[Similar]
    units: dict[int, UnitFact]


def exact(ids: Iterable[str | None], phones: Iterable[str | None]) -> list[Known]:
    """The same people's petitions. A hit is counted per account and day and commits that count at once.

    Raises:
        TooMany: ten hits within this minute.
    """
    actor, session, now = secure.actor(), secure.session(), datetime.now(UTC)
    limiter = current_app.extensions["appbuilder"].sm.limiter
    mine = ("repeat-hits", str(actor.user_id))
    if limiter.enabled and not limiter.limiter.test(HITS, *mine):
        raise TooMany
    found = repeats.exact(session, ids, phones, actor, now)
    if found:
        if limiter.enabled:
            limiter.limiter.hit(HITS, *mine)
        day = now.astimezone(zone()).date()
        count = next_number(session, f"repeat-hits:{day}:{actor.user_id}")
        session.commit()
        log.info("account %s: repeat hit %s of %s, %s", actor.user_id, count, day, [one.number for one in found])
    return found


def hints(ids: Iterable[str | None], phones: Iterable[str | None], title: str) -> Hints:
    """Everything the intake form is told while it is filled in."""
    session = secure.session()
    known = exact(ids, phones)
    shown = [one.petition_id for one in known if one.petition_id is not None]
    return Hints(known, repeats.similar(session, title, secure.actor(), shown), world(session).units)
