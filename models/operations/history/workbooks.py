"""XLSX workbooks of a ledger: which sheet has the rows, and the rows as text."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904, from_excel
from openpyxl.utils.exceptions import InvalidFileException

from models.errors import DomainError
from models.operations.history.cells import RawRow, plain
from models.operations.history.columns import Column, fit, fits_whole, listed
from models.terms import N_

LONGEST_ROW = 200
MOST_ROWS = 1_048_576  # as many as a sheet has
MOST_UNPACKED = 2 << 30
SEVERAL = N_(
    "%(file)s: several sheets have these columns: %(sheets)s. Put the rows into one sheet, or save it as a file."
)
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


@dataclass(slots=True)
class Page:
    """One sheet of a workbook."""

    path: Path
    sheet: Any
    mac_dates: bool
    line: int = 0
    total: int = field(init=False)

    def __post_init__(self) -> None:
        self.total = max(1, self.sheet.max_row or 1)
        self.sheet.reset_dimensions()  # many programs write it wrongly

    @property
    def name(self) -> str:
        return str(self.sheet.title)

    def share(self) -> float:
        """How much is read, 0 … 1."""
        return min(1.0, self.line / self.total)

    def rows(self) -> Iterator[RawRow]:
        """From the top."""
        rows = self.sheet.iter_rows(values_only=True)
        for line in range(1, MOST_ROWS + 1):
            try:
                values = next(rows, None)
            except _BROKEN as error:
                raise _broken(self.path) from error
            if values is None:
                return
            self.line = line
            cells = tuple(plain(self._dated(value)) for value in values[:LONGEST_ROW])
            if any(cells):
                yield RawRow(line, cells)
        raise DomainError(N_("%(file)s has more rows than a sheet can hold."), file=self.path.name)

    def _dated(self, value: object) -> object:
        """A day number of a workbook that counts from 1904, which no reader of its text could know."""
        if self.mac_dates and isinstance(value, int | float) and 30000 < value < 80000:
            found = from_excel(value, CALENDAR_MAC_1904)
            return found if isinstance(found, datetime) else value
        return value


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets that are shown; ``hidden``: the names of the others."""

    path: Path
    pages: list[Page]
    hidden: list[str]

    def chosen(self, known: Sequence[Column], head_rows: int) -> Page:
        """The sheet with the columns ``known`` and rows under them.

        Raises:
            DomainError: there are several.
        """
        if len(self.pages) == 1:
            return self.pages[0]
        best, whole = (0, self.pages[0]), []
        for page in self.pages:
            first = list(islice(page.rows(), head_rows))
            fits = [fit(row.cells, known) for row in first]
            if fits and max(fits) > best[0]:
                best = max(fits), page
            if (
                fits
                and fits_whole(first[fits.index(max(fits))].cells, known)
                and fits.index(max(fits)) + 1 < len(first)
            ):
                whole.append(page)
        if len(whole) > 1:
            raise DomainError(SEVERAL, file=self.path.name, sheets=listed(page.name for page in whole))
        return whole[0] if whole else best[1]

    def others(self, page: Page) -> list[str]:
        """The sheets that are not read, if the workbook has more than one."""
        return [one.name for one in self.pages if one is not page] + self.hidden


def opened(path: Path, stack: ExitStack) -> Book:
    """The workbook at ``path``, as long as ``stack`` is open."""
    try:
        with ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise DomainError(N_("%(file)s unpacks to more than 2 GB: save it as CSV."), file=path.name)
        book = load_workbook(path, read_only=True, data_only=True)
        stack.callback(book.close)
        sheets: list[Any] = list(book.worksheets)
        shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets[:1]
        if not shown:
            raise _broken(path)
        mac = book.epoch == CALENDAR_MAC_1904
        return Book(path, [Page(path, sheet, mac) for sheet in shown], [s.title for s in sheets if s not in shown])
    except _BROKEN as error:
        raise _broken(path) from error


def _broken(path: Path) -> DomainError:
    return DomainError(N_("%(file)s cannot be read as an XLSX workbook."), file=path.name)
