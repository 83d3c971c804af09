"""Freeze a year, correct it, revise it: one transaction each (domain §5). Never commits; no frozen line changes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import assessing, frozen, frozen_units, readiness
from models.access import Actor, all_rows
from models.errors import Conflict, Invalid, NotAllowed, NotFound, Problem, StepRefused
from models.operations import freezing_parts, relief
from models.operations.numbers import next_number
from models.permissions import may
from models.rules import freezing
from models.rules.assessing import document
from models.rules.freezing import canonical
from models.rules.scoring import PENDING
from models.tables import Assessment, AssessmentCorrection, AssessmentLine, Deduction, DeductionDuty, Duty, Staff
from models.terms import N_, AssessmentStatus, Role, Verb
from models.world import world

_NOBODY = Actor(None, None, None, None, frozenset({Role.Administrator}))
MOST = 2000

__all__ = ["by_command", "canonical", "close_correction", "freeze", "open_correction", "revise", "told"]


def by_command() -> Actor:
    """Who acts when whoever keeps the server freezes by a command."""
    return _NOBODY


@dataclass(frozen=True, slots=True)
class _Head:
    """What a new revision is made of beside the record."""

    year: int
    revision: int
    reason: str
    actor: Actor
    now: datetime
    previous: str | None
    warnings: list[dict[str, Any]]


def freeze(session: Session, year: int, actor: Actor | None, reason: str, now: datetime) -> Assessment:
    """Revision 1 of a year, whole or not at all.

    Raises:
        NotAllowed, Invalid (no reason), Conflict (already frozen), StepRefused (something still stands in the way)
    """
    who, why = _allowed(actor), told(reason)
    with all_rows():
        _alone(session, year)
        if frozen.revisions(session, year):
            raise Conflict(N_("The year %(year)s is frozen already."), year=year)
        found = readiness.check(session, year, now)
        blocking = [item.label for item in found if item.blocks and item.count]
        if blocking:
            raise StepRefused(N_("The year cannot be frozen yet: %(what)s"), what=tuple(blocking))
        warnings = [{"id": item.id, "count": item.count} for item in found if item.count]
        inputs = assessing.gather(session, year, now)
        return _write(session, _Head(year, 1, why, who, now, None, warnings), inputs, document(inputs), None)


def open_correction(
    session: Session, year: int, actor: Actor | None, reason: str, now: datetime
) -> AssessmentCorrection:
    """From now to the next revision the deductions of a frozen year may be moved again.

    Raises:
        NotAllowed, Invalid (no reason), NotFound (not frozen), Conflict (open already)
    """
    who, why = _allowed(actor), told(reason)
    with all_rows():
        _alone(session, year)
        latest = _latest(session, year)
        if frozen.correction(session, latest) is not None:
            raise Conflict(N_("A correction of this year is open already."))
        row = AssessmentCorrection(assessment_id=latest.id, opened_at=now, opened_by_id=who.staff_id, reason=why)
        session.add(row)
        session.flush()
        healed = (
            select(DeductionDuty.duty_id)
            .join(Duty, Duty.id == DeductionDuty.duty_id)
            .join(Deduction, Deduction.id == DeductionDuty.deduction_id)
            .where(Deduction.year == year, Deduction.status.in_(PENDING), ~Duty.charged)
        )
        if ids := sorted(set(session.scalars(healed))):
            relief.relieve(session, ids, now)
        return row


def close_correction(
    session: Session, year: int, actor: Actor | None, reason: str, now: datetime
) -> AssessmentCorrection:
    """End a correction that changed nothing: the revision stands. ``reason`` is added to the one it was opened with.

    Raises:
        NotAllowed, Invalid (no reason), NotFound (not frozen), Conflict (none is open, or something has changed)
    """
    who, why = _allowed(actor), told(reason)
    with all_rows():
        _alone(session, year)
        latest = _latest(session, year)
        row = frozen.correction(session, latest)
        if row is None:
            raise Conflict(N_("No correction of this year is open."))
        results = document(assessing.gather(session, year, now, _assessed(session, latest)))
        if not freezing.is_empty(freezing.diff(_before(session, latest), results)):
            raise Conflict(N_("Something of this year has changed: make the next revision."))
        row.closed_at, row.closed_by_id, row.reason = now, who.staff_id, f"{row.reason}\n{why}"
        session.flush()
        return row


def revise(session: Session, year: int, actor: Actor | None, reason: str, now: datetime) -> Assessment:
    """The next revision from today's record; the one before is superseded.

    Raises:
        NotAllowed, Invalid (no reason), NotFound (not frozen), Conflict (nothing changed)
    """
    who, why = _allowed(actor), told(reason)
    with all_rows():
        _alone(session, year)
        before = _latest(session, year)
        inputs = assessing.gather(session, year, now, _assessed(session, before))
        results = document(inputs)
        changes = freezing.diff(_before(session, before), results)
        if freezing.is_empty(changes):
            raise Conflict(N_("Nothing of this year has changed since it was frozen."))
        warnings = [{"id": item.id, "count": item.count} for item in readiness.check(session, year, now) if item.count]
        before.status = AssessmentStatus.superseded
        session.flush()
        head = _Head(year, before.revision + 1, why, who, now, before.sha256, warnings)
        return _write(session, head, inputs, results, changes)


def _allowed(actor: Actor | None) -> Actor:
    if actor is None or not may(actor.roles, "assessment", Verb.edit):
        raise NotAllowed(N_("Only the bureau and the administrators freeze a year."))
    return actor


def told(reason: str) -> str:
    """The reason as it is kept. Raises Invalid: none, too long, or not to be shown."""
    text = (reason or "").strip()
    if not text:
        raise Invalid([Problem("reason", N_("Every decision needs a reason."))])
    if len(text) > MOST:
        raise Invalid([Problem("reason", N_("This is too long."))])
    if any(ord(char) < 32 and char not in "\r\n\t" for char in text):
        raise Invalid([Problem("reason", N_("This contains characters that cannot be shown."))])
    return text


def _alone(session: Session, year: int) -> None:
    """No other freeze, no scan and no decision while the year is read; each waits for the end of this transaction."""
    next_number(session, "scan")
    next_number(session, f"freeze:{year}")
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sql("LOCK TABLE deduction IN SHARE ROW EXCLUSIVE MODE"))


def _latest(session: Session, year: int) -> Assessment:
    found = frozen.latest(session, year)
    if found is None:
        raise NotFound(N_("The year %(year)s is not frozen."), year=year)
    return found


def _before(session: Session, row: Assessment) -> dict[str, Any]:
    """What a revision froze, under today's codes: a unit that is called otherwise now has not changed by that."""
    return frozen_units.under_codes(frozen.part(session, row, "results"), frozen_units.renames(session, row))


