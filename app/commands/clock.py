"""clock: is this machine's clock believed; and an administrator's word that it is right."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from app.cli import fail, inside
from models.operations import clock as clocks
from models.world import zone


@click.command()
@click.option("--confirm", is_flag=True, help="It is right, though the newest record is old.")
@inside
def clock(confirm: bool) -> None:
    """What the clocks say, and whether this one is believed."""
    from app.extensions import db

    session, now = db.session(), datetime.now(UTC)
    found = clocks.read(session, now)
    for what, at in (("This machine", now), ("Newest record", found.newest), ("Database", found.database)):
        if at is not None:
            click.echo(f"{what:14} {at.astimezone(zone()):%Y-%m-%d %H:%M}")
    if found.apart:
        fail("This clock and that of the database differ: set them right.")
    if found.ahead and not confirm:
        fail("This clock is far ahead of the newest record. If it is right, say --confirm.")
    if confirm:
        clocks.confirm(session, now)
        session.commit()
    click.echo("This clock is believed.")
