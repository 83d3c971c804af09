"""The rows of a ledger on their way in: kept in a temporary file, sorted by petition and time, never all in memory.

The file holds identities in plain text, as the ledger does: it lies in a directory of its own that only this user can
read, and goes with it.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from models.errors import DomainError
from models.operations.history.columns import STEPS, Column, chinese, petition_columns
from models.operations.history.notes import Note
from models.operations.history.reading import Table, address, opened
from models.operations.history.values import CELL, Fault, moment_of
from models.terms import N_

PETITION, STEP = 0, 1
MOST_STEPS = 500  # of one petition
_PIECE = 2000
_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;
CREATE TABLE row (id INTEGER PRIMARY KEY, file INTEGER, line INTEGER, number TEXT, at TEXT, cells TEXT);
CREATE TABLE fault (row INTEGER, own INTEGER, fault TEXT);
CREATE TABLE left_out (number TEXT PRIMARY KEY);
"""


def columns_of(file: int) -> Sequence[Column]:
    """What a file of petitions, or of steps, may say."""
    return petition_columns() if file == PETITION else STEPS


@dataclass(frozen=True, slots=True)
class StagedRow:
    """One row with its place in the file; ``cells`` under the names of their columns."""

    id: int
    file: int
    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """All rows of one petition: its own (more than one is too many) and its steps in time order."""

    number: str
    petitions: list[StagedRow]
    steps: list[StagedRow]


