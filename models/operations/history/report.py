"""The bad rows as a file: the original cells, and where and why; mended, it can be loaded as it is."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from models.operations.history.columns import REPORT, STEPS, chinese, petition_columns
from models.operations.history.staging import Staging
from models.operations.history.values import Fault
from models.terms import N_

COMPANION = Fault("", N_("Good in itself; left out with its petition."))


def lines(ledger: Staging, file: int, say: Callable[[Fault], str]) -> Iterable[list[str]]:
    """The header and every row left out, in the order of the file. ``say`` puts a fault into the reader's words."""
    heads = ledger.heads[file]
    in_chinese, called = chinese(heads), names(ledger, file)
    own = [place for place, head in enumerate(heads) if not any(column.called(head) for column in REPORT)]
    yield [heads[place] for place in own] + [column.zh if in_chinese else column.name for column in REPORT]
    path = ledger.paths[file]
    for line, cells, faults in ledger.reported(file):
        kept = [cells[place] if place < len(cells) else "" for place in own]
        columns = dict.fromkeys(fault.column for fault, _ in faults if fault.column)
        where = filter(None, (ledger.address(file, line, column) for column in columns))
        names_of = ", ".join(called.get(column, column) for column in columns)
        reasons = list(dict.fromkeys(say(fault) for fault, _ in faults)) or [say(COMPANION)]
        told = [path.name if path else "", str(line), names_of, ", ".join(where), " ".join(reasons)]
        yield [*kept, *told, *cells[len(heads) :]]


def names(ledger: Staging, file: int) -> dict[str, str]:
    """Column → its name in the language of the file's header."""
    written = chinese(ledger.heads[file])
    return {column.name: column.zh if written else column.name for column in (*petition_columns(), *STEPS)}


def write(ledger: Staging, file: int, target: Path, say: Callable[[Fault], str]) -> None:
    """As CSV that a spreadsheet opens; readable by its owner alone, for it names people."""
    with os.fdopen(
        os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline=""
    ) as out:
        out.write("\ufeff")
        csv.writer(out).writerows(lines(ledger, file, say))


def beside(path: Path) -> Path:
    """A free name beside ``path``: petitions.bad.csv, …bad-2.csv; a half-mended file is never written over."""
    stem = path.name.split(".bad", 1)[0] if ".bad" in path.name else path.stem
    names = (f"{stem}.bad{f'-{n}' if n > 1 else ''}.csv" for n in range(1, 10000))
    return next(found for name in names if not (found := path.with_name(name)).exists())
