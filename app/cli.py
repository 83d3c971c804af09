"""What commands share. Exit 0: done, 1: refused or a failed verification, 2: wrong usage; one line to stderr.

Nothing heavy is imported here: ``--help`` and wrong usage answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, time
from functools import wraps
from typing import Any

import click

import config
from app import faults
from app.commands import COMMANDS, Commands


class Moment(click.ParamType):
    """A date or time in the county's zone; a date alone means the end of that day."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        from models.world import zone

        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is no time: write 2026-12-31 or 2026-12-31T09:30", param, ctx)
        if len(str(value)) == 10:
            moment = datetime.combine(moment.date(), time(23, 59, 59, 999999))
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone())).astimezone(UTC)


MOMENT = Moment()


def fail(text: str) -> None:
    """One line that says what to do; exit 1."""
    click.echo(text, err=True)
    sys.exit(1)


def inside(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application, on all rows."""

    @wraps(command)
    def run(*args: Any, **kw: Any) -> Any:
        from app import create_app
        from models.access import all_rows

        app = create_app()
        with app.app_context(), all_rows():
            return command(*args, **kw)

    return run


def reading(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command that only reads: a session is its first argument; the application, which is slow, is not made."""

    @wraps(command)
    def run(*args: Any, **kw: Any) -> Any:
        from sqlalchemy import create_engine
        from sqlalchemy.orm import Session

        from models.access import all_rows
        from models.world import configure_zone

        settings = config.load()
        configure_zone(settings["TIMEZONE"])
        engine = create_engine(settings["DATABASE_URL"], hide_parameters=True)
        try:
            with Session(engine) as session, all_rows():
                return command(session, *args, **kw)
        finally:
            engine.dispose()

    return run


@contextmanager
def _one_line() -> Iterator[None]:
    """What is no mistake of ours is told in one line and exit 1, never as a traceback."""
    try:
        yield
    except (click.ClickException, click.exceptions.Abort, click.exceptions.Exit):
        raise
    except BrokenPipeError:  # the reader, head for example, has had enough
        _close_output()
    except Exception as error:
        text = faults.told(error)
        if text is None:
            raise
        _close_output()
        fail(text)


def _close_output() -> None:
    """What could not be printed is not tried once more at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Commands, table=COMMANDS)
def cli() -> None:
    """Shoujie 首接: the console for the first-responsibility system for petitions."""


def main() -> int:
    """Entry of ``run.py``."""
    try:
        with _one_line():
            cli(standalone_mode=False)
            sys.stdout.flush()
    except click.exceptions.Abort:
        click.echo("Stopped; nothing was done.", err=True)
        return 1
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "run.py"
        click.echo(f"{error.format_message()} See: python {where} --help", err=True)
        return 2
    return 0