class Staging:
    """A ledger's rows and what is wrong with them. Use it as a context: leaving it deletes the file."""

    def __init__(
        self, petitions: Path | None, steps: Path | None, zone: ZoneInfo, most_rows: int | None = None
    ) -> None:
        self.paths = (petitions, steps)
        self.heads: list[tuple[str, ...]] = [(), ()]
        self.sheets: list[str | None] = [None, None]
        self.notes: list[Note] = []
        self.counts = [0, 0]
        self._places: list[dict[str, int]] = [{}, {}]
        self._zone, self._most = zone, most_rows
        self._home = tempfile.TemporaryDirectory(prefix="shoujie-import-")
        self._link = sqlite3.connect(Path(self._home.name) / "rows.db", isolation_level=None)
        self._link.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._link.close()
        self._home.cleanup()

    # in
    def read(self, progress: Callable[[float], None] | None = None) -> None:
        """Take in both files.

        Raises:
            DomainError: a file cannot be read at all, or has more rows than allowed.
        """
        given = [(file, path) for file, path in enumerate(self.paths) if path is not None]
        for done, (file, path) in enumerate(given):
            with opened(path, columns_of(file)) as table:
                self.heads[file], self._places[file] = table.heads, table.places
                self.sheets[file] = table.sheet
                for _count in self._take(file, table):
                    if progress:
                        progress((done + table.share()) / len(given))
                self.notes += table.notes
        self._link.execute("CREATE INDEX by_number ON row (number, file, at, line)")
        self._link.execute("CREATE INDEX by_line ON row (file, line)")

    def _take(self, file: int, table: Table) -> Iterator[int]:
        """Row by row into the file; yields after every piece."""
        insert = "INSERT INTO row (file, line, number, at, cells) VALUES (?, ?, ?, ?, ?)"
        number, at = table.places["number"], table.places.get("at", -1)
        piece: list[tuple[object, ...]] = []
        for row in table.rows:
            self.counts[file] += 1
            if self._most is not None and sum(self.counts) > self._most:
                message = N_("More than %(most)s rows: load this ledger with the command `import history`.")
                raise DomainError(message, most=self._most)
            moment = moment_of(row.cells[at], self._zone) if 0 <= at < len(row.cells) else None
            key = row.cells[number] if number < len(row.cells) else ""
            piece.append((file, row.line, key, moment and moment.isoformat(), json.dumps(row.cells)))
            if len(piece) == _PIECE:
                self._link.executemany(insert, piece)
                piece.clear()
                yield self.counts[file]
        self._link.executemany(insert, piece)
        yield self.counts[file]

    # out
    def petitions(self) -> int:
        """How many different petitions the rows speak of."""
        return int(self._link.execute("SELECT count(DISTINCT number) FROM row").fetchone()[0])

    def groups(self) -> Iterator[Group]:
        """Petition by petition. Rows without a number, or beyond ``MOST_STEPS``, are faulty and not handed out."""
        found = self._link.execute("SELECT id, file, line, number, cells FROM row ORDER BY number, file, at, line")
        for number, rows in groupby(found, key=lambda row: str(row[3])):
            group = Group(number, [], [])
            for key, file, line, _number, cells in rows:
                row = self._named(key, file, line, json.loads(cells))
                kept = group.petitions if file == PETITION else group.steps
                if not number:
                    self.fault(row, Fault("number", N_("This is required.")))
                    self.leave_out(number)
                elif len(kept) >= MOST_STEPS:
                    self.fault(row, Fault("", N_("One petition cannot have so many rows.")))
                    self.leave_out(number)
                else:
                    kept.append(row)
            if number:
                yield group

    def _named(self, key: int, file: int, line: int, cells: list[str]) -> StagedRow:
        places = self._places[file]
        named = {name: cells[position] if position < len(cells) else "" for name, position in places.items()}
        row = StagedRow(key, file, line, named)
        nameless = [text for position, text in enumerate(cells) if not self._head(file, position) and text]
        if nameless:
            self.fault(row, Fault("", CELL))
            self.leave_out(named["number"])
        return row

    def address(self, file: int, line: int, column: str) -> str:
        """The cell of a workbook in which ``column`` of a row lies, e.g. B2; empty for a CSV."""
        place = self._places[file].get(column)
        sheet = self.sheets[file]
        return "" if place is None or sheet is None else address(sheet, line, place, self.heads[file])

    def written(self, file: int) -> bool:
        """Whether the file is in Chinese, so that what is wrong is told in it."""
        return chinese(self.heads[file])

    def _head(self, file: int, position: int) -> str:
        heads = self.heads[file]
        return heads[position] if position < len(heads) else ""

    # what is wrong
    def fault(self, row: StagedRow, fault: Fault, *, own: bool = True) -> None:
        """Remember what is wrong with ``row``; ``own`` is False for what may only follow from another bad row."""
        told = json.dumps(fault.told(), default=str)
        self._link.execute("INSERT INTO fault VALUES (?, ?, ?)", (row.id, own, told))

    def leave_out(self, number: str) -> None:
        """The petition will not be loaded: all its rows are reported."""
        self._link.execute("INSERT OR IGNORE INTO left_out VALUES (?)", (number,))

    def is_left_out(self, number: str) -> bool:
        return self._link.execute("SELECT 1 FROM left_out WHERE number = ?", (number,)).fetchone() is not None

    def left_out(self) -> dict[str, int]:
        """Counts: petitions left out, their rows, and the rows that are bad themselves."""
        ask = self._link.execute
        bad = ask("SELECT count(DISTINCT row) FROM fault WHERE own").fetchone()[0]
        numbers = ask("SELECT count(*) FROM left_out WHERE number <> ''").fetchone()[0]
        rows = ask("SELECT count(*) FROM row WHERE number IN (SELECT number FROM left_out)").fetchone()[0]
        return {"petitions": int(numbers), "rows": int(rows), "bad_rows": int(bad)}

    def reported(
        self, file: int, *, own_only: bool = False
    ) -> Iterator[tuple[int, list[str], list[tuple[Fault, bool]]]]:
        """Line, cells and faults of every row left out, in the order of the file."""
        rows = self._link.execute(
            "SELECT row.id, row.line, row.cells, fault.own, fault.fault FROM row LEFT JOIN fault ON fault.row = row.id"
            " WHERE row.file = ? AND row.number IN (SELECT number FROM left_out) ORDER BY row.line, fault.rowid",
            (file,),
        )
        for _key, found in groupby(rows, key=lambda row: row[0]):
            parts = list(found)
            faults = [(Fault.heard(json.loads(told)), bool(own)) for *_, own, told in parts if told is not None]
            if not own_only or any(own for _, own in faults):
                yield parts[0][1], json.loads(parts[0][2]), faults
