"""A duty that turns out not to be missed leaves the deductions that still pend. Never commits.

The proof may be entered late (a reply that was given in time), or a corrected calendar may be kinder (domain §3).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, insert, inspect, select, update
from sqlalchemy.orm import Session

from models import frozen
from models.rules.scoring import PENDING
from models.tables import Deduction, DeductionDuty, DeductionEvent, Duty
from models.terms import N_, DeductionStatus

NOT_MISSED = N_("No duty of this deduction is missed any more.")


def relieve(session: Session, duty_ids: Sequence[int], now: datetime) -> None:
    """Take ``duty_ids`` out of pending deductions; one that rests on nothing else is withdrawn and stays visible.

    Deductions of a frozen year do not move; a correction relieves them (``freezing.open_correction``).
    """
    session.flush()
    link, proof, duty = session.connection(), _table(DeductionDuty), _table(Duty)
    link.execute(update(duty).where(duty.c.id.in_(duty_ids)).values(charged=False))
    pending = select(Deduction.id).where(Deduction.status.in_(PENDING), ~frozen.closed()).scalar_subquery()
    touched = select(proof.c.deduction_id).where(proof.c.duty_id.in_(duty_ids), proof.c.deduction_id.in_(pending))
    affected = sorted(set(link.execute(touched).scalars()))
    others = exists(
        select(proof.c.id)
        .join(duty, duty.c.id == proof.c.duty_id)
        .where(proof.c.deduction_id == Deduction.id, duty.c.charged)
    )
    resting = set(link.execute(select(Deduction.id).where(Deduction.id.in_(affected), others)).scalars())
    gone = delete(proof).where(proof.c.duty_id.in_(duty_ids), proof.c.deduction_id.in_(resting))
    link.execute(gone)
    retime(session, sorted(resting))
    _withdraw(session, [key for key in affected if key not in resting], now)
    for row in list(session.identity_map.values()):
        key = inspect(row).identity  # not row.id: an expired row would be read for it
        if isinstance(row, Duty) and key[0] in set(duty_ids):
            session.expire(row, ["charged"])
        elif isinstance(row, Deduction) and key[0] in set(affected):
            session.expire(row)


def retime(session: Session, keys: Sequence[int]) -> None:
    """Pending deductions belong to the year of the earliest of their duties that count (domain §5)."""
    proof, table = _table(DeductionDuty), _table(Deduction)
    earliest = select(proof.c.deduction_id, func.min(proof.c.due_on)).where(proof.c.deduction_id.in_(keys))
    earliest = earliest.where(~proof.c.excused).group_by(proof.c.deduction_id)
    for key, day in session.connection().execute(earliest).all():
        moved = update(table).where(table.c.id == key, table.c.year != day.year, table.c.status.in_(PENDING))
        session.connection().execute(moved.values(year=day.year, version=table.c.version + 1))


def _withdraw(session: Session, keys: list[int], now: datetime) -> None:
    if not keys:
        return
    link, table = session.connection(), _table(Deduction)
    withdrawn = DeductionStatus.withdrawn
    changed = {"status": withdrawn, "decided_at": now, "reason": NOT_MISSED, "version": table.c.version + 1}
    changed |= {"due_at": None, "due_on": None, "due_trace": None}
    link.execute(update(table).where(table.c.id.in_(keys)).values(**changed))
    events = [{"deduction_id": key, "at": now, "status": withdrawn, "reason": NOT_MISSED} for key in keys]
    link.execute(insert(_table(DeductionEvent)), events)


def _table(kind: type[Any]) -> Any:
    return kind.__table__
