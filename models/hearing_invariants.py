"""What always holds in hearings and accountability files: rows of ``models.invariants``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select, true
from sqlalchemy.orm import aliased

from models.invariant import Invariant, asked
from models.office_terms import AccountabilityStatus
from models.rules import accountability, hearing
from models.tables import Accountability, AccountabilityEvent, Deduction, DeductionEvent, Petition, Unit
from models.terms import N_, DeductionStatus


def _off_the_chart(kind: Any, key: Any, first: Any, paths: Any) -> Any:
    """Events whose status does not follow the one before; (key of what they belong to, status)."""
    before = func.lag(kind.status).over(partition_by=key, order_by=kind.id)
    told = select(key.label("of"), kind.status.label("status"), before.label("before")).subquery()
    begins = and_(told.c.before.is_(None), told.c.status == first)
    along = or_(*(and_(told.c.before == start, told.c.status == end) for start, end in sorted(paths)))
    return select(told.c.of, told.c.status).where(~or_(begins, and_(told.c.before.is_not(None), along))).subquery()


def _ends_elsewhere(kind: Any, key: Any, row: Any) -> ColumnElement[bool]:
    """The row does not stand where its last event left it."""
    last = select(kind.status).where(key == row.id).order_by(kind.id.desc()).limit(1).scalar_subquery()
    return func.coalesce(row.status != last, true())


def _strange_hearings() -> Select[str, str]:
    off = _off_the_chart(DeductionEvent, DeductionEvent.deduction_id, DeductionStatus.proposed, hearing.PATHS)
    found = select(Petition.number, Deduction.occurrence).join(Deduction, Deduction.petition_id == Petition.id)
    elsewhere = _ends_elsewhere(DeductionEvent, DeductionEvent.deduction_id, Deduction)
    return found.where(or_(Deduction.id.in_(select(off.c.of)), elsewhere))


def _own_judges() -> Select[str, str]:
    ruled, before = aliased(DeductionEvent), aliased(DeductionEvent)
    same = and_(before.deduction_id == ruled.deduction_id, before.staff_id == ruled.staff_id, before.id < ruled.id)
    found = select(Petition.number, Deduction.occurrence).join(Deduction, Deduction.petition_id == Petition.id)
    found = found.join(ruled, ruled.deduction_id == Deduction.id).join(before, same)
    rulings = (DeductionStatus.upheld, DeductionStatus.overturned)
    return found.where(ruled.status.in_(rulings), before.status.in_(hearing.FIRST_DECIDED | hearing.SPOKEN))


def _strange_files() -> Select[str, str]:
    """A file need not belong to a petition: then the unit is named."""
    key = AccountabilityEvent.accountability_id
    off = _off_the_chart(AccountabilityEvent, key, AccountabilityStatus.investigation, accountability.PATHS)
    found = select(func.coalesce(Petition.number, Unit.code), cast(Accountability.id, String))
    found = found.select_from(Accountability).join(Unit, Unit.id == Accountability.unit_id)
    found = found.outerjoin(Petition, Petition.id == Accountability.petition_id)
    elsewhere = _ends_elsewhere(AccountabilityEvent, key, Accountability)
    own = select(key).where(
        AccountabilityEvent.status.in_((AccountabilityStatus.circulated, AccountabilityStatus.closed)),
        AccountabilityEvent.staff_id == Accountability.opened_by_id,
    )
    decided = Accountability.id.in_(own.correlate(Accountability))
    return found.where(or_(Accountability.id.in_(select(off.c.of)), elsewhere, decided))


INVARIANTS = (
    Invariant(
        "hearing-goes-along-the-chart",
        N_("A deduction goes from proposal to finality along the hearing, and stands where its last move left it."),
        "§3",
        asked(_strange_hearings),
    ),
    Invariant(
        "appeal-has-another-judge",
        N_("Whoever proposed, notified, first decided or spoke for the unit did not decide the appeal."),
        "§3",
        asked(_own_judges),
    ),
    Invariant(
        "accountability-is-heard-and-decided-by-another",
        N_("An accountability file goes through hearing and decision, and whoever opened it did not decide it."),
        "§3",
        asked(_strange_files),
    ),
)
