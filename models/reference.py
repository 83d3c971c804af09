"""Reference data every county starts with: the rulebook, the working calendar, categories. Safe to run again."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models.operations.case_file import forget_world
from models.operations.numbers import insert_for
from models.rules.calendar import FIRST_YEAR, announced
from models.rules.defaults import default_rulebook
from models.tables import (
    CalendarDay,
    CalendarYear,
    Category,
    Petition,
    Rulebook,
    RulebookClock,
    RulebookPeer,
    RulebookPoints,
)
from models.terms import DayKind, RulebookStatus
from models.world import dates_changed

VERSION = "2025-1"
EFFECTIVE_FROM = date(2024, 1, 1)
# from the first year on record to the one after the newest that is announced
YEARS = range(FIRST_YEAR, 2028)
_PEER = ("code", "title", "title_en", "kind")
_SOURCE = "国务院办公厅节假日安排"

CATEGORIES = (
    ("land", "征地拆迁", "Land and demolition"),
    ("labour", "劳动社保", "Labour and social security"),
    ("housing", "住房物业", "Housing and property management"),
    ("rural", "农业农村", "Agriculture and the countryside"),
    ("environment", "生态环境", "Environment"),
    ("education", "教育", "Education"),
    ("health", "医疗卫生", "Health"),
    ("transport", "交通运输", "Transport"),
    ("order", "治安法治", "Public order and law"),
    ("other", "其他", "Other"),
)


def ensure_reference(session: Session) -> None:
    """Create what is missing; never changes what an administrator edited. Flushes, does not commit."""
    _rulebook(session)
    _calendar(session)
    _categories(session)
    session.flush()
    forget_world(session)


def _rulebook(session: Session) -> None:
    if session.scalar(select(Rulebook.id).limit(1)) is not None:
        return
    book = default_rulebook()
    values = {
        "version": VERSION,
        "title": "首接负责制考核办法",
        "status": RulebookStatus.draft,
        "effective_from": EFFECTIVE_FROM,
        "source": "《信访工作条例》（2022）；县首接负责制通知",
        "base_score": book.base,
        "floor_score": book.floor,
        "grace_days": book.grace_days,
    }
    fresh = insert_for(session, Rulebook.__table__).values(**values)
    made = session.connection().execute(
        fresh.on_conflict_do_nothing(index_elements=["version"]).returning(Rulebook.__table__.c.id)
    )
    row_id = made.scalar()
    if row_id is None:  # another machine is doing the same at this moment
        return
    names = ("duty", "variant", "amount", "measure", "rolled", "extension", "rule", "paragraph", "source")
    clocks = [{"rulebook_id": row_id} | {name: getattr(clock, name) for name in names} for clock in book.clocks]
    points = [{"rulebook_id": row_id, "rule": rule, "points": value} for rule, value in book.points.items()]
    peers = [{"rulebook_id": row_id} | {name: getattr(peer, name) for name in _PEER} for peer in book.peers]
    # written past the session: the first rulebook is no change that due dates would have to follow
    session.connection().execute(insert(RulebookClock), clocks)
    session.connection().execute(insert(RulebookPoints), points)
    session.connection().execute(insert(RulebookPeer), peers)
    table: Any = Rulebook.__table__
    published = update(table).where(table.c.id == row_id).values(status=RulebookStatus.published)
    session.connection().execute(published)


def _calendar(session: Session) -> None:
    have = set(session.scalars(select(CalendarYear.year)))
    missing = [year for year in YEARS if year not in have]
    if not missing:
        return
    off, on, known = announced(missing)
    link = session.connection()
    years = [{"year": year, "provisional": year not in known, "version": 1} for year in missing]
    link.execute(insert_for(session, CalendarYear.__table__).values(years).on_conflict_do_nothing())
    days = [_day(day, DayKind.holiday, name) for day, name in off.items() if day not in on]
    days += [_day(day, DayKind.makeup, name) for day, name in on.items()]
    if days:
        link.execute(insert_for(session, CalendarDay.__table__).values(days).on_conflict_do_nothing())
    if session.scalar(select(Petition.id).limit(1)) is not None:  # they were counted without these years
        dates_changed(session)


def _day(day: date, kind: DayKind, name: str) -> dict[str, object]:
    return {"day": day, "kind": kind, "name": name[:80], "source": _SOURCE}


def _categories(session: Session) -> None:
    rows = [{"code": code, "name": name, "name_en": english, "active": True} for code, name, english in CATEGORIES]
    fresh = insert_for(session, Category.__table__).values(rows)
    session.connection().execute(fresh.on_conflict_do_nothing(index_elements=["code"]))
