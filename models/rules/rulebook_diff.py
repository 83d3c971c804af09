"""What one version of a rulebook changes against another, part by part, as plain data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.rules.facts import Rulebook
from models.rules.parts import Place, clock_place
from models.terms import N_

Values = dict[str, Any]
Parts = dict[Any, tuple[Place, Values]]
_HEARING = {
    "answer_days": N_("Days to answer"),
    "decision_days": N_("Days to decide"),
    "appeal_days": N_("Days to appeal"),
    "ruling_days": N_("Days to rule on an appeal"),
}
_WHOLE = {"title": N_("Title"), "source": N_("Source"), "effective_from": N_("Effective from")}
_SCORE = {"base": N_("Base score"), "floor": N_("Floor"), "grace_days": N_("Grace days")}


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a difference. None before: it is new; None after: it is gone; ``what``: the msgid of the value.

    Values are texts, numbers, dates, terms (words to be translated), yes or no, or a tuple: a number and its unit.
    """

    place: Place
    what: str
    before: Any
    after: Any


def changes(before: Rulebook, after: Rulebook) -> list[Change]:
    """What ``after`` changes, in the order of the parts; empty if nothing but the version differs."""
    found = []
    old, new = _parts(before), _parts(after)
    for key in [*old, *(key for key in new if key not in old)]:
        place = (new.get(key) or old[key])[0]
        was, now = old[key][1] if key in old else {}, new[key][1] if key in new else {}
        for what in [*was, *(what for what in now if what not in was)]:
            left, right = was.get(what), now.get(what)
            if left != right:
                found.append(Change(place, what, left, right))
    return found


def _parts(book: Rulebook) -> Parts:
    whole = Place(N_("Rulebook"))
    named: Mapping[str, str] = {**_WHOLE, **_SCORE, **_HEARING}
    found: Parts = {"book": (whole, {label: getattr(book, name) for name, label in named.items()})}
    for clock in book.clocks:
        found["clock", clock.duty, clock.variant] = clock_place(clock), _clock(clock)
    for section in book.sections:
        values: Values = {N_("Title"): section.title, N_("English title"): section.title_en}
        values |= {N_("Cap of the section"): section.cap}
        found["section", section.code] = Place(N_("Section"), (section.title,)), values
    for rule, points in book.points.items():
        found["points", rule] = Place(N_("Points"), (rule,)), _points(book, rule, points)
    for rate in book.rates:
        values = {N_("Weight"): rate.weight, N_("Target (%)"): rate.target, N_("Fewest cases"): rate.fewest}
        values |= {N_("Paragraph"): rate.paragraph, N_("Source"): rate.source}
        found["rate", rate.indicator] = Place(N_("Rate"), (rate.indicator,)), values
    for grade in book.grades:
        values = {N_("From score"): grade.from_score, N_("English title"): grade.title_en}
        found["grade", grade.title] = Place(N_("Grade"), (grade.title,)), values
    for peer in book.peers:
        values = {N_("Peer group"): peer.title, N_("Code"): peer.code, N_("English title"): peer.title_en}
        found["peer", peer.kind or peer.unit] = Place(N_("Peer group of"), (peer.kind or peer.unit or "",)), values
    return found


def _clock(clock: Any) -> Values:
    return {
        N_("Length"): (clock.amount, clock.measure),
        N_("Longest extension"): clock.extension,
        N_("Rolled to a working day"): clock.rolled,
        N_("Rule"): clock.rule,
        N_("Paragraph"): clock.paragraph,
        N_("Source"): clock.source,
    }


def _points(book: Rulebook, rule: Any, points: Decimal) -> Values:
    section = next((one.title for one in book.sections if rule in one.rules), None)
    values: Values = {N_("Points"): points, N_("Yearly cap"): book.caps.get(rule), N_("Section"): section}
    return values | {N_("Paragraph"): book.paragraphs.get(rule)}
