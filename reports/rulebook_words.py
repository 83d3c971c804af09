"""A rulebook's differences and findings as sentences, in the reader's language, for page and command alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from models.rules.facts import REQUEST
from models.rules.linting import Finding
from models.rules.parts import Named, Place
from models.rules.rulebook_diff import Change, Value
from models.terms import N_, DutyKind, Measure, Rule, Term
from reports.words import cited, day, gettext_for, term

# the value that a part is about: it is told without its name
PLAIN = {N_("Length"), N_("Peer group")}
CITED = {N_("Paragraph"), N_("Source")}
BEHIND = {N_("Points"): N_("%(value)s points"), N_("Weight"): N_("weight %(value)s")}


@dataclass(frozen=True, slots=True)
class Told:
    """One line: where, and what of it. ``tone`` names a colour of the pages."""

    place: str
    text: str
    tone: str = ""


def differences(lang: str, changes: Iterable[Change]) -> list[Told]:
    """A line for each part that is new, gone or changed: ``HANDLE, case B: 60 → 45 calendar days``."""
    say, found = gettext_for(lang), []
    for change in changes:
        text = _values(lang, change)
        if change.state == "gone":
            text = say(N_("no longer part of it"))
        elif change.state == "new":
            text = say(N_("new: %(what)s"), what=text)
        tone = {"new": "green", "gone": "red", "changed": ""}[change.state]
        found.append(Told(place(lang, change.place), text, tone))
    return found


def contents(lang: str, changes: Iterable[Change]) -> list[Told]:
    """What a rulebook says: its differences from an empty one, as plain lines."""
    return [Told(place(lang, change.place), _values(lang, change)) for change in changes]


def _values(lang: str, change: Change) -> str:
    join = "；" if lang == "zh" else "; "
    return join.join(_value(lang, value, change.state) for value in change.values if _tells(value, change.state))


def findings(lang: str, found: Iterable[Finding]) -> list[tuple[str, Told]]:
    """(gravity in words, where and why) of each finding."""
    say = gettext_for(lang)
    lines = []
    for one in found:
        params = {name: _word(lang, value) for name, value in one.params.items()}
        text = say(one.message, **params)
        tone = "red" if one.gravity == "error" else "orange"
        lines.append((term(lang, one.gravity), Told(place(lang, one.place), text, tone)))
    return lines


def place(lang: str, found: Place) -> str:
    """``Handle and reply (HANDLE), case B``; ``Grade “Good”``."""
    say, comma = gettext_for(lang), "，" if lang == "zh" else ", "
    names = [_named(lang, name) for name in found.names]
    head = say(found.part)
    if names:
        coded = isinstance(found.names[0], DutyKind | Rule)
        name = found.english or names[0]
        quoted = f"{head}“{names[0]}”" if lang == "zh" else f"{head} “{name}”"
        head = names[0] if coded else quoted
    if found.case == REQUEST:
        return head + comma + say(N_("the petitioner's time to ask"))
    return head + comma + say(N_("case %(case)s"), case=found.case) if found.case else head


def _named(lang: str, name: str) -> str:
    """A duty or a rule by its word and its code, any other term by its word."""
    if isinstance(name, DutyKind | Rule):
        word = term(lang, name)
        return f"{word}（{name.value}）" if lang == "zh" else f"{word} ({name.value})"
    return _word(lang, name)


def _tells(value: Value, state: str) -> bool:
    """Of a new part only what it has is told; a score of 0 is something, no extension is nothing."""
    nothing = value.after is None or value.after is False or value.after == ""
    return state != "new" or not (nothing or (isinstance(value.after, int) and value.after == 0))


def _value(lang: str, value: Value, state: str) -> str:
    say = gettext_for(lang)
    before, after = (_cited(lang, value.what, side) for side in (value.before, value.after))
    text = _word(lang, after) if state == "new" else _moved(lang, before, after)
    if value.what in PLAIN:
        return text
    if value.what in BEHIND:
        return say(BEHIND[value.what], value=text)
    return f"{say(value.what)}：{text}" if lang == "zh" else f"{say(value.what)}: {text}"


def _cited(lang: str, what: str, value: Any) -> Any:
    """Paragraphs and sources as the reader cites them."""
    return cited(lang, gettext_for(lang)(value)) if what in CITED and value else value


def _moved(lang: str, before: Any, after: Any) -> str:
    """``60 → 45 calendar days``, with the measure once where it stays."""
    if isinstance(before, tuple) and isinstance(after, tuple) and before[1] == after[1]:
        return f"{before[0]} → {_word(lang, after)}"
    return f"{_word(lang, before)} → {_word(lang, after)}"


def _word(lang: str, value: object) -> str:
    say: Callable[..., str] = gettext_for(lang)
    if value is None or value == "":
        return say(N_("none"))
    if isinstance(value, bool):
        return say(N_("yes") if value else N_("no"))
    if isinstance(value, Term):
        return term(lang, value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return day(lang, value)
    if isinstance(value, Named):
        return (value.english if lang == "en" else None) or value.title
    if isinstance(value, tuple):
        return _several(lang, value)
    return str(value)


def _several(lang: str, value: tuple[object, ...]) -> str:
    """A number with its measure, or msgids in a row."""
    if len(value) == 2 and isinstance(value[1], Measure):
        number, measure = str(value[0]), term(lang, value[1])
        return f"{number}{measure}" if lang == "zh" else f"{number} {measure}"
    return "".join(gettext_for(lang)(str(part)) for part in value)
