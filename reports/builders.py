"""From the assessment of a year to its papers. Every number is a string of the year's document, or a sum of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from models import assessing, figures
from models.access import Actor, current_actor
from models.errors import NotFound
from models.rules import scoring
from models.rules.facts import Rulebook
from models.terms import N_, Role
from models.world import world
from reports import account, charts, lines, printing, tables, words
from reports.contexts import CountyPaper, Ranked, UnitPaper
from reports.lines import Document, More
from reports.printing import PLAIN, Style

SHOWN = 100  # of the county report; the attachments hold all
WORST = 15
ENOUGH = 5  # a month with fewer duties does not make a best month
_COUNTY = (Role.Administrator, Role.BureauOfficer, Role.CountyLeader, Role.Auditor)


def for_county(actor: Actor) -> bool:
    """Whether the actor may have the papers of the whole county."""
    return actor.has(*_COUNTY)


def open_to(session: Session, actor: Actor, code: str) -> bool:
    """Whether the actor may have the report of the unit ``code``: the own one, or every one with a county role."""
    if for_county(actor):
        return True
    unit = world(session).units.get(actor.unit_id or 0)
    return unit is not None and unit.code == code


def of_year(session: Session, year: int, as_of: datetime) -> Document:
    """The document that papers are made from, as the reader may see it."""
    return assessing.official(session, year, as_of)


def more(session: Session, document: Document, code: str | None = None) -> More:
    """What the record has beyond the document, as of the same moment."""
    year, as_of = document["year"], datetime.fromisoformat(document["as_of"])
    reader = current_actor()
    partly = code is None and reader is not None and not for_county(reader)  # of the county a unit sees a part
    kept = None if partly else figures.kept(session, year, as_of, code)
    had = figures.kept(session, year - 1, as_of)["kinds"]
    before = assessing.official(session, year - 1, as_of) if had else None
    return More(kept, before, figures.serious(session, year, as_of))


def more_of(session: Session, document: Document, code: str, county: More) -> More:
    """The same for one unit, where the county's is known: last year is read once."""
    as_of = datetime.fromisoformat(document["as_of"])
    return More(figures.kept(session, document["year"], as_of, code), county.before, county.serious)


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
    extra = extra or more(session, document)
    paper = county_paper(session, document, lang, county_name, extra)
    return printing.drawn("county.html", paper, _enclosed(document, extra), document["as_of"], style)


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
    paper = unit_paper(session, document, unit_code, lang, county_name, extra)
    own, rest = of_unit(document, unit_code), of_unit(extra.before, unit_code) if extra.before else None
    enclosed = _enclosed(own, More(extra.kept, rest, _own(extra.serious, unit_code)))
    return printing.drawn("unit.html", paper, enclosed, document["as_of"], style)


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


def county_paper(
    session: Session, document: Document, lang: str, county: str, extra: More | None = None
) -> CountyPaper:
    """The contract of ``county.html``."""
    extra, zh = extra or More(), lang == "zh"
    units = lines.assessed(document)
    whole = lines.whole(units)
    groups = lines.groups(document, lang)
    found = lines.every(unit for _rank, unit in ranking(document)) if whole else []
    counting = lines.counting(found)
    rules, months = lines.rules(_book(session, document), lang, found), lines.months(lang, found, extra.kept)
    by_rule = [(row.rule, Decimal(row.final_points), Decimal(row.pending_points)) for row in rules]
    by_month = [(row.month, Decimal(row.final_points), Decimal(row.pending_points)) for row in months]
    _ = words.gettext_for(lang)
    return CountyPaper(
        head=lines.head(document, lang, county),
        facts=_facts(lang, units, found if whole else None),
        scheme=account.method(lang, document),
        groups=groups,
        rules=rules,
        months=months,
        changes=lines.changes(document, extra.before, lang),
        changed=_changed(lang, document, extra.before),
        serious=lines.serious(lang, extra.serious),
        deductions=tuple(lines.deduction(lang, unit, line) for unit, line in counting[:SHOWN]),
        total=len(counting),
        whole=whole,
        unit_chart=charts.points(_worst(lang, units), zh),
        rule_chart=charts.points(by_rule, zh, _(N_("Points by rule"))) if counting else None,
        month_chart=charts.columns(by_month, zh, _(N_("Points by month"))),
    )


def unit_paper(
    session: Session, document: Document, code: str, lang: str, county: str, extra: More | None = None
) -> UnitPaper:
    """The contract of ``unit.html``."""
    extra = extra or More()
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
        sums=_sums(lang, unit),
        rules=lines.rules(_book(session, document), lang, every),
        deductions=tuple(lines.deduction(lang, *row) for row in every),
        whole=whole,
        changed=_unit_changed(lang, document, extra.before, own),
        kept=kept,
        well=_well(lang, extra.kept),
        kept_chart=charts.shares(bars, _(N_("Duties met on time, of all that were due"))),
        serious=lines.serious(lang, _own(extra.serious, code)),
    )


def _own(found: Sequence[Mapping[str, Any]] | None, code: str) -> list[Mapping[str, Any]] | None:
    return None if found is None else [one for one in found if one["unit"]["code"] == code]


def _book(session: Session, document: Document) -> Rulebook:
    here = world(session)
    return next((book for book in here.rulebooks if book.version == document["rulebook"]), here.rulebooks[-1])


