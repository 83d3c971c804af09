"""The rows of the papers, made from the document of a year: ranking, rules, months, changes, deductions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from models.letters.numbering import default_prefix, number_text
from models.rules import assessing, misses, scoring
from models.terms import N_, DeductionStatus, DutyKind, Rule, UnitKind
from reports import account, words
from reports.contexts import (
    ChangeLine,
    DeductionLine,
    DutyLine,
    Group,
    Head,
    KeptLine,
    MonthLine,
    Peers,
    Ranked,
    RuleLine,
    SeriousLine,
)

Document = dict[str, Any]
Line = tuple[Mapping[str, Any], Mapping[str, Any]]  # (unit, deduction)
_ASSESSED = "考"
TOWNS, DEPARTMENTS = "towns", "departments"
PEERS = {TOWNS: N_("Towns and subdistricts"), DEPARTMENTS: N_("Departments")}
_OF_KIND = {UnitKind.town: TOWNS, UnitKind.bureau: DEPARTMENTS, UnitKind.department: DEPARTMENTS}
GROUPS = (
    dict.fromkeys(scoring.FINAL, "final")
    | dict.fromkeys(scoring.PENDING, "pending")
    | dict.fromkeys(scoring.WITHDRAWN, "withdrawn")
)
# what a deduction's hearing may hold, in order, and who speaks
SAID = (
    ("statement", N_("Statement of the unit")),
    ("decision", N_("Decision")),
    ("appeal", N_("Appeal of the unit")),
    ("ruling", N_("Ruling on the appeal")),
)


@dataclass(frozen=True, slots=True)
class More:
    """What papers say beyond the document: duties met on time, last year's scores, serious matters, points of rules."""

    kept: Mapping[str, Any] | None = None
    before: Document | None = None
    serious: Sequence[Mapping[str, Any]] | None = None  # None: not asked, so nothing is said of them
    points: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> More:
        """From the figures of a frozen year."""
        return cls(**{name: found[name] for name in ("kept", "before", "serious", "points")})


def assessed(document: Document) -> list[Mapping[str, Any]]:
    """The units that have a score. A unit without peers has none."""
    return [unit for unit in document["units"] if assessing.assessed(unit)]


def peer(unit: Mapping[str, Any]) -> str:
    """With whom the unit is compared: as the document says, else by its kind."""
    return str(unit.get("peer") or _OF_KIND[UnitKind(unit["kind"])])


def name(lang: str, row: Mapping[str, Any]) -> str:
    """What a unit is called in the paper's language."""
    return str(row.get("name_en") or row["name"]) if lang == "en" else str(row["name"])


def head(document: Document, lang: str, county: str) -> Head:
    """What the paper says of its own standing."""
    _ = words.gettext_for(lang)
    status = str(document.get("status") or ("frozen" if document.get("revision") else "live"))
    as_of, number = words.day(lang, document["as_of"]), document.get("revision")
    if status == "superseded":
        state = _(N_("Revision %(n)s, superseded by revision %(next)s"), n=number, next=int(number or 0) + 1)
    elif status == "frozen":
        day = words.day(lang, document.get("frozen_at"))
        state = _(N_("Revision %(n)s, frozen on %(day)s"), n=number, day=day)
    else:
        state = _(N_("Preview as of %(day)s, not frozen"), day=as_of)
    book, manifest = str(document["rulebook"]), str(document.get("manifest") or "")
    issued = words.day(lang, document.get("frozen_at"))
    return Head(lang, county, document["year"], as_of, book, status, state, manifest, number_of(document, lang), issued)


def number_of(document: Document, lang: str) -> str:
    """The number of the year's notice: the bureau's own series, the year assessed, the revision; none of a preview."""
    if not (serial := document.get("revision")):
        return ""
    if lang == "en":
        return words.gettext_for(lang)(N_("No. %(n)s [%(year)s]"), n=serial, year=document["year"])
    bureau = next((unit["name"] for unit in document["units"] if unit["kind"] == UnitKind.bureau), UnitKind.bureau.zh)
    return number_text(f"{default_prefix(bureau)}{_ASSESSED}", document["year"], serial)


