"""The board of what is missed or soon due: by unit, kind and age; every number leads to the list behind it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import joinedload

from models import queries
from models.tables import Duty
from models.terms import N_, DutyKind, Verb
from models.world import zone
from views import case_page, crud, exports, present, secure
from views.fields import texts

SOON = 3
MOST = 200
# age in days past the due date → label; ``soon`` is what is not missed yet
AGES = {
    "over15": N_("Over 15 days"),
    "to15": N_("6 to 15 days"),
    "to5": N_("Up to 5 days"),
    "soon": N_("Due soon"),
}


def _today(now: datetime) -> date:
    return now.astimezone(zone()).date()


def _age(now: datetime) -> ColumnElement[str]:
    today = _today(now)
    return case(
        (Duty.due_at >= now, "soon"),
        (Duty.due_on < today - timedelta(days=15), "over15"),
        (Duty.due_on < today - timedelta(days=5), "to15"),
        else_="to5",
    )


def _filters(now: datetime) -> tuple[list[ColumnElement[bool]], dict[str, str]]:
    found: list[ColumnElement[bool]] = []
    kept: dict[str, str] = {}
    unit, kind, age = (request.args.get(name, "") for name in ("unit_id", "kind", "age"))
    if unit.isdecimal() and len(unit) < 10:
        found.append(Duty.unit_id == int(unit))
        kept["unit_id"] = unit
    if kind in set(DutyKind):
        found.append(Duty.kind == DutyKind(kind))
        kept["kind"] = kind
    if age in AGES or age == "missed":
        found.append(Duty.due_at < now if age == "missed" else _age(now) == age)
        kept["age"] = age
    return found, kept


def board(now: datetime) -> Select[Any]:
    """Open duties past their moment or due within ``SOON`` days: the day ``SOON`` days ahead counts whole."""
    end = datetime.combine(_today(now) + timedelta(days=SOON + 1), time(), zone()).astimezone(UTC)
    return queries.overdue(now, (end - now) / timedelta(days=1))


def totals(now: datetime, by: Any, where: list[ColumnElement[bool]]) -> list[tuple[Any, dict[str, int]]]:
    """Counts by ``by`` and age, the most missed first; one statement."""
    age = _age(now).label("age")
    inner = board(now).where(*where).with_only_columns(by, age, Duty.id).options().order_by(None).subquery()
    counted = select(inner.c[0], inner.c.age, func.count()).group_by(inner.c[0], inner.c.age)
    found: dict[Any, dict[str, int]] = {}
    for key, name, n in secure.session().execute(counted):
        found.setdefault(key, dict.fromkeys(AGES, 0))[name] = n
    return sorted(found.items(), key=lambda row: (-missed_of(row[1]), -row[1]["soon"], str(row[0])))


def missed_of(ages: dict[str, int]) -> int:
    return sum(n for name, n in ages.items() if name != "soon")


def page() -> Any:
    """The board with its totals and the list behind them."""
    secure.require("overdue", Verb.list)
    now = datetime.now(UTC)
    where, kept = _filters(now)
    rows = secure.session().scalars(board(now).where(*where).limit(MOST + 1)).all()
    by_unit, by_kind = totals(now, Duty.unit_id, where), totals(now, Duty.kind, where)
    names = dict(texts("unit", [key for key, _ages in by_unit]))
    return render_template(
        "pages/overdue.html",
        rows=[case_page.clock(duty, present.named(duty.unit), now) for duty in rows[:MOST]],
        more=len(rows) > MOST,
        most=MOST,
        by_unit=[(key, names.get(key, ""), ages, missed_of(ages)) for key, ages in by_unit],
        by_kind=[(key, present.term(DutyKind(key)), ages, missed_of(ages)) for key, ages in by_kind],
        ages=AGES,
        kinds=DutyKind,
        kept=kept,
        link=crud.link,
        chosen=names.get(int(kept.get("unit_id", 0)), ""),
    )


def export() -> Response:
    """The filtered board as CSV, streamed."""
    secure.require("overdue", Verb.export)
    headers = {"Content-Disposition": "attachment; filename=overdue.csv"}
    return Response(secure.streamed(_lines()), content_type="text/csv; charset=utf-8", headers=headers)


def _lines() -> Iterator[str]:
    now = datetime.now(UTC)
    where, _kept = _filters(now)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    heads = (_("Petition"), _("Title"), _("Unit"), _("Duty"), _("Paragraph"), _("Due"), _("State"))
    writer.writerow(heads)
    yield "\ufeff" + buffer.getvalue()
    wanted = board(now).where(*where).options(joinedload(Duty.petition), joinedload(Duty.unit))
    for duty in secure.session().scalars(wanted.execution_options(yield_per=500)):
        buffer.seek(0)
        buffer.truncate()
        _state, words = case_page.state_of(duty, now)
        cells = (duty.petition.number, duty.petition.title, present.named(duty.unit), present.term(duty.kind))
        writer.writerow(
            [
                exports.disarmed(text)
                for text in (*cells, present.paragraph(duty.paragraph), duty.due_on.isoformat(), words)
            ]
        )
        yield buffer.getvalue()


def count_for(unit_id: int | None, now: datetime) -> dict[str, int]:
    """Missed and soon due, of one unit or of all the actor sees."""
    where = [Duty.unit_id == unit_id] if unit_id else []
    found = dict.fromkeys(AGES, 0)
    for _key, ages in totals(now, Duty.unit_id, where):
        for name, n in ages.items():
            found[name] += n
    return found | {"missed": missed_of(found)}
