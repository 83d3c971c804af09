"""The papers: one page to find them, and their downloads as PDF or as a workbook, in the reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from models.office_terms import JobKind
from models.tables import Assessment, AssessmentPaper
from models.terms import AssessmentStatus, UnitKind, Verb
from models.world import world, zone
from reports import official, workbook
from views import crud, drawing, long_work, registry, secure
from views.drawing import YEARS

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


def _handed(paper: AssessmentPaper) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={paper.name}", "Content-Length": str(paper.size)}
    return Response(official.content(paper), content_type="application/pdf", headers=headers)


def year_paper(year: int, form: str, code: str = "") -> Any:
    """The assessment of the county, or of one unit; ``?revision=``: as an earlier revision of a frozen year says."""
    return _paper(drawing.Order("year", str(year), form, code, request.args.get("revision", ""), _tagged()))


def annual_paper(year: int, form: str) -> Any:
    """The annual report of art. 41."""
    return _paper(drawing.Order("annual", str(year), form, tagged=_tagged()))


def register_paper(day: str, form: str) -> Any:
    """The register of one day."""
    return _paper(drawing.Order("register", day, form, tagged=_tagged()))


def _tagged() -> bool:
    return bool(request.args.get("tagged"))


def _paper(order: drawing.Order) -> Any:
    """GET: the paper, for programs and for who keeps its address. POST: its drawing as a job, which shows progress."""
    secure.require(order.table, Verb.export)
    if request.method == "POST":
        drawing.check(order)
        return long_work.start(JobKind.paper, order.plain())
    body, name = drawing.made(order)
    secure.session().commit()
    media = "application/pdf" if order.form == "pdf" else workbook.MEDIA
    return Response(body, content_type=media, headers={"Content-Disposition": f"attachment; filename={name}"})
