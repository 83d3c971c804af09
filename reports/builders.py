"""From the assessment of a year to its papers. Every number is a string of ``assessing.assessment``."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session

from models import assessing
from models.access import Actor
from models.errors import NotFound
from models.rules import scoring
from models.terms import N_, DeductionStatus, DutyKind, Role, Rule, UnitKind
from models.world import World, world
from reports import charts, pdf, words
from reports.contexts import DeductionLine, DutyLine, Paper, Ranked, RuleLine

HERE = Path(__file__).parent
SHOWN = 150  # of the county report; the attachment holds all
_COLUMNS = ["unit", "petition", "rule", "occurrence", "points", "status", "duty", "due", "discharged", "late_days"]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def open_to(session: Session, actor: Actor, code: str) -> bool:
    """Whether the actor may have the report of the unit ``code``: the own one, or every one with a county role."""
    if actor.has(Role.Administrator, Role.BureauOfficer, Role.CountyLeader, Role.Auditor):
        return True
    unit = world(session).units.get(actor.unit_id or 0)
    return unit is not None and unit.code == code


def county_report(session: Session, year: int, as_of: datetime, lang: str, *, county_name: str) -> bytes:
    """The county's assessment as PDF/A-3u with CSV and JSON inside."""
    return county_pdf(session, assessing.official(session, year, as_of), lang, county_name)


def unit_report(session: Session, year: int, unit_code: str, as_of: datetime, lang: str, *, county_name: str) -> bytes:
    """One unit's assessment. Raises NotFound for an unknown unit."""
    return unit_pdf(session, assessing.official(session, year, as_of), unit_code, lang, county_name)


def county_pdf(session: Session, document: dict[str, Any], lang: str, county_name: str) -> bytes:
    """The county's paper of a year's document."""
    return _print("county.html", county_paper(session, document, lang, county_name), document)


def unit_pdf(session: Session, document: dict[str, Any], unit_code: str, lang: str, county_name: str) -> bytes:
    """One unit's paper of a year's document. Raises NotFound for an unknown unit."""
    paper = unit_paper(session, document, unit_code, lang, county_name)
    own = document | {"units": [unit for unit in document["units"] if unit["code"] == unit_code]}
    return _print("unit.html", paper, own)


