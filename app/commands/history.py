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
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from app.cli import MOMENT, fail, inside
from models.errors import DomainError
from models.operations import clock
from models.operations.history import report
from models.operations.history.columns import Unreadable
from models.operations.history.load import BadRows, Outcome, load
from models.operations.history.staging import PETITION, STEP, Staging
from models.terms import N_
from models.world import zone

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
SHOWN = 20
LOADED = N_(
    "Loaded: %(petitions)s petitions, %(steps)s steps; %(receivers)s first receivers and %(places)s places kept as "
    "written. Known already: %(repeated)s rows. %(seconds)s s, %(rate)s rows a second."
)
WOULD_BE = N_(
    "Would be loaded: %(petitions)s petitions, %(steps)s steps; %(receivers)s first receivers and %(places)s places "
    "kept as written. Known already: %(repeated)s rows. %(seconds)s s, %(rate)s rows a second."
)
NOTHING = N_("Nothing was loaded: %(bad)s bad rows, in %(petitions)s petitions (%(rows)s rows).")
NOTHING_DRY = N_("Nothing would be loaded: %(bad)s bad rows, in %(petitions)s petitions (%(rows)s rows).")
MORE = N_("… %(rows)s bad rows in all.")
AT, AT_COLUMN = N_("%(file)s line %(line)s"), N_("%(file)s line %(line)s, %(column)s")
ADVICE = N_("%(bad)s bad rows; %(petitions)s petitions (%(rows)s rows) left out: mend %(paths)s and load them.")
ADVICE_REFUSED = N_(
    "%(bad)s bad rows; %(petitions)s petitions (%(rows)s rows) left out, nothing was loaded: mend %(paths)s, load the "
    "rest with --skip-bad-rows, then the mended files."
)
ADVICE_DRY = N_("A dry run writes no file. Without --dry-run the bad rows are written beside the files, to be mended.")
UNWRITTEN = N_("The bad rows cannot be written to %(path)s: %(why)s. Nothing was loaded.")


@click.group("import")
def group() -> None:
    """Take in what was kept elsewhere."""


