"""From the assessment of a year to its papers. Every number is a string of the year's document, or a sum of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from models import assessing, frozen, frozen_figures, frozen_units
from models.access import Actor, all_rows, current_actor
from models.errors import NotFound
from models.office_terms import PaperKind
from models.rules import scoring
from models.tables import Assessment
from models.terms import N_
from reports import account, charts, lines, printing, sentences, tables, words
from reports.contexts import CountyPaper, UnitPaper
from reports.lines import Document, More
from reports.printing import PLAIN, Made, Style

SHOWN = 100  # deductions in a paper; what is enclosed holds all
RANKED = 300  # units in a table of the county's paper, likewise
WORST = 15


def for_county(actor: Actor) -> bool:
    """Whether the actor may have the papers of the whole county."""
    return actor.wide


def open_to(session: Session, actor: Actor, code: str, row: Assessment | None = None) -> bool:
    """Whether the actor may have the report of the unit ``code``: those of the own scope.

    Args:
        row: the frozen revision that is asked for; the code is the unit's in it.
    """
    return for_county(actor) or code in frozen_units.own_codes(session, actor, row)


def kind_for(
    session: Session, actor: Actor | None, code: str | None, row: Assessment | None = None
) -> tuple[PaperKind, str]:
    """Which paper of a frozen year a reader gets, and of which unit: of the county a unit gets what is open to it."""
    if code is not None:
        return PaperKind.unit, code
    if actor is None or for_county(actor):
        return PaperKind.county, ""
    return PaperKind.excerpt, frozen_units.own_code(session, actor, row)


def of_year(session: Session, year: int, as_of: datetime) -> Document:
    """The document that papers are made from, as the reader may see it."""
    return assessing.official(session, year, as_of)


def figures_of(session: Session, document: Document, code: str | None = None) -> frozen_figures.Figures:
    """What papers say beyond the document: of a frozen year what was frozen with it, else the record's now."""
    row = revision_of(session, document)
    if row is None:
        return frozen_figures.gather(session, document["year"], datetime.fromisoformat(document["as_of"]), code)
    with all_rows():
        found: frozen_figures.Figures = frozen.part(session, row, "figures")
        return found


def revision_of(session: Session, document: Document) -> Assessment | None:
    """The frozen revision that a document is of; None for a live one."""
    if not document.get("revision"):
        return None
    with all_rows():
        row = frozen.revision(session, document["year"], document["revision"])
    if row is None:
        raise NotFound(N_("The year %(year)s is not frozen."), year=document["year"])
    return row


def more(session: Session, document: Document, code: str | None = None) -> More:
    """The figures of the county's paper as far as the reader may see them, or of one unit's."""
    found, reader = figures_of(session, document, code), current_actor()
    if code is not None:
        return More.of(frozen_figures.of_unit(found, code))
    if reader is None or for_county(reader):
        return More.of(frozen_figures.of_county(found))
    with all_rows():
        own = frozen_units.own_code(session, reader, revision_of(session, document))
    return More.of(frozen_figures.as_open_to(found, own))


def county_report(
    session: Session, year: int, as_of: datetime, lang: str, *, county_name: str, style: Style = PLAIN
) -> bytes:
    """The county's assessment as PDF/A-3 with CSV and JSON inside."""
    document = assessing.official(session, year, as_of)
    return county_pdf(session, document, lang, county_name, more(session, document), style)


def unit_report(
    session: Session, year: int, unit_code: str, as_of: datetime, lang: str, *, county_name: str, style: Style = PLAIN
) -> bytes:
    """One unit's assessment. Raises NotFound for an unknown unit."""
    document = assessing.official(session, year, as_of)
    return unit_pdf(session, document, unit_code, lang, county_name, more(session, document, unit_code), style)


def county_pdf(
    session: Session,
    document: Document,
    lang: str,
    county_name: str,
    extra: More | None = None,
    style: Style = PLAIN,
) -> bytes:
    """The county's paper of a year's document, live or frozen."""
    return county_made(document, lang, county_name, extra or more(session, document)).drawn(style)


def unit_pdf(
    session: Session,
    document: Document,
    unit_code: str,
    lang: str,
    county_name: str,
    extra: More | None = None,
    style: Style = PLAIN,
) -> bytes:
    """One unit's paper of a year's document, live or frozen. Raises NotFound for an unknown unit."""
    extra = extra or more(session, document, unit_code)
    return unit_made(document, unit_code, lang, county_name, extra).drawn(style)


def county_made(document: Document, lang: str, county: str, extra: More) -> Made:
    """The county's paper, to be drawn: from document and figures alone."""
    paper = county_paper(document, lang, county, extra)
    ranking = printing.csv_file("ranking.csv", "The ranking", tables.ranking_rows(document))
    return Made("county.html", paper, [*_enclosed(document, extra), ranking], document["as_of"])


