"""The tables of the papers as plain rows, for the enclosed CSV and for the workbooks that a clerk filters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from models.rules import misses
from models.terms import N_, Channel, DeductionStatus, DutyKind, PetitionKind, Rule
from reports import lines, words
from reports.lines import Document, More

SAID = tuple(key for key, _label in lines.SAID)
_HEADS = ("unit", "petition", "rule", "occurrence", "points", "status", "duty", "due", "discharged", "late_days", *SAID)
KEPT = ((N_("Duty"), 36), (N_("Duties due"), 12), (N_("Met on time"), 14), (N_("Rate"), 10))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, its columns (msgid, width in characters), and its rows, made one by one."""

    title: str
    columns: tuple[tuple[str, int], ...]
    rows: Iterable[Sequence[Any]]


def ranking_rows(document: Document) -> Iterator[Sequence[Any]]:
    """The enclosed CSV: a line for each assessed unit."""
    names = ("peer", "peer_rank", "code", "name", "base", "final", "score", "pending", "score_if_pending_confirmed")
    yield names
    for unit in sorted(lines.assessed(document), key=lambda unit: (unit["peer"], unit["peer_rank"], unit["code"])):
        yield [unit[name] for name in names]


def deduction_rows(document: Document) -> Iterator[Sequence[Any]]:
    """The enclosed CSV: a line for each missed duty, with the record's own words."""
    yield _HEADS
    for unit, line in lines.every(document["units"]):
        head = [unit["code"], *(line[key] for key in ("petition", "rule", "occurrence", "points", "status"))]
        said = [line.get(key) or "" for key in SAID]
        for duty in line["duties"]:
            yield [*head, *(duty[key] for key in ("kind", "due", "discharged", "late_days")), *said]


def of_year(document: Document, extra: More, lang: str, codes: Sequence[str] | None = None) -> list[Sheet]:
    """All tables of a year's papers, of all units or of some."""
    units = [unit for unit in lines.assessed(document) if codes is None or unit["code"] in codes]
    found = lines.every(units)
    sheets = [_about(document, lang)]
    sheets += [_ranking(document, lang, {unit["code"] for unit in units}), _deductions(found, lang)]
    sheets += [_months(found, extra, lang), _kept(extra, lang)]
    if codes is None:
        sheets += [
            _changes(document, extra, lang),
            *([serious(extra.serious, lang)] if extra.serious is not None else []),
        ]
    return sheets


def _about(document: Document, lang: str) -> Sheet:
    """What the workbook is made from, so that it can be told from another."""
    _, head = words.gettext_for(lang), lines.head(document, lang, "")
    told = [
        _(N_("Assessment of %(year)s"), year=head.year),
        head.state,
        _(N_("As of %(day)s, rulebook %(book)s"), day=head.as_of, book=head.rulebook),
        *([_(N_("Digest of the frozen year (SHA-256): %(digest)s"), digest=head.manifest)] if head.manifest else []),
    ]
    return Sheet(N_("About"), ((N_("About this workbook"), 90),), [[text] for text in told])


def _ranking(document: Document, lang: str, codes: set[str]) -> Sheet:
    columns = (
        (N_("Peer group"), 18),
        (N_("Rank"), 8),
        (N_("Code"), 10),
        (N_("Unit"), 32),
        (N_("Base score"), 12),
        (N_("Final points"), 12),
        (N_("Score"), 10),
        (N_("Pending points"), 14),
        (N_("If pending is confirmed"), 22),
    )
    rows, groups = [], lines.groups(document, lang)
    for group in groups:
        for row in group.rows:
            numbers = (row.base, row.final, row.score, row.pending, row.score_if_pending_confirmed)
            more = [*([Decimal(row.earned)] if group.earns else []), *([row.grade] if group.graded else [])]
            if row.code in codes:
                rows.append([group.name, row.rank, row.code, row.name, *map(Decimal, numbers), *more])
    own = [(N_("Indicators"), 12)] if any(group.earns for group in groups) else []
    own += [(N_("Grade"), 10)] if any(group.graded for group in groups) else []
    return Sheet(N_("Ranking"), (*columns, *own), rows)


def _deductions(found: Sequence[lines.Line], lang: str) -> Sheet:
    columns = (
        (N_("Code"), 10),
        (N_("Unit"), 32),
        (N_("Petition"), 22),
        (N_("Rule"), 24),
        (N_("Occurrence"), 18),
        (N_("Points"), 10),
        (N_("Status"), 14),
        (N_("Missed duty"), 30),
        (N_("Clause"), 22),
        (N_("Due"), 14),
        (N_("Done"), 14),
        (N_("Days late"), 10),
        *((label, 40) for _key, label in lines.SAID),
    )
    return Sheet(N_("Deductions"), columns, _deduction_rows(found, lang))