def _enclosed(document: Document, extra: More) -> list[Any]:
    known = {"kept": extra.kept, "before": extra.before, "serious": extra.serious}
    return [
        printing.csv_file("deductions.csv", "Every deduction", tables.deduction_rows(document)),
        printing.json_file("assessment.json", "The assessment", document),
        printing.json_file("figures.json", "Duties on time, last year, serious matters", known),
    ]


def _worst(lang: str, units: Sequence[Mapping[str, Any]]) -> list[charts.Bar]:
    bars = [(lines.name(lang, unit), Decimal(unit["final"]), Decimal(unit["pending"])) for unit in units]
    return sorted((bar for bar in bars if bar[1] + bar[2]), key=lambda bar: -(bar[1] + bar[2]))[:WORST]


def _facts(lang: str, units: Sequence[Mapping[str, Any]], found: list[lines.Line] | None) -> tuple[str, ...]:
    """What the ranking says in sentences."""
    _ = words.gettext_for(lang)
    scores = [Decimal(unit["score"]) for unit in units]
    if not scores:
        return ()
    full = sum(not Decimal(unit["final"]) for unit in units)
    mean = f"{sum(scores) / len(scores):.2f}"
    first = _(
        N_("%(units)s units were assessed; their mean score is %(mean)s, and %(full)s of them lost no points."),
        units=len(units),
        mean=mean,
        full=full,
    )
    if found is None:
        return (first,)
    counts, points = lines.sums(found)
    told = N_(
        "%(final)s deductions are final (%(points)s points), %(pending)s are pending (%(more)s points) and do not count"
        " yet, %(withdrawn)s were withdrawn or overturned."
    )
    numbers = {"final": counts["final"], "points": points["final"], "pending": counts["pending"]}
    return (first, _(told, **numbers, more=points["pending"], withdrawn=counts["withdrawn"]))


def _changed(lang: str, document: Document, before: Document | None) -> tuple[str, ...]:
    """The county against last year; a changed rulebook is said, for then the scores do not compare."""
    if before is None:
        return ()
    _ = words.gettext_for(lang)
    told = []
    both = [(lines.sums(lines.every(lines.assessed(one)))[0]["final"], one["year"]) for one in (before, document)]
    if lines.whole(lines.assessed(document)) and lines.whole(lines.assessed(before)):
        text = N_("Final deductions: %(old)s in %(then)s, %(new)s in %(year)s.")
        told.append(_(text, old=both[0][0], then=both[0][1], new=both[1][0], year=both[1][1]))
    return (*told, *_rescored(lang, document, before))


def _rescored(lang: str, document: Document, before: Document) -> tuple[str, ...]:
    if before["rulebook"] == document["rulebook"]:
        return ()
    text = N_("Last year was scored by the rulebook %(old)s: the scores compare only roughly.")
    return (words.gettext_for(lang)(text, old=before["rulebook"]),)


def _unit_changed(lang: str, document: Document, before: Document | None, own: Ranked) -> tuple[str, ...]:
    if before is None:
        return ()
    _ = words.gettext_for(lang)
    known = lines.peers_of(before, own.code, lang)
    if known is None:
        return ()
    _peers, was = known
    text = N_("In %(then)s the unit scored %(old)s, rank %(was)s among its peers; now %(new)s, rank %(rank)s.")
    told = _(text, then=before["year"], old=was.score, was=was.rank, new=own.score, rank=own.rank)
    return (told, *_rescored(lang, document, before))


def _sums(lang: str, unit: Mapping[str, Any]) -> tuple[str, ...]:
    """How the score came about, as sums that one can follow."""
    _ = words.gettext_for(lang)
    base, final, score = (Decimal(unit[key]) for key in ("base", "final", "score"))
    earned = Decimal(unit.get("earned") or 0)
    told = [f"{base:.2f}{f' + {earned:.2f}' if unit.get('rates') else ''} − {final:.2f} = {base + earned - final:.2f}"]
    if Decimal(unit.get("capped") or 0):
        told.append(_(N_("A yearly cap of the rulebook spares the unit %(points)s points."), points=unit["capped"]))
    if base + earned - final != score:
        told.append(_(N_("The score does not fall below the floor: %(score)s."), score=unit["score"]))
    if Decimal(unit["pending"]):
        text = N_("If all %(points)s pending points are confirmed, the score is %(score)s.")
        told.append(_(text, points=unit["pending"], score=unit["score_if_pending_confirmed"]))
    return tuple(told)


def _well(lang: str, kept: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The rate of the year and the best months; a month with few duties says nothing."""
    _ = words.gettext_for(lang)
    months = kept["months"] if kept else []
    due, met = (sum(one[key] for one in months) for key in ("due", "met"))
    if not due:
        return ()
    text = N_("Of %(due)s duties that were due in the year, %(met)s were met on time: %(rate)s.")
    told = [_(text, due=due, met=met, rate=lines.rate(met, due))]
    enough = [one for one in months if one["due"] >= ENOUGH]
    if best := max((Decimal(one["met"]) / one["due"] for one in enough), default=Decimal(0)):
        named = [words.month(lang, one["month"]) for one in enough if Decimal(one["met"]) / one["due"] == best]
        text = N_("Best months: %(months)s (%(rate)s on time).")
        told.append(_(text, months=("、" if lang == "zh" else ", ").join(named), rate=f"{best * 100:.1f}%"))
    return tuple(told)
