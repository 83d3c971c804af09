"""The hearing of a deduction, move by move (domain §5), each with actor, reason and papers. Never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models import frozen
from models.access import Actor, all_rows
from models.errors import Conflict, DomainError, NotAllowed, NotFound, StepRefused
from models.files import File
from models.office_terms import HearingMove
from models.operations import hearing_papers, hearing_time
from models.operations.handover import leads
from models.roles import Office
from models.rules import hearing as rules
from models.rules.facts import Refusal
from models.tables import Deduction, DeductionEvent
from models.terms import N_
from models.terms import DeductionStatus as S
from models.world import world

# how many a page offers to move at once
MOST = 500
CHANGED = N_("Somebody else changed the record meanwhile; look at it again.")
UPHELD = N_("Upheld on appeal: the deduction is final.")
GONE = N_("No such deduction.")
_MISSING = {
    HearingMove.answer: N_("The unit's statement is missing."),
    HearingMove.appeal: N_("An appeal needs its grounds."),
}
_DECIDES = (S.confirmed, S.withdrawn, S.upheld, S.overturned)


@dataclass(frozen=True, slots=True)
class Refused:
    """A deduction that was not moved, and why."""

    row: Deduction
    error: DomainError


@dataclass(frozen=True, slots=True)
class Standing:
    """What the actor may do with one deduction now."""

    moves: tuple[HearingMove, ...]
    provisional: bool
    ungoverned: bool = False
    frozen: bool = False


def move(
    session: Session,
    deduction: Deduction,
    what: HearingMove,
    actor: Actor | None,
    reason: str,
    now: datetime,
    *,
    papers: Sequence[File] = (),
    version: int | None = None,
) -> Deduction:
    """Move one deduction on; flushes.

    Args:
        version: the one that the actor saw; None: whatever it is.

    Raises:
        Invalid (no reason), NotAllowed, Conflict (moved on meanwhile), StepRefused (a provisional year is involved)
    """
    if deduction is None:
        raise NotFound(GONE)
    seen = {} if version is None else {deduction.id: version}
    done, refused = several(session, [deduction.id], what, actor, reason, now, papers=papers, versions=seen)
    if refused:
        raise refused[0].error
    if not done:
        raise NotFound(GONE)
    return done[0]


def several(
    session: Session,
    ids: Sequence[int],
    what: HearingMove,
    actor: Actor | None,
    reason: str,
    now: datetime,
    *,
    papers: Sequence[File] = (),
    versions: Mapping[int, int] | None = None,
) -> tuple[list[Deduction], list[Refused]]:
    """Move many on with one reason: those that may go, go; the others are named with the reason of each. Flushes.

    Raises:
        Invalid: no reason; NotAllowed: nobody acts.
    """
    if actor is None:
        raise NotAllowed(N_("Nobody is acting."))
    with all_rows():
        if HearingMove(what) in (HearingMove.answer, HearingMove.appeal):
            text = hearing_papers.told(reason, _MISSING[what], hearing_papers.STATEMENT)
        else:
            text = hearing_papers.told(reason, N_("Every decision needs a reason."))
        rows = _locked(session, ids)
        stale = {row.id for row in rows if (versions or {}).get(row.id, row.version) != row.version}
        if hearing_time.settle(session, now, [row.id for row in rows]):
            rows = _locked(session, ids)
        refused = _refused(session, rows, what, actor, stale)
        if what in rules.GOES_ON:  # in a frozen year time moves nothing on, but it passes
            late = [row for row in rows if row.status in rules.WAITS_ON_UNIT and row.due_at and row.due_at < now]
            refused += [Refused(row, Conflict(rules.MOVED)) for row in late if row not in [one.row for one in refused]]
        held = {one.row.id for one in refused}
        done = [row for row in rows if row.id not in held]
        try:
            for row in done:
                _apply(session, row, rules.CHART[what].end, actor, text, now, papers)
            session.flush()
        except StaleDataError as error:
            raise Conflict(CHANGED) from error
        # the flush may have waited for the end of a freeze
        held_years = set() if what in rules.GOES_ON else frozen.closed_years(session, (row.year for row in done))
        for year in sorted(held_years):
            frozen.refuse_closed(session, year)
        return done, refused


def preview(session: Session, rows: Sequence[Deduction], what: HearingMove, actor: Actor) -> list[Refused]:
    """Which of the rows could not be moved on as they stand, and why."""
    with all_rows():
        return _refused(session, rows, what, actor, set())


def _refused(
    session: Session, rows: Sequence[Deduction], what: HearingMove, actor: Actor, stale: set[int]
) -> list[Refused]:
    asked = _askers(session, rows, actor)
    crossing, early = _uncertain(session, rows)
    years = frozen.corrections(session, (row.year for row in rows))
    found = []
    for row in rows:
        now = {"provisional": row.id in crossing, "ungoverned": row.id in early}
        now["correcting"] = years.get(row.year, False)
        error = _error(rules.refusal(what, row.status, asked[row.id], **now))
        if error is None and row.id in stale:
            error = Conflict(CHANGED)
        if error is None and years.get(row.year) is False and what not in rules.GOES_ON:
            error = Conflict(frozen.FROZEN, year=row.year)
        if error is not None:
            found.append(Refused(row, error))
    return found


def standing(session: Session, deduction: Deduction, actor: Actor, now: datetime) -> Standing:
    """What the actor may do with the deduction; nothing where the time of the unit has passed."""
    with all_rows():
        crossing, early = map(bool, _uncertain(session, [deduction]))
        over = deduction.status in rules.WAITS_ON_UNIT and deduction.due_at is not None and deduction.due_at < now
        if over and not (crossing or early):
            return Standing((), crossing)
        asker = _askers(session, [deduction], actor)[deduction.id]
        opened = frozen.corrections(session, [deduction.year]).get(deduction.year)
        held = {"provisional": crossing, "ungoverned": early, "correcting": bool(opened)}
        moves = rules.moves(deduction.status, asker, **held)
        closed = opened is False
        return Standing(tuple(one for one in moves if not closed or one in rules.GOES_ON), crossing, early, closed)


def notify(session: Session, row: Deduction, actor: Actor | None, reason: str, now: datetime) -> Deduction:
    """The bureau tells the unit, which may answer from now on."""
    return move(session, row, HearingMove.notify, actor, reason, now)


def answer(
    session: Session, row: Deduction, actor: Actor | None, reason: str, now: datetime, papers: Sequence[File] = ()
) -> Deduction:
    """The unit states its case; papers are new evidence."""
    return move(session, row, HearingMove.answer, actor, reason, now, papers=papers)


def confirm(session: Session, row: Deduction, actor: Actor | None, reason: str, now: datetime) -> Deduction:
    """The bureau confirms: the points count. A unit that was not notified is told by this, and may appeal."""
    return move(session, row, HearingMove.confirm, actor, reason, now)


def withdraw(session: Session, row: Deduction, actor: Actor | None, reason: str, now: datetime) -> Deduction:
    """The bureau withdraws a deduction that it has not confirmed: no points."""
    return move(session, row, HearingMove.withdraw, actor, reason, now)


def appeal(
    session: Session, row: Deduction, actor: Actor | None, reason: str, now: datetime, papers: Sequence[File] = ()
) -> Deduction:
    """The leader of the unit appeals, with grounds."""
    return move(session, row, HearingMove.appeal, actor, reason, now, papers=papers)


def uphold(session: Session, row: Deduction, actor: Actor | None, reason: str, now: datetime) -> Deduction:
    """Somebody who decided nothing before upholds the deduction; it is final at once."""
    return move(session, row, HearingMove.uphold, actor, reason, now)


def overturn(session: Session, row: Deduction, actor: Actor | None, reason: str, now: datetime) -> Deduction:
    """Somebody who decided nothing before overturns the deduction: no points."""
    return move(session, row, HearingMove.overturn, actor, reason, now)


def revoke(session: Session, row: Deduction, actor: Actor | None, reason: str, now: datetime) -> Deduction:
    """In an open correction: a final deduction is taken back by somebody who decided nothing before."""
    return move(session, row, HearingMove.revoke, actor, reason, now)


def renew(session: Session, row: Deduction, actor: Actor | None, reason: str, now: datetime) -> Deduction:
    """In an open correction: what was withdrawn or overturned is proposed anew, and heard from the beginning."""
    return move(session, row, HearingMove.renew, actor, reason, now)


def _locked(session: Session, ids: Sequence[int]) -> list[Deduction]:
    """The rows as they stand in the database now, in the order of their keys."""
    wanted = select(Deduction).where(Deduction.id.in_(ids)).order_by(Deduction.id)
    session.flush()
    return list(
        session.scalars(wanted.with_for_update(of=Deduction).execution_options(populate_existing=True)).unique()
    )


def _uncertain(session: Session, rows: Sequence[Deduction]) -> tuple[set[int], set[int]]:
    """Which of the deductions cross a provisional year, and which matters came in before every rulebook."""
    asked = select(Deduction.id, hearing_time.provisional(), hearing_time.ungoverned())
    answers = session.execute(asked.where(Deduction.id.in_([row.id for row in rows]))).all()
    return {key for key, crosses, _ in answers if crosses}, {key for key, _, early in answers if early}


def _askers(session: Session, rows: Sequence[Deduction], actor: Actor) -> dict[int, rules.Asker]:
    """For each deduction the sides for which the actor may speak, and what the actor did in it."""
    did: dict[int, set[S]] = {row.id: set() for row in rows}
    if actor.staff_id is not None:
        mine = select(DeductionEvent.deduction_id, DeductionEvent.status)
        mine = mine.where(DeductionEvent.deduction_id.in_(did), DeductionEvent.staff_id == actor.staff_id)
        for key, status in session.execute(mine):
            did[key].add(status)
    own = actor.unit_id is not None and any(row.unit_id == actor.unit_id for row in rows)
    head = own and actor.unit_id is not None and leads(session, actor, actor.unit_id)
    found = {}
    for row in rows:
        if row.proposed_by_id is not None and row.proposed_by_id == actor.staff_id:
            did[row.id].add(S.proposed)
        found[row.id] = rules.Asker(frozenset(_sides(actor, row, head)), frozenset(did[row.id]))
    return found


def _sides(actor: Actor, row: Deduction, head: bool) -> set[rules.Side]:
    found: set[rules.Side] = set()
    mine = row.unit_id == actor.unit_id
    if actor.acts_for(Office.bureau):
        found.add("bureau")
    if mine and actor.speaks_for_unit:
        found.add("unit")
    if mine and head:
        found.add("head")
    # without a name in the record nobody could tell that the judge decided nothing before
    if not mine and actor.staff_id is not None and actor.acts_for(Office.bureau, Office.county):
        found.add("judge")
    return found


def _error(refusal: Refusal | None) -> DomainError | None:
    if refusal is None:
        return None
    kinds: dict[str | None, type[DomainError]] = {"side": NotAllowed, "status": Conflict}
    return kinds.get(refusal.field, StepRefused)(refusal.message, paragraph=refusal.paragraph)


def _apply(
    session: Session, row: Deduction, end: S, actor: Actor, text: str, now: datetime, papers: Sequence[File]
) -> None:
    event = DeductionEvent(deduction_id=row.id, at=now, status=end, staff_id=actor.staff_id, reason=text)
    session.add(event)
    hearing_papers.keep(session, event, papers, actor, now)
    if end in _DECIDES:
        row.decided_at, row.decided_by_id, row.reason = now, actor.staff_id, text
    if end is S.proposed:  # heard anew from the beginning
        row.decided_at, row.decided_by_id, row.reason = None, None, None
    if end is S.upheld:
        end = rules.BY_TIME[end]
        session.flush()  # the events keep their order
        session.add(DeductionEvent(deduction_id=row.id, at=now, status=end, reason=UPHELD))
    row.status = end
    for name, value in hearing_time.due(world(session), row.rulebook_id, end, now).items():
        setattr(row, name, value)
