"""Cells as text: what a spreadsheet has put into them, without what nobody sees or typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from models.texts import cleaned

# spreadsheets show these in place of a value
_ERROR = re.compile(
    r"#(N/A|NAME\?|VALUE!|REF!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|"
    r"BUSY!|GETTING_DATA)|#{3,}",
    re.IGNORECASE,
)
_SHORTENED = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)
# how a cell that became a date reads as text: from a workbook, from CSV in Chinese and in English
_BECAME_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2}(\.\d+)?)|\d{2}:\d{2}:\d{2}|\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月(\d{1,2}日)?"
    r"|\d{1,2}-[A-Z][a-z]{2}(-\d{2,4})?|[A-Z][a-z]{2}-\d{2,4}"
)
_APOSTROPHE = re.compile(r"['’‘](?=[=+\-@\d])")
_EXACT = 1e15  # a spreadsheet keeps fifteen places of a number


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in the file: the line on which it begins, and its cells as text."""

    line: int
    cells: tuple[str, ...]


def plain(value: object) -> str:
    """A workbook's cell as the text one would have typed; a number that lost its last places shows its exponent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        if abs(value) >= _EXACT:
            return f"{value:.14E}"
        return str(int(value)) if float(value).is_integer() else f"{value:.15G}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()


def tidied(row: RawRow) -> tuple[RawRow, list[int]]:
    """The row without characters that nobody sees, nor the apostrophe that marks a text; which cells had the former."""
    if all(cell.isascii() and cell[:1] != "'" for cell in row.cells):
        return row, []
    texts = [cleaned(cell) for cell in row.cells]
    places = [place for place, text in enumerate(texts) if text != row.cells[place]]
    return RawRow(
        row.line,
        tuple(
            _APOSTROPHE.sub("", text.strip(), count=1) if _APOSTROPHE.match(text) else text.strip() for text in texts
        ),
    ), places


def is_error(text: str) -> bool:
    """Whether the spreadsheet shows an error in place of a value."""
    return bool(_ERROR.fullmatch(text))


def is_shortened(text: str) -> bool:
    """Whether a long number has lost its digits."""
    return bool(_SHORTENED.fullmatch(text))


def became_date(text: str) -> bool:
    """Whether the spreadsheet has turned what was typed into a date or a time."""
    return bool(_BECAME_DATE.fullmatch(text))
