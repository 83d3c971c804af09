"""A what-if as page, paper and workbook: both sides of a year and each deduction that would be another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from models.office_terms import SupposedChange
from models.terms import N_, Case, DutyKind, Measure, Rule
from reports import account, lines, printing, words
from reports.printing import PLAIN, Style
from reports.tables import Sheet
from reports.what_if_contexts import Standing, Standings, SupposedLine, WhatIfPaper

Result = Mapping[str, Any]
SHOWN = 200  # on page and paper; workbook and JSON hold all
STATE = N_("What-if of %(year)s: a trial, not official")
_NONE = "—"
_SIDES = ("rank", "score", "deductions")


def printed(found: Result, lang: str, county: str, style: Style = PLAIN) -> bytes:
    """The trial as PDF/A-3 with its mark on every page, the result enclosed."""
    enclosed = [
        printing.csv_file("what-if.csv", "Every deduction that would be another", _csv(found)),
        printing.json_file("what-if.json", "The what-if", found),
    ]
    return printing.drawn("what_if.html", paper(found, lang, county), enclosed, found["as_of"], style)


def _csv(found: Result) -> Iterator[Sequence[Any]]:
    """A line for each duty behind a change, with the record's own words."""
    sides, dues = ("points_before", "points_after"), ("duty", "due_before", "due_after", "discharged")
    yield ("unit", "petition", "rule", "occurrence", "change", *sides, *dues)
    for one in found["deductions"]:
        points = [one[side]["points"] if one[side] else "" for side in ("before", "after")]
        head = [*(one[name] for name in ("unit", "petition", "rule", "occurrence", "change")), *points]
        for duty in one["why"] or [dict.fromkeys(("kind", *dues[1:]))]:
            yield [*head, *(duty[name] or "" for name in ("kind", *dues[1:]))]


def paper(found: Result, lang: str, county: str) -> WhatIfPaper:
    """The contract of ``what_if.html`` and of the page."""
    _ = words.gettext_for(lang)
    names = {unit["code"]: lines.name(lang, unit) for unit in found["units"]}
    changes = _ordered(found)
    return WhatIfPaper(
        lang=lang,
        county=county,
        year=found["year"],
        title=_(N_("What if? The assessment of %(year)s"), year=found["year"]),
        state=_(STATE, year=found["year"]),
        supposed=_supposed(found, lang),
        facts=_facts(found, lang),
        groups=_groups(found, lang),
        changes=tuple(_line(one, names, found["year"], lang) for one in changes[:SHOWN]),
        total=len(changes),
    )


def _ordered(found: Result) -> list[Mapping[str, Any]]:
    """What moves a score comes first, then what is only due on another day."""
    order = list(SupposedChange)
    return sorted(found["deductions"], key=lambda one: order.index(SupposedChange(one["change"])))


def _supposed(found: Result, lang: str) -> tuple[str, ...]:
    _, what = words.gettext_for(lang), found["supposed"]
    told = []
    if what["rulebook"]:
        text = N_("The rulebook %(book)s would have governed every petition (in truth: %(real)s).")
        told.append(_(text, book=what["rulebook"], real=found["rulebook"]))
    for clock in what["clocks"]:
        duty = clock_label(clock["duty"], clock["variant"], lang)
        text = N_("%(duty)s: %(after)s instead of %(before)s, %(measure)s.")
        measure = words.term(lang, Measure(clock["measure"]))
        told.append(_(text, duty=duty, after=clock["after"], before=clock["before"], measure=measure))
    for name, text in (("off", N_("Days off: %(days)s.")), ("on", N_("Working days: %(days)s."))):
        if what[name]:
            told.append(_(text, days=("、" if lang == "zh" else ", ").join(words.day(lang, day) for day in what[name])))
    return tuple(told)


def clock_label(duty: str, variant: str, lang: str) -> str:
    """A clock as the reader calls it: the duty, and the case it is for."""
    name = words.term(lang, DutyKind(duty))
    if not variant:
        return name
    case = words.term(lang, Case(variant)) if variant in set(Case) else words.gettext_for(lang)(variant)
    return f"{name}（{case}）" if lang == "zh" else f"{name} ({case})"


def _facts(found: Result, lang: str) -> tuple[str, ...]:
    _ = words.gettext_for(lang)
    base = N_("Compared with the frozen year.") if found["frozen"] else N_("Compared with the record as of %(day)s.")
    told = [_(base, day=words.day(lang, found["as_of"])) if not found["frozen"] else _(base)]
    counts = Counter(one["change"] for one in found["deductions"])
    if not counts:
        return (*told, _(N_("Nothing would change.")))
    text = N_(
        "%(appeared)s deductions would appear, %(vanished)s would vanish, %(points)s would cost other points, %(dates)s"
        " would only have other dates."
    )
    told.append(_(text, **{kind.value: counts[kind.value] for kind in SupposedChange}))
    moved = sum(1 for unit in found["units"] if _side(unit, "before", "rank") != _side(unit, "after", "rank"))
    scored = sum(1 for unit in found["units"] if _side(unit, "before", "score") != _side(unit, "after", "score"))
    told.append(_(N_("%(scored)s units would have another score, %(moved)s another rank."), scored=scored, moved=moved))
    told.append(_(N_("On both sides deductions that are still open count as if they were confirmed.")))
    return tuple(told)


def _side(unit: Mapping[str, Any], side: str, name: str) -> str:
    return str(unit[side][name]) if unit[side] else ""


