"""report: the papers of a year and of a day, as PDF or as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app

from app.cli import MOMENT, inside
from app.commands import output
from models import assessing, figures, frozen, frozen_units
from models.errors import NotFound
from models.office_terms import PaperKind
from reports import annual, builders, official, printing, tables, workbook
from reports import register as register_of

YEAR = click.option("--year", type=click.IntRange(2000, 2100), required=True, help="The year.")
AS_OF = click.option("--as-of", type=MOMENT, help="Judge as of this time; default now.")


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    file = click.Path(dir_okay=False, writable=True, path_type=Path)
    for option in (
        click.option("--tagged", is_flag=True, help="For screen readers: PDF/A-3a and PDF/UA-1."),
        click.option("--red-head", help="What stands in red on top of the county's notice; default RED_HEAD."),
        click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Its language."),
        click.option("--out", type=file, required=True, help="The file: .pdf, or .xlsx for its tables."),
    ):
        command = option(command)
    return command


@click.group()
def report() -> None:
    """Papers: the assessment of a year, the annual report, the daily register."""


@report.command("year")
@YEAR
@click.option("--unit", "code", help="Code of one unit; left out: the county.")
@click.option("--revision", type=int, help="An earlier revision of a frozen year; default the one in force.")
@AS_OF
@_common
@inside
def report_year(
    year: int, code: str | None, revision: int | None, as_of: datetime | None, out: Path, lang: str, **look: Any
) -> None:
    """The assessment of a year, of the county or of one unit; of a frozen year as it is kept."""
    from app.extensions import db

    session, county = db.session(), printing.county(current_app.config, lang)
    row = frozen.revision(session, year, revision) if revision else frozen.latest(session, year)
    if row is None and revision:
        raise NotFound(f"There is no revision {revision} of {year}.")
    code = code and frozen_units.code_there(session, row, code)
    if row is not None and out.suffix != ".xlsx":
        kind = PaperKind.unit if code else PaperKind.county
        wanted = official.Wanted(kind, code or "", lang, look["tagged"])
        paper = official.handed_out(session, row, wanted, county, _style(**look), None, datetime.now(UTC))
        output.write(out, b"".join(official.content(paper)))
        session.commit()
        return
    document = (
        assessing.of_revision(session, row) if row else builders.of_year(session, year, as_of or datetime.now(UTC))
    )
    extra = builders.more(session, document, code)
    if out.suffix == ".xlsx":
        codes = [code] if code else None
        output.write(out, workbook.body(tables.of_year(document, extra, lang, codes), lang))
    elif code:
        output.write(out, builders.unit_pdf(session, document, code, lang, county, extra, _style(**look)))
    else:
        output.write(out, builders.county_pdf(session, document, lang, county, extra, _style(**look)))


@report.command("annual")
@YEAR
@AS_OF
@_common
@inside
def report_annual(year: int, as_of: datetime | None, out: Path, lang: str, **look: Any) -> None:
    """The annual report on petition work (art. 41)."""
    from app.extensions import db

    document = figures.annual(db.session(), year, as_of or datetime.now(UTC))
    if out.suffix == ".xlsx":
        output.write(out, workbook.body(annual.sheets(document, lang), lang))
    else:
        output.write(out, annual.printed(document, lang, printing.county(current_app.config, lang), _style(**look)))


@report.command("register")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day, e.g. 2026-03-02.")
@AS_OF
@_common
@inside
def report_register(day: datetime, as_of: datetime | None, out: Path, lang: str, **look: Any) -> None:
    """The register of one day: petitions by unit, numbers without identities."""
    from app.extensions import db

    document = figures.day_book(db.session(), day.date(), as_of or datetime.now(UTC))
    if out.suffix == ".xlsx":
        output.write(out, workbook.body(tables.of_day(document, lang), lang))
    else:
        county = printing.county(current_app.config, lang)
        output.write(out, register_of.printed(document, lang, county, _style(**look)))


def _style(tagged: bool, red_head: str | None) -> printing.Style:
    given = {} if red_head is None else {"RED_HEAD": red_head}
    return printing.style({**current_app.config, **given}, tagged=tagged)
