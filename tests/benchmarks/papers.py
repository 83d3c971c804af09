"""What papers cost: processor seconds and memory of the drawing process, for one unit and for counties of any size."""

from __future__ import annotations

import os
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from models.office_terms import PaperKind
from models.rules import assessing
from reports import archive as archives
from reports import builders, official, press
from reports.lines import More

NAME = "清源县"
RULES = (("ACCEPT", "1.00"), ("TRANSFER", "1.00"), ("HANDLE", "2.00"), ("FOLLOW_UP", "0.50"))
LIMITS = {"unit report": (1.2, 200), "county report, 60 units": (8.0, None)}  # CPU seconds, MB
NO_FIGURES: dict[str, Any] = {"points": {}, "kept": {"county": None, "units": {}}, "before": None, "serious": []}
ROOM = 40  # MB that the archive may need beside the year itself, whatever the number of papers
TICK = os.sysconf("SC_CLK_TCK")


def document(units: int, each: int) -> dict[str, Any]:
    """A year of ``units`` units with ``each`` deductions."""
    names = [(f"U{n:04}", f"第{n}单位", f"Unit {n}", "town" if n % 3 == 0 else "department") for n in range(units)]
    lines = []
    for n in range(units):
        for m in range(each):
            rule, points = RULES[(n + m) % 4]
            due = f"2025-{1 + (n + m) % 12:02}-14"
            duty = {"kind": "HANDLE", "paragraph": "§2(2), art. 34", "due": due, "late_days": 6}
            number = f"2025-{n * each + m:06}"
            lines.append(
                {
                    **{"unit": f"U{n:04}", "petition": number, "rule": rule, "occurrence": "handling:1"},
                    **{"points": points, "status": "proposed" if m % 5 == 0 else "confirmed"},
                    "duties": [duty | {"discharged": None}],
                    **{"statement": "当事人出差，材料次日补交。" if m % 4 == 0 else None, "decision": None},
                }
            )
    book = {"version": "2025-1", "base": "100.00", "floor": "0.00"}
    inputs = {"year": 2025, "as_of": "2026-01-10T00:00:00+00:00", "rulebook": book, "deductions": lines}
    keys = ("code", "name", "name_en", "kind")
    return assessing.document(inputs | {"units": [dict(zip(keys, one, strict=True)) for one in names]})


def measured(draw: Callable[[press.Press], bytes]) -> tuple[float, float, int]:
    """(CPU seconds of ours and the drawing process, its peak in MB, bytes) of the second paper: the first warms up."""
    here = press.Press()
    here.draw("<p>吉</p>", [], datetime(2025, 1, 1, tzinfo=UTC))
    assert here.worker is not None
    pid = here.worker.process.pid
    before = _cpu(pid) + sum(os.times()[:2])
    body = draw(here)
    spent = _cpu(pid) + sum(os.times()[:2]) - before
    status = Path(f"/proc/{pid}/status").read_text()
    peak = int(next(row for row in status.splitlines() if row.startswith("VmHWM")).split()[1]) / 1024
    here.end()
    return spent, peak, len(body)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def costs(session: Any, sizes: tuple[int, ...] = (60, 240, 1000, 3000)) -> list[tuple[str, float, float, int]]:
    """Each paper's cost; the county's deductions beyond the printed ones are in the enclosed data."""
    made = document(60, 25)
    found = [("unit report", *_drawn(lambda: builders.unit_pdf(session, made, "U0003", "zh", NAME, More())))]
    for size in sizes:
        year = document(size, 9)
        draw = _drawn(lambda year=year: builders.county_pdf(session, year, "zh", NAME, More(before=year)))
        found.append((f"county report, {size} units", *draw))
    return found


def _drawn(paper: Callable[[], bytes]) -> tuple[float, float, int]:
    def draw(here: press.Press) -> bytes:
        usual, press._pool = press._pool, here
        room, press.ROOM = press.ROOM, 2**40  # a process that has gone cannot be asked what it took
        try:
            return paper()
        finally:
            press._pool, press.ROOM = usual, room

    return measured(draw)


def archive(count: int) -> tuple[float, float, float]:
    """``count`` unit papers of a county of 3,000 units: (seconds, MB that we grew, MB of a press)."""
    source = official.Source(document(3000, 9), NO_FIGURES)
    wanted = [official.Wanted(PaperKind.unit, f"U{n:04}", "zh") for n in range(count)]
    papers = [(f"{one.code}.pdf", partial(_made, source, one)) for one in wanted]
    before, most = _held(), [0.0, 0.0]
    usual, press._pool = press._pool, press.Pool()

    def heard(_done: int) -> None:
        presses = [one.worker.peak / 1024 for one in press._pool.presses if one.worker]
        most[:] = max(most[0], _held() - before), max([most[1], *presses])

    start = time.monotonic()
    try:
        with tempfile.TemporaryFile() as file, zipfile.ZipFile(file, "w") as made:
            archives.write(made, papers, heard)
    finally:
        press._pool.end()
        press._pool = usual
    return time.monotonic() - start, *most


def _made(source: official.Source, wanted: official.Wanted) -> bytes:
    return source.made(wanted, NAME).drawn()


def _held() -> float:
    """Our resident memory in MB."""
    rows = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(row for row in rows if row.startswith("VmRSS")).split()[1]) / 1024
