"""The papers: one page to find them, and their downloads as PDF or as a workbook, in the reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Response, current_app, render_template, request

from models import figures
from models.terms import UnitKind, Verb
from models.world import world, zone
from reports import annual, builders, printing, register, tables, workbook
from views import present, secure

YEARS = range(2000, 2101)


def page() -> str:
    """Year and day are chosen; the papers that are open to the actor follow."""
    actor = secure.require("report", Verb.export)
    today = datetime.now(UTC).astimezone(zone()).date()
    year, day = _year(request.args.get("year", ""), today.year), _day(request.args.get("day", "")) or today
    unit = world(secure.session()).units.get(actor.unit_id or 0)
    own = unit if unit is not None and unit.kind is not UnitKind.leaders_office else None
    days = [today - timedelta(days=back) for back in range(7)]
    return render_template("pages/papers.html", year=year, day=day, today=today, own=own, days=days)


def _year(text: str, other: int) -> int:
    return int(text) if text.isdecimal() and len(text) == 4 and int(text) in YEARS else other


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _asked() -> tuple[str, datetime, str, printing.Style]:
    """Language, moment, county, and how the paper is to look."""
    lang = "zh" if present.chinese() else "en"
    style = printing.style(current_app.config, tagged=bool(request.args.get("tagged")))
    return lang, datetime.now(UTC), current_app.config["COUNTY_NAME"], style


def year_paper(year: int, form: str, code: str | None = None) -> Any:
    """The assessment of the county, or of one unit."""
    actor, session = secure.require("report", Verb.export), secure.session()
    if year not in YEARS or (code is not None and not builders.open_to(session, actor, code)):
        return secure.missing()
    lang, now, county, style = _asked()
    document = builders.of_year(session, year, now)
    extra = builders.more(session, document, code)
    if form == "xlsx":
        body = workbook.body(tables.of_year(document, extra, lang, [code] if code else None), lang)
    elif code is None:
        body = builders.county_pdf(session, document, lang, county, extra, style)
    else:
        body = builders.unit_pdf(session, document, code, lang, county, extra, style)
    return _file(body, f"assessment-{year}{'-' + code if code else ''}-{lang}.{form}")


def annual_paper(year: int, form: str) -> Any:
    """The annual report of art. 41."""
    secure.require("yearbook", Verb.export)
    if year not in YEARS:
        return secure.missing()
    lang, now, county, style = _asked()
    document = figures.annual(secure.session(), year, now)
    made = workbook.body(annual.sheets(document, lang), lang) if form == "xlsx" else None
    return _file(made or annual.printed(document, lang, county, style=style), f"annual-{year}-{lang}.{form}")


def register_paper(day: str, form: str) -> Any:
    """The register of one day."""
    secure.require("yearbook", Verb.export)
    asked = _day(day)
    if asked is None:
        return secure.missing()
    lang, now, county, style = _asked()
    document = figures.day_book(secure.session(), asked, now)
    made = workbook.body(tables.of_day(document, lang), lang) if form == "xlsx" else None
    return _file(made or register.printed(document, lang, county, style), f"register-{asked}-{lang}.{form}")


def _file(body: bytes, name: str) -> Response:
    media = "application/pdf" if name.endswith(".pdf") else workbook.MEDIA
    return Response(body, content_type=media, headers={"Content-Disposition": f"attachment; filename={name}"})
