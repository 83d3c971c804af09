"""assess what-if: a year under another rulebook, other clocks or other working days."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app

from app.cli import MOMENT, inside
from app.commands import output
from app.commands.assessment import YEAR, tried
from models import supposing
from models.rules.supposing import Supposition, clock_key
from reports import printing, workbook
from reports import what_if as papers

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("what-if")
@YEAR
@click.option("--rulebook", "version", help="The version that would have governed every petition; a draft too.")
@click.option("--clock", "clocks", multiple=True, metavar="DUTY[/CASE]=N", help="A clock of another length; repeat.")
@click.option("--off", multiple=True, type=DAY, help="A day on which offices would have been closed; repeat.")
@click.option("--on", multiple=True, type=DAY, help="A day on which they would have worked; repeat.")
@click.option("--as-of", type=MOMENT, help="Judge a year that is not frozen as of this time; default now.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of --out.")
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="A .pdf or .xlsx file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
@inside
def what_if(year: int, as_of: datetime | None, lang: str, out: Path | None, as_json: bool, **supposed: Any) -> None:
    """The year under another rulebook, other clocks or other working days. A trial: nothing is written."""
    from app.extensions import db

    what = _supposition(**supposed)
    with click.progressbar(length=1, label="What-if", hidden=not sys.stderr.isatty(), file=sys.stderr) as bar:
        found = tried(supposing.suppose, db.session(), year, as_of or datetime.now(UTC), what, _heard(bar))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    elif out is None:
        _print(found)
    if out is not None:
        county = printing.county(current_app.config, lang)
        xlsx = out.suffix == ".xlsx"
        sheets = papers.sheets
        body = workbook.body(sheets(found, lang), lang) if xlsx else papers.printed(found, lang, county)
        with output.whole(out) as file:
            file.write(body)


def _heard(bar: Any) -> Callable[[int, int], None]:
    def heard(done: int, total: int) -> None:
        bar.length = total
        bar.update(done - bar.pos)

    return heard


def _supposition(version: str | None, clocks: Iterable[str], off: Iterable[datetime], on: Iterable[datetime]) -> Any:
    """From the options. Raises UsageError for a clock that is not written DUTY[/CASE]=N."""
    lengths = {}
    for text in clocks:
        name, _equals, length = text.partition("=")
        try:
            lengths[clock_key(name)] = int(length)
        except ValueError as error:
            raise click.UsageError(f"--clock {text}: write DUTY=N or DUTY/CASE=N, e.g. HANDLE/B=45.") from error
    days = (frozenset(moment.date() for moment in given) for given in (off, on))
    return Supposition(version, lengths, *days)


def _print(found: dict[str, Any]) -> None:
    click.echo(f"what-if, not official: {found['year']} as of {found['as_of'][:10]}, in truth {found['rulebook']}")
    for one in found["deductions"]:
        sides = [f"-{side['points']}" if side else "none" for side in (one["before"], one["after"])]
        key = f"{one['unit']:5}  {one['petition']}  {one['rule']:9}  {one['occurrence']:14}"
        click.echo(f"  {key}  {one['change']:8}  {' -> '.join(sides)}")
        for duty in one["why"]:
            dues = f"{duty['due_before'] or 'not owed'} -> {duty['due_after'] or 'not owed'}"
            click.echo(f"         {duty['kind']} {duty['paragraph']}: {dues}; done {duty['discharged'] or 'never'}")
    for unit in found["units"]:
        if unit["before"] != unit["after"]:
            old, new = (f"{s['score']} ({s['rank']})" if s else "-" for s in (unit["before"], unit["after"]))
            click.echo(f"  {unit['code']:5}  {old} -> {new}")
    if not found["deductions"]:
        click.echo("  Nothing would change.")
