"""A year's notice of holidays and make-up days: pasted or sent as a file, shown, then written as one job."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from models.errors import Invalid, Problem
from models.office_terms import JobKind
from models.operations import calendars
from models.rules import notices
from models.rules.calendar import WEEKDAYS
from models.terms import N_, DayKind, Verb
from models.world import zone
from views import long_work, present, redraw, secure

MOST, SOURCE = 20_000, 120
DIFFERS = N_("Read the notice again: what is sent differs from what was shown. Nothing was changed yet.")


def page() -> Any:
    """GET: the form. POST: what was understood, and the button that writes it."""
    secure.require("calendar_day", Verb.edit)
    if request.method == "GET" or redraw.asked():
        return _form(None, {})
    try:
        year, source, text = _given()
        notice = notices.read(text, year)
        if notice.wrong:
            raise Invalid([Problem("text", one.message, params=one.params) for one in notice.wrong])
    except Invalid as error:
        errors: dict[str, str] = {}
        for problem in error.problems:
            told = present.problem_text(problem)
            errors[problem.field] = f"{errors[problem.field]} {told}" if problem.field in errors else told
        return _form(None, errors), 422
    if request.form.get("then") != "save":
        return _form(notice, {}, text, seen=_fingerprint(year, text))
    if request.form.get("seen") != _fingerprint(year, text):
        return _form(notice, {"text": _(DIFFERS)}, text, seen=_fingerprint(year, text)), 422
    days = [[one.day.isoformat(), one.kind.value, one.name] for one in notice.days]
    return long_work.start(JobKind.calendar, {"year": year, "source": source, "days": days})


def _fingerprint(year: int, text: str) -> str:
    """What a preview was made of; a browser sends other line ends than it was given."""
    return sha256("\n".join([str(year), *text.strip().splitlines()]).encode()).hexdigest()


def _given() -> tuple[int, str, str]:
    """Year, source and text as they were sent; every wrong field at once (Invalid)."""
    typed, source = request.form.get("year", "").strip(), request.form.get("source", "").strip()
    problems = []
    year = int(typed) if typed.isdecimal() and len(typed) == 4 else 0
    if not calendars.FIRST <= year <= calendars.LAST:
        problems.append(Problem("year", N_("Enter the year of the notice.")))
    if not 0 < len(source) <= SOURCE:
        problems.append(Problem("source", N_("Enter the source: the number of the notice.")))
    sent = request.files.get("file")
    text = calendars.text_of(sent.read()) if sent is not None and sent.filename else request.form.get("text", "")
    if not text.strip():
        problems.append(Problem("text", N_("Paste the notice, or choose its file.")))
    elif len(text) > MOST:
        problems.append(Problem("text", N_("A notice is a page of text: this is too long.")))
    if problems:
        raise Invalid(problems)
    return year, source, text


def _form(notice: notices.Notice | None, errors: dict[str, str], text: str | None = None, seen: str = "") -> str:
    typed = {name: request.form.get(name, "") for name in ("year", "source", "text")}
    if text is not None:
        typed["text"] = text
    typed["year"] = typed["year"] or str(datetime.now(UTC).astimezone(zone()).year + 1)
    rows = [
        (one.day, _(WEEKDAYS[one.day.weekday()]), present.term_of(DayKind, one.kind), one.name)
        for one in (notice.days if notice else ())
    ]
    return render_template("pages/calendar_notice.html", errors=errors, typed=typed, rows=rows, seen=seen)
