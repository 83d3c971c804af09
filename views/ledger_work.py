"""The long work on an uploaded ledger: check it, load it. Each in a session of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from models.operations.history import report
from models.operations.history.load import BadRows, Outcome, load
from models.operations.history.staging import Staging
from models.world import zone
from views import present, secure
from views.history_uploads import PARTS, Upload

MOST_ROWS = 200_000  # minutes of work; a larger ledger is a matter for the machine's administrator
SHOWN = 50
Heard = Callable[[float], None]


@contextmanager
def _opened(upload: Upload) -> Iterator[tuple[Session, Staging]]:
    """A session of its own, rolled back unless committed: the load forgets all rows it has read."""
    paths = (upload.path(part) for part in PARTS)
    with Staging(*paths, zone(), MOST_ROWS) as ledger, Session(secure.session().get_bind()) as session:
        yield session, ledger


def check(upload: Upload, staff: int | None, heard: Heard) -> None:
    """Do everything and take it back; keep what it would have done, and the bad rows as files to mend."""
    upload.problems, upload.bad = [], {}
    with _opened(upload) as (session, ledger):
        try:
            outcome = _load(session, ledger, staff, False, heard)
        except BadRows as error:
            outcome = error.outcome
        session.rollback()
        upload.outcome, upload.notes = asdict(outcome), [note.told() for note in ledger.notes]
        for file, part in enumerate(PARTS):
            path = upload.path(part)
            if path:
                upload.problems += _first_problems(ledger, file, path.name)
            if path and outcome.left_out_rows and next(iter(ledger.reported(file)), None):
                target = report.beside(path)
                with force_locale("zh_Hans_CN" if ledger.written(file) else "en"):  # as the file speaks
                    report.write(ledger, file, target, lambda fault: present.message_of(fault.error()))
                upload.bad[part] = target.name
    upload.checked = True
    upload.save()


def load_checked(upload: Upload, staff: int | None, skip: bool, heard: Heard) -> None:
    """Load the very files that were checked, at once or not at all.

    Raises:
        BadRows: nothing was loaded. Conflict: the files are other ones now.
    """
    if upload.loaded:
        return
    upload.intact()
    with _opened(upload) as (session, ledger):
        outcome = _load(session, ledger, staff, skip, heard)
        session.commit()
    upload.outcome, upload.loaded = asdict(outcome), True
    upload.forget_files()
    upload.save()


def _load(session: Session, ledger: Staging, staff: int | None, skip: bool, heard: Heard) -> Outcome:
    now = datetime.now(UTC)
    return load(session, ledger, as_of=now, recorded_by=staff, skip_bad_rows=skip, progress=heard)


def _first_problems(ledger: Staging, file: int, name: str) -> Iterator[list[Any]]:
    found, called = 0, report.names(ledger, file)
    for line, _cells, faults in ledger.reported(file, own_only=True):
        for fault, own in faults:
            if own and found < SHOWN:
                found += 1
                _column, *reason = fault.told()
                cell = ledger.address(file, line, fault.column)
                named = called.get(fault.column, "")
                yield [name, line, f"{named} ({cell})" if cell else named, *reason]
