"""assess with freeze, correct, revise, verify, what-if; and verify: the scores of a year, live and frozen."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app

from app.cli import MOMENT, fail, inside
from models import assessing, frozen, readiness, supposing, verifying
from models.errors import DomainError, Invalid
from models.operations import freezing
from models.rules.supposing import Supposition, clock_key
from reports import what_if as reports_what_if
from reports import workbook

_YEAR = click.IntRange(2000, 2100)
YEAR = click.option("--year", type=_YEAR, required=True, help="The year of the assessment.")
DAY = click.DateTime(["%Y-%m-%d"])
REASON = click.option("--reason", required=True, help="Why; stands in the manifest and on the papers' record.")


@click.group(invoke_without_command=True)
@click.option("--year", type=_YEAR, help="The year of the assessment.")
@click.option("--as-of", type=MOMENT, help="Judge the live record as of this time; default now.")
@click.option("--live", is_flag=True, help="Today's record, also of a frozen year.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
@click.pass_context
def assess(context: click.Context, year: int | None, as_of: datetime | None, live: bool, as_json: bool) -> None:
    """The scores of a year: the frozen ones, else live; and the commands that freeze, revise and verify."""
    if context.invoked_subcommand is not None:
        return
    if year is None:
        raise click.UsageError("Missing option '--year'.")
    show(year, as_of, live, as_json)


@inside
def show(year: int, as_of: datetime | None, live: bool, as_json: bool) -> None:
    """Print the scores."""
    from app.extensions import db

    read = assessing.assessment if live or as_of else assessing.official
    found = read(db.session(), year, as_of or datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    state = f", frozen, revision {found['revision']}" if "revision" in found else ""
    head = f"as of {found['as_of'][:10]}, {found['rulebook']}{state}"
    click.echo(f"{'score':>7}  {'final':>6}  {'pending':>7}  unit   {head}")
    for unit in sorted(found["units"], key=lambda unit: (-float(unit["score"]), unit["code"])):
        points = f"{unit['final']:>6}  {unit['pending']:>7}"
        click.echo(f"{unit['score']:>7}  {points}  {unit['code']:5}  {unit['name']}")


@assess.command("freeze")
@YEAR
@click.option("--reason", help="Why; left out: only show what still stands in the way.")
@inside
def freeze(year: int, reason: str | None) -> None:
    """Freeze a year for good; without --reason show what still stands in the way."""
    from app.extensions import db

    session, now = db.session(), datetime.now(UTC)
    if reason is None:
        for item in readiness.check(session, year, now):
            state = "open" if item.count and item.blocks else "warning" if item.count else "well"
            click.echo(f"{state:8} {item.count:6}  {item.label}")
        return
    row = _tried(freezing.freeze, year, reason, now)
    click.echo(f"{row}: {row.sha256}")


@assess.command("correct")
@YEAR
@REASON
@inside
def correct(year: int, reason: str) -> None:
    """Open a correction: until the next revision the year's deductions may be moved again."""
    _tried(freezing.open_correction, year, reason, datetime.now(UTC))
    click.echo(f"{year}: deductions may be moved until it is revised.")


@assess.command("revise")
@YEAR
@REASON
@inside
def revise(year: int, reason: str) -> None:
    """The next revision of a frozen year, from today's record."""
    from app.extensions import db

    row = _tried(freezing.revise, year, reason, datetime.now(UTC))
    click.echo(f"{row}: {row.sha256}")
    changes = frozen.part(db.session(), row, "changes")
    for one in changes["deductions"]:
        click.echo(f"  {one['unit']}  {one['petition']}  {one['rule']}  {one['occurrence']}  {one['change']}")
    for one in changes["units"]:
        old, new = (f"{line['score']} ({line['rank']})" if line else "-" for line in (one["before"], one["after"]))
        click.echo(f"  {one['code']}  {old} -> {new}")


@assess.command("what-if")
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
        found = _found(supposing.suppose, db.session(), year, as_of or datetime.now(UTC), what, _heard(bar))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    elif out is None:
        _print(found)
    if out is not None:
        county = current_app.config["COUNTY_NAME"]
        xlsx = out.suffix == ".xlsx"
        sheets = reports_what_if.sheets
        body = workbook.body(sheets(found, lang), lang) if xlsx else reports_what_if.printed(found, lang, county)
        out.write_bytes(body)


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


def _found(act: Any, *args: Any) -> Any:
    """Do; a refused option is one line."""
    try:
        return act(*args)
    except Invalid as error:
        raise DomainError(f"--{error.problems[0].field}: {error.problems[0].message}") from error


def _tried(act: Any, year: int, reason: str, now: datetime) -> Any:
    """Do and commit; a refused field is one line."""
    from app.extensions import db

    row = _found(act, db.session(), year, freezing.by_command(), reason, now)
    db.session.commit()
    return row


@assess.command("verify")
@YEAR
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
@inside
def verify_year(year: int, as_json: bool) -> None:
    """Recompute a frozen year from what is stored; exit 1 and the first difference when something was altered."""
    from app.extensions import db

    found = list(verifying.verify_all(db.session(), year))
    if not found:
        raise DomainError(f"The year {year} is not frozen.")
    _tell(found, as_json)


@click.command("verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
@inside
def verify(as_json: bool) -> None:
    """Recompute every frozen assessment of all revisions; exit 1 and the first difference."""
    from app.extensions import db

    _tell(list(verifying.verify_all(db.session())), as_json)


def _tell(found: Iterable[verifying.Verdict], as_json: bool) -> None:
    rows = list(found)
    if as_json:
        names = ("year", "revision", "sha256", "difference")
        click.echo(json.dumps({"assessments": [{name: getattr(row, name) for name in names} for row in rows]}))
    else:
        for row in rows:
            click.echo(f"{row.year}/{row.revision}  {row.sha256}  {'altered' if row.difference else 'agrees'}")
    if bad := next((row for row in rows if row.difference), None):
        fail(f"{bad.year}/{bad.revision} was altered: {bad.difference}")


def register(cli: click.Group) -> None:
    cli.add_command(assess)
    cli.add_command(verify)
