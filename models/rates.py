"""The counts behind the rates of a year: from the units' own duties, and as the bureau handed them in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from models.rules.scheme import Rate
from models.rules.scoring import WITHDRAWN
from models.scheme_terms import HandedIn, Indicator
from models.tables import Deduction, DeductionDuty, Duty, IndicatorFigure, Petition, Unit
from models.terms import DutyKind, DutyStatus

# which duty a rate is counted from (domain §2)
DUTIES = {DutyKind.INFORM: Indicator.informed, DutyKind.HANDLE: Indicator.replied}


def figures(session: Session, rates: Sequence[Rate], year: int, as_of: datetime) -> list[dict[str, Any]]:
    """``unit`` (code), ``indicator``, ``count``, ``of`` of each rate that a rulebook has, in a stable order.

    Run inside ``all_rows``. At most two statements, whatever the number of units.
    """
    wanted = {rate.indicator for rate in rates}
    rows: list[tuple[str, str, int, int]] = []
    if counted := [kind for kind, indicator in DUTIES.items() if indicator in wanted]:
        found = session.execute(_duties(counted, year, as_of))
        rows += [(code, DUTIES[kind].value, int(met or 0), due) for code, kind, met, due in found]
    if handed := [one for one in HandedIn if one.value in wanted]:
        found = session.execute(_handed(handed, year))
        rows += [(code, indicator.value, count, total) for code, indicator, count, total in found]
    names = ("unit", "indicator", "count", "of")
    return [dict(zip(names, row, strict=True)) for row in sorted(rows)]


def _duties(kinds: Sequence[DutyKind], year: int, as_of: datetime) -> Select[str, DutyKind, Any, int]:
    """Duties of the unit itself that fell due in the year: how many were met on time, of how many.

    What was cancelled, lapsed or is paused is not counted, nor a miss that the hearing excused; nor, for a unit, a
    matter about itself (domain §6).
    """
    met = and_(Duty.status == DutyStatus.discharged, Duty.discharged_at <= Duty.due_at)
    excused = exists().where(
        DeductionDuty.duty_id == Duty.id,
        Deduction.id == DeductionDuty.deduction_id,
        or_(DeductionDuty.excused, and_(Deduction.status.in_(WITHDRAWN), Deduction.decided_at <= as_of)),
    )
    wanted = select(Unit.code, Duty.kind, func.sum(case((met, 1), else_=0)), func.count())
    wanted = wanted.join(Unit, Unit.id == Duty.unit_id).join(Petition, Petition.id == Duty.petition_id)
    return wanted.where(
        Duty.kind.in_(kinds),
        Duty.due_on.between(date(year, 1, 1), date(year, 12, 31)),
        Duty.due_at < as_of,
        Duty.status.in_((DutyStatus.open, DutyStatus.discharged)),
        Petition.about_unit_id.is_distinct_from(Duty.unit_id),
        or_(met, ~excused),
    ).group_by(Unit.code, Duty.kind)


def _handed(indicators: Sequence[HandedIn], year: int) -> Select[str, HandedIn, int, int]:
    columns = (IndicatorFigure.indicator, IndicatorFigure.counted, IndicatorFigure.total)
    wanted = select(Unit.code, *columns).join(Unit, Unit.id == IndicatorFigure.unit_id)
    return wanted.where(IndicatorFigure.year == year, IndicatorFigure.indicator.in_(indicators))
