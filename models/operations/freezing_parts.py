"""The parts of a frozen year: read set-wise, hashed and compressed while they stream, stored in pieces."""

from __future__ import annotations

import base64
import hashlib
import tomllib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Select, exists, insert, select
from sqlalchemy.orm import Session, aliased

from models import frozen_figures, frozen_units
from models.assessing import scheme
from models.queries import told_in
from models.rules.facts import Clock, Rulebook
from models.rules.freezing import ROUNDING, canonical
from models.rules.office_hours import written
from models.rules.scoring import WITHDRAWN
from models.tables import (
    AssessmentPart,
    CalendarDay,
    CalendarYear,
    Deduction,
    DeductionEvent,
    Duty,
    Petition,
    Staff,
    Unit,
)
from models.terms import Term
from models.world import world

PIECE = 192 * 1024
_STREAM = {"yield_per": 500}


@dataclass(frozen=True, slots=True)
class Sum:
    """What the manifest says of a part: hash and length of its canonical JSON, and how many rows it has."""

    sha256: str
    size: int
    count: int


def store(
    session: Session,
    assessment: int,
    year: int,
    as_of: datetime,
    inputs: dict[str, Any],
    results: dict[str, Any],
    changes: dict[str, Any] | None,
) -> dict[str, Sum]:
    """Write every part; the lists of petitions, duties and decisions never lie in memory as a whole."""
    session.flush()
    heads, deductions = {**inputs, "deductions": []}, inputs["deductions"]
    lists: dict[str, Iterable[Any]] = {
        "rulebooks": [_book(book) for book in world(session).rulebooks],
        "calendar": _rows(session, _calendar()),
        "calendar_years": _rows(session, _years()),
        "cases": _rows(session, _cases(year, as_of)),
        "duties": _rows(session, _duties(year, as_of)),
        "deductions": deductions,
        "decisions": _rows(session, _decisions(year)),
        "exclusions": _rows(session, _exclusions(year)),
        frozen_units.PART: frozen_units.listed(session),
    }
    found = {name: _write(session, assessment, name, _listed(rows)) for name, rows in lists.items()}
    software = {"name": "shoujie", "version": software_version()}
    figures = frozen_figures.gather(session, year, as_of)
    single = {"frame": heads, "figures": figures, "rounding": ROUNDING, "software": software, "results": results}
    for name, value in (single | ({"changes": changes} if changes is not None else {})).items():
        found[name] = _write(session, assessment, name, iter([(canonical(value), 1)]))
    return found


def software_version() -> str:
    """The version of this console."""
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def _listed(rows: Iterable[Any]) -> Iterator[tuple[str, int]]:
    """The canonical text of a list, row by row."""
    start = "["
    for row in rows:
        yield start + canonical(row), 1
        start = ","
    yield ("]" if start == "," else "[]"), 0


def _write(session: Session, assessment: int, name: str, texts: Iterator[tuple[str, int]]) -> Sum:
    digest, pack, size, count, number = hashlib.sha256(), zlib.compressobj(6), 0, 0, 0
    waiting = bytearray()

    def keep() -> None:
        nonlocal number
        row = {"assessment_id": assessment, "name": name, "number": number}
        session.execute(insert(AssessmentPart).values(**row, body=base64.b64encode(waiting).decode()))
        number += 1
        waiting.clear()

    for text, rows in texts:
        body = text.encode()
        digest.update(body)
        waiting += pack.compress(body)
        size, count = size + len(body), count + rows
        if len(waiting) >= PIECE:
            keep()
    waiting += pack.flush()
    keep()
    return Sum(digest.hexdigest(), size, count)


def _rows(session: Session, wanted: Select[Any]) -> Iterator[dict[str, Any]]:
    for row in session.execute(wanted, execution_options=_STREAM):
        yield {name: _plain(value) for name, value in row._mapping.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Term):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _book(book: Rulebook) -> dict[str, Any]:
    clocks = sorted((_clock(clock) for clock in book.clocks), key=canonical)
    added = [_clock(one.clock) | {"effective_from": one.effective_from.isoformat()} for one in book.supplements]
    hours = {channel.value: written(spans) for channel, spans in sorted(book.office_hours.items())}
    further = {"supplements": added, "office_hours": hours, "promise_days": book.promise_days}
    return scheme(book) | {"effective_from": book.effective_from.isoformat(), "clocks": clocks} | further


