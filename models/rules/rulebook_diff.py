"""What one version of a rulebook changes against another, part by part, as plain data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from models.rules.facts import Rulebook
from models.rules.office_hours import written
from models.rules.parts import Named, Place, clock_place, titled
from models.terms import N_

State = Literal["new", "gone", "changed"]
Values = dict[str, Any]
Parts = dict[Any, tuple[Place, Values]]
_HEARING = {
    "answer_days": N_("Days to answer"),
    "decision_days": N_("Days to decide"),
    "appeal_days": N_("Days to appeal"),
    "ruling_days": N_("Days to rule on an appeal"),
}
_FURTHER = {"promise_days": N_("Longest promise"), "clock_days": N_("Clock ahead at most")}
_WHOLE = {"title": N_("Title"), "source": N_("Source"), "effective_from": N_("Effective from")}
_SCORE = {"base": N_("Base score"), "floor": N_("Floor"), "grace_days": N_("Grace days")}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a part: ``what`` is the msgid of its name; before and after are None where it is empty.

    Values are texts, numbers, dates, terms (words to be translated), yes or no, or a tuple: a number and its measure.
    """

    what: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """A part that is new, gone or changed, with the values that tell so."""

    place: Place
    state: State
    values: tuple[Value, ...]


def changes(before: Rulebook, after: Rulebook) -> list[Change]:
    """What ``after`` changes, in the order of the parts; empty if nothing but the version differs."""
    found = []
    old, new = _parts(before), _parts(after)
    for key in [*old, *(key for key in new if key not in old)]:
        (place, was), (_place, now) = old.get(key, (None, {})), new.get(key, (None, {}))
        values = tuple(Value(what, was.get(what), now.get(what)) for what in {**was, **now})
        told = tuple(value for value in values if value.before != value.after)
        if told:
            state: State = "new" if place is None else "gone" if _place is None else "changed"
            found.append(Change(_place or place or Place(""), state, told))
    return found


def _parts(book: Rulebook) -> Parts:
    whole = Place(N_("Rulebook"))
    named: Mapping[str, str] = {**_WHOLE, **_SCORE, **_HEARING, **_FURTHER}
    found: Parts = {"book": (whole, {label: getattr(book, name) for name, label in named.items()})}
    for channel, hours in book.office_hours.items():
        found["hours", channel] = Place(N_("Office hours"), (channel,)), {N_("Opening hours"): written(hours)}
    for clock in book.all_clocks:
        found["clock", clock.duty, clock.variant] = clock_place(clock), _clock(clock)
    for section in book.sections:
        values: Values = {N_("Title"): section.title, N_("English title"): section.title_en}
        values |= {N_("Cap of the section"): section.cap}
        found["section", section.code] = titled(N_("Section"), section), values
    for rule, points in book.points.items():
        found["points", rule] = Place(N_("Points"), (rule,)), _points(book, rule, points)
    for rate in book.rates:
        values = {N_("Weight"): rate.weight, N_("Target in per cent"): rate.target, N_("Fewest cases"): rate.fewest}
        values |= {N_("Paragraph"): rate.paragraph, N_("Source"): rate.source}
        found["rate", rate.indicator] = Place(N_("Indicator"), (rate.indicator,)), values
    for grade in book.grades:
        values = {N_("From score"): grade.from_score, N_("English title"): grade.title_en}
        found["grade", grade.title] = titled(N_("Grade"), grade), values
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
    section = next((Named(one.title, one.title_en) for one in book.sections if rule in one.rules), None)
    values: Values = {N_("Points"): points, N_("Yearly cap"): book.caps.get(rule), N_("Section"): section}
    return values | {N_("Paragraph"): book.paragraphs.get(rule)}
