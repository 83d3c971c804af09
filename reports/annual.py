"""The annual report of art. 41: figures, fields, units complained about, transfers, suggestions and their adoption."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from models import figures
from models.office_terms import Adoption, RecommendationKind
from models.tables.transfers import TransferStatus
from models.terms import N_, Case, Channel, DutyKind, PetitionKind, ReplyOutcome, Term
from reports import charts, lines, printing, tables, words
from reports.contexts import Advice, AnnualPaper, Counts
from reports.printing import PLAIN, Style
from reports.tables import Sheet

SHOWN = 40  # recommendations in the paper; the workbook and what is enclosed hold all
MOST = 12  # fields in the chart; the table has all
_RATES = (DutyKind.INFORM, DutyKind.HANDLE)
# what has no word of its own: not there yet, and closed by the notice of a legal route, withdrawn or merged
_NO_CASE = {"": N_("Not routed yet")}
_NO_REPLY = {
    figures.UNANSWERED: N_("Closed without a reply: legal route, withdrawn or merged"),
    "": N_("Not replied yet"),
}
_CASES = tuple(one for one in Case if one is not Case.C)  # the mark of §2(3) comes on top of one of the others
FIELDS = ((N_("Field"), 32), (N_("Petitions"), 12), (N_("Closed"), 12), (N_("Share closed"), 12))
ADVICE = (
    (N_("Made on"), 14),
    (N_("To the unit"), 32),
    (N_("What for"), 16),
    (N_("Recommendation"), 60),
    (N_("Adopted"), 14),
)
Document = dict[str, Any]


def report(session: Session, year: int, as_of: datetime, lang: str, *, county_name: str, style: Style = PLAIN) -> bytes:
    """The year as the reader may see it, as PDF/A-3 with CSV and JSON inside."""
    return printed(figures.annual(session, year, as_of), lang, county_name, style)


def printed(document: Document, lang: str, county: str, style: Style = PLAIN) -> bytes:
    """The paper of the figures."""
    enclosed = [
        printing.csv_file("annual.csv", "The figures", _csv(document)),
        printing.json_file("annual.json", "The figures", document),
    ]
    made = paper(document, lang, county)
    return printing.drawn("annual.html", made, enclosed, document["as_of"], style)


def paper(document: Document, lang: str, county: str) -> AnnualPaper:
    """The contract of ``annual.html``."""
    _ = words.gettext_for(lang)
    fields = tuple(_field(lang, row) for row in document["fields"])
    by_month = [(words.month(lang, at), count) for at, count in enumerate(document["months"], 1)]
    return AnnualPaper(
        lang=lang,
        county=county,
        year=document["year"],
        as_of=words.day(lang, document["as_of"]),
        facts=_facts(lang, document),
        tables=(
            _counts(lang, N_("By channel"), Channel, document["channels"]),
            _counts(lang, N_("By kind"), PetitionKind, document["kinds"]),
            _by_case(lang, document),
            _counts(lang, N_("By result of the reply"), ReplyOutcome, document["replies"], _NO_REPLY),
        ),
        month_chart=charts.numbers(by_month, _(N_("Petitions received by month"))),
        fields=fields,
        field_chart=charts.shares([row[:3] for row in fields[:MOST]], _(N_("Petitions by field, closed ones filled"))),
        about=tuple((lines.name(lang, row), row["count"]) for row in document["about"]),
        transfers=(
            _counts(lang, N_("Transfers"), TransferStatus, document["transfers"]),
            _counts(lang, N_("Supervision"), figures.SUPERVISION, document["supervision"], shares=False),
        ),
        kept=lines.kept(lang, {"kinds": document["duties"]}),
        suggestions=_counts(lang, N_("Suggestions"), ReplyOutcome, document["suggestions"], _NO_REPLY),
        adoption=_adoption(lang, document["recommendations"]),
        advice=tuple(_advice(lang, row) for row in document["recommendations"][:SHOWN]),
        advised=len(document["recommendations"]),
        serious=lines.serious(lang, document["serious"]),
    )


def _facts(lang: str, document: Document) -> tuple[str, ...]:
    _ = words.gettext_for(lang)
    numbers = {key: document[key] for key in ("received", "persons", "closed", "urgent", "merged", "anonymous")}
    numbers |= {"open": document["received"] - document["closed"], "before": document["received_before"]}
    text = N_(
        "%(received)s petitions of %(persons)s persons were received (last year %(before)s); %(closed)s of them are"
        " closed, %(open)s are open. %(urgent)s were major or urgent, %(merged)s were merged into a matter first"
        " received, %(anonymous)s were anonymous."
    )
    told = [_(text, **numbers)]
    known = {row["kind"]: row for row in document["duties"]}
    for kind in _RATES:
        if row := known.get(kind.value):
            text = N_("%(what)s: of %(due)s duties due in the year %(met)s were met on time, %(rate)s.")
            what, share = words.term(lang, kind), lines.rate(row["met"], row["due"])
            told.append(_(text, what=what, met=row["met"], due=row["due"], rate=share))
    return tuple(told)


def _adoption(lang: str, found: Sequence[Mapping[str, Any]]) -> Counts:
    """What the bureau recommended, by what became of it."""
    return _counts(lang, N_("Recommendations of the bureau"), Adoption, Counter(row["adoption"] for row in found))


def _advice(lang: str, row: Mapping[str, Any]) -> Advice:
    kind, adoption = words.term(lang, RecommendationKind(row["kind"])), words.term(lang, Adoption(row["adoption"]))
    return Advice(words.day(lang, row["made"]), lines.name(lang, row["unit"]), kind, row["subject"], adoption)


def _field(lang: str, row: Mapping[str, Any]) -> tuple[str, int, int, str]:
    _ = words.gettext_for(lang)
    name = lines.name(lang, row) if row["name"] else _(N_("Without category"))
    return name, row["received"], row["closed"], lines.rate(row["closed"], row["received"])


def _by_case(lang: str, document: Mapping[str, Any]) -> Counts:
    """The five situations: four that exclude each other, and how many were major or urgent besides."""
    found, _ = _counts(lang, N_("By case"), _CASES, document["cases"], _NO_CASE), words.gettext_for(lang)
    urgent = _(N_("C on top of one of these: major or urgent"))
    row = (urgent, document["urgent"], lines.rate(document["urgent"], document["received"]))
    return Counts(found.title, (*found.rows, row))


def _counts(
    lang: str,
    title: str,
    terms: Iterable[Term],
    found: Mapping[str, int],
    rest: Mapping[str, str] = MappingProxyType({}),
    *,
    shares: bool = True,
) -> Counts:
    """One row for each word, also for what did not happen; ``rest``: what has no word of its own."""
    _ = words.gettext_for(lang)
    all_ = sum(found.values())
    named = [*((term.value, words.term(lang, term)) for term in terms), *((key, _(text)) for key, text in rest.items())]
    rows = [(word, found.get(key, 0)) for key, word in named]
    return Counts(_(title), tuple((word, count, lines.rate(count, all_) if shares else "") for word, count in rows))


def _csv(document: Document) -> list[Sequence[Any]]:
    rows: list[Sequence[Any]] = [("table", "key", "count", "part")]
    for key in ("received", "received_before", "persons", "closed", "merged", "urgent", "anonymous"):
        rows.append(("total", key, document[key], ""))
    for key in ("channels", "kinds", "cases", "transfers", "supervision", "replies", "suggestions"):
        rows += [(key, word, count, "") for word, count in document[key].items()]
    rows += [("months", number, count, "") for number, count in enumerate(document["months"], 1)]
    rows += [("fields", row["code"], row["received"], row["closed"]) for row in document["fields"]]
    rows += [("about", row["code"], row["count"], "") for row in document["about"]]
    made = [(row["unit"]["code"], row["kind"], row["adoption"]) for row in document["recommendations"]]
    rows += [("recommendations", unit, 1, f"{kind}: {adoption}") for unit, kind, adoption in made]
    return rows + [("duties", row["kind"], row["due"], row["met"]) for row in document["duties"]]


def sheets(document: Document, lang: str) -> list[Sheet]:
    """The same figures as tables for a workbook."""
    made, _ = paper(document, lang, ""), words.gettext_for(lang)
    columns = ((N_("Table"), 24), (N_("Item"), 36), (N_("Petitions"), 12), (N_("Share"), 10))
    counts = [
        (one.title, *row)
        for one in (*made.tables, *made.transfers, made.suggestions, made.adoption)
        for row in one.rows
    ]
    months = [(words.month(lang, at), count) for at, count in enumerate(document["months"], 1)]
    kept = [(row.kind, row.due, row.met, row.rate) for row in made.kept]
    return [
        Sheet(N_("Figures"), columns, counts),
        Sheet(N_("Months"), ((N_("Month"), 10), (N_("Petitions"), 12)), months),
        Sheet(
            N_("Fields"),
            ((N_("Field"), 32), (N_("Petitions"), 12), (N_("Closed"), 12), (N_("Share closed"), 12)),
            made.fields,
        ),
        Sheet(N_("Units complained about"), ((N_("Unit"), 36), (N_("Petitions"), 12)), made.about),
        Sheet(N_("Duties met on time"), tables.KEPT, kept),
        Sheet(
            N_("Recommendations"), ADVICE, [list(astuple(_advice(lang, row))) for row in document["recommendations"]]
        ),
        tables.serious(document["serious"], lang),
    ]
