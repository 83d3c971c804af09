"""demo: a synthetic county to learn and test with."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from flask import current_app
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

import config
from app.cli import MOMENT, inside
from models.accounts import User
from models.demo import DemoResult, build
from models.demo.progress import DemoRun, unfinished
from models.errors import DomainError
from models.operations import clock
from models.tables import Petition, Staff, Unit

_LOCK = 20250714


@click.command()
@click.option("--petitions", type=click.IntRange(0, 200000), default=3000, show_default=True, help="How many.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another number, another county.")
@click.option("--as-of", type=MOMENT, help="The demo's today; default now. The same seed and day give the same rows.")
@click.option("--force", is_flag=True, help="Also into a database that already has petitions.")
@click.option(
    "--first-start", is_flag=True, help="Do nothing, silently, where anything is already: what `make run` asks."
)
@inside
def demo(petitions: int, seed: int, as_of: datetime | None, force: bool, first_start: bool) -> None:
    """A synthetic county: units, staff, accounts, and petitions played through the operations.

    Broken off, it goes on where it stopped when it is asked for again.
    """
    from app.extensions import db

    session = db.session()
    with _alone(db.engine):
        run = unfinished(session)
        if run is None:
            if first_start and _inhabited(session):
                return
            _refuse_inhabited(session, force)
            run = DemoRun(seed, petitions, as_of or datetime.now(UTC))
        else:
            click.echo(
                f"A demo of {run.petitions} petitions was broken off here after {run.played}: going on.", err=True
            )
        _tell(_play(session, run))
        clock.confirm(session, datetime.now(UTC))  # its records may be of any day
        session.commit()


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """One process plays a county at a time; the lock goes with the process, however that ends."""
    busy = DomainError("Another process is playing the demo here; wait until it has ended.")
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            if not _locked(connection):
                raise busy
            yield
            return
    config.INSTANCE.mkdir(parents=True, exist_ok=True)
    with (config.INSTANCE / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise busy from error
        yield


def _locked(connection: Connection) -> bool:
    """Held by the connection, not by a transaction: nothing else waits for it."""
    taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}).scalar()
    connection.commit()
    return bool(taken)


def _inhabited(session: Session) -> bool:
    """Whether anybody has begun to work here: an account, a person, a unit or a petition."""
    return any(session.scalar(select(table.id).limit(1)) is not None for table in (User, Staff, Unit, Petition))


def _refuse_inhabited(session: Session, force: bool) -> None:
    if not force and session.scalar(select(Petition.id).limit(1)) is not None:
        raise DomainError("There are already petitions here; --force adds a demo county all the same.")
    if session.scalar(select(Unit.id).limit(1)) is not None:
        raise DomainError("There are already units here; the demo county needs an empty database.")


def _play(session: Session, run: DemoRun) -> DemoResult:
    from reports import letters, printing

    with click.progressbar(length=max(run.petitions, 1), label="Playing the county") as bar:
        return build(
            session,
            petitions=run.petitions,
            seed=run.seed,
            now=run.as_of,
            hash_password=generate_password_hash,
            progress=lambda done, _total: bar.update(done - bar.pos),
            draw=lambda letter: letters.draw(letter, printing.county(current_app.config, letter.facts.lang)),
        )


def _tell(made: DemoResult) -> None:
    click.echo(f"Accounts (password of all: {made.password}):")
    for account in made.users[:6]:
        click.echo(f"  {account.username:14} {account.role:15} {account.unit_name}")
    click.echo(f"  … {len(made.users)} accounts in all: python run.py user list")
