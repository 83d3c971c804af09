"""Count the due dates of open duties again after the calendar or the rulebook changed (domain §3). Never commits.

Open duties move; a settled date may only become kinder. Each petition that moved gets one step that says why. Work goes
in batches: a few statements for hundreds of petitions, never one for each duty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import Session, joinedload

from models.access import all_rows
from models.operations import hearing_time
from models.operations.case_file import CaseFile, facts_of, kept_of, state_of
from models.operations.numbers import insert_for, next_number
from models.operations.reconcile import reconcile
from models.operations.relief import relieve
from models.tables import Counter, Duty, Involvement, Petition, Step
from models.terms import DutyStatus, StepKind
from models.world import DATES, world

BATCH = 400
DONE = "recounted"
# how far back a kinder calendar still heals a miss; what is older has been through its year's assessment
_BACK = timedelta(days=400)


def _movable(now: datetime) -> ColumnElement[bool]:
    recent = and_(Duty.late, Duty.due_on >= (now - _BACK).date())
    return or_(Duty.status.in_([DutyStatus.open, DutyStatus.paused]), recent)


def is_due(session: Session) -> bool:
    """Whether the reference data changed since the due dates were last counted."""
    known = select(Counter.series, Counter.value).where(Counter.series.in_([DATES, DONE]))
    found = {row.series: row.value for row in session.execute(known)}
    return DATES in found and found[DATES] != found.get(DONE)


def affected(session: Session, now: datetime, most: int) -> int:
    """How many petitions have a date that may move; stops counting at ``most``."""
    with all_rows():
        found = select(Duty.petition_id).where(_movable(now)).distinct().limit(most)
        return len(session.scalars(found).all())


def recount(session: Session, now: datetime, reason: str, progress: Callable[[int], None] = lambda done: None) -> int:
    """Count again what may move; returns how many petitions moved.

    Args:
        reason: what changed, e.g. the number of the notice; stands in each step.
        progress: told how many petitions were looked at so far.
    """
    with all_rows():
        next_number(session, "scan")  # not while a scan reads the dates
        last = looked = moved = 0
        while part := _next(session, now, last):
            moved += _batch(session, part, now, reason)
            last, looked = part[-1], looked + len(part)
            progress(looked)
        hearing_time.recount(session)
        _mark(session)
        session.expire_all()
        return moved


def _next(session: Session, now: datetime, after: int) -> list[int]:
    wanted = select(Duty.petition_id).where(_movable(now), Duty.petition_id > after)
    return list(session.scalars(wanted.distinct().order_by(Duty.petition_id).limit(BATCH)))


def _batch(session: Session, ids: Sequence[int], now: datetime, reason: str) -> int:
    cases = _cases(session, ids, now)
    moved: list[CaseFile] = []
    rows: list[dict[str, Any]] = []
    _govern(session, cases)
    healed: list[int] = []
    for case in cases:
        wanted = {duty.key: duty for duty in case.state.duties}
        changed = [row for row in case.duties.values() if row.key in wanted and row.due_at != wanted[row.key].due.at]
        if not changed:
            continue
        moved.append(case)
        begun = [key for key, duty in wanted.items() if key not in case.duties and duty.opened_at <= now]
        if begun or case.duties.keys() - wanted.keys():  # other follow-up periods, not only other dates
            reconcile(session, case, now)
            continue
        for row in changed:
            duty = wanted[row.key]
            late = row.status is not DutyStatus.open and duty.missed(now)
            dates = {"due_at": duty.due.at, "due_on": duty.due.on, "trace": duty.due.trace, "late": late}
            days = duty.late_days(now, world(session).zone) if late and duty.discharged_at else None
            rows.append({"id": row.id, **dates, "late_days": days})
            if row.charged and not duty.missed(now):
                healed.append(row.id)
    if rows:
        session.execute(update(Duty), rows)
    if healed:
        relieve(session, healed, now)
    _tell(session, moved, now, reason)
    return len(moved)


def _govern(session: Session, cases: Sequence[CaseFile]) -> None:
    """What is still owed follows the rulebook of its petition, for its points too, if a published one reached back."""
    here, rows = world(session), []
    for case in cases:
        book = here.rulebook(case.petition.received_at).id
        owed = [row for row in case.duties.values() if row.status in (DutyStatus.open, DutyStatus.paused)]
        rows += [{"id": row.id, "rulebook_id": book} for row in owed if row.rulebook_id != book]
    if rows:
        session.execute(update(Duty), rows)


def _cases(session: Session, ids: Sequence[int], now: datetime) -> list[CaseFile]:
    """The case files of a batch, in four statements; the petitions stay locked."""
    locked = select(Petition).where(Petition.id.in_(ids)).order_by(Petition.id).with_for_update(of=Petition)
    petitions = session.scalars(locked.execution_options(populate_existing=True)).all()
    steps: dict[int, list[Step]] = defaultdict(list)
    told = select(Step).where(Step.petition_id.in_(ids)).options(joinedload(Step.staff))
    for step in session.scalars(told.order_by(Step.petition_id, Step.seq)):
        steps[step.petition_id].append(step)
    duties: dict[int, dict[str, Duty]] = defaultdict(dict)
    known = select(Duty).where(Duty.petition_id.in_(ids)).execution_options(populate_existing=True)
    for duty in session.scalars(known):
        duties[duty.petition_id][duty.key] = duty
    units: dict[int, set[int]] = defaultdict(set)
    for key, unit in session.execute(
        select(Involvement.petition_id, Involvement.unit_id).where(Involvement.petition_id.in_(ids))
    ):
        units[key].add(unit)
    here, found = world(session), []
    for one in petitions:
        facts = facts_of(here, one, steps[one.id])
        state = state_of(session, facts, kept_of(duties[one.id]), now)
        found.append(CaseFile(one, facts, state, steps[one.id], duties[one.id], units[one.id]))
    return found


def _tell(session: Session, moved: list[CaseFile], now: datetime, reason: str) -> None:
    """One step for each petition that moved; its version rises, so that no form goes on from the old dates."""
    if not moved:
        return
    bureau = world(session).bureau
    common = {
        "kind": StepKind.recount,
        "at": now,
        "recorded_at": now,
        "unit_id": bureau,
        "note": reason or None,
        "evidence": {},
    }
    rows = [
        {"petition_id": case.petition.id, "seq": max(step.seq for step in case.steps) + 1, **common} for case in moved
    ]
    session.execute(insert(Step), rows)
    table: Any = Petition.__table__
    raised = update(table).where(table.c.id.in_([case.petition.id for case in moved]))
    session.connection().execute(raised.values(version=table.c.version + 1))


def _mark(session: Session) -> None:
    """The due dates are those of the reference data as they stand now."""
    stamp = session.scalar(select(Counter.value).where(Counter.series == DATES)) or 0
    table: Any = Counter.__table__
    fresh = insert_for(session, table).values(series=DONE, value=stamp)
    session.connection().execute(
        fresh.on_conflict_do_update(index_elements=["series"], set_={"value": fresh.excluded.value})
    )
