"""serve, init, check."""

from __future__ import annotations

import os
import subprocess
import sys

import click

import config
from app.cli import inside


@click.command()
@click.option("--dev", is_flag=True, help="One process that reloads when the code changes.")
def serve(dev: bool) -> None:
    """Serve the console on HOST and PORT."""
    host, port = config.value(os.environ, "HOST"), config.value(os.environ, "PORT")
    if not port.isdecimal():
        raise click.UsageError(f"PORT must be a number, not {port}.")
    try:
        config.load()
    except config.SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(f"Shoujie: http://{host}:{port}")
    where = f"{host}:{port}"
    if dev:
        flask = ["-m", "flask", "--app", "run", "run", "--debug", "-h", host, "-p", port]
        sys.exit(subprocess.call([sys.executable, *flask]))
    workers = str(min(4, os.cpu_count() or 2))
    shape = ["-k", "gthread", "-w", workers, "--threads", "4", "--timeout", "120"]
    logs = ["--access-logfile", "-", "--log-level", "warning"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "run:create_app()", "-b", where, *shape, *logs])


@click.command()
@inside
def init() -> None:
    """Migrate the database to head; roles and reference data. Idempotent; safe on two machines at once."""
    import migrations
    from app.extensions import db
    from app.roles import sync_roles
    from models.reference import ensure_reference

    migrations.upgrade(db.engine)
    sync_roles(db.session)
    ensure_reference(db.session)
    db.session.commit()
    click.echo("The database is at head; roles and reference data are there.")


@click.command()
@inside
def check() -> None:
    """Run the start-up checks and serve nothing."""
    click.echo("No contradiction found.")


def register(cli: click.Group) -> None:
    for command in (serve, init, check):
        cli.add_command(command)
