"""Figures of the papers beside the scores: duties met on time, the annual report of art. 41, one day's register."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, extract, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from models.office_terms import AccountabilityStatus
from models.tables import (
    Accountability,
    AccountabilityEvent,
    Category,
    Duty,
    Petition,
    Recommendation,
    Step,
    Transfer,
    Unit,
)
from models.terms import DutyStatus, PetitionKind, StepKind, UnitKind
from models.world import zone

MOST = 10  # units named in the annual report
SUPERVISION = (
    StepKind.file,
    StepKind.follow_up,
    StepKind.report_urgent,
    StepKind.report_multi,
    StepKind.designate,
    StepKind.convene,
    StepKind.extend,
    StepKind.ask_review,
    StepKind.ask_re_review,
)


UNANSWERED = "closed"  # by the notice of a legal route, withdrawn or merged
Kept = dict[str, list[dict[str, Any]]]
NONE: Kept = {"kinds": [], "months": [{"month": number, "due": 0, "met": 0} for number in range(1, 13)]}
_MONTH = extract("month", Duty.due_on).cast(Integer)
READERS = (UnitKind.bureau, UnitKind.leaders_office)  # whose officers read the papers of the whole county


def kept(session: Session, year: int, as_of: datetime, code: str | None = None) -> Kept:
    """Duties that were due in the year, of all units or one: how many, and how many were met on time.

    Of the petitions that the reader may see; one about a unit is counted nowhere for that unit (domain §6). What ended
    without verdict is not counted.
    """
    wanted = _counts(year, as_of, Duty.kind, _MONTH)
    if code is not None:
        of_unit = select(Unit.id).where(Unit.code == code).scalar_subquery()
        wanted = wanted.where(Duty.unit_id == of_unit, Petition.about_unit_id.is_distinct_from(of_unit))
    return _told(session.execute(wanted), _begun(year, as_of))


def kept_by_unit(session: Session, year: int, as_of: datetime, code: str | None = None) -> tuple[Kept, dict[str, Kept]]:
    """The same for the county and for each unit at once, or for one unit, as papers say it: one statement for all.

    A petition about the bureau or the leaders' office is counted nowhere: their own officers read the paper too.
    """
    own = Petition.about_unit_id.is_not_distinct_from(Duty.unit_id)
    about = aliased(Unit)
    wanted = _counts(year, as_of, Duty.kind, _MONTH, Unit.code, own).join(Unit, Unit.id == Duty.unit_id)
    wanted = wanted.outerjoin(about, about.id == Petition.about_unit_id)
    wanted = wanted.where(or_(about.id.is_(None), about.kind.not_in(READERS)))
    rows = session.execute(wanted if code is None else wanted.where(Unit.code == code)).all()
    units: dict[str, list[Any]] = {}
    for row in rows:
        if not row[3]:
            units.setdefault(row[2], []).append((row[0], row[1], *row[4:]))
    begun = _begun(year, as_of)
    county = _told(((row[0], row[1], *row[4:]) for row in rows), begun)
    return county, {code: _told(found, begun) for code, found in sorted(units.items())}


def _counts(year: int, as_of: datetime, *by: Any) -> Select[Any]:
    """(…by, due, met on time) of duties of the year whose due moment has passed.

    One that was met before its time counts when its time has come: else what lies ahead would only look well.
    """
    done = and_(Duty.status == DutyStatus.discharged, Duty.discharged_at <= as_of)
    over = and_(Duty.status.in_((DutyStatus.open, DutyStatus.discharged)), Duty.due_at < as_of)
    met = func.sum(case((and_(done, Duty.discharged_at <= Duty.due_at), 1), else_=0))
    in_year = Duty.due_on.between(date(year, 1, 1), date(year, 12, 31))
    wanted = select(*by, func.count(), met).join(Petition, Petition.id == Duty.petition_id)
    return wanted.where(in_year, over).group_by(*by)


def _begun(year: int, as_of: datetime) -> range:
    """The months of the year that have come; of the others there is nothing to tell."""
    day = as_of.astimezone(zone()).date()
    return range(1, 13 if day.year > year else day.month + 1 if day.year == year else 1)


def _told(rows: Iterable[Any], begun: Iterable[int]) -> Kept:
    kinds: dict[str, list[int]] = {}
    months: dict[int, list[int]] = {number: [0, 0] for number in begun}
    for kind, number, due, on_time in rows:
        for counts in (kinds.setdefault(kind.value, [0, 0]), months[number]):
            counts[0] += due
            counts[1] += on_time
    return {
        "kinds": [{"kind": kind, "due": due, "met": met} for kind, (due, met) in sorted(kinds.items())],
        "months": [{"month": number, "due": due, "met": met} for number, (due, met) in sorted(months.items())],
    }


def annual(session: Session, year: int, as_of: datetime) -> dict[str, Any]:
    """What art. 41 asks for, as plain JSON, of the petitions that the reader may see."""
    received = _received(_start(year), _start(year + 1), as_of)
    before = _received(_start(year - 1), _start(year), as_of)
    closed = func.sum(case((Petition.closed_at <= as_of, 1), else_=0))
    merged = func.sum(case((Petition.merged_into_id.is_not(None), 1), else_=0))
    urgent = func.sum(case((Petition.urgent_at <= as_of, 1), else_=0))
    anonymous = func.sum(case((Petition.anonymous, 1), else_=0))
    totals = select(func.count(), func.sum(Petition.persons), closed, merged, urgent, anonymous).select_from(Petition)
    numbers = session.execute(totals.where(received)).one()
    names = ("received", "persons", "closed", "merged", "urgent", "anonymous")
    sent = and_(Transfer.sent_at.between(_start(year), _end(year, as_of)), _in_force(Transfer))
    return {
        "year": year,
        "as_of": as_of.isoformat(),
        **{name: int(value or 0) for name, value in zip(names, numbers, strict=True)},
        "received_before": session.scalar(select(func.count()).select_from(Petition).where(before)) or 0,
        "channels": _counted(session, Petition.channel, received),
        "kinds": _counted(session, Petition.kind, received),
        "cases": _counted(session, Petition.case, received),
        "months": _months(session, year, received),
        "fields": _fields(session, received, closed),
        "about": _about(session, received),
        "transfers": _counted(session, Transfer.status, sent),
        "supervision": _steps(session, year, as_of),
        "replies": _replies(session, received, as_of),
        "suggestions": _replies(session, and_(received, Petition.kind == PetitionKind.suggestion), as_of),
        "recommendations": _recommendations(session, year, as_of),
        "duties": kept(session, year, as_of)["kinds"],
        "serious": serious(session, year, as_of),
    }


def _start(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=zone()).astimezone(UTC)


def _end(year: int, as_of: datetime) -> datetime:
    return min(_start(year + 1) - timedelta(microseconds=1), as_of)


def _received(start: datetime, end: datetime, as_of: datetime) -> ColumnElement[bool]:
    counts = or_(Petition.voided_at.is_(None), Petition.voided_at > as_of)
    return and_(Petition.received_at >= start, Petition.received_at < end, Petition.received_at <= as_of, counts)


def _in_force(table: Any) -> ColumnElement[bool]:
    """Rows of petitions that were not registered by mistake."""
    found: ColumnElement[bool] = table.petition_id.not_in(select(Petition.id).where(Petition.voided_at.is_not(None)))
    return found


def _counted(session: Session, column: Any, which: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(select(column, func.count()).where(which).group_by(column))
    return dict(sorted((value.value if value is not None else "", count) for value, count in rows))


def _months(session: Session, year: int, received: ColumnElement[bool]) -> list[int]:
    """Petitions received in each month of the county's zone."""
    starts = [datetime(year, number, 1, tzinfo=zone()).astimezone(UTC) for number in range(1, 13)]
    ends = [*starts[1:], _start(year + 1)]
    in_month = [
        func.sum(case((and_(Petition.received_at >= start, Petition.received_at < end), 1), else_=0))
        for start, end in zip(starts, ends, strict=True)
    ]
    return [int(count or 0) for count in session.execute(select(*in_month).where(received)).one()]


