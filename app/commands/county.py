"""demo: a synthetic county to learn and test with."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import current_app
from sqlalchemy import select
from werkzeug.security import generate_password_hash

from app.cli import MOMENT, inside
from models.errors import DomainError
from models.tables import Petition, Unit


@click.command()
@click.option("--petitions", type=click.IntRange(0, 200000), default=3000, show_default=True, help="How many.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another number, another county.")
@click.option("--as-of", type=MOMENT, help="The demo's today; default now. The same seed and day give the same rows.")
@click.option("--force", is_flag=True, help="Also into a database that already has petitions.")
@inside
def demo(petitions: int, seed: int, as_of: datetime | None, force: bool) -> None:
    """A synthetic county: units, staff, accounts, and petitions played through the operations."""
    from app.extensions import db
    from models.demo import build
    from reports import letters, printing

    session = db.session()
    if not force and session.scalar(select(Petition.id).limit(1)) is not None:
        raise DomainError("There are already petitions here; --force adds a demo county all the same.")
    if session.scalar(select(Unit.id).limit(1)) is not None:
        raise DomainError("There are already units here; the demo county needs an empty database.")
    with click.progressbar(length=max(petitions, 1), label="Playing the county") as bar:

        def progress(done: int, total: int) -> None:
            bar.update(done - bar.pos)

        found = build(
            session,
            petitions=petitions,
            seed=seed,
            now=as_of or datetime.now(UTC),
            hash_password=generate_password_hash,
            progress=progress,
            draw=lambda letter: letters.draw(letter, printing.county(current_app.config, letter.facts.lang)),
        )
    session.commit()
    click.echo(f"Accounts (password of all: {found.password}):")
    for one in found.users[:6]:
        click.echo(f"  {one.username:14} {one.role:15} {one.unit_name}")
    click.echo(f"  … {len(found.users)} accounts in all: python run.py user list")
