"""A year's notice becomes the calendar: every day of it at once, counted again once (domain §3). Never commits."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.errors import Invalid, Problem
from models.operations import recount
from models.rules.notices import Day
from models.tables import CalendarDay, CalendarYear
from models.terms import N_

FIRST, LAST = 1990, 2200
MOST_BYTES = 1024 * 1024


def text_of(body: bytes) -> str:
    """What a notice's file says: text or CSV in UTF-8 or GB18030, or the first sheet of a workbook, row by row.

    Raises:
        Invalid: it is none of them.
    """
    if len(body) > MOST_BYTES:
        raise Invalid([Problem("file", N_("A notice is a page of text: this file is too large."))])
    if body.startswith(b"PK"):
        return _sheet(body)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid([Problem("file", N_("This file is no text and no workbook."))])


def _sheet(body: bytes) -> str:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
    except Exception as error:  # the library names no single error for what is no workbook
        raise Invalid([Problem("file", N_("This file is no text and no workbook."))]) from error
    rows = book.worksheets[0].iter_rows(values_only=True, max_row=500)
    return "\n".join(", ".join(_cell(cell) for cell in row if cell is not None) for row in rows)


def _cell(value: object) -> str:
    return value.date().isoformat() if isinstance(value, datetime) else str(value)


def announce(
    session: Session,
    year: int,
    days: Sequence[Day],
    source: str,
    now: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Make the year's calendar that of its notice, announced; what was there otherwise goes. Done twice: no change.

    Returns:
        How many petitions have new due dates.
    """
    given = {one.day: one for one in days}
    start, end = date(year, 1, 1), date(year, 12, 31)
    wanted = select(CalendarDay).where(or_(CalendarDay.day.between(start, end), CalendarDay.day.in_(list(given))))
    known = {row.day: row for row in session.scalars(wanted)}
    for day in known.keys() - given.keys():
        session.delete(known[day])
    for day, one in given.items():
        row = known.get(day)
        if row is None:
            session.add(CalendarDay(day=day, kind=one.kind, name=one.name, source=source))
        elif (row.kind, row.name, row.source) != (one.kind, one.name, source):
            row.kind, row.name, row.source = one.kind, one.name, source
    head = session.scalar(select(CalendarYear).where(CalendarYear.year == year))
    if head is None:
        session.add(CalendarYear(year=year, provisional=False))
    elif head.provisional:
        head.provisional = False
    session.flush()
    return recount.recount(session, now, source, progress)
