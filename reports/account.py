"""How a score came about, line by line, and the county's own scheme in words: from a year's document alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from models.rules import scoring
from models.scheme_terms import HandedIn, Indicator
from models.terms import N_, Rule
from reports.contexts import SumLine
from reports.words import cited, gettext_for, term

Scheme = Mapping[str, Any]
_PERCENT = N_("%(count)s of %(of)s, %(rate)s%%; full weight %(weight)s from %(target)s%%")


def scheme_of(document: Mapping[str, Any]) -> Scheme:
    """The scheme of a document; empty where it has none of its own."""
    found: Scheme = document.get("scheme") or {}
    return found


def own(document: Mapping[str, Any]) -> bool:
    """Whether the scheme has more than points: indicators, sections or caps."""
    found = scheme_of(document)
    return bool(found.get("rates") or found.get("sections") or found.get("caps"))


def titled(lang: str, row: Mapping[str, Any] | None) -> str:
    """A section, grade or peer group by its title in the paper's language."""
    return str((row["title_en"] if lang == "en" else None) or row["title"]) if row else ""


def account(lang: str, document: Mapping[str, Any], unit: Mapping[str, Any]) -> tuple[SumLine, ...]:
    """The lines that add up to the score; none for a scheme of points alone."""
    return tuple(_account(lang, document, unit)) if own(document) else ()


def _account(lang: str, document: Mapping[str, Any], unit: Mapping[str, Any]) -> Iterator[SumLine]:
    say, scheme = gettext_for(lang), scheme_of(document)
    yield SumLine(say(N_("Base score")), "", unit["base"])
    for rate in unit.get("rates", ()):
        yield SumLine(term(lang, Indicator(rate["indicator"])), working(lang, rate), f"+{rate['points']}")
    if unit["deductions"] or not Decimal(unit["final"]):
        yield from _deducted(lang, scheme, unit)
    else:  # of another unit only the sum is shown
        yield SumLine(say(N_("Deductions")), "", f"−{unit['final']}")
    reached = Decimal(unit["base"]) + Decimal(unit.get("earned") or 0) - Decimal(unit["final"])
    low = reached != Decimal(unit["score"])
    note = say(N_("not below the floor: %(sum)s would be too low"), sum=f"{reached:.2f}") if low else ""
    yield SumLine(say(N_("Score")), note, unit["score"], total=True)


def working(lang: str, rate: Mapping[str, Any]) -> str:
    """How the points of an indicator came about."""
    say = gettext_for(lang)
    if rate["judged"]:
        return say(_PERCENT, **{name: rate[name] for name in ("count", "of", "rate", "weight", "target")})
    if rate["of"] is None:
        handed = rate["indicator"] in set(HandedIn)
        return say(N_("no figures: not judged, full weight") if handed else N_("no case: not judged, full weight"))
    text = N_("%(of)s cases, fewer than %(fewest)s: not judged, full weight")
    return say(text, of=rate["of"], fewest=rate["fewest"])


def _deducted(lang: str, scheme: Scheme, unit: Mapping[str, Any]) -> Iterator[SumLine]:
    """A line for each section and for each rule outside of all; what a cap spares is said in it."""
    say, listed = gettext_for(lang), _by_rule(unit)
    caps = {rule: Decimal(cap) for rule, cap in scheme.get("caps", {}).items()}
    left = {rule: min(value, caps.get(rule, value)) for rule, value in listed.items()}
    for section in scheme.get("sections", ()):
        rules = [rule for rule in section["rules"] if left.get(rule)]
        parts = "; ".join(_rule(lang, rule, listed[rule], left[rule]) for rule in rules)
        whole = sum((left.pop(rule) for rule in rules), Decimal(0))
        cap = whole if section["cap"] is None else min(whole, Decimal(section["cap"]))
        if cap < whole:
            parts = say(N_("%(parts)s; capped at %(cap)s"), parts=parts, cap=section["cap"])
        yield SumLine(titled(lang, section), parts, f"−{cap:.2f}" if cap else "0.00")
    for rule in (rule.value for rule in Rule if left.get(rule.value)):
        text = _rule(lang, rule, listed[rule], left[rule])
        yield SumLine(term(lang, Rule(rule)), text if listed[rule] != left[rule] else "", f"−{left[rule]:.2f}")


def _rule(lang: str, rule: str, listed: Decimal, left: Decimal) -> str:
    say, name = gettext_for(lang), term(lang, Rule(rule))
    if listed == left:
        return f"{name} {left:.2f}"
    return say(N_("%(rule)s %(points)s, capped at %(cap)s"), rule=name, points=f"{listed:.2f}", cap=f"{left:.2f}")


def _by_rule(unit: Mapping[str, Any]) -> dict[str, Decimal]:
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in unit["deductions"]:
        if line["status"] in scoring.FINAL:
            found[line["rule"]] += Decimal(line["points"])
    return dict(found)


def method(lang: str, document: Mapping[str, Any]) -> tuple[str, ...]:
    """The scheme in sentences: indicators, sections, grades."""
    say, scheme = gettext_for(lang), scheme_of(document)
    told = []
    for rate in scheme.get("rates", ()):
        text = N_(
            "%(name)s (%(paragraph)s): %(weight)s points × the rate, all of them from %(target)s%% on; with fewer than "
            "%(fewest)s cases it is not judged and earns its full weight."
        )
        name = term(lang, Indicator(rate["indicator"]))
        told.append(say(text, name=name, **{**rate, "paragraph": cited(lang, rate["paragraph"])}))
    for section in scheme.get("sections", ()):
        if section["cap"] is not None and section["rules"]:
            rules = _row(lang, [term(lang, Rule(rule)) for rule in section["rules"]])
            text = N_("%(section)s (%(rules)s): at most %(cap)s points in a year.")
            told.append(say(text, section=titled(lang, section), rules=rules, cap=section["cap"]))
    if grades := scheme.get("grades"):
        from_ = [say(N_("%(grade)s from %(score)s"), grade=titled(lang, one), score=one["from"]) for one in grades]
        told.append(say(N_("Grades: %(grades)s."), grades=_row(lang, from_)))
    return tuple(told)


def _row(lang: str, texts: Sequence[str]) -> str:
    return ("、" if lang == "zh" else ", ").join(texts)
