"""The commands. Exit 0: done, 1: refused by the domain or a failed verification, 2: wrong usage; one line to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

import config
from models.access import all_rows
from models.errors import DomainError
from models.world import zone
from views.checks import Contradictions


class Moment(click.ParamType):
    """A date or time in the county's zone; a date alone means the end of that day."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is no time: write 2026-12-31 or 2026-12-31T09:30", param, ctx)
        if len(str(value)) == 10:
            found = datetime.combine(found.date(), time(23, 59, 59, 999999))
        return (found if found.tzinfo else found.replace(tzinfo=zone())).astimezone(UTC)


MOMENT = Moment()


def fail(text: str) -> None:
    """One line that says what to do; exit 1."""
    click.echo(text, err=True)
    sys.exit(1)


def inside(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application, on all rows; refusals become one line and exit 1."""

    @wraps(command)
    def run(*args: Any, **kw: Any) -> Any:
        from app import create_app

        try:
            app = create_app()
            with app.app_context(), all_rows():
                return command(*args, **kw)
        except (DomainError, config.SettingsError, Contradictions) as error:
            fail(str(error))
        except (OperationalError, ProgrammingError) as error:
            fail(f"The database does not answer as expected: {error.orig}. Run `python run.py init` first.")
        except BrokenPipeError:  # the reader, head for example, has had enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            if error.filename is None:
                raise
            fail(f"{error.filename}: {error.strerror}. Choose another file with --out.")

    return run


@click.group()
def cli() -> None:
    """Shoujie 首接: the console for the first-responsibility system for petitions."""


def main() -> int:
    """Entry of ``run.py``."""
    from app.commands import accounts, assessment, county, data, history, papers, rulebooks, service, what_if, year

    for group in (service, accounts, county, data, history, year, assessment, what_if, rulebooks, papers):
        group.register(cli)
    try:
        cli(standalone_mode=False)
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
