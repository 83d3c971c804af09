"""The bureau hands in what its own evaluation counted of a unit in a year (domain §5). Never commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import frozen
from models.access import Actor
from models.errors import Invalid, NotAllowed, Problem
from models.permissions import may
from models.tables import IndicatorFigure
from models.terms import N_, Verb
from models.world import zone

FIRST = 2000


def hand_in(
    session: Session, row: IndicatorFigure | None, values: Mapping[str, Any], actor: Actor, now: datetime
) -> IndicatorFigure:
    """Write a figure, or correct one, with who did so and when; flushes.

    Raises:
        NotAllowed: not the bureau. Invalid: a frozen or future year, a part above its whole, a figure that is there.
    """
    if not may(actor.roles, "indicator_figure", Verb.add):
        raise NotAllowed(N_("Only the bureau hands in figures."))
    problems = list(_problems(session, row, values, now))
    if problems:
        raise Invalid(problems)
    target = row or IndicatorFigure()
    for name, value in values.items():
        setattr(target, name, value)
    target.entered_at, target.entered_by_id = now, actor.staff_id
    session.add(target)
    session.flush()
    return target


def _problems(session: Session, row: IndicatorFigure | None, values: Mapping[str, Any], now: datetime) -> Any:
    year = values["year"]
    if not FIRST <= year <= now.astimezone(zone()).year:
        yield Problem("year", N_("Choose this year or one before it."))
    elif frozen.closed_years(session, {year, *([row.year] if row else [])}):
        yield Problem("year", N_("This year is frozen; open a correction with a reason first."))
    if not 0 <= values["counted"] <= values["total"]:
        yield Problem("counted", N_("This lies between 0 and the number beside it."))
    names = ("year", "unit_id", "indicator")
    same = [getattr(IndicatorFigure, name) == values[name] for name in names]
    other = session.scalars(select(IndicatorFigure).where(*same)).first()
    if other is not None and other is not row:
        yield Problem("indicator", N_("This figure is there already; change it instead."))
