"""What-if: ask what a year would be under other rules, and see both sides. Apart from every official page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Response, current_app, render_template, request
from sqlalchemy import select

from models import assessing, supposing
from models.errors import Invalid, Problem
from models.office_terms import JobKind, JobStatus
from models.rules.supposing import Supposition, clock_key, clock_name
from models.store import store
from models.tables import Job, Rulebook
from models.terms import N_, DutyKind, Verb
from models.world import world
from reports import printing, what_if, workbook
from views import long_work, present, redraw, secure
from views.assessment_page import YEARS

_CLOCK = "clock:"


def page(year: int, errors: dict[str, str] | None = None) -> Any:
    """The form: another rulebook, other clocks, other working days. What was typed is kept."""
    secure.require("what_if", Verb.list)
    if year not in YEARS:
        return secure.missing()
    book = assessing.rulebook_of(world(secure.session()), year)
    clocks = [
        {
            "name": clock_name((clock.duty, clock.variant)),
            "label": what_if.clock_label(clock.duty, clock.variant, _lang()),
            "amount": clock.amount,
            "measure": clock.measure,
        }
        for clock in book.clocks
        if clock.duty is not None and clock.rule is not None
    ]
    versions = secure.session().scalars(select(Rulebook).order_by(Rulebook.effective_from.desc(), Rulebook.id.desc()))
    return render_template(
        "pages/what_if_ask.html",
        year=year,
        book=book,
        clocks=clocks,
        versions=versions.all(),
        errors=errors or {},
        typed=request.form or _before(),
    )


def _before() -> dict[str, str]:
    """What an earlier trial of the reader's supposed, to go on from."""
    digest = request.args.get("from", "")
    if not digest:
        return {}
    what = _found(digest)[1]["supposed"]
    clocks = {_CLOCK + clock_name((DutyKind(one["duty"]), one["variant"])): str(one["after"]) for one in what["clocks"]}
    return {"rulebook": what["rulebook"] or "", **{name: ", ".join(what[name]) for name in ("off", "on")}, **clocks}


def start(year: int) -> Any:
    """Let the year be computed anew, as a job; a supposition that cannot be is refused beside its field."""
    secure.require("what_if", Verb.list)
    if year not in YEARS:
        return secure.missing()
    if redraw.asked():
        return page(year)
    try:
        what = _supposition()
        if what.empty:
            raise Invalid([Problem("rulebook", N_("Suppose at least one thing: another rulebook, a clock or a day."))])
        supposing.checked(secure.session(), what, year)
    except Invalid as error:
        told = {one.field: present.problem_text(one) for one in error.problems}
        named = {}
        for name, text in told.items():
            plain = name in ("rulebook", "off", "on")
            named[name if plain else _CLOCK + name] = text if plain else f"{_label(name)}: {text}"
        return page(year, named), 422
    return long_work.start(JobKind.what_if, {"year": year, "supposed": what.plain()})


def _supposition() -> Supposition:
    problems: list[Problem] = []
    clocks: dict[str, int] = {}
    for field, typed in request.form.items():
        if field.startswith(_CLOCK) and typed.strip():
            name = field.removeprefix(_CLOCK)
            if typed.strip().isdecimal() and len(typed.strip()) <= 6:
                clocks[name] = int(typed)
            else:
                problems.append(Problem(name, N_("Enter a length from 0 to 3650.")))
    days = {name: list(_days(name, problems)) for name in ("off", "on")}
    if problems:
        raise Invalid(problems)
    try:
        return Supposition.of({"rulebook": request.form.get("rulebook"), "clocks": clocks, **days})
    except ValueError as error:
        raise Invalid([Problem("rulebook", N_("The rulebook has no such clock."))]) from error


def _label(name: str) -> str:
    """What a clock is called beside its field; the name itself where it is none."""
    try:
        duty, variant = clock_key(name)
    except ValueError:
        return name
    return what_if.clock_label(duty.value, variant, _lang())


def _days(name: str, problems: list[Problem]) -> Iterator[str]:
    """The days of one field, however they are set apart."""
    for word in re.split(r"[\s,;，、；]+", request.form.get(name, "").strip()):
        if not word:
            continue
        try:
            yield date.fromisoformat(word).isoformat()
        except ValueError:
            problems.append(Problem(name, N_("Write each day as 2026-03-02.")))


def result(digest: str) -> Any:
    """Both sides of the year."""
    _row, found = _found(digest)
    paper = what_if.paper(found, _lang(), printing.county(current_app.config, _lang()))
    return render_template("pages/what_if.html", paper=paper, digest=digest)


def file(digest: str, form: str) -> Any:
    """The trial as paper, as workbook, or as data."""
    row, found = _found(digest)
    name = f"what-if-{found['year']}.{form}"
    if form == "json":
        return _file(b"".join(_body(row)), name, "application/json")
    if form == "xlsx":
        return _file(workbook.body(what_if.sheets(found, _lang()), _lang()), name, workbook.MEDIA)
    style = printing.Style(tagged=bool(request.args.get("tagged")))
    county = printing.county(current_app.config, _lang())
    return _file(what_if.printed(found, _lang(), county, style), name, "application/pdf")


def _found(digest: str) -> tuple[Job, dict[str, Any]]:
    """The kept result of a trial that the actor asked for."""
    actor = secure.require("what_if", Verb.list)
    mine = Job.kind == JobKind.what_if, Job.status == JobStatus.done, Job.user_id == actor.user_id
    row = secure.session().scalars(select(Job).where(*mine, Job.sha256 == digest).limit(1)).first()
    if row is None:
        secure.missing()
    assert row is not None
    return row, json.loads(b"".join(_body(row)))


def _body(row: Job) -> Iterator[bytes]:
    assert row.sha256 is not None
    assert row.size is not None
    return iter(store().read(row.sha256, row.size))


def _file(body: bytes, name: str, media: str) -> Response:
    return Response(body, content_type=media, headers={"Content-Disposition": f"attachment; filename={name}"})


def _lang() -> str:
    return "zh" if present.chinese() else "en"
