"""Small ledgers for the tests of the history import, and how they are loaded."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.access import all_rows
from models.operations.history import report
from models.operations.history.columns import PETITIONS, STEPS
from models.operations.history.load import BadRows, Outcome, load
from models.operations.history.notes import Note
from models.operations.history.staging import Staging
from models.world import zone
from tests import ledgers

AS_OF = datetime(2025, 12, 31, 4, tzinfo=UTC)
OFFICES = ledgers.Offices("XFJ", ("T1", "T2"), ("D1", "D2"), ("P1",))
P = {
    "number": "2019-7",
    "received_at": "2025-03-03 09:00",
    "registered_at": "2025-03-03 10:00",
    "channel": "visit",
    "kind": "request",
    "title": "拖欠工资𠮷😀",
    "content": "工资未付，\n请求处理",
    "place": "城关镇",
    "petitioner": "𠮷野",
    "phone": "00012345678",
    "id_number": "000000199001011234",
    "first_unit": "T1",
    "first_receiver": "老王",
}
Rows = list[dict[str, str]] | Path | None


def step(kind: str, at: str, unit: str = "T1", number: str = "2019-7", **more: str) -> dict[str, str]:
    """A row of the steps; ``at`` may be a day of March 2025."""
    return {"number": number, "step": kind, "at": f"2025-03-{at}" if 0 < len(at) < 10 else at, "unit": unit, **more}


ROUTE_B = step("route", "03 11:00", outcome="B")
TRANSFER = step("transfer", "04 09:00", to_unit="D1", mode="written", note="属县人社局职责")
WHOLE = [ROUTE_B, TRANSFER, step("file", "05 09:00"), step("reply", "2025-04-01 09:00", "D1", outcome="resolved")]


def written(path: Path, rows: Rows, columns: Any = PETITIONS) -> Path | None:
    """The rows as CSV; a file or nothing is passed on."""
    if not isinstance(rows, list):
        return rows
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [column.name for column in columns])
        writer.writeheader()
        writer.writerows(rows)
    return path


def count(session: Session, *tables: Any) -> list[int]:
    with all_rows():
        return [int(session.scalar(select(func.count()).select_from(table)) or 0) for table in tables]


def only(session: Session, table: Any) -> Any:
    with all_rows():
        return session.scalars(select(table)).one()


class Desk:
    """Loads ledgers into one session. ``faults``: file, line, column, reason, whether the row's own; ``report``: the
    two files of bad rows."""

    def __init__(self, session: Session, home: Path) -> None:
        self.session, self.home = session, home
        self.faults: list[tuple[int, int, str, str, bool]] = []
        self.report: list[list[list[str]]] = []
        self.notes: list[Note] = []

    def load(self, petitions: Rows, steps: Rows = None, **more: Any) -> Outcome:
        """Load and commit, or roll back."""
        paths = written(self.home / "p.csv", petitions), written(self.home / "s.csv", steps, STEPS)
        with Staging(*paths, zone()) as ledger:
            try:
                outcome = load(self.session, ledger, as_of=AS_OF, **more)
                self.session.commit()
            except BadRows:
                self.session.rollback()
                raise
            finally:
                self._listen(ledger)
        return outcome

    def refused(self, petitions: Rows, steps: Rows = None, **more: Any) -> list[tuple[int, int, str, str]]:
        """What the rows themselves are accused of: file, line, column, reason."""
        try:
            self.load(petitions, steps, **more)
        except BadRows:
            return [fault[:4] for fault in self.faults if fault[4]]
        raise AssertionError("nothing was refused")

    def _listen(self, ledger: Staging) -> None:
        self.notes = ledger.notes
        self.report = [list(report.lines(ledger, file, lambda fault: fault.message)) for file in (0, 1)]
        self.faults = [
            (file, line, fault.column, fault.message, own)
            for file in (0, 1)
            for line, _, faults in ledger.reported(file)
            for fault, own in faults
        ]