def _fields(session: Session, received: ColumnElement[bool], closed: Any) -> list[dict[str, Any]]:
    """Petitions by category, those of a sub-category under its upper one; the most frequent first."""
    above = aliased(Category)
    code, name = func.coalesce(above.code, Category.code), func.coalesce(above.name, Category.name)
    name_en = case((above.id.is_not(None), above.name_en), else_=Category.name_en)
    joined = select(code, name, name_en, func.count(), closed).select_from(Petition)
    joined = joined.outerjoin(Category, Category.id == Petition.category_id)
    wanted: Select[Any] = joined.outerjoin(above, above.id == Category.parent_id).where(received)
    rows = session.execute(wanted.group_by(code, name, name_en)).all()
    found = [
        {"code": row[0] or "", "name": row[1], "name_en": row[2], "received": row[3], "closed": int(row[4] or 0)}
        for row in rows
    ]
    return sorted(found, key=lambda row: (-row["received"], row["code"]))


def _about(session: Session, received: ColumnElement[bool]) -> list[dict[str, Any]]:
    """The units that most petitions were about (art. 41); units, never people."""
    wanted = select(Unit.code, Unit.name, Unit.name_en, func.count()).join(Petition, Petition.about_unit_id == Unit.id)
    grouped = wanted.where(received).group_by(Unit.code, Unit.name, Unit.name_en)
    rows = session.execute(grouped.order_by(func.count().desc(), Unit.code).limit(MOST))
    return [{"code": code, "name": name, "name_en": name_en, "count": count} for code, name, name_en, count in rows]


