"""Read one file of a ledger row by row: CSV in UTF-8 or GB18030, or the first sheet of an XLSX workbook."""

from __future__ import annotations

import codecs
import csv
import io
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from models.errors import DomainError
from models.operations.history.columns import Column, arrange
from models.terms import N_

_PIECE = 1 << 20
_LONGEST_ROW = 200
MOST_ROWS = 1_048_576  # as many as a sheet has
MOST_UNPACKED = 2 << 30
# openpyxl lets through whatever its readers stumble over; XML that does not parse is a SyntaxError
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BadZipFile,
    EOFError,
    InvalidFileException,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in the file: the line on which it begins, and its cells as text."""

    line: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class Table:
    """An open file. ``places``: column name → position in a row's cells; ``share``: how much is read, 0 … 1."""

    heads: tuple[str, ...]
    places: dict[str, int]
    rows: Iterator[RawRow]
    share: Callable[[], float]


@contextmanager
def opened(path: Path, known: Sequence[Column]) -> Iterator[Table]:
    """The file at ``path`` with the columns ``known``.

    Raises:
        DomainError: it cannot be read so; unknown, missing or repeated columns; a row that breaks the format.
    """
    with ExitStack() as stack:
        with path.open("rb") as file:
            start = file.read(8)
        if start.startswith(b"PK"):
            lines, share = _sheet(path, stack)
        elif start.startswith(b"\xd0\xcf\x11\xe0"):
            raise DomainError(
                N_("%(file)s: save it as .xlsx or as CSV; the old .xls format is not read."), file=path.name
            )
        else:
            lines, share = _text(path, stack)
        head = next(lines, None)
        if head is None:
            raise DomainError(N_("%(file)s is empty: the first row must name the columns."), file=path.name)
        yield Table(head.cells, arrange(head.cells, known, path.name), lines, share)


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
            yield RawRow(line, tuple(cell.strip() for cell in cells[:_LONGEST_ROW]))


# XLSX
def _sheet(path: Path, stack: ExitStack) -> tuple[Iterator[RawRow], Callable[[], float]]:
    try:
        with ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise DomainError(N_("%(file)s unpacks to more than 2 GB: save it as CSV."), file=path.name)
        book = load_workbook(path, read_only=True, data_only=True)
        stack.callback(book.close)
        sheet: Any = book.worksheets[0]
    except _BROKEN as error:
        raise _broken(path) from error
    total = max(1, sheet.max_row or 1)
    sheet.reset_dimensions()  # many programs write it wrongly
    done = {"line": 0}
    return _rows(path, sheet, done), lambda: min(1.0, done["line"] / total)


def _broken(path: Path) -> DomainError:
    return DomainError(N_("%(file)s cannot be read as an XLSX workbook."), file=path.name)


def _rows(path: Path, sheet: Any, done: dict[str, int]) -> Iterator[RawRow]:
    rows = sheet.iter_rows(values_only=True)
    for line in range(1, MOST_ROWS + 1):
        try:
            values = next(rows, None)
        except _BROKEN as error:
            raise _broken(path) from error
        if values is None:
            return
        done["line"] = line
        cells = tuple(_plain(value) for value in values[:_LONGEST_ROW])
        if any(cells):
            yield RawRow(line, cells)
    raise DomainError(N_("%(file)s has more rows than a sheet can hold."), file=path.name)


def _plain(value: object) -> str:
    """A cell as the text one would have typed; a long number that Excel has shortened shows its exponent."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15G}"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()
