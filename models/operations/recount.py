"""Count the due dates of open duties again after the calendar or the rulebook changed (domain §3). Never commits.

Open duties move; a settled date may only become kinder. Each petition that moved gets one step that says why. Work goes
in batches: a few statements for hundreds of petitions, never one for each duty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from models import frozen
from models.access import all_rows
from models.operations import hearing_time
from models.operations.case_file import CaseFile, facts_of, kept_of, state_of
from models.operations.numbers import next_number
from models.operations.reconcile import reconcile
from models.operations.relief import relieve, retime
from models.rules.clocks import end_of_day
from models.rules.facts import DutyState, Rulebook
from models.rules.scoring import PENDING
from models.tables import Counter, Deduction, DeductionDuty, Duty, Involvement, Petition, Step
from models.terms import DutyStatus, StepKind
from models.world import DATES, world, zone

BATCH = 400
# how far back a kinder calendar still heals a miss that no deduction waits on
_BACK = timedelta(days=400)
# what a working says of its calendar and its own beginning, whether or not the date is another
_SAID = ("start", "provisional", "in_force_from")


@dataclass(frozen=True, slots=True)
class Changed:
    """What of the reference data is another since the dates were counted; ``spans`` None: all dates may be others."""

    marks: Mapping[str, int]
    spans: tuple[tuple[date, date], ...] | None

    @classmethod
    def of(cls, session: Session) -> Self:
        """As the marks of ``models.world`` say."""
        known = or_(Counter.series == DATES, Counter.series.startswith(f"{DATES} "))
        marks = {row.series: row.value for row in session.execute(select(Counter.series, Counter.value).where(known))}
        told = [tuple(map(date.fromisoformat, series.split()[1:])) for series in marks if series != DATES]
        return cls(marks, None if DATES in marks or not marks else tuple((first, last) for first, last in told))

    def forget(self, session: Session) -> None:
        """The dates are those of the reference data; whoever changed it again meanwhile left another mark."""
        table: Any = Counter.__table__
        for series, value in self.marks.items():
            session.connection().execute(delete(table).where(table.c.series == series, table.c.value == value))


def _movable(now: datetime, changed: Changed) -> ColumnElement[bool]:
    """Duties that are open, or missed and not yet beyond healing, of petitions in which a clock met a changed day."""
    pending = exists().where(
        DeductionDuty.duty_id == Duty.id, Deduction.id == DeductionDuty.deduction_id, Deduction.status.in_(PENDING)
    )
    recent = and_(Duty.late, or_(Duty.due_on >= (now - _BACK).date(), pending))
    movable = or_(Duty.status.in_([DutyStatus.open, DutyStatus.paused]), recent)
    if changed.spans is None:
        return movable
    other = aliased(Duty)
    met = or_(
        *(and_(other.opened_at <= end_of_day(last, zone()), other.due_on >= first) for first, last in changed.spans)
    )
    return and_(movable, exists().where(other.petition_id == Duty.petition_id, met))


def is_due(session: Session) -> bool:
    """Whether the reference data changed since the due dates were last counted."""
    return bool(Changed.of(session).marks)


def affected(session: Session, now: datetime, most: int) -> int:
    """How many petitions have a date that may move; stops counting at ``most``."""
    with all_rows():
        found = select(Duty.petition_id).where(_movable(now, Changed.of(session))).distinct().limit(most)
        return len(session.scalars(found).all())


def recount(session: Session, now: datetime, reason: str, progress: Callable[[int], None] = lambda done: None) -> int:
    """Count again what may move; returns how many petitions moved.

    Args:
        reason: what changed, e.g. the number of the notice; stands in each step.
        progress: told how many petitions were looked at so far.
    """
    with all_rows():
        next_number(session, "scan")  # not while a scan reads the dates
        changed = Changed.of(session)
        session.info.pop("world", None)  # read after the marks: it may be newer than they are, never older
        last = looked = moved = 0
        while part := _next(session, now, changed, last):
            moved += _batch(session, part, now, reason)
            last, looked = part[-1], looked + len(part)
            progress(looked)
        hearing_time.recount(session)
        changed.forget(session)
        session.expire_all()
        return moved


def _next(session: Session, now: datetime, changed: Changed, after: int) -> list[int]:
    wanted = select(Duty.petition_id).where(_movable(now, changed), Duty.petition_id > after)
    return list(session.scalars(wanted.distinct().order_by(Duty.petition_id).limit(BATCH)))


def _batch(session: Session, ids: Sequence[int], now: datetime, reason: str) -> int:
    cases = _cases(session, ids, now)
    moved: list[CaseFile] = []
    rows: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    healed: list[int] = []
    _govern(session, cases)
    for case in cases:
        wanted = {duty.key: duty for duty in case.state.duties}
        known = [(row, wanted[row.key]) for row in case.duties.values() if row.key in wanted]
        if not any(row.due_at != duty.due.at for row, duty in known):
            said += [{"id": row.id, "trace": duty.due.trace} for row, duty in known if _says_else(row, duty)]
            continue
        moved.append(case)
        begun = [key for key, duty in wanted.items() if key not in case.duties and duty.opened_at <= now]
        if begun or case.duties.keys() - wanted.keys():  # other follow-up periods, not only other dates
            reconcile(session, case, now)
            continue
        rows += [_dates(session, row, duty, now) for row, duty in known if row.due_at != duty.due.at]
        healed += [row.id for row, duty in known if row.charged and not duty.missed(now)]
    for values in (rows, said):
        if values:
            session.execute(update(Duty), values)
    _prove(session, [row["id"] for row in (*rows, *said)])
    if healed:
        relieve(session, healed, now)
    _tell(session, moved, now, reason)
    return len(moved)


def _says_else(row: Duty, duty: DutyState) -> bool:
    """Whether the working of the same date is another: its year was announced, or it began elsewhere before."""
    return any((row.trace or {}).get(name) != duty.due.trace.get(name) for name in _SAID)


def _dates(session: Session, row: Duty, duty: DutyState, now: datetime) -> dict[str, Any]:
    late = row.status is not DutyStatus.open and duty.missed(now)
    dates = {"due_at": duty.due.at, "due_on": duty.due.on, "trace": duty.due.trace, "late": late}
    days = duty.late_days(now, world(session).zone) if late and duty.discharged_at else None
    return {"id": row.id, **dates, "late_days": days}


def _prove(session: Session, duty_ids: Sequence[int]) -> None:
    """A deduction that pends shows its missed duties as they are counted now; what is decided stays as it was heard."""
    if not duty_ids:
        return
    session.flush()
    columns = (DeductionDuty.id, DeductionDuty.deduction_id, Duty.due_on, Duty.trace)
    wanted = select(*columns).join(Duty, Duty.id == DeductionDuty.duty_id)
    wanted = wanted.join(Deduction, Deduction.id == DeductionDuty.deduction_id)
    wanted = wanted.where(Duty.id.in_(duty_ids), Duty.charged, Deduction.status.in_(PENDING), ~frozen.closed())
    if rows := [dict(row._mapping) for row in session.execute(wanted)]:
        session.execute(update(DeductionDuty), rows)
        retime(session, sorted({row["deduction_id"] for row in rows}))


def _govern(session: Session, cases: Sequence[CaseFile]) -> None:
    """What is still owed follows the rulebook of its petition, for its points too, if a published one reached back.

    What was judged by a rulebook that was not in force follows as well, with the deductions of it that still pend.
    """
    here, rows, early = world(session), [], defaultdict(list)
    books = {book.id: book for book in here.rulebooks}
    for case in cases:
        book = here.rulebook(case.petition.received_at)
        others = [row for row in case.duties.values() if row.rulebook_id != book.id]
        for row in others:
            known = books.get(row.rulebook_id)
            lacked = known is not None and not here.governs(known, case.petition.received_at)
            if lacked or row.status in (DutyStatus.open, DutyStatus.paused):
                rows.append({"id": row.id, "rulebook_id": book.id})
            if lacked and row.charged:
                early[book.id].append(row.id)
    if rows:
        session.execute(update(Duty), rows)
    for key, ids in early.items():
        _reprice(session, books[key], ids)


def _reprice(session: Session, book: Rulebook, duty_ids: Sequence[int]) -> None:
    listed = select(DeductionDuty.deduction_id).where(DeductionDuty.duty_id.in_(duty_ids))
    table: Any = Deduction.__table__
    for rule, points in book.points.items():
        which = and_(table.c.id.in_(listed), table.c.rule == rule, table.c.status.in_(PENDING))
        values = {"rulebook_id": book.id, "points": points, "version": table.c.version + 1}
        session.connection().execute(update(table).where(which).values(**values))
    for row in (one for one in session.identity_map.values() if isinstance(one, Deduction)):
        session.expire(row)


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
