"""The boards of the hearing: what a unit may still answer, what the bureau must decide, which appeals wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import joinedload

from models.access import Actor
from models.office_terms import AccountabilityStatus
from models.roles import Office
from models.rules import hearing as rules
from models.tables import Accountability, Deduction
from models.terms import N_, Verb
from models.terms import DeductionStatus as S
from views import hearing_forms, secure

MOST = 50
_PENDING = (S.proposed, S.notified, S.answered, S.appealed)
_NONE = (0, Decimal(0))
# anchor, heading, status; the most pressing first
_UNIT = (
    ("answer", N_("May still be answered"), S.notified),
    ("appeal", N_("May still be appealed"), S.confirmed),
)
_BUREAU = (
    ("decide", N_("To decide"), S.answered),
    ("appeals", N_("Appeals to decide"), S.appealed),
    ("notify", N_("To notify"), S.proposed),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One board: its rows, the most pressing first, how many there are in all, and where all of them are listed."""

    anchor: str
    title: str
    rows: list[tuple[Deduction, str]]
    total: int
    late: int
    href: str


def page() -> Any:
    """Everything that waits for the reader, and for whom else."""
    actor = secure.require("hearing", Verb.list)
    now = datetime.now(UTC)
    unit = _own_unit(actor)
    totals = _totals(unit)
    mine = [_part(name, title, status, now, unit) for name, title, status in _UNIT] if unit else []
    wide = actor.wide
    return render_template(
        "pages/hearing.html",
        mine=[part for part in mine if part.rows],
        unit=unit,
        risk=_risk(totals),
        totals=[(status, totals[status][0]) for status in _PENDING if status in totals],
        serious=serious(actor),
        wide=[_part(name, title, status, now, None) for name, title, status in _shown(actor)] if wide else [],
        sees_all=wide,
        bulk=secure.allowed("deduction", Verb.edit),
    )


def _shown(actor: Actor) -> tuple[tuple[str, str, S], ...]:
    """A county leader decides appeals; whoever keeps or audits the record sees all boards."""
    if actor.acts_for(Office.bureau) or actor.standing.oversees:
        return _BUREAU
    return tuple(part for part in _BUREAU if part[2] is S.appealed)


def _own_unit(actor: Actor) -> int | None:
    """The unit for which the reader answers."""
    return actor.unit_id if actor.writes else None


def _in_time(status: S, unit: int | None, now: datetime) -> ColumnElement[bool]:
    """A unit's own board ends with its time; the bureau's does not."""
    if unit is None:
        return Deduction.status == status
    return and_(Deduction.status == status, Deduction.unit_id == unit, Deduction.due_at >= now)


def _part(anchor: str, title: str, status: S, now: datetime, unit: int | None) -> Part:
    session, which = secure.session(), _in_time(status, unit, now)
    parts = (joinedload(Deduction.petition), joinedload(Deduction.unit))
    wanted = select(Deduction).where(which).options(*parts).order_by(Deduction.due_at, Deduction.id)
    rows = list(session.scalars(wanted.limit(MOST)))
    late = func.count(Deduction.id).filter(Deduction.due_at < now)
    total, passed = session.execute(select(func.count(Deduction.id), late).where(which)).one()
    href = f"/deduction/list/?status={status.value}" + (f"&unit_id={unit}" if unit else "")
    shown = [(row, hearing_forms.state(row.due_at, now)) for row in rows]
    return Part(anchor, _(title), shown, total, passed, href)


def _totals(unit: int | None) -> dict[S, tuple[int, Decimal]]:
    """Of the reader's own unit: status → (how many, points)."""
    if unit is None:
        return {}
    counted = select(Deduction.status, func.count(Deduction.id), func.sum(Deduction.points))
    rows = secure.session().execute(counted.where(Deduction.unit_id == unit).group_by(Deduction.status))
    return {status: (n, Decimal(points or 0)) for status, n, points in rows}


def _risk(totals: dict[S, tuple[int, Decimal]]) -> Decimal:
    """The points that a unit may still lose, or win back."""
    return sum((totals.get(status, _NONE)[1] for status in (*_PENDING, S.confirmed)), Decimal(0))


def at_risk(actor: Actor) -> Decimal:
    """For home: the points at risk of the unit for which the reader answers."""
    if not secure.allowed("hearing", Verb.add) or actor.acts_for(Office.bureau):
        return Decimal(0)
    return _risk(_totals(_own_unit(actor)))


def serious(actor: Actor) -> list[tuple[str, str, int]]:
    """Accountability files that wait for the reader: (what, where it is listed, how many)."""
    if not secure.allowed("accountability", Verb.list):
        return []
    unit = None if actor.acts_for(Office.bureau) else _own_unit(actor)
    status = AccountabilityStatus.hearing if unit else AccountabilityStatus.decision
    if not unit and not actor.acts_for(Office.county):
        return []
    wanted = select(func.count(Accountability.id)).where(Accountability.status == status)
    n = secure.session().scalar(wanted.where(Accountability.unit_id == unit) if unit else wanted) or 0
    title = N_("Serious matters to answer") if unit else N_("Serious matters to decide")
    return [(_(title), f"/accountability/list/?status={status.value}", n)] if n else []


def waiting(actor: Actor, now: datetime) -> list[tuple[str, str, int]]:
    """For home: (what, where it is listed, how many)."""
    if not secure.allowed("hearing", Verb.add):
        return []
    unit = _own_unit(actor)
    asked = [(title, f"/hearing/#{name}", _in_time(status, unit, now)) for name, title, status in _UNIT if unit]
    if actor.acts_for(Office.bureau, Office.county):
        asked += [
            (title, f"/hearing/#{name}", Deduction.status == status)
            for name, title, status in _shown(actor)
            if status in rules.WAITS_ON_BUREAU
        ]
    if not asked:
        return []
    # one statement for all of them
    counts = [func.count(Deduction.id).filter(which) for _title, _href, which in asked]
    wanted = select(*counts).where(Deduction.status.in_((*rules.WAITS_ON_UNIT, *rules.WAITS_ON_BUREAU)))
    numbers = secure.session().execute(wanted).one()
    return [(_(title), href, n) for (title, href, _which), n in zip(asked, numbers, strict=True) if n]