def ranking(document: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """(rank, unit) of all assessed units, best first. The leaders' office is not assessed."""
    units = [unit for unit in document["units"] if unit["kind"] != UnitKind.leaders_office.value]
    ranks = scoring.rank([Decimal(unit["score"]) for unit in units])
    return sorted(
        zip(ranks, units, strict=True),
        key=lambda row: (row[0], -Decimal(row[1]["score_if_pending_confirmed"]), row[1]["code"]),
    )


def county_paper(session: Session, document: dict[str, Any], lang: str, county: str) -> Paper:
    """The contract of ``county.html``."""
    here = world(session)
    ranked = [_ranked(here, lang, rank, unit) for rank, unit in ranking(document)]
    lines = [(unit, line) for _rank, unit in ranking(document) for line in unit["deductions"]]
    counted = [(unit, line) for unit, line in lines if line["status"] not in scoring.WITHDRAWN]
    shown = tuple(_deduction(here, lang, unit, line) for unit, line in counted[:SHOWN])
    return _paper(document, lang, county, ranked, _rules(here, lang, document, lines), shown, len(counted))


def unit_paper(session: Session, document: dict[str, Any], code: str, lang: str, county: str) -> Paper:
    """The contract of ``unit.html``."""
    here = world(session)
    found = next(((rank, unit) for rank, unit in ranking(document) if unit["code"] == code), None)
    if found is None:
        raise NotFound(N_("There is no unit %(code)s."), code=code)
    rank, unit = found
    own = _ranked(here, lang, rank, unit)
    lines = [(unit, line) for line in unit["deductions"]]
    every = tuple(_deduction(here, lang, unit, line) for unit, line in lines)
    return _paper(document, lang, county, [own], _rules(here, lang, document, lines), every, len(lines), own)


def _paper(
    document: dict[str, Any],
    lang: str,
    county: str,
    ranked: list[Ranked],
    rules: tuple[RuleLine, ...],
    deductions: tuple[DeductionLine, ...],
    total: int,
    unit: Ranked | None = None,
) -> Paper:
    bars = [(row.name, Decimal(row.final), Decimal(row.pending)) for row in ranked]
    worst = sorted((bar for bar in bars if bar[1] + bar[2]), key=lambda bar: -(bar[1] + bar[2]))[:15]
    chart = charts.points(worst, lang == "zh") if unit is None else None
    as_of = words.day(lang, document["as_of"])
    year, book = document["year"], document["rulebook"]
    return Paper(lang, county, year, as_of, book, tuple(ranked), rules, deductions, total, chart, unit)


def _name(here: World, lang: str, unit: dict[str, Any]) -> str:
    fact = next((fact for fact in here.units.values() if fact.code == unit["code"]), None)
    return fact.name_en if lang == "en" and fact is not None and fact.name_en else str(unit["name"])


def _ranked(here: World, lang: str, rank: int, unit: dict[str, Any]) -> Ranked:
    numbers = (unit[name] for name in ("base", "final", "pending", "score", "score_if_pending_confirmed"))
    kind = words.term(lang, UnitKind(unit["kind"]))
    return Ranked(rank, unit["code"], _name(here, lang, unit), kind, *numbers)


def _rules(
    here: World, lang: str, document: dict[str, Any], lines: list[tuple[dict[str, Any], dict[str, Any]]]
) -> tuple[RuleLine, ...]:
    book = next((book for book in here.rulebooks if book.version == document["rulebook"]), here.rulebooks[-1])
    found: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    groups = dict.fromkeys(scoring.FINAL, "final") | dict.fromkeys(scoring.PENDING, "pending")
    for _unit, line in lines:
        group = groups.get(DeductionStatus(line["status"]), "withdrawn")
        found[line["rule"], group].append(Decimal(line["points"]))
    made = []
    for rule in Rule:
        final, pending = found[rule.value, "final"], found[rule.value, "pending"]
        gone = len(found[rule.value, "withdrawn"])
        sums = [f"{sum(part, Decimal(0)):.2f}" for part in (final, pending)]
        each = f"{book.points[rule].normalize():f}"
        made.append(RuleLine(words.term(lang, rule), each, len(final), sums[0], len(pending), sums[1], gone))
    return tuple(made)


def _deduction(here: World, lang: str, unit: dict[str, Any], line: dict[str, Any]) -> DeductionLine:
    duties = tuple(
        DutyLine(
            words.term(lang, DutyKind(one["kind"])),
            words.day(lang, one["due"]),
            words.day(lang, one["discharged"]),
            one["late_days"],
        )
        for one in line["duties"]
    )
    paragraphs = [*dict.fromkeys(one["paragraph"] for one in line["duties"]), "§3"]
    clause = "\n".join(words.numbered(lang, text) for text in paragraphs)
    rule, status = words.term(lang, Rule(line["rule"])), words.term(lang, DeductionStatus(line["status"]))
    name = _name(here, lang, unit)
    return DeductionLine(line["petition"], name, rule, clause, line["occurrence"], line["points"], status, duties)


def _print(template: str, paper: Paper, document: dict[str, Any]) -> bytes:
    space = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    _ = words.gettext_for(paper.lang)
    html = space.get_template(template).render(paper=paper, _=_, zh=paper.lang == "zh")
    data = pdf.Enclosure("deductions.csv", "\ufeff" + _csv(document), "Every deduction")
    full = pdf.Enclosure("assessment.json", json.dumps(document, ensure_ascii=False, indent=1), "The assessment")
    # a frozen year prints the same bytes on every day
    return pdf.render(html, [data, full], datetime.fromisoformat(document["as_of"]))


def _csv(document: dict[str, Any]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(
        ["unit", "petition", "rule", "occurrence", "points", "status", "duty", "due", "discharged", "late_days"]
    )
    for unit in document["units"]:
        for line in unit["deductions"]:
            head = [unit["code"], *(line[name] for name in ("petition", "rule", "occurrence", "points", "status"))]
            for duty in line["duties"]:
                row = [*head, *(duty[name] for name in ("kind", "due", "discharged", "late_days"))]
                writer.writerow([f"'{text}" if str(text).startswith(_FORMULA) else text for text in row])
    return buffer.getvalue()