def _recommendations(session: Session, year: int, as_of: datetime) -> list[dict[str, Any]]:
    """What the bureau recommended to units in the year, and what became of it."""
    last = min(date(year, 12, 31), as_of.astimezone(zone()).date())
    wanted = select(Recommendation).where(Recommendation.made_on.between(date(year, 1, 1), last))
    ordered = wanted.options(joinedload(Recommendation.unit)).order_by(Recommendation.made_on, Recommendation.id)
    return [
        {
            "made": row.made_on.isoformat(),
            "unit": {"code": row.unit.code, "name": row.unit.name, "name_en": row.unit.name_en},
            "kind": row.kind.value,
            "subject": row.subject,
            "adoption": row.adoption.value,
        }
        for row in session.scalars(ordered)
    ]


def _steps(session: Session, year: int, as_of: datetime) -> dict[str, int]:
    in_year = and_(Step.kind.in_(SUPERVISION), Step.at.between(_start(year), _end(year, as_of)), _in_force(Step))
    found = _counted(session, Step.kind, in_year)
    return {kind.value: found.get(kind.value, 0) for kind in SUPERVISION}


def _replies(session: Session, which: ColumnElement[bool], as_of: datetime) -> dict[str, int]:
    """Outcome of the last reply → petitions. Without one: empty while it is open, else ``UNANSWERED``."""
    last = select(Step.petition_id, func.max(Step.seq).label("seq"))
    last_reply = last.where(Step.kind == StepKind.reply, Step.at <= as_of).group_by(Step.petition_id).subquery()
    of_reply = and_(Step.petition_id == last_reply.c.petition_id, Step.seq == last_reply.c.seq)
    told = select(Step.petition_id, Step.outcome).join(last_reply, of_reply).subquery()
    outcome = case(
        (told.c.petition_id.is_not(None), func.coalesce(told.c.outcome, "")),
        (Petition.closed_at <= as_of, UNANSWERED),
        else_="",
    )
    wanted = select(outcome, func.count(Petition.id)).select_from(Petition)
    rows = session.execute(wanted.outerjoin(told, told.c.petition_id == Petition.id).where(which).group_by(outcome))
    return dict(sorted((word, count) for word, count in rows))


def day_book(session: Session, day: date, as_of: datetime) -> dict[str, Any]:
    """The petitions received on one day by first unit: numbers, no identities and no contents (domain §6)."""
    start = datetime.combine(day, time(), zone()).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone()).astimezone(UTC)
    columns = (Petition.number, Petition.received_at, Petition.registered_at, Petition.channel, Petition.kind)
    wanted = select(Unit.code, Unit.name, Unit.name_en, *columns, Petition.persons, Petition.urgent_at)
    joined = wanted.join(Unit, Unit.id == Petition.first_unit_id).where(_received(start, end, as_of))
    units: dict[str, dict[str, Any]] = {}
    for row in session.execute(joined.order_by(Unit.code, Petition.received_at, Petition.number)):
        unit = units.setdefault(row.code, {"code": row.code, "name": row.name, "name_en": row.name_en, "petitions": []})
        registered = row.registered_at if row.registered_at and row.registered_at <= as_of else None
        unit["petitions"].append(
            {
                "number": row.number,
                "received_at": row.received_at.astimezone(zone()).isoformat(),
                "registered_at": registered.astimezone(zone()).isoformat() if registered else None,
                "channel": row.channel.value,
                "kind": row.kind.value,
                "persons": row.persons,
                "urgent": row.urgent_at is not None and row.urgent_at <= as_of,
            }
        )
    total = sum(len(unit["petitions"]) for unit in units.values())
    return {"day": day.isoformat(), "as_of": as_of.isoformat(), "total": total, "units": list(units.values())}


def serious(session: Session, year: int, as_of: datetime) -> list[dict[str, Any]]:
    """Serious matters circulated in the year, as far as the reader may see them; ``ground``, ``status``: msgids.

    One that came to light in a petition about the bureau or the leaders' office does not name the petition.
    """
    decided, about = aliased(AccountabilityEvent), aliased(Unit)
    said = select(decided.accountability_id, decided.reason, decided.at).where(
        decided.status == AccountabilityStatus.circulated, decided.at <= as_of
    )
    found = said.subquery()
    wanted = select(Accountability, found.c.reason, found.c.at, about.kind)
    wanted = wanted.join(found, found.c.accountability_id == Accountability.id)
    wanted = wanted.outerjoin(Petition, Petition.id == Accountability.petition_id)
    wanted = wanted.outerjoin(about, about.id == Petition.about_unit_id)
    wanted = wanted.where(found.c.at >= _start(year), found.c.at < _start(year + 1))
    parts = (joinedload(Accountability.unit), joinedload(Accountability.petition))
    return [
        {
            "unit": {"code": row.unit.code, "name": row.unit.name, "name_en": row.unit.name_en},
            "petition": row.petition.number if row.petition and kind not in READERS else None,
            "ground": row.ground.label,
            "opened": row.opened_at.astimezone(zone()).date().isoformat(),
            "circulated": at.astimezone(zone()).date().isoformat(),
            "status": row.status.label,
            "decision": reason,
        }
        for row, reason, at, kind in session.execute(wanted.options(*parts).order_by(Accountability.id))
    ]