def groups(document: Document, lang: str) -> tuple[Group, ...]:
    """The peer groups apart, each ranked in itself, in the order of the rulebook."""
    scheme = account.scheme_of(document)
    apart: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for unit in assessed(document):
        apart[peer(unit)].append(unit)
    names = group_names(scheme, lang)
    order = [known for known in names if known in apart] + sorted(set(apart) - set(names))
    own = {"earns": bool(scheme.get("rates")), "graded": bool(scheme.get("grades"))}
    return tuple(Group(names.get(key, key), ranked(apart[key], lang), len(apart[key]), **own) for key in order)


def group_names(scheme: Mapping[str, Any], lang: str) -> dict[str, str]:
    """Code of a peer group → its name, in the order of the rulebook; of a document without a scheme the first ones."""
    if "peers" not in scheme:
        return {key: words.gettext_for(lang)(text) for key, text in PEERS.items()}
    first = {row["code"]: account.titled(lang, row) for row in reversed(scheme["peers"])}
    return {row["code"]: first[row["code"]] for row in scheme["peers"]}


def peers_of(document: Document, code: str, lang: str) -> tuple[Peers, Ranked] | None:
    """Among how many of which group a unit stands, and its own line; None for a unit that is not assessed."""
    units = assessed(document)
    own = next((unit for unit in units if unit["code"] == code), None)
    if own is None:
        return None
    group = peer(own)
    scheme = account.scheme_of(document)
    named = group_names(scheme, lang).get(group, group)
    size = sum(peer(unit) == group for unit in units)
    return Peers(named, size, bool(scheme.get("rates"))), _ranked(lang, own["peer_rank"] if size > 1 else None, own)


def ranked(units: Sequence[Mapping[str, Any]], lang: str) -> tuple[Ranked, ...]:
    """Best first; equal scores share a rank. Who stands alone has none."""
    ranks = scoring.rank([Decimal(unit["score"]) for unit in units])
    rows = sorted(
        zip(ranks, units, strict=True),
        key=lambda row: (row[0], -Decimal(row[1]["score_if_pending_confirmed"]), row[1]["code"]),
    )
    return tuple(_ranked(lang, rank if len(units) > 1 else None, unit) for rank, unit in rows)


def _ranked(lang: str, rank: int | None, unit: Mapping[str, Any]) -> Ranked:
    numbers = (unit[key] for key in ("base", "final", "pending", "score", "score_if_pending_confirmed"))
    more = {"earned": str(unit.get("earned") or ""), "grade": account.titled(lang, unit.get("grade"))}
    return Ranked(rank, unit["code"], name(lang, unit), words.term(lang, UnitKind(unit["kind"])), *numbers, **more)


