"""The year's scores, each point traceable by clicks; and the download of the papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request
from sqlalchemy import select

from models import assessing, frozen, frozen_units
from models.access import all_rows
from models.rules import misses
from models.tables import Deduction, Petition
from models.terms import N_, DeductionStatus, DutyKind, Rule, Verb
from models.world import zone
from reports import account, builders, charts, lines, sentences
from views import papers_page, present, secure, titles

YEARS = range(2000, 2101)


def this_year() -> Any:
    """The year that runs."""
    return redirect(f"/assessment/{datetime.now(UTC).astimezone(zone()).year}")


def _document(year: int) -> dict[str, Any]:
    secure.require("assessment", Verb.list)
    if year not in YEARS:
        return secure.missing()
    read = assessing.assessment if request.args.get("live") else assessing.official
    found = read(secure.session(), year, datetime.now(UTC))
    return found


def page(year: int) -> Any:
    """The ranking of a year."""
    found = _document(year)
    lang = "zh" if present.chinese() else "en"
    groups = lines.groups(found, lang)
    bars = [(row.name, Decimal(row.final), Decimal(row.pending)) for group in groups for row in group.rows]
    worst = sorted((bar for bar in bars if bar[1] + bar[2]), key=lambda bar: -(bar[1] + bar[2]))[:15]
    kept, more_kept = papers_page.kept_of(year) if found.get("revision") else ([], False)
    correction = _correction(year) if found.get("revision") and secure.allowed("assessment", Verb.edit) else None
    papers = {"correction": correction, "kept": kept, "more_kept": more_kept, "superseded": papers_page.superseded}
    drawn = {"chart": charts.points(worst, present.chinese()), "narrow_chart": charts.narrow(worst, present.chinese())}
    return render_template("pages/assessment.html", doc=found, groups=groups, year=year, **drawn, **papers)


def _correction(year: int) -> Any:
    """The correction that is open, for those who may revise."""
    with all_rows():
        row = frozen.latest(secure.session(), year)
        return frozen.correction(secure.session(), row) if row else None


def unit_page(year: int, code: str) -> Any:
    """One unit's score and every deduction behind it."""
    found = _document(year)
    lang = "zh" if present.chinese() else "en"
    with all_rows():
        code = frozen_units.code_there(secure.session(), builders.revision_of(secure.session(), found), code)
    placed = lines.peers_of(found, code, lang)
    if placed is None:
        return secure.missing()
    peers, ranked = placed
    unit = next(one for one in found["units"] if one["code"] == code)
    wanted = select(Petition.number, Deduction.rule, Deduction.occurrence, Deduction.id)
    wanted = wanted.join(Petition, Petition.id == Deduction.petition_id)
    numbers = [line["petition"] for line in unit["deductions"]]
    known = secure.session().execute(wanted.where(Deduction.year == year, Petition.number.in_(numbers[:5000])))
    ids = {(number, rule.value, occurrence): key for number, rule, occurrence, key in known}
    counts = Counter((line["rule"], line["status"]) for line in unit["deductions"])
    return render_template(
        "pages/assessment_unit.html",
        doc=found,
        unit=unit,
        rank=ranked.place,
        peers=peers,
        year=year,
        ids=ids,
        account=account.account(lang, found, unit),
        counts=counts,
        sums=sentences.sums(lang, unit),
        rule=lambda value: present.term_of(Rule, value),
        duty=lambda value: present.term_of(DutyKind, value),
        status=DeductionStatus,
        reason=titles.reason,
        late=_late,
    )


def _late(duty: Mapping[str, Any]) -> str:
    n = misses.lateness(DutyKind(duty["kind"]), duty["late_days"], done=bool(duty["discharged"]))
    return "" if n is None else present.days(n, N_(" (1 day late)"), N_(" (%(n)s days late)"))
