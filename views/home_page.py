"""Home is work: what is owed now, by whom; for county leaders the county at a glance."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import render_template
from flask_appbuilder import BaseView, expose
from sqlalchemy import func, select

from models import queries
from models.access import Actor
from models.roles import Office
from models.tables import Duty, Transfer
from models.tables.transfers import TransferStatus
from models.terms import DutyKind, DutyStatus, Verb
from models.world import zone
from views import boards, case_page, correction_page, handover_page, hearing_page, overdue_page, present, secure

MOST = 15


class HomeView(BaseView):
    """The page at ``/``: each role its work."""

    route_base = ""
    default_view = "index"

    @expose("/")
    def index(self) -> Any:
        actor = secure.require("overdue", Verb.list)
        now = datetime.now(UTC)
        wide = actor.unit_id is None or not actor.writes
        unit = None if wide else actor.unit_id
        return render_template(
            "pages/home.html",
            counts=overdue_page.count_for(None if actor.acts_for(Office.bureau) else unit, now),
            own=_own(unit, now),
            units=_units(now) if unit is None or actor.acts_for(Office.bureau) else [],
            waiting=_waiting(actor)
            + correction_page.waiting()
            + hearing_page.waiting(actor, now)
            + hearing_page.serious(actor),
            leavers=handover_page.leavers(actor),
            risk=hearing_page.at_risk(actor),
            tiles=boards.tiles(),
            charts=boards.charts(),
            unit=unit,
            year=now.astimezone(zone()).year,
        )


def _own(unit: int | None, now: datetime) -> list[Any]:
    """The most pressing open duties of the actor's unit."""
    if unit is None:
        return []
    rows = secure.session().scalars(queries.open_by_unit(unit, now).limit(MOST))
    return [case_page.clock(duty, "", now) for duty in rows]


def _units(now: datetime) -> list[tuple[int, str, dict[str, int], int]]:
    """The units that miss most."""
    ranked = overdue_page.totals(now, Duty.unit_id, [])[:MOST]
    names = dict(overdue_page.texts("unit", [key for key, _ages in ranked]))
    return [(key, names.get(key, ""), ages, overdue_page.missed_of(ages)) for key, ages in ranked]


def _waiting(actor: Actor) -> list[tuple[str, str, int]]:
    """(what, where it is listed, how many): acknowledgements, rulings, designations waiting for the actor's unit."""
    if actor.unit_id is None:
        return []
    mine = [DutyKind.RULE_ON_OBJECTION, DutyKind.DESIGNATE]
    counted = select(Duty.kind, func.count(Duty.id)).where(
        Duty.unit_id == actor.unit_id, Duty.status == DutyStatus.open, Duty.kind.in_(mine)
    )
    rows = secure.session().execute(counted.group_by(Duty.kind)).all()
    found = [
        (present.term(kind), f"/duty/list/?kind={kind.value}&status=open&unit_id={actor.unit_id}", n)
        for kind, n in rows
    ]
    sent = select(func.count(Transfer.id)).where(
        Transfer.to_unit_id == actor.unit_id, Transfer.status == TransferStatus.sent
    )
    n = secure.session().scalar(sent) or 0
    if n:
        where = f"/transfer/list/?to_unit_id={actor.unit_id}&status=sent"
        found.append((present.term(DutyKind.ANSWER_TRANSFER), where, n))
    return found