def whole(units: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the reader may see what the points consist of; of other units a unit sees the scores alone."""
    return all(unit["deductions"] or Decimal(unit["final"]) == Decimal(unit["pending"]) == 0 for unit in units)


def every(units: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Each deduction with its unit."""
    return [(unit, line) for unit in units for line in unit["deductions"]]


def counting(rows: Iterable[Line]) -> list[Line]:
    """Those that cost points, or may."""
    return [row for row in rows if GROUPS[DeductionStatus(row[1]["status"])] != "withdrawn"]


def sums(rows: Iterable[Line]) -> tuple[Counter[str], dict[str, str]]:
    """(how many, how many points) of final, pending and withdrawn ones."""
    counts: Counter[str] = Counter()
    points: dict[str, Decimal] = defaultdict(Decimal)
    for _unit, line in rows:
        group = GROUPS[DeductionStatus(line["status"])]
        counts[group] += 1
        points[group] += Decimal(line["points"])
    return counts, {group: f"{points[group]:.2f}" for group in ("final", "pending", "withdrawn")}


def rules(points_each: Mapping[str, str], lang: str, rows: Iterable[Line]) -> tuple[RuleLine, ...]:
    """One line for each rule of the notice's part 3, also for one that nobody missed."""
    apart: dict[str, list[Line]] = defaultdict(list)
    for row in rows:
        apart[row[1]["rule"]].append(row)
    made = []
    for rule in Rule:
        counts, points = sums(apart[rule.value])
        each = f"{Decimal(points_each[rule]).normalize():f}" if rule in points_each else ""
        totals = (counts["final"], points["final"], counts["pending"], points["pending"], counts["withdrawn"])
        made.append(RuleLine(words.term(lang, rule), each, *totals))
    return tuple(made)


def months(lang: str, rows: Iterable[Line], kept: Mapping[str, Any] | None) -> tuple[MonthLine, ...]:
    """The twelve months: duties, if they are known, and deductions by the month of their earliest duty."""
    apart: dict[int, list[Line]] = defaultdict(list)
    for row in rows:
        apart[min(day_of(duty["due"]) for duty in row[1]["duties"]).month].append(row)
    known = {one["month"]: one for one in kept["months"]} if kept else {}
    made = []
    for number in range(1, 13):
        counts, points = sums(apart[number])
        one = known.get(number, {})
        due, met = one.get("due"), one.get("met")
        totals = (counts["final"], points["final"], counts["pending"], points["pending"])
        come = not known or number in known or bool(apart[number])
        share = rate(met, due) if due and met is not None else ""
        made.append(MonthLine(words.month(lang, number), due, met, share, *totals, come))
    return tuple(made)


def day_of(text: str) -> date:
    """The date of a due date or moment of the document."""
    return datetime.fromisoformat(text).date() if "T" in text else date.fromisoformat(text)


def rate(part: int, all_: int) -> str:
    """Per cent with one decimal; empty for 0/0, which is no data."""
    return f"{Decimal(part * 100) / all_:.1f}%" if all_ else ""


def kept(lang: str, found: Mapping[str, Any] | None) -> tuple[KeptLine, ...]:
    """Duties met on time, in the order of the duty table."""
    known = {one["kind"]: one for one in (found or {}).get("kinds", [])}
    return tuple(
        KeptLine(words.term(lang, kind), row["due"], row["met"], rate(row["met"], row["due"]))
        for kind in DutyKind
        if (row := known.get(kind.value))
    )


def changes(document: Document, before: Document | None, lang: str) -> tuple[ChangeLine, ...]:
    """Each unit of both years, in the order of this year's ranking."""
    if before is None:
        return ()
    old = {row.code: row for group in groups(before, lang) for row in group.rows}
    made = []
    for group in groups(document, lang):
        for row in group.rows:
            if was := old.get(row.code):
                by = Decimal(row.score) - Decimal(was.score)
                by_text = f"{by:+.2f}" if by else "0.00"
                made.append(ChangeLine(row.name, was.rank, row.rank, was.score, row.score, by_text))
    return tuple(made)


def said_as(key: str, label: str, line: Mapping[str, Any]) -> str:
    """Who speaks; a ruling without an appeal came in a correction of the frozen year."""
    return N_("Correction") if key == "ruling" and not line.get("appeal") else label


def deduction(lang: str, unit: Mapping[str, Any], line: Mapping[str, Any]) -> DeductionLine:
    """One deduction as the papers print it; what nobody said is not printed."""
    _ = words.gettext_for(lang)
    duties = tuple(
        DutyLine(
            words.term(lang, DutyKind(one["kind"])),
            str(day_of(one["due"])),
            str(day_of(one["discharged"])) if one["discharged"] else "",
            misses.lateness(DutyKind(one["kind"]), one["late_days"], done=bool(one["discharged"])),
        )
        for one in line["duties"]
    )
    paragraphs = dict.fromkeys([*(one["paragraph"] for one in line["duties"]), "§3"])
    clause = "\n".join(words.numbered(lang, text) for text in paragraphs)
    rule, status = words.term(lang, Rule(line["rule"])), words.term(lang, DeductionStatus(line["status"]))
    said = tuple((_(said_as(key, label, line)), _(str(text))) for key, label in SAID if (text := line.get(key)))
    who = name(lang, unit)
    return DeductionLine(line["petition"], who, rule, clause, line["occurrence"], line["points"], status, duties, said)


def serious(lang: str, found: Iterable[Mapping[str, Any]] | None) -> tuple[SeriousLine, ...] | None:
    """Serious matters: ``unit`` as in the document, ``ground`` and ``status`` msgids, ``decision`` as it was said."""
    if found is None:
        return None
    _ = words.gettext_for(lang)
    return tuple(
        SeriousLine(
            name(lang, one["unit"]),
            str(one.get("petition") or ""),
            _(str(one["ground"])),
            words.day(lang, one.get("opened")),
            _(str(one.get("status") or "")),
            str(one.get("decision") or ""),
        )
        for one in found
    )