def _clock(clock: Clock) -> dict[str, Any]:
    return {name: _plain(getattr(clock, name)) for name in Clock.__slots__}


def _calendar() -> Select[Any]:
    columns: list[Any] = [CalendarDay.day, CalendarDay.kind, CalendarDay.name, CalendarDay.source]
    return select(*columns).order_by(CalendarDay.day)


def _years() -> Select[Any]:
    columns: list[Any] = [CalendarYear.year, CalendarYear.provisional, CalendarYear.version]
    return select(*columns).order_by(CalendarYear.year)


def _due(year: int, as_of: datetime) -> tuple[Any, ...]:
    """Duties that can cost points in the year."""
    return (
        Duty.rule.is_not(None),
        Duty.due_at < as_of,
        Duty.due_on >= date(year, 1, 1),
        Duty.due_on <= date(year, 12, 31),
    )


def _cases(year: int, as_of: datetime) -> Select[Any]:
    """The case set: every petition of which a duty was due in the year. Nothing about petitioners."""
    first, responsible = aliased(Unit), aliased(Unit)
    names = ("number", "channel", "kind", "case", "status", "received_at", "registered_at")
    columns = [getattr(Petition, name) for name in names]
    wanted = select(*columns, first.code.label("first_unit"), responsible.code.label("responsible_unit"))
    wanted = wanted.join(first, first.id == Petition.first_unit_id)
    wanted = wanted.outerjoin(responsible, responsible.id == Petition.responsible_unit_id)
    counted = exists().where(Duty.petition_id == Petition.id, *_due(year, as_of))
    return wanted.where(counted).order_by(Petition.number)


def _duties(year: int, as_of: datetime) -> Select[Any]:
    names = ("key", "kind", "rule", "occurrence", "status", "due_at", "due_on", "discharged_at", "late_days", "trace")
    columns = [getattr(Duty, name) for name in names]
    wanted = select(Petition.number.label("petition"), Unit.code.label("unit"), *columns)
    wanted = wanted.join(Petition, Petition.id == Duty.petition_id).join(Unit, Unit.id == Duty.unit_id)
    return wanted.where(*_due(year, as_of)).order_by(Petition.number, Duty.key)


def _named() -> tuple[Any, ...]:
    return Petition.number.label("petition"), Unit.code.label("unit"), Deduction.rule, Deduction.occurrence


def _decisions(year: int) -> Select[Any]:
    """Every event of every deduction of the year, with its reason."""
    wanted = select(
        *_named(), DeductionEvent.at, DeductionEvent.status, Staff.name.label("by"), DeductionEvent.reason
    ).join(Deduction, Deduction.id == DeductionEvent.deduction_id)
    wanted = wanted.join(Petition, Petition.id == Deduction.petition_id).join(Unit, Unit.id == Deduction.unit_id)
    wanted = wanted.outerjoin(Staff, Staff.id == DeductionEvent.staff_id)
    order = (Petition.number, Unit.code, Deduction.rule, Deduction.occurrence, DeductionEvent.id)
    return wanted.where(told_in(year)).order_by(*order)


def _exclusions(year: int) -> Select[Any]:
    """What does not count though it was proposed, and why."""
    wanted = select(*_named(), Deduction.points, Deduction.status, Deduction.decided_at, Deduction.reason)
    wanted = wanted.join(Petition, Petition.id == Deduction.petition_id).join(Unit, Unit.id == Deduction.unit_id)
    order = (Petition.number, Unit.code, Deduction.rule, Deduction.occurrence)
    return wanted.where(Deduction.year == year, Deduction.status.in_(WITHDRAWN)).order_by(*order)
