"""deadline: a due moment and how it was counted."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli import reading
from models.rules import clocks
from models.rules.facts import Clock
from models.terms import DayKind, DutyKind, Measure
from models.world import load_calendar, zone
from reports import working
from reports.words import term


@click.command()
@click.option("--from", "start", required=True, help="The event's day or time, e.g. 2026-02-13.")
@click.option("--days", type=click.IntRange(0, 100000), required=True, help="How many days (or hours).")
@click.option("--kind", type=click.Choice([m.value for m in Measure]), required=True, help="What is counted.")
@click.option("--extend", type=click.IntRange(0, 1000), default=0, help="Days added before rolling.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the words.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
@reading
def deadline(session: Session, start: str, days: int, kind: str, extend: int, lang: str, as_json: bool) -> None:
    """The due moment and how it was counted."""
    try:
        given = datetime.fromisoformat(start)
    except ValueError as error:
        raise click.UsageError(f"{start} is no time: write 2026-02-13 or 2026-02-13T09:30.") from error
    if len(start) == 10:
        given = datetime.combine(date.fromisoformat(start), time())
    moment = given if given.tzinfo else given.replace(tzinfo=zone())
    measure = Measure(kind)
    clock = Clock(DutyKind.HANDLE, "", days, measure, measure is not Measure.hours, extend, None, "", "asked")
    due = clocks.due(clock, moment, load_calendar(session), zone(), extend=extend)
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