def _deduction_rows(found: Sequence[lines.Line], lang: str) -> Iterator[Sequence[Any]]:
    _ = words.gettext_for(lang)
    for unit, line in found:
        rule, status = words.term(lang, Rule(line["rule"])), words.term(lang, DeductionStatus(line["status"]))
        points = Decimal(line["points"])
        counted = words.occurrence(lang, line["occurrence"])
        head = [unit["code"], lines.name(lang, unit), line["petition"], rule, counted, points, status]
        said = [_(str(line[key])) if line.get(key) else "" for key in SAID]
        for duty in line["duties"]:
            done = lines.day_of(duty["discharged"]) if duty["discharged"] else None
            kind, clause = words.term(lang, DutyKind(duty["kind"])), words.cited(lang, duty["paragraph"])
            late = misses.lateness(DutyKind(duty["kind"]), duty["late_days"], done=done is not None)
            yield [*head, kind, clause, lines.day_of(duty["due"]), done, late, *said]


def _months(found: Sequence[lines.Line], extra: More, lang: str) -> Sheet:
    columns = (
        (N_("Month"), 10),
        (N_("Duties due"), 12),
        (N_("Met on time"), 14),
        (N_("Final deductions"), 18),
        (N_("Final points"), 14),
        (N_("Pending deductions"), 20),
        (N_("Pending points"), 16),
    )
    rows = [
        [
            *(row.month, row.due, row.met, row.final_count, Decimal(row.final_points)),
            *(row.pending_count, Decimal(row.pending_points)),
        ]
        if row.come
        else [row.month, *[None] * (len(columns) - 1)]
        for row in lines.months(lang, found, extra.kept)
    ]
    return Sheet(N_("Months"), columns, rows)


def _kept(extra: More, lang: str) -> Sheet:
    rows = [[row.kind, row.due, row.met, row.rate] for row in lines.kept(lang, extra.kept)]
    return Sheet(N_("Duties met on time"), KEPT, rows)


def _changes(document: Document, extra: More, lang: str) -> Sheet:
    columns = (
        (N_("Unit"), 32),
        (N_("Rank last year"), 16),
        (N_("Rank"), 8),
        (N_("Score last year"), 16),
        (N_("Score"), 10),
        (N_("Difference"), 12),
    )
    rows = [
        [row.name, row.rank_before, row.rank, *map(Decimal, (row.score_before, row.score, row.difference))]
        for row in lines.changes(document, extra.before, lang)
    ]
    return Sheet(N_("Against last year"), columns, rows)


def serious(found: Iterable[Mapping[str, Any]], lang: str) -> Sheet:
    """Serious matters circulated in the year."""
    names = (N_("Unit"), N_("Petition"), N_("Serious matter"), N_("Opened"), N_("Status"), N_("Decision"))
    rows = [
        [row.unit, row.petition, row.ground, row.opened, row.status, row.decision]
        for row in lines.serious(lang, found) or ()
    ]
    return Sheet(N_("Serious matters"), tuple((text, 24) for text in names), rows)


def of_day(document: Document, lang: str) -> list[Sheet]:
    """The register of a day."""
    columns = (
        (N_("Code"), 10),
        (N_("First unit"), 32),
        (N_("Petition"), 22),
        (N_("Received at"), 18),
        (N_("Registered at"), 18),
        (N_("Channel"), 12),
        (N_("Kind"), 16),
        (N_("Persons"), 10),
        (N_("Major or urgent"), 18),
    )
    return [Sheet(N_("Daily register"), columns, _day_rows(document, lang))]


def _day_rows(document: Document, lang: str) -> Iterator[Sequence[Any]]:
    _ = words.gettext_for(lang)
    for unit in document["units"]:
        for one in unit["petitions"]:
            times = [_local(one["received_at"]), _local(one["registered_at"])]
            terms = [words.term(lang, Channel(one["channel"])), words.term(lang, PetitionKind(one["kind"]))]
            urgent = _(N_("yes")) if one["urgent"] else ""
            yield [unit["code"], lines.name(lang, unit), one["number"], *times, *terms, one["persons"], urgent]


def _local(text: str | None) -> datetime | date | None:
    """A moment without its zone: spreadsheets know none, and the county has one."""
    return datetime.fromisoformat(text).replace(tzinfo=None) if text else None
