"""import history: a ledger of petitions and what was done about them, as CSV or XLSX."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask_babel import force_locale
from sqlalchemy.orm import Session

from app.cli import MOMENT, fail, inside
from models.errors import DomainError
from models.operations import clock
from models.operations.history import report
from models.operations.history.columns import Unreadable
from models.operations.history.load import BadRows, Outcome, load
from models.operations.history.staging import PETITION, STEP, Staging
from models.world import zone

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
SHOWN = 20


@click.group("import")
def group() -> None:
    """Take in what was kept elsewhere."""


@group.command("history")
@click.option("--petitions", type=_FILE, help="The petitions, CSV or XLSX.")
@click.option("--steps", type=_FILE, help="The steps, CSV or XLSX.")
@click.option("--as-of", type=MOMENT, help="Take this time as the present; default now.")
@click.option("--dry-run", is_flag=True, help="Check and load everything, then take it back.")
@click.option("--skip-bad-rows", is_flag=True, help="Load the petitions that have no bad row.")
@click.option("--json", "as_json", is_flag=True)
@inside
def history(
    petitions: Path | None,
    steps: Path | None,
    as_of: datetime | None,
    dry_run: bool,
    skip_bad_rows: bool,
    as_json: bool,
) -> None:
    """Petitions and what was done about them; all or nothing. docs/history.md describes the files."""
    from app.extensions import db

    if petitions is None and steps is None:
        raise click.UsageError("Name a file: --petitions, --steps, or both.")
    now = datetime.now(UTC)
    when, started = as_of or now, time.monotonic()
    if not dry_run:
        clock.believe(db.session(), now)
        if when > now:
            raise DomainError("--as-of lies in the future: add --dry-run to look, nothing of it can be loaded.")
    with Staging(petitions, steps, zone()) as ledger:
        try:
            found, refused, files = _run(db.session(), ledger, when, dry_run, skip_bad_rows)
        except Unreadable as error:
            db.session.rollback()
            fail(_say(error, error.written))
        told = asdict(found) | {"loaded": not (refused or dry_run), "dry_run": dry_run, "as_of": when.isoformat()}
        told |= {"seconds": round(time.monotonic() - started, 1), "bad_files": {k: str(v) for k, v in files.items()}}
        if as_json:
            told["problems"], told["notes"] = list(_problems(ledger)), list(_notes(ledger))
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            _tell(ledger, found, told)
    if files:
        click.echo(_advice(found, files, refused), err=True)
    if refused:
        sys.exit(1)


def _run(
    session: Session, ledger: Staging, when: datetime, dry_run: bool, skip_bad_rows: bool
) -> tuple[Outcome, bool, dict[str, Path]]:
    """What was done, whether it was refused, and the files of bad rows; these first, so that nothing stays untold."""
    refused = False
    try:
        with _bar() as progress:
            found = load(session, ledger, as_of=when, skip_bad_rows=skip_bad_rows, progress=progress)
    except BadRows as error:
        found, refused = error.outcome, True
    files = _bad_files(ledger) if found.left_out_rows else {}
    if refused or dry_run:
        session.rollback()
    else:
        session.commit()
    return found, refused, files


@contextmanager
def _bar() -> Iterator[Callable[[float], None] | None]:
    """A bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1000, label="Loading", file=sys.stderr) as bar:
        yield lambda share: bar.update(round(share * 1000) - bar.pos)


def _say(error: DomainError, written: bool) -> str:
    """A refusal or a note in the language of the file."""
    from views import present

    with force_locale("zh_Hans_CN" if written else "en"):
        return present.message_of(error)


def _bad_files(ledger: Staging) -> dict[str, Path]:
    """The files to mend, beside those that were read."""
    made = {}
    for name, file in (("petitions", PETITION), ("steps", STEP)):
        path = ledger.paths[file]
        if path is None or next(iter(ledger.reported(file)), None) is None:
            continue
        made[name] = report.beside(path)
        try:
            report.write(ledger, file, made[name], lambda fault, file=file: _say(fault.error(), ledger.written(file)))
        except OSError as error:
            fail(f"The bad rows cannot be written to {made[name]}: {error.strerror}. Nothing was loaded.")
    return made


def _problems(ledger: Staging) -> Iterator[dict[str, Any]]:
    for file in (PETITION, STEP):
        path, called = ledger.paths[file], report.names(ledger, file)
        for line, _cells, faults in ledger.reported(file, own_only=True):
            for fault, own in faults:
                if own:
                    where = {"file": path.name if path else "", "line": line, "column": called.get(fault.column, "")}
                    where["cell"] = ledger.address(file, line, fault.column)
                    yield where | {"reason": _say(fault.error(), ledger.written(file))}


def _notes(ledger: Staging) -> Iterator[str]:
    """What was passed over, understood, kept as written."""
    written = any(ledger.written(file) for file in (PETITION, STEP))
    return (_say(note.error(), written) for note in ledger.notes)


def _tell(ledger: Staging, found: Outcome, told: dict[str, Any]) -> None:
    word = "Loaded" if told["loaded"] else "Would be loaded"
    rate = round((found.petitions + found.steps + found.repeated) / max(0.1, told["seconds"]))
    click.echo(
        f"{word}: {found.petitions} petitions, {found.steps} steps; {found.receivers} first receivers and"
        f" {found.places} places kept as written. Known already: {found.repeated} rows."
        f" {told['seconds']} s, {rate} rows a second."
    )
    for note in _notes(ledger):
        click.echo(f"· {note}")
    for number, one in enumerate(_problems(ledger)):
        if number == SHOWN:
            click.echo(f"… {found.bad_rows} bad rows in all.")
            break
        cell = f" ({one['cell']})" if one["cell"] else ""
        column = f", {one['column']}{cell}" if one["column"] else ""
        click.echo(f"{one['file']} line {one['line']}{column}: {one['reason']}")


def _advice(found: Outcome, files: dict[str, Path], refused: bool) -> str:
    paths = " and ".join(str(path) for path in files.values())
    left = f"{found.bad_rows} bad rows; {found.left_out} petitions ({found.left_out_rows} rows) left out"
    if refused:
        return f"{left}, nothing was loaded: mend {paths}, load the rest with --skip-bad-rows, then the mended files."
    return f"{left}: mend {paths} and load them."