def _assessed(session: Session, row: Assessment) -> frozenset[int]:
    """The units of a frozen year: a correction neither loses one that was dissolved since nor gains a new one."""
    codes = {unit["code"] for unit in frozen.part(session, row, "results")["units"]}
    return frozenset(key for key, unit in frozen_units.named(session, row).items() if unit.code in codes)


def _write(
    session: Session, head: _Head, inputs: dict[str, Any], results: dict[str, Any], changes: dict[str, Any] | None
) -> Assessment:
    here = world(session)
    book = assessing.rulebook_of(here, head.year)
    row = Assessment(
        year=head.year,
        revision=head.revision,
        rulebook_id=book.id,
        frozen_at=head.now,
        frozen_by_id=head.actor.staff_id,
        reason=head.reason,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(N_("The year %(year)s is frozen already."), year=head.year) from error
    parts = freezing_parts.store(session, row.id, head.year, head.now, inputs, results, changes)
    staff = session.get(Staff, head.actor.staff_id) if head.actor.staff_id else None
    row.manifest = {
        "year": head.year,
        "revision": head.revision,
        "as_of": results["as_of"],
        "frozen_at": head.now.isoformat(),
        "by": {"staff": staff.id, "name": staff.name} if staff else None,
        "reason": head.reason,
        "previous": head.previous,
        "rulebook": {"id": book.id, "version": book.version},
        "warnings": head.warnings,
        "parts": {name: asdict(part) for name, part in parts.items()},
    }
    row.sha256 = freezing.digest(row.manifest)
    _lines(session, row, results)
    row.status = AssessmentStatus.frozen
    session.flush()
    return row


def _lines(session: Session, row: Assessment, results: dict[str, Any]) -> None:
    ids = {unit.code: unit.id for unit in world(session).units.values()}
    names = ("base", "final", "pending", "score")
    lines = [
        {"assessment_id": row.id, "unit_id": ids[line["code"]], "rank": line["rank"]}
        | {name: Decimal(line[name]) for name in names}
        for line in freezing.ranked(results)
    ]
    if lines:
        session.execute(insert(AssessmentLine), lines)