def _groups(found: Result, lang: str) -> tuple[Standings, ...]:
    names = lines.group_names({"peers": found["groups"]} if found["groups"] else {}, lang)
    apart: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for unit in found["units"]:
        apart[unit["peer"]].append(unit)
    order = [known for known in names if known in apart] + sorted(set(apart) - set(names))
    graded = any(unit[side] and unit[side]["grade"] for unit in found["units"] for side in ("before", "after"))
    return tuple(Standings(names.get(key, key), _standings(apart[key], lang), graded) for key in order)


def _standings(units: Sequence[Mapping[str, Any]], lang: str) -> tuple[Standing, ...]:
    last = len(units) + 1
    rows = sorted(units, key=lambda unit: (unit["after"]["rank"] if unit["after"] else last, unit["code"]))
    return tuple(_standing(unit, lang) for unit in rows)


def _standing(unit: Mapping[str, Any], lang: str) -> Standing:
    old, new = (_side(unit, side, "score") for side in ("before", "after"))
    by = Decimal(new) - Decimal(old) if old and new else Decimal(0)
    told = {f"{name}_{side}": _side(unit, side, name) or _NONE for name in _SIDES for side in ("before", "after")}
    grades = [account.titled(lang, unit[side]["grade"] if unit[side] else None) for side in ("before", "after")]
    if any(grades):
        told["grades"] = " → ".join(grade or _NONE for grade in grades)
    return Standing(unit["code"], lines.name(lang, unit), difference=f"{by:+.2f}" if by else "0.00", **told)


def _elsewhere(one: Mapping[str, Any], year: int, lang: str) -> tuple[str, ...]:
    """A deduction that would not vanish but belong to another year."""
    if one["change"] not in (SupposedChange.appeared, SupposedChange.vanished) or not one["why"]:
        return ()
    side = "due_after" if one["change"] == SupposedChange.vanished else "due_before"
    years = {int(duty[side][:4]) for duty in one["why"] if duty[side]}
    late = [duty for duty in one["why"] if duty[side] and (duty["discharged"] or "9") > duty[side]]
    if not late or min(years) == year:
        return ()
    text = N_("it would count in %(year)s") if side == "due_after" else N_("in truth it counts in %(year)s")
    return (words.gettext_for(lang)(text, year=min(years)),)


def _line(one: Mapping[str, Any], names: Mapping[str, str], year: int, lang: str) -> SupposedLine:
    points = [one[side]["points"] if one[side] else _NONE for side in ("before", "after")]
    rule, change = words.term(lang, Rule(one["rule"])), words.term(lang, SupposedChange(one["change"]))
    why = tuple(_why(duty, lang) for duty in one["why"]) + _elsewhere(one, year, lang)
    unit = names.get(one["unit"], one["unit"])
    return SupposedLine(one["unit"], unit, one["petition"], rule, one["occurrence"], change, why, *points)


def _why(duty: Mapping[str, Any], lang: str) -> str:
    """One duty on both sides, e.g. ``Handle: due 24 Jan → 9 Jan; done 5 Feb``."""
    _ = words.gettext_for(lang)
    due = [words.day(lang, duty[side]) or _(N_("not owed")) for side in ("due_before", "due_after")]
    done = words.day(lang, duty["discharged"]) or _(N_("not done"))
    kind = words.term(lang, DutyKind(duty["kind"]))
    if due[0] == due[1]:
        return _(N_("%(duty)s: due %(due)s; done: %(done)s"), duty=kind, due=due[0], done=done)
    text = N_("%(duty)s: due %(before)s → %(after)s; done: %(done)s")
    return _(text, duty=kind, before=due[0], after=due[1], done=done)


def sheets(found: Result, lang: str) -> list[Sheet]:
    """The tables of the trial: what was supposed, standings, deductions; every sheet says that it is not official."""
    _ = words.gettext_for(lang)
    told = [*_supposed(found, lang), *_facts(found, lang)]
    about = Sheet(N_("Not official"), ((_(STATE, year=found["year"]), 90),), [[text] for text in told])
    return [about, _standing_sheet(found, lang), _change_sheet(found, lang)]


def _standing_sheet(found: Result, lang: str) -> Sheet:
    columns = (
        (N_("Peer group"), 18),
        (N_("Code"), 10),
        (N_("Unit"), 32),
        (N_("Rank before"), 12),
        (N_("Rank after"), 12),
        (N_("Score before"), 14),
        (N_("Score after"), 14),
        (N_("Difference"), 12),
        (N_("Deductions before"), 18),
        (N_("Deductions after"), 18),
        (N_("Grade"), 20),
    )
    rows = [
        [group.name, row.code, row.name, *map(_number, row.sides), row.grades]
        for group in _groups(found, lang)
        for row in group.rows
    ]
    return Sheet(N_("What-if ranking"), columns, rows)


def _number(text: str) -> Any:
    if text == _NONE:
        return ""
    return Decimal(text) if "." in text else int(text)


def _change_sheet(found: Result, lang: str) -> Sheet:
    columns = (
        (N_("Code"), 10),
        (N_("Unit"), 32),
        (N_("Petition"), 22),
        (N_("Rule"), 24),
        (N_("Occurrence"), 18),
        (N_("Change"), 16),
        (N_("Points before"), 14),
        (N_("Points after"), 14),
        (N_("Why"), 70),
    )
    return Sheet(N_("What-if deductions"), columns, _change_rows(found, lang))


def _change_rows(found: Result, lang: str) -> Iterator[Sequence[Any]]:
    names = {unit["code"]: lines.name(lang, unit) for unit in found["units"]}
    for one in _ordered(found):
        row = _line(one, names, found["year"], lang)
        head = [row.code, row.unit, row.petition, row.rule, words.occurrence(lang, row.occurrence), row.change]
        yield [*head, *map(_number, (row.points_before, row.points_after)), "\n".join(row.why)]
