"""The papers: one page to find them, and their downloads as PDF or as a workbook, in the reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Response, current_app, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from models import assessing, figures, frozen, frozen_units
from models.access import all_rows
from models.tables import Assessment, AssessmentPaper
from models.terms import AssessmentStatus, UnitKind, Verb
from models.world import world, zone
from reports import annual, builders, official, printing, register, tables, workbook
from views import crud, present, registry, secure

YEARS = range(2000, 2101)
SHOWN = 50


def page() -> str:
    """Year and day are chosen; the papers that are open to the actor follow."""
    actor = secure.require("report", Verb.export)
    today = datetime.now(UTC).astimezone(zone()).date()
    year, day = _year(request.args.get("year", ""), today.year), _day(request.args.get("day", "")) or today
    unit = world(secure.session()).units.get(actor.unit_id or 0)
    own = unit if unit is not None and unit.kind is not UnitKind.leaders_office else None
    days = [today - timedelta(days=back) for back in range(7)]
    kept, more_kept = kept_of(year)
    asked = {"year": year, "day": day, "today": today, "days": days, "own": own}
    return render_template("pages/papers.html", **asked, kept=kept, more_kept=more_kept, superseded=superseded)


def kept_of(year: int) -> tuple[list[AssessmentPaper], bool]:
    """The kept papers of a year that the reader may see, the county's and the newest revision's first; are there more?

    For who may export reports; others see none."""
    if not secure.allowed("report", Verb.export):
        return [], False
    wanted = select(AssessmentPaper).join(AssessmentPaper.assessment).where(Assessment.year == year)
    order = (Assessment.revision.desc(), AssessmentPaper.kind, AssessmentPaper.name, AssessmentPaper.id)
    parts = (contains_eager(AssessmentPaper.assessment), joinedload(AssessmentPaper.drawn_by))
    found = list(secure.session().scalars(wanted.options(*parts).order_by(*order).limit(SHOWN + 1)))
    return found[:SHOWN], len(found) > SHOWN


def superseded(paper: AssessmentPaper) -> str:
    """By which revision the paper's own was superseded, as a sentence; empty if it is in force."""
    if paper.assessment.status is not AssessmentStatus.superseded:
        return ""
    return _("Superseded by revision %(n)s", n=paper.assessment.revision + 1)


def kept(row: AssessmentPaper) -> str:
    """The page of one kept paper."""
    return render_template("pages/paper.html", row=row, superseded=superseded(row))


def kept_file(pk: int) -> Any:
    """A kept paper's bytes, as they were drawn."""
    secure.require("report", Verb.export)
    secure.require("assessment_paper", Verb.show)
    row: Any = crud.row_of(registry.screen("assessment_paper"), pk)
    return _handed(row)


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
    return lang, datetime.now(UTC), printing.county(current_app.config, lang), style


def year_paper(year: int, form: str, code: str | None = None) -> Any:
    """The assessment of the county, or of one unit; ``?revision=``: as an earlier revision of a frozen year says."""
    actor, session = secure.require("report", Verb.export), secure.session()
    if year not in YEARS:
        return secure.missing()
    row = _frozen(year)
    with all_rows():
        code = code and frozen_units.code_there(session, row, code)
        kind = builders.kind_for(session, actor, code, row)
        if code is not None and not builders.open_to(session, actor, code, row):
            return secure.missing()
    lang, now, county, style = _asked()
    if row is not None and form == "pdf":
        wanted = official.Wanted(*kind, lang, style.tagged)
        paper = official.handed_out(session, row, wanted, county, style, actor.staff_id, now)
        session.commit()
        return _handed(paper)
    document = builders.of_year(session, year, now) if row is None else _as_frozen(row)
    extra = builders.more(session, document, code)
    if form == "xlsx":
        body = workbook.body(tables.of_year(document, extra, lang, [code] if code else None), lang)
    elif code is None:
        body = builders.county_pdf(session, document, lang, county, extra, style)
    else:
        body = builders.unit_pdf(session, document, code, lang, county, extra, style)
    return _file(body, f"assessment-{year}{'-' + code if code else ''}-{lang}.{form}")


def _frozen(year: int) -> Assessment | None:
    """The revision asked for, else the one in force; None for a live year."""
    asked = request.args.get("revision", "")
    with all_rows():
        if not asked:
            return frozen.latest(secure.session(), year)
        known = asked.isdecimal() and len(asked) < 6
        row = frozen.revision(secure.session(), year, int(asked)) if known else None
    return row or secure.missing()


def _as_frozen(row: Assessment) -> dict[str, Any]:
    session, actor = secure.session(), secure.actor()
    with all_rows():
        return assessing.seen_by(session, actor, assessing.of_revision(session, row), row)


def _handed(paper: AssessmentPaper) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={paper.name}", "Content-Length": str(paper.size)}
    return Response(official.content(paper), content_type="application/pdf", headers=headers)


def annual_paper(year: int, form: str) -> Any:
    """The annual report of art. 41."""
    secure.require("yearbook", Verb.export)
    if year not in YEARS:
        return secure.missing()
    lang, now, county, style = _asked()
    document = figures.annual(secure.session(), year, now)
    made = workbook.body(annual.sheets(document, lang), lang) if form == "xlsx" else None
    return _file(made or annual.printed(document, lang, county, style), f"annual-{year}-{lang}.{form}")


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
