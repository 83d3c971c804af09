"""A list as a file: exactly what is filtered, row by row; memory does not grow, formulas are disarmed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, BinaryIO

from flask import Response, request
from flask_babel import gettext as _
from openpyxl import Workbook
from sqlalchemy import func, select

from models.terms import Verb
from models.world import zone
from reports import workbook
from views import listing, present, secure, titles
from views.columns import Col, columns
from views.fields import texts
from views.screen import Screen

AT_ONCE, KNOWN, PIECE = 500, 20_000, 16_000
LEAD = ("=", "+", "-", "@", "\t", "\r")
Writer = Callable[[Any], str]


def page(screen: Screen) -> Response:
    """The filtered list as CSV, streamed."""
    secure.require(screen.name, Verb.export)
    if Verb.export not in screen.verbs:
        secure.missing()
    asked = listing.sure(listing.read(screen, request.args))
    body = secure.streamed(csv_lines(cells(screen, asked)))
    headers = {"Content-Disposition": f"attachment; filename={screen.name}.csv"}
    return Response(body, content_type="text/csv; charset=utf-8", headers=headers)


def csv_lines(rows: Iterable[list[str]]) -> Iterator[str]:
    """CSV text piece by piece, with a BOM for spreadsheets."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    for row in rows:
        writer.writerow(row)
        if buffer.tell() > PIECE:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def write(form: str, rows: Iterable[list[Any]], file: BinaryIO, title: str) -> None:
    """The rows as ``csv`` or ``xlsx``, one by one; the heads of a workbook stay in sight and can be filtered.

    A workbook's days and numbers are days and numbers: its rows are those of ``cells(…, typed=True)``.
    """
    if form == "csv":
        for text in csv_lines(rows):
            file.write(text.encode())
        return
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([workbook.cell(sheet, value) for value in row])
    book.save(file)


def size(screen: Screen, asked: listing.Question) -> int:
    """How many rows a file of the list has, exactly: for work that nobody waits for."""
    session = secure.session()
    wanted = select(func.count()).select_from(screen.table).where(*listing.conditions(session, screen, asked))
    return session.scalar(wanted) or 0


def cells(screen: Screen, asked: listing.Question, *, typed: bool = False) -> Iterator[list[Any]]:
    """The heads, then each filtered row as texts, or ``typed`` as a workbook wants its values; identity is left out.

    Plain columns, not records: a hundred thousand of those take minutes. Of what keys point to, only the names are
    read, once for ``AT_ONCE`` rows, under the same row rules.
    """
    known = columns(screen.table)
    open_to_all = [c for c in known.values() if not c.info.sensitive and c.kind != "json" and c.name != "version"]
    cols = [c for c in open_to_all if c.kind != "many"]
    several = [Several(screen, c) for c in open_to_all if c.kind == "many"]
    yield heads([*cols, *(one.col for one in several)])
    session, table = secure.session(), screen.table
    wanted = select(*(getattr(table, c.name) for c in cols)).where(*listing.conditions(session, screen, asked))
    ordered = wanted.order_by(table.__table__.c.id).execution_options(yield_per=AT_ONCE)
    names = {i: Names(c.target) for i, c in enumerate(cols) if c.target}
    chosen, empty = (typed_writer, None) if typed else (writer, "")
    writers = [names[i].of if i in names else chosen(col) for i, col in enumerate(cols)]
    codes = {i: made for i, c in enumerate(cols) if (made := titles.CELLS.get((screen.name, c.name)))}
    for rows in session.execute(ordered).partitions():
        for i, found in names.items():
            found.learn({row[i] for row in rows})
        for one in several:
            one.learn([row.id for row in rows])
        for row in rows:
            line = [empty if value is None else write(value) for write, value in zip(writers, row, strict=True)]
            for i, made in codes.items():
                line[i] = made(row)
            yield line + [one.of(row.id) for one in several]


class Several:
    """What the rows of a many-to-many are called, for a piece of the list at a time."""

    def __init__(self, screen: Screen, col: Col) -> None:
        self.table: Any = screen.table
        self.col, self.names = col, Names(col.target or "")
        self.chosen: dict[int, list[int]] = {}

    def learn(self, keys: list[int]) -> None:
        relation = getattr(self.table, self.col.name)
        other = relation.property.mapper.class_
        wanted = select(self.table.id, other.id).join(relation).where(self.table.id.in_(keys)).order_by(other.id)
        self.chosen.clear()
        for key, target in secure.session().execute(wanted):
            self.chosen.setdefault(key, []).append(target)
        self.names.learn({key for found in self.chosen.values() for key in found})

    def of(self, key: int) -> str:
        return "; ".join(self.names.of(target) for target in self.chosen.get(key, []))


class Names:
    """What the rows of one table are called, as far as the actor may see them; forgets when it knows too many."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.known: dict[int, str] = {}

    def learn(self, keys: set[int | None]) -> None:
        if len(self.known) > KNOWN:
            self.known.clear()
        fresh = [key for key in keys if key is not None and key not in self.known]
        self.known |= dict.fromkeys(fresh, "") | {key: disarmed(text) for key, text in texts(self.target, fresh)}

    def of(self, key: int) -> str:
        return self.known[key]


def writer(col: Col) -> Writer:
    """How the values of one column are written in the reader's language; what can be said beforehand is."""
    fixed: Sequence[Any] = tuple(col.terms or ()) if col.kind == "choice" else (True, False)
    if col.kind in ("choice", "bool"):
        return {value: present.value_of(value) for value in fixed}.__getitem__
    if col.kind in ("date", "instant"):
        day, here = lru_cache(1000)(present.fmt_date), zone()
        return day if col.kind == "date" else lambda moment: _moment(day, moment.astimezone(here))
    return disarmed if col.kind in ("text", "long") else present.value_of


def typed_writer(col: Col) -> Callable[[Any], Any]:
    """The same for a workbook: days, times and numbers as such, a text as a text, however it looks."""
    if col.kind == "instant":
        here = zone()
        return lambda moment: moment.astimezone(here).replace(tzinfo=None, microsecond=0)
    return _same if col.kind in ("date", "number", "decimal", "text", "long") else writer(col)


def _same(value: Any) -> Any:
    return value


def heads(cols: Sequence[Col]) -> list[str]:
    """What the columns are called; of two that are called the same, each with its own name behind."""
    labels = [_(col.info.label) for col in cols]
    twice = {label for label in labels if labels.count(label) > 1}
    return [f"{label} ({col.name})" if label in twice else label for label, col in zip(labels, cols, strict=True)]


def _moment(day: Callable[[Any], str], local: datetime) -> str:
    return f"{day(local.date())} {local.hour:02}:{local.minute:02}"


def disarmed(text: str) -> str:
    """A spreadsheet must not run what a petitioner wrote."""
    return f"'{text}" if text.startswith(LEAD) else text
