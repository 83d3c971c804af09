"""Tables as an XLSX workbook: written row by row, heads in sight, to be filtered; texts are texts, never formulas."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from reports import words
from reports.tables import Sheet

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD, _SHADE = Font(bold=True), PatternFill("solid", fgColor="EEECE8")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_LONGEST = 32767  # what a cell holds


def body(sheets: Sequence[Sheet], lang: str) -> bytes:
    """The workbook in memory; on disk its rows were never all there at once."""
    file = io.BytesIO()
    write(sheets, lang, file)
    return file.getvalue()


def write(sheets: Sequence[Sheet], lang: str, file: BinaryIO) -> None:
    """One page for each table."""
    _ = words.gettext_for(lang)
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(_(sheet.title)[:31])
        page.freeze_panes = "A2"
        for place, (_label, width) in enumerate(sheet.columns, 1):
            page.column_dimensions[get_column_letter(place)].width = width
        page.append([_head(page, _(label)) for label, _width in sheet.columns])
        last = 1
        for row in sheet.rows:
            page.append([cell(page, value) for value in row])
            last += 1
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{last}"
    book.save(file)


def _head(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, text)
    cell.font, cell.fill, cell.alignment = _HEAD, _SHADE, _WRAPPED
    return cell


def cell(page: Any, value: Any) -> Any:
    """Numbers and days as what they are, so that they sort; a text that looks like a formula stays a text."""
    if isinstance(value, str):
        cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST])
        cell.data_type = "s"
    elif isinstance(value, Decimal):
        cell = WriteOnlyCell(page, float(value))
        cell.number_format = "0.00"
    else:
        cell = WriteOnlyCell(page, value)
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
    return cell
