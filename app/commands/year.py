"""deadline, scan, recount: what follows from the record."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import click

from app.cli import MOMENT, inside
from models.operations import deductions, recount
from models.rules import clocks
from models.rules.facts import Clock
from models.terms import DayKind, DutyKind, Measure
from models.world import load_calendar, zone
from reports import working
from reports.words import term


def _now() -> datetime:
    return datetime.now(UTC)


@click.command()
@click.option("--from", "start", required=True, help="The event's day or time, e.g. 2026-02-13.")
@click.option("--days", type=click.IntRange(0, 100000), required=True, help="How many days (or hours).")
@click.option("--kind", type=click.Choice([m.value for m in Measure]), required=True, help="What is counted.")
@click.option("--extend", type=click.IntRange(0, 1000), default=0, help="Days added before rolling.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the words.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
@inside
def deadline(start: str, days: int, kind: str, extend: int, lang: str, as_json: bool) -> None:
    """The due moment and how it was counted."""
    from app.extensions import db

    try:
        given = datetime.fromisoformat(start)
    except ValueError as error:
        raise click.UsageError(f"{start} is no time: write 2026-02-13 or 2026-02-13T09:30.") from error
    if len(start) == 10:
        given = datetime.combine(date.fromisoformat(start), time())
    moment = given if given.tzinfo else given.replace(tzinfo=zone())
    measure = Measure(kind)
    clock = Clock(DutyKind.HANDLE, "", days, measure, measure is not Measure.hours, extend, None, "", "asked")
    due = clocks.due(clock, moment, load_calendar(db.session()), zone(), extend=extend)
    found: dict[str, Any] = {
        "due": due.on.isoformat(),
        "due_at": due.at.astimezone(zone()).isoformat(),
        "trace": due.trace,
    }
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    moment_in_day = f" {due.at.astimezone(zone()):%H:%M}" if measure is Measure.hours else ""
    click.echo(f"{found['due']}{moment_in_day}")
    for text in working.sentences(due.trace, lang):
        click.echo(f"  {text}")
    for day in due.trace["days"]:
        click.echo(f"  {day['day']}  {term(lang, DayKind(day['why']))}  {day['name']}")
    for line in working.strip_lines(due.trace, lang):
        click.echo(line)


@click.command()
@click.option("--as-of", type=MOMENT, help="Judge as of this time; default now.")
@inside
def scan(as_of: datetime | None) -> None:
    """Propose a deduction for every missed duty, exactly once."""
    from app.extensions import db

    now = _now()
    made = deductions.scan(db.session(), as_of or now)
    db.session.commit()
    click.echo(f"{made} deductions proposed.")
    if as_of is not None and as_of > now + timedelta(days=1):
        click.echo("This time lies in the future: what was proposed is not missed yet, if it is still done in time.")


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


def register(cli: click.Group) -> None:
    for command in (deadline, scan, recount_dates):
        cli.add_command(command)
