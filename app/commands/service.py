"""serve, init, check, worker, beat."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import click
from flask import current_app
from flask_babel import gettext
from sqlalchemy import Engine

import config
from app.cli import inside
from models.errors import DomainError


@click.command()
@click.option("--dev", is_flag=True, help="One process that reloads when the code changes.")
def serve(dev: bool) -> None:
    """Serve the console on HOST and PORT."""
    host, port = config.value(os.environ, "HOST"), config.value(os.environ, "PORT")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise click.UsageError(f"PORT must be a number from 1 to 65535, not {port}.")
    config.load()
    _free(host, int(port))
    click.echo(f"Shoujie: http://{host}:{port}")
    where = f"{host}:{port}"
    if dev:
        flask = ["-m", "flask", "--app", "run:serving", "run", "--debug", "-h", host, "-p", port]
        sys.exit(subprocess.call([sys.executable, *flask]))
    workers = str(min(4, os.cpu_count() or 2))
    shape = ["-k", "gthread", "-w", workers, "--threads", "4", "--timeout", "120"]
    logs = ["--access-logfile", "-", "--log-level", "warning"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "run:serving()", "-b", where, *shape, *logs])


def _free(host: str, port: int) -> None:
    """Nobody else may listen there; else the server would try for seconds and end in pages of its own."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host.strip("[]"), port), family=family).close()
    except OSError as error:
        raise DomainError(f"{host}:{port}: {error.strerror}. Choose another HOST or PORT.") from error


@click.command()
@inside
def init() -> None:
    """Migrate the database to head; roles and reference data. Idempotent; safe on two machines at once."""
    import migrations
    from app.extensions import db
    from app.roles import sync_roles
    from models.reference import ensure_reference

    migrations.upgrade(db.engine)
    refuse_another_schema(db.engine)
    migrations.alone(db.session.connection())
    sync_roles(db.session)
    ensure_reference(db.session)
    db.session.commit()
    click.echo("The database is at head; roles and reference data are there.")


@click.command()
@click.option("--data", is_flag=True, help="Also ask every invariant of every petition in the database.")
@click.option("--json", "as_json", is_flag=True, help="With --data: one JSON document.")
@inside
def check(data: bool, as_json: bool) -> None:
    """Run the start-up checks and look through the rulebooks; with --data ask every invariant of the record."""
    if as_json and not data:
        raise click.UsageError("--json belongs to --data.")
    from app.extensions import db

    refuse_another_schema(db.engine)
    if not data:
        click.echo("No contradiction found.")
        tell_rulebooks(db.session())
        return
    from models import invariants

    session = db.session()
    checked = invariants.count(session)
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=max(checked, 1), label="Deriving anew", file=sys.stderr, hidden=hidden) as bar:
        found = invariants.violations(session, lambda done: bar.update(done - bar.pos))
        bad = _tell_json(found, checked) if as_json else _tell(found, checked)
    if bad:
        sys.exit(1)


def refuse_another_schema(engine: Engine) -> None:
    """Raises DomainError when the tables of the database are not those of this version, whatever its revision says."""
    from migrations import signature

    with engine.connect() as connection:
        different = signature.differences(connection)
    if different:
        shown = "; ".join(different[:5]) + (f"; and {len(different) - 5} more" if len(different) > 5 else "")
        raise DomainError(
            f"The database has another schema than this version, though its revision says otherwise: {shown}. "
            "It was made by another build. Export what it holds, and load it into a new database made by `init`."
        )


def tell_rulebooks(session: Any) -> None:
    """Tell what the linter finds in the published rulebooks; an error ends with exit 1."""
    from models import rulebooks
    from models.rules import linting
    from reports import rulebook_words

    bad, lacking = [], []
    for row in rulebooks.published(session):
        book = rulebooks.facts(row)
        found = linting.findings(book)
        lacking += [f"{row.version} {clock.duty}" for clock in linting.lacking(book)]
        for word, line in rulebook_words.findings("en", found):
            click.echo(f"{row.version}  {word}  {line.place}: {line.text}")
        bad += [row.version] if any(one.gravity == "error" for one in found) else []
    if lacking:
        click.echo(f"Without a clock a duty does not open ({', '.join(lacking)}): add a supplement to its rulebook.")
    if bad:
        raise DomainError(f"These rulebooks have errors: {', '.join(bad)}. Draft, mend and publish the next version.")


@click.command()
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Jobs at a time.")
@inside
def worker(concurrency: int) -> None:
    """Work off jobs from the broker (BROKER_URL); on one machine `serve` does it."""
    _celery(["worker", "--concurrency", str(concurrency), "--loglevel", "warning", "--without-gossip"])


@click.command()
@click.option("--schedule", type=click.Path(dir_okay=False), help="Where it remembers what it did last.")
@inside
def beat(schedule: str | None) -> None:
    """Send what is due by the clock to the broker: the nightly scan, and jobs left by dead workers. Run one."""
    where = schedule or str(config.INSTANCE / "beat")
    _celery(["beat", "--schedule", where, "--loglevel", "warning", "--pidfile", ""])


def _celery(arguments: list[str]) -> None:
    queue = current_app.extensions["jobs"].queue
    if queue is None:
        raise DomainError("BROKER_URL is not set: on one machine `serve` works off the jobs itself.")
    queue.start(["--quiet", *arguments])


def _tell(found: Iterable[Any], checked: int) -> int:
    """One line for each violation, printed when it is found; how many there were."""
    bad = 0
    for one in found:
        bad += 1
        click.echo(f"{one.petition}  {one.invariant.id}  {gettext(one.invariant.sentence)} [{one.detail}]")
    if bad:
        click.echo(f"{checked} petitions checked, {bad} violations.", err=True)
    else:
        click.echo(f"{checked} petitions checked, all well.")
    return bad


def _tell_json(found: Iterable[Any], checked: int) -> int:
    """One document, written piece by piece: nothing is collected."""
    bad = 0
    click.echo(f'{{"petitions": {checked}, "violations": [', nl=False)
    for one in found:
        click.echo((", " if bad else "") + json.dumps(_document(one), ensure_ascii=False), nl=False)
        bad += 1
    click.echo("]}")
    return bad


def _document(one: Any) -> dict[str, str]:
    return {
        "petition": one.petition,
        "invariant": one.invariant.id,
        "sentence": one.invariant.sentence,
        "paragraph": one.invariant.paragraph,
        "detail": one.detail,
    }
