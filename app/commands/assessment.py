"""assess with freeze, correct, revise, verify; and verify: the scores of a year, live and frozen."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import click

from app.cli import MOMENT, fail, inside
from app.commands import Commands, Entry
from models import assessing, frozen, readiness, verifying
from models.errors import DomainError, Invalid
from models.operations import clock, freezing
from reports import checking
from reports.checking import Papers

_YEAR = click.IntRange(2000, 2100)
YEAR = click.option("--year", type=_YEAR, required=True, help="The year of the assessment.")
REASON = click.option(
    "--reason",
    default="By a command on the server.",
    show_default=True,
    help="Why; stands in the manifest and on the papers' record.",
)

WHAT_IF = {
    "what-if": Entry("what_if", "what_if", "The year under another rulebook, other clocks or other working days.")
}


@click.group(cls=Commands, table=WHAT_IF, invoke_without_command=True)
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
@REASON
@click.option("--check", is_flag=True, help="Only show what still stands in the way.")
@inside
def freeze(year: int, reason: str, check: bool) -> None:
    """Freeze a year for good. What blocks refuses it; warnings are recorded with the reason."""
    from app.extensions import db

    session, now = db.session(), datetime.now(UTC)
    if not check:
        row = _tried(freezing.freeze, year, reason, now)
        click.echo(f"{row}: {row.sha256}")
        return
    if row := frozen.latest(session, year):
        click.echo(f"{row}: frozen already, {row.sha256}")
    for item in readiness.check(session, year, now):
        state = "open" if item.count and item.blocks else "warning" if item.count else "well"
        click.echo(f"{state:8} {item.count:6}  {item.label}")


@assess.command("correct")
@YEAR
@REASON
@inside
def correct(year: int, reason: str) -> None:
    """Open a correction: until the next revision the year's deductions may be moved again."""
    _tried(freezing.open_correction, year, reason, datetime.now(UTC))
    click.echo(f"{year}: deductions may be moved until it is revised.")


@assess.command("close-correction")
@YEAR
@REASON
@inside
def close_correction(year: int, reason: str) -> None:
    """End a correction that changed nothing; the revision stands."""
    _tried(freezing.close_correction, year, reason, datetime.now(UTC))
    click.echo(f"{year}: the correction is closed.")


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


def tried(act: Any, *args: Any) -> Any:
    """Do; a refused option is one line."""
    try:
        return act(*args)
    except Invalid as error:
        raise DomainError(f"--{error.problems[0].field}: {error.problems[0].message}") from error


def _tried(act: Any, year: int, reason: str, now: datetime) -> Any:
    """Do and commit; a refused field is one line."""
    from app.extensions import db

    clock.believe(db.session(), now)
    row = tried(act, db.session(), year, freezing.by_command(), reason, now)
    db.session.commit()
    return row


PAPERS = click.option("--papers", is_flag=True, help="Draw every kept paper anew as well, and compare the bytes.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")


@assess.command("verify")
@YEAR
@PAPERS
@JSON
@inside
def verify_year(year: int, papers: bool, as_json: bool) -> None:
    """Recompute a frozen year and its papers from what is stored; exit 1 and the first difference."""
    found = _verified(year, papers)
    if not found:
        raise DomainError(f"The year {year} is not frozen.")
    _tell(found, as_json)


@click.command("verify")
@PAPERS
@JSON
@inside
def verify(papers: bool, as_json: bool) -> None:
    """Recompute every frozen assessment of all revisions and their papers; exit 1 and the first difference."""
    _tell(_verified(None, papers), as_json)


@dataclass(frozen=True, slots=True)
class Found:
    """One revision, and what does not agree in it or in its papers."""

    year: int
    revision: int
    sha256: str
    difference: str
    papers: int
    skipped: int


def _verified(year: int | None, redraw: bool) -> list[Found]:
    from app.extensions import db

    found = []
    for one in verifying.verify_all(db.session(), year):
        row = frozen.revision(db.session(), one.year, one.revision)
        looked = Papers(0, "")
        if row is not None and not one.difference:
            looked = checking.check(db.session(), row, redraw=redraw)
        wrong = one.difference or looked.difference
        found.append(Found(one.year, one.revision, one.sha256, wrong, looked.count, looked.skipped))
    return found


def _tell(rows: list[Found], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"assessments": [asdict(row) for row in rows]}))
    else:
        for row in rows:
            state = "altered" if row.difference else f"agrees, papers: {row.papers}"
            other = f", by other software and not drawn anew: {row.skipped}" if row.skipped else ""
            click.echo(f"{row.year}/{row.revision}  {row.sha256}  {state}{other}")
    if bad := next((row for row in rows if row.difference), None):
        fail(f"{bad.year}/{bad.revision} was altered: {bad.difference}")
