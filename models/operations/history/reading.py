"""Read one file of a ledger row by row: CSV in UTF-8 or GB18030, or the sheet of an XLSX workbook that has the rows."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from models.errors import DomainError
from models.operations.history import workbooks
from models.operations.history.cells import RawRow, tidied
from models.operations.history.columns import Column, Unreadable, arrange, fit, listed, names_of
from models.operations.history.notes import Note
from models.terms import N_

_PIECE = 1 << 20
HEAD_ROWS = 30  # among so many rows the names of the columns are looked for
HEADLESS = N_("%(file)s: no row names the columns. Known are: %(known)s.")
TITLE = N_("%(file)s: passed over above the names of the columns: %(text)s")
PASSED_OVER = N_("%(file)s: these columns are not read: %(names)s")
SHEET = N_("%(file)s: the sheet %(sheet)s is read, the others are not: %(others)s")
CLEANED = N_("%(file)s: characters that nobody sees were taken out of %(count)s cells: %(cells)s")


@dataclass(slots=True)
class Table:
    """An open file. ``places``: column name → position in a row's cells; ``share``: how much is read, 0 … 1.

    ``sheet``: of a workbook, None of a CSV; ``notes``: what is to be told, whole when every row was read.
    """

    heads: tuple[str, ...]
    places: dict[str, int]
    rows: Iterator[RawRow]
    share: Callable[[], float]
    sheet: str | None = None
    notes: list[Note] = field(default_factory=list)


@contextmanager
def opened(path: Path, known: Sequence[Column]) -> Iterator[Table]:
    """The file at ``path`` with the columns ``known``.

    Raises:
        DomainError: it cannot be read so; unknown, missing or repeated columns; a row that breaks the format.
    """
    with ExitStack() as stack:
        with path.open("rb") as file:
            start = file.read(8)
        notes: list[Note] = []
        sheet = None
        if start.startswith(b"PK"):
            book = workbooks.opened(path, stack)
            chosen = book.chosen(known, HEAD_ROWS)
            lines, share, sheet = chosen.rows(), chosen.share, chosen.name
            if others := book.others(chosen):
                notes.append(Note(SHEET, {"file": path.name, "sheet": sheet, "others": listed(others)}))
        elif start.startswith(b"\xd0\xcf\x11\xe0"):
            message = N_("%(file)s: save it as .xlsx or as CSV; the old .xls format is not read.")
            raise DomainError(message, file=path.name)
        else:
            lines, share = _text(path, stack)
        head, rest, title = _headed(lines, known, path.name)
        if title:
            notes.append(Note(TITLE, {"file": path.name, "text": title}))
        found = arrange(head.cells, known, path.name)
        if found.passed_over:
            notes.append(Note(PASSED_OVER, {"file": path.name, "names": listed(found.passed_over.values())}))
        table = Table(head.cells, found.places, rest, share, sheet, notes)
        table.rows = _tidied(path.name, table, rest)
        yield table


def _headed(lines: Iterator[RawRow], known: Sequence[Column], file: str) -> tuple[RawRow, Iterator[RawRow], str]:
    """The row that names the columns, the rows after it, and what stood above it."""
    first: list[RawRow] = []
    for row in lines:
        first.append(row)
        if len(first) == HEAD_ROWS:
            break
    if not first:
        raise DomainError(N_("%(file)s is empty: the first row must name the columns."), file=file)
    fits = [fit(row.cells, known) for row in first]
    at = fits.index(max(fits)) if any(fits) else 0
    heads = first[at].cells
    if not any(column.called(head) for head in heads for column in known if head):
        written = not all(head.isascii() for head in heads)
        raise Unreadable(HEADLESS, heads, file=file, known=names_of(known, written))
    above = " ".join(cell for row in first[:at] for cell in row.cells if cell)
    return first[at], chain(first[at + 1 :], lines), above[:200]


def _tidied(file: str, table: Table, rows: Iterator[RawRow]) -> Iterator[RawRow]:
    """The rows without what nobody sees; at their end the note that says where it was."""
    count, where = 0, list[str]()
    for row in rows:
        found, cleaned = tidied(row)
        count += len(cleaned)
        where += [address(table.sheet, row.line, place, table.heads) for place in cleaned[: 5 - len(where)]]
        yield found
    if count:
        table.notes.append(Note(CLEANED, {"file": file, "count": count, "cells": ", ".join(where)}))


def address(sheet: str | None, line: int, place: int, heads: Sequence[str]) -> str:
    """Where a cell is: B2 in a workbook, line and column in a CSV."""
    if sheet is not None:
        return f"{get_column_letter(place + 1)}{line}"
    return f"{line} {heads[place] if place < len(heads) else ''}".strip()


# CSV
def encoding_of(path: Path) -> str:
    """``utf-8-sig`` or ``gb18030``, decided by the whole file.

    Raises:
        DomainError: it is neither.
    """
    for name in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(name)()
        try:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    if b"\0" in piece:
                        raise DomainError(N_("%(file)s is no text file: save it as CSV in UTF-8."), file=path.name)
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    raise DomainError(N_("%(file)s is neither UTF-8 nor GB18030: save it as CSV in UTF-8."), file=path.name)


def _text(path: Path, stack: ExitStack) -> tuple[Iterator[RawRow], Callable[[], float]]:
    size = max(1, os.path.getsize(path))
    raw = stack.enter_context(path.open("rb"))
    file = stack.enter_context(io.TextIOWrapper(raw, encoding=encoding_of(path), newline=""))
    return _lines(path, csv.reader(file, strict=True)), lambda: raw.tell() / size


def _lines(path: Path, reader: Any) -> Iterator[RawRow]:
    before = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            message = N_("%(file)s, line %(line)s: the row breaks the CSV format (%(error)s).")
            raise DomainError(message, file=path.name, line=before + 1, error=str(error)) from error
        if cells is None:
            return
        line, before = before + 1, reader.line_num
        if any(cell.strip() for cell in cells):
            yield RawRow(line, tuple(cell.strip() for cell in cells[: workbooks.LONGEST_ROW]))
