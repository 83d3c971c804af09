"""The demo's hearings: the last full year goes the whole way to its end; this year has a few at every stage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Actor
from models.demo import phrases, serious
from models.demo.court import Court, court_of, office_hours
from models.office_terms import HearingMove
from models.operations import hearing, hearing_time
from models.operations.deductions import scan
from models.rules.scoring import PENDING
from models.tables import Deduction, Petition
from models.terms import DeductionStatus
from models.world import world

DAY = timedelta(days=1)
_ANSWERED, _BELIEVED, _AT_ONCE, _DROPPED = 0.22, 0.45, 0.10, 0.14


def hear(session: Session, now: datetime, actors: Mapping[str, list[Actor]], seed: int) -> None:
    """Scan at the end of last year, a month ago and now, and play the hearings between these moments."""
    court, rng = court_of(actors), Random(f"{seed}:hearings")
    last = now.astimezone(world(session).zone).year - 1
    ending = datetime.combine(datetime(last, 12, 31, tzinfo=UTC), time(15, 59), UTC)
    scan(session, ending)
    _last_year(session, court, rng, last, ending, now)
    serious.last_year(session, court, last, ending, now)
    recent = max(ending + DAY, now - 30 * DAY)
    scan(session, recent)
    _stragglers(session, court, last, min(recent + DAY, now))
    _this_year(session, court, rng, last + 1, recent, now)
    serious.this_year(session, court, last + 1, now)
    scan(session, now)
    _stragglers(session, court, last, now)


def _rows(session: Session, first: int, last: int, *statuses: DeductionStatus) -> list[Deduction]:
    """Deductions of the years that no provisional calendar holds up, in an order that a seed repeats."""
    wanted = select(Deduction).join(Petition).where(Deduction.year >= first, Deduction.year <= last)
    wanted = wanted.where(Deduction.status.in_(statuses), ~hearing_time.provisional(), ~hearing_time.ungoverned())
    order = (Petition.number, Deduction.unit_id, Deduction.rule, Deduction.occurrence)
    return list(session.scalars(wanted.order_by(*order)))


def _all(
    session: Session, rows: Iterable[Deduction], move: HearingMove, actor: Actor, reason: str, at: datetime
) -> None:
    if ids := [row.id for row in rows]:
        hearing.several(session, ids, move, actor, reason, at)


def _last_year(session: Session, court: Court, rng: Random, last: int, ending: datetime, now: datetime) -> None:
    """Notified in January; some answer, most are silent; decided, appealed twice, final in February."""
    begin = office_hours(session, ending + 8 * DAY, now)
    if begin == now:
        return
    rows = _rows(session, 0, last, DeductionStatus.proposed)
    at_once = {row.id: rng.random() for row in rows}
    told = [row for row in rows if at_once[row.id] >= _DROPPED]
    _all(session, told, HearingMove.notify, court.officer, phrases.NOTIFY, begin)
    decided = min(now, begin + 2 * DAY)
    clear = [row for row in rows if at_once[row.id] < _AT_ONCE]
    _in_groups(session, clear, HearingMove.confirm, court.officer, phrases.CONFIRM, rng, decided)
    excused = [row for row in rows if _AT_ONCE <= at_once[row.id] < _DROPPED]
    _in_groups(session, excused, HearingMove.withdraw, court.officer, phrases.WITHDRAW, rng, decided)
    _answers(session, court, rng, told, begin, now)
    _settle(session, now, begin + 12 * DAY)
    _appeals(session, court, last, begin, now)
    _settle(session, now, *(begin + days * DAY for days in (20, 35, 60)))


def _settle(session: Session, now: datetime, *moments: datetime) -> None:
    for moment in moments:
        if moment <= now:
            hearing_time.settle(session, moment)


def _in_groups(
    session: Session,
    rows: list[Deduction],
    move: HearingMove,
    actor: Actor,
    reasons: tuple[str, ...],
    rng: Random,
    at: datetime,
) -> None:
    groups: dict[str, list[Deduction]] = defaultdict(list)
    for row in rows:
        groups[rng.choice(reasons)].append(row)
    for reason in reasons:
        _all(session, groups[reason], move, actor, reason, at)


def _answers(
    session: Session, court: Court, rng: Random, rows: list[Deduction], begin: datetime, now: datetime
) -> None:
    """About one in four answers; the bureau believes nearly half of what is said."""
    decided: dict[tuple[HearingMove, str], list[Deduction]] = defaultdict(list)
    for row in rows:
        speaks, at = rng.random() < _ANSWERED, begin + rng.randint(1, 4) * DAY + timedelta(minutes=rng.randint(0, 300))
        believed = rng.random() < _BELIEVED
        said, answer = rng.choice(phrases.HEARD_WITHDRAW if believed else phrases.HEARD_CONFIRM)
        if speaks and at <= now:
            hearing.answer(session, row, court.clerks[row.unit_id], said, at)
            move = HearingMove.withdraw if believed else HearingMove.confirm
            decided[move, answer].append(row)
    at = office_hours(session, begin + 8 * DAY, now)
    if at <= now:
        for (move, answer), group in sorted(decided.items()):
            _all(session, group, move, court.officer, answer, at)


def _appeals(session: Session, court: Court, last: int, begin: datetime, now: datetime) -> None:
    """Two units appeal what was confirmed; a colleague upholds one, a county leader overturns the other."""
    at, ruled = (office_hours(session, begin + days * DAY, now) for days in (11, 15))
    if ruled == now:
        return
    open_ = [
        row
        for row in _rows(session, last, last, DeductionStatus.confirmed)
        if row.due_at
        and row.due_at > at
        and row.decided_at
        and row.decided_at < at
        and row.unit_id not in (court.officer.unit_id, court.leader.unit_id)
    ]
    if len(open_) < 2:
        return
    lost, won = open_[0], open_[-1]
    for row, (ground, ruling), judge, move in (
        (lost, phrases.APPEAL_LOST, court.colleague, HearingMove.uphold),
        (won, phrases.APPEAL_WON, court.leader, HearingMove.overturn),
    ):
        hearing.appeal(session, row, court.heads[row.unit_id], ground, at)
        hearing.move(session, row, move, judge, ruling, ruled)


def _stragglers(session: Session, court: Court, last: int, at: datetime) -> None:
    """What a later scan still found of the years that are over is decided at once."""
    late = _rows(session, 0, last, *PENDING)
    _all(
        session,
        [row for row in late if row.status is DeductionStatus.proposed],
        HearingMove.confirm,
        court.officer,
        phrases.CONFIRM[0],
        at,
    )


def _this_year(session: Session, court: Court, rng: Random, year: int, begin: datetime, now: datetime) -> None:
    """A third is notified; of those some have answered (one of them long ago), some are decided, one is appealed."""
    rows = [row for row in _rows(session, year, year, DeductionStatus.proposed) if row.unit_id != court.officer.unit_id]
    picked = rng.sample(rows, k=len(rows) // 3) if len(rows) >= 6 else rows[: len(rows) // 2]
    early, lately = picked[::2], picked[1::2]
    first, second = office_hours(session, begin + DAY, now), office_hours(session, now - 3 * DAY, now)
    yesterday = office_hours(session, now - DAY, now)
    if not picked or second < first + 10 * DAY:
        return
    _all(session, early, HearingMove.notify, court.officer, phrases.NOTIFY, first)
    speakers = early[: max(3, len(early) // 2)]
    for row in speakers:
        said, _answer = rng.choice(phrases.HEARD_CONFIRM)
        hearing.answer(session, row, court.clerks[row.unit_id], said, first + 2 * DAY)
    decided = speakers[1:]  # the first one has waited for its decision ever since
    drop = decided[: max(1, len(decided) // 3)] if len(decided) > 1 else []
    _in_groups(session, drop, HearingMove.withdraw, court.officer, phrases.WITHDRAW, rng, first + 6 * DAY)
    keep = [row for row in decided if row not in drop]
    _all(session, keep, HearingMove.confirm, court.officer, phrases.HEARD_CONFIRM[0][1], second)
    if keep:
        hearing.appeal(session, keep[0], court.heads[keep[0].unit_id], phrases.APPEAL_LOST[0], yesterday)
    _all(session, lately, HearingMove.notify, court.officer, phrases.NOTIFY, second)
    for row in lately[: len(lately) // 3]:
        said, _answer = rng.choice(phrases.HEARD_WITHDRAW)
        hearing.answer(session, row, court.clerks[row.unit_id], said, yesterday)
