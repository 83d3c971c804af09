"""scan, recount: what follows from the record."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from app.cli import MOMENT, inside
from models.operations import clock, deductions, recount


def _now() -> datetime:
    return datetime.now(UTC)


@click.command()
@click.option("--as-of", type=MOMENT, help="Judge as of this time; default now. In the future: only look.")
@inside
def scan(as_of: datetime | None) -> None:
    """Propose a deduction for every missed duty, exactly once."""
    from app.extensions import db

    now, session = _now(), db.session()
    clock.believe(session, now)
    made = deductions.scan(session, as_of or now)
    if as_of is not None and as_of > now:
        session.rollback()
        click.echo(f"{made} deductions would be proposed by then, if nothing is done; this time lies in the future.")
        click.echo("Nothing was written.")
        return
    session.commit()
    click.echo(f"{made} deductions proposed.")


@click.command("recount")
@click.option("--reason", default="", help="What changed, e.g. the number of the notice; stands in each step.")
@inside
def recount_dates(reason: str) -> None:
    """Count open due dates again after calendar or rulebook changed (a scan does it by itself)."""
    from app.extensions import db

    with click.progressbar(length=1, label="Counting again") as bar:
        moved = recount.recount(db.session(), _now(), reason, lambda done: bar.update(0, done))
    db.session.commit()
    click.echo(f"{moved} petitions have new due dates.")