def unit_made(document: Document, code: str, lang: str, county: str, extra: More) -> Made:
    """One unit's paper, to be drawn: from document and figures alone. Raises NotFound for an unknown unit."""
    paper = unit_paper(document, code, lang, county, extra)
    rest = of_unit(extra.before, code) if extra.before else None
    enclosed = _enclosed(of_unit(document, code), replace(extra, before=rest, serious=_own(extra.serious, code)))
    return Made("unit.html", paper, enclosed, document["as_of"])


def of_unit(document: Document, code: str) -> Document:
    """The document with one unit alone."""
    return document | {"units": [unit for unit in document["units"] if unit["code"] == code]}


def ranking(document: Document) -> list[tuple[int, Mapping[str, Any]]]:
    """(rank, unit) of all assessed units, best first. A unit without peers is not assessed."""
    units = lines.assessed(document)
    ranks = scoring.rank([Decimal(unit["score"]) for unit in units])
    return sorted(
        zip(ranks, units, strict=True),
        key=lambda row: (row[0], -Decimal(row[1]["score_if_pending_confirmed"]), row[1]["code"]),
    )


def county_paper(document: Document, lang: str, county: str, extra: More) -> CountyPaper:
    """The contract of ``county.html``."""
    zh = lang == "zh"
    units = lines.assessed(document)
    whole = lines.whole(units)
    groups = lines.groups(document, lang)
    found = lines.every(unit for _rank, unit in ranking(document)) if whole else []
    counting = lines.counting(found)
    rules, months = lines.rules(extra.points, lang, found), lines.months(lang, found, extra.kept)
    changes = lines.changes(document, extra.before, lang)
    by_rule = [(row.rule, Decimal(row.final_points), Decimal(row.pending_points)) for row in rules]
    by_month = [(row.month, Decimal(row.final_points), Decimal(row.pending_points)) for row in months]
    _ = words.gettext_for(lang)
    return CountyPaper(
        head=lines.head(document, lang, county),
        facts=sentences.facts(lang, units, found if whole else None),
        scheme=account.method(lang, document),
        groups=tuple(replace(group, rows=group.rows[:RANKED]) for group in groups),
        rules=rules,
        months=months,
        changes=changes[:RANKED],
        compared=len(changes),
        changed=sentences.changed(lang, document, extra.before),
        serious=lines.serious(lang, extra.serious),
        deductions=tuple(lines.deduction(lang, unit, line) for unit, line in counting[:SHOWN]),
        total=len(counting),
        whole=whole,
        unit_chart=charts.points(_worst(lang, units), zh),
        rule_chart=charts.points(by_rule, zh, _(N_("Points by rule"))) if counting else None,
        month_chart=charts.columns(by_month, zh, _(N_("Points by month"))),
    )


def unit_paper(document: Document, code: str, lang: str, county: str, extra: More) -> UnitPaper:
    """The contract of ``unit.html``."""
    found = lines.peers_of(document, code, lang)
    if found is None:
        raise NotFound(N_("There is no unit %(code)s."), code=code)
    peers, own = found
    unit = next(unit for unit in document["units"] if unit["code"] == code)
    whole, every = lines.whole([unit]), lines.every([unit])
    _ = words.gettext_for(lang)
    kept = lines.kept(lang, extra.kept)
    bars = [(row.kind, row.due, row.met) for row in kept]
    return UnitPaper(
        head=lines.head(document, lang, county),
        unit=own,
        peers=peers,
        scheme=account.method(lang, document),
        account=account.account(lang, document, unit),
        sums=sentences.sums(lang, unit),
        rules=lines.rules(extra.points, lang, every),
        deductions=tuple(lines.deduction(lang, *row) for row in every[:SHOWN]),
        total=len(every),
        whole=whole,
        changed=sentences.unit_changed(lang, document, extra.before, own),
        kept=kept,
        well=sentences.well(lang, extra.kept),
        kept_chart=charts.shares(bars, _(N_("Duties met on time, of all that were due"))),
        serious=lines.serious(lang, _own(extra.serious, code)),
    )


def _own(found: Sequence[Mapping[str, Any]] | None, code: str) -> list[Mapping[str, Any]] | None:
    return None if found is None else [one for one in found if one["unit"]["code"] == code]


def _enclosed(document: Document, extra: More) -> list[Any]:
    known = {name: getattr(extra, name) for name in ("kept", "before", "serious", "points")}
    return [
        printing.csv_file("deductions.csv", "Every deduction", tables.deduction_rows(document)),
        printing.json_file("assessment.json", "The assessment", document),
        printing.json_file("figures.json", "Duties on time, last year, serious matters", known),
    ]


def _worst(lang: str, units: Sequence[Mapping[str, Any]]) -> list[charts.Bar]:
    bars = [(lines.name(lang, unit), Decimal(unit["final"]), Decimal(unit["pending"])) for unit in units]
    return sorted((bar for bar in bars if bar[1] + bar[2]), key=lambda bar: -(bar[1] + bar[2]))[:WORST]