@group.command("history")
@click.option("--petitions", type=_FILE, help="The petitions, CSV or XLSX.")
@click.option("--steps", type=_FILE, help="The steps, CSV or XLSX.")
@click.option("--as-of", type=MOMENT, help="Take this time as the present; default now.")
@click.option("--dry-run", is_flag=True, help="Check and load everything, then take it back.")
@click.option("--skip-bad-rows", is_flag=True, help="Load the petitions that have no bad row.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Of the words; default that of the files.")
@click.option("--json", "as_json", is_flag=True)
@inside
def history(
    petitions: Path | None,
    steps: Path | None,
    as_of: datetime | None,
    dry_run: bool,
    skip_bad_rows: bool,
    lang: str | None,
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
            found, refused, files = _run(db.session(), ledger, when, dry_run, skip_bad_rows, lang)
        except Unreadable as error:
            db.session.rollback()
            fail(_say(error, lang == "zh" if lang else error.written))
        chinese = _chinese(ledger, lang)
        told = asdict(found) | {"loaded": not (refused or dry_run), "dry_run": dry_run, "as_of": when.isoformat()}
        told |= {"seconds": round(time.monotonic() - started, 1), "bad_files": {k: str(v) for k, v in files.items()}}
        if as_json:
            told["problems"], told["notes"] = list(_problems(ledger, chinese)), list(_notes(ledger, chinese))
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            _tell(ledger, found, told, refused, chinese)
    if found.left_out_rows:
        click.echo(_advice(found, files, refused, dry_run, chinese), err=True)
    if refused:
        sys.exit(1)


def _run(
    session: Session, ledger: Staging, when: datetime, dry_run: bool, skip_bad_rows: bool, lang: str | None
) -> tuple[Outcome, bool, dict[str, Path]]:
    """What was done, whether it was refused, and the files of bad rows; these first, so that nothing stays untold."""
    refused = False
    try:
        with _bar() as progress:
            found = load(session, ledger, as_of=when, skip_bad_rows=skip_bad_rows, progress=progress)
    except BadRows as error:
        found, refused = error.outcome, True
    files = _bad_files(ledger, _chinese(ledger, lang)) if found.left_out_rows and not dry_run else {}
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


def _chinese(ledger: Staging, lang: str | None) -> bool:
    """One language for all that is said: the one asked for, else that of the files."""
    return lang == "zh" if lang else any(ledger.paths[file] and ledger.written(file) for file in (PETITION, STEP))


def _say(error: DomainError, chinese: bool) -> str:
    """A refusal or a note."""
    from views import present

    with force_locale("zh_Hans_CN" if chinese else "en"):
        return present.message_of(error)


def _words(text: str, chinese: bool, **numbers: object) -> str:
    with force_locale("zh_Hans_CN" if chinese else "en"):
        return str(gettext(text, **numbers))


def _bad_files(ledger: Staging, chinese: bool) -> dict[str, Path]:
    """The files to mend, beside those that were read."""
    made = {}
    for name, file in (("petitions", PETITION), ("steps", STEP)):
        path = ledger.paths[file]
        if path is None or next(iter(ledger.reported(file)), None) is None:
            continue
        made[name] = report.beside(path)
        try:
            report.write(ledger, file, made[name], lambda fault: _say(fault.error(), chinese))
        except OSError as error:
            fail(_words(UNWRITTEN, chinese, path=made[name], why=error.strerror))
    return made


def _problems(ledger: Staging, chinese: bool) -> Iterator[dict[str, Any]]:
    for file in (PETITION, STEP):
        path, called = ledger.paths[file], report.names(ledger, file)
        for line, _cells, faults in ledger.reported(file, own_only=True):
            told = dict.fromkeys((fault.column, _say(fault.error(), chinese)) for fault, own in faults if own)
            for column, reason in told:
                where = {"file": path.name if path else "", "line": line, "column": called.get(column, "")}
                yield where | {"cell": ledger.address(file, line, column), "reason": reason}


def _notes(ledger: Staging, chinese: bool) -> Iterator[str]:
    """What was passed over, understood, kept as written."""
    return (_say(note.error(), chinese) for note in ledger.notes)


def _tell(ledger: Staging, found: Outcome, told: dict[str, Any], refused: bool, chinese: bool) -> None:
    click.echo(_summary(found, told, refused, chinese))
    for note in _notes(ledger, chinese):
        click.echo(f"· {note}")
    for number, one in enumerate(_problems(ledger, chinese)):
        if number == SHOWN:
            click.echo(_words(MORE, chinese, rows=found.bad_rows))
            break
        column = f"{one['column']} ({one['cell']})" if one["column"] and one["cell"] else one["column"]
        where = _words(AT_COLUMN if column else AT, chinese, file=one["file"], line=one["line"], column=column)
        click.echo(f"{where}{'：' if chinese else ': '}{one['reason']}")


def _summary(found: Outcome, told: dict[str, Any], refused: bool, chinese: bool) -> str:
    """What was loaded or would be; of a refused ledger nothing, however many of its petitions are good."""
    if refused:
        words = NOTHING_DRY if told["dry_run"] else NOTHING
        return _words(words, chinese, bad=found.bad_rows, petitions=found.left_out, rows=found.left_out_rows)
    rate = round((found.petitions + found.steps + found.repeated) / max(0.1, told["seconds"]))
    numbers = {"petitions": found.petitions, "steps": found.steps, "receivers": found.receivers}
    numbers |= {"places": found.places, "repeated": found.repeated, "seconds": told["seconds"], "rate": rate}
    return _words(LOADED if told["loaded"] else WOULD_BE, chinese, **numbers)


def _advice(found: Outcome, files: dict[str, Path], refused: bool, dry_run: bool, chinese: bool) -> str:
    if dry_run:
        return _words(ADVICE_DRY, chinese)
    paths = "、".join(map(str, files.values())) if chinese else " and ".join(map(str, files.values()))
    numbers = {"bad": found.bad_rows, "petitions": found.left_out, "rows": found.left_out_rows}
    return _words(ADVICE_REFUSED if refused else ADVICE, chinese, paths=paths, **numbers)
