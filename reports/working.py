"""How a due date was counted: sentences, and a calendar strip as text, from the stored trace (domain §3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.rules import strip
from models.terms import N_, Measure
from models.world import zone
from reports.words import day, gettext_for, term

WEEK = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
SIGNS = {"working": " ", "weekend": "-", "holiday": "x", "makeup": "+"}
LEGEND = N_("- day off   x public holiday   + make-up working day   [..] start and due date")


def sentences(trace: Mapping[str, Any], lang: str) -> list[str]:
    """What a reader can check with a calendar in hand; empty without a trace."""
    if trace.get("raw") is None:
        return []
    counted = _hours if Measure(trace["measure"]) is Measure.hours else _named if trace.get("named") else _days
    return [*counted(trace, lang), *_doubts(trace, lang)]


def _hours(trace: Mapping[str, Any], lang: str) -> list[str]:
    say, end = gettext_for(lang), _moment(trace["raw"])
    if more := _added(trace):
        text = N_("%(n)s hours around the clock and %(more)s added days end on %(end)s.")
        return [say(text, n=trace["amount"], more=more, end=end)]
    return [say(N_("%(n)s hours around the clock end on %(end)s."), n=trace["amount"], end=end)]


def _named(_trace: Mapping[str, Any], lang: str) -> list[str]:
    return [gettext_for(lang)(N_("This date was not counted: it is the promised day."))]


def _days(trace: Mapping[str, Any], lang: str) -> list[str]:
    say, start, opening = gettext_for(lang), trace["start"], trace.get("counted_from")
    names = {"n": trace["amount"], "unit": term(lang, Measure(trace["measure"])), "raw": day(lang, trace["raw"])}
    found = []
    if opening:
        text = N_("It arrived on %(start)s, outside office hours, and counts from the next opening, %(opening)s.")
        found.append(say(text, start=_moment(start), opening=_moment(opening)))
    zero = datetime.fromisoformat(opening or start).date()
    found.append(say(N_("%(start)s is day zero."), start=day(lang, zero)))
    if more := _added(trace):
        found.append(say(N_("%(n)s %(unit)s and %(more)s added days end on %(raw)s."), more=more, **names))
    else:
        found.append(say(N_("%(n)s %(unit)s end on %(raw)s."), **names))
    if trace["raw"] != trace["rolled"]:
        found.append(say(N_("That is no working day, so it moves on to %(due)s."), due=day(lang, trace["rolled"])))
    return found


def _added(trace: Mapping[str, Any]) -> int:
    return int(trace.get("extension") or 0) + int(trace.get("paused") or 0)


def _doubts(trace: Mapping[str, Any], lang: str) -> list[str]:
    """Why nothing that rests on this date can be final."""
    say, found = gettext_for(lang), []
    if trace.get("provisional"):
        found.append(say(N_("Provisional: the count crosses a year whose make-up working days are not announced.")))
    if since := trace.get("in_force_from"):
        text = N_("Rulebook %(version)s is in force from %(day)s only; none was when the matter was received.")
        found.append(say(text, version=trace["rulebook"], day=day(lang, since)))
    return found


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(zone()).strftime("%Y-%m-%d %H:%M")


def strip_lines(trace: Mapping[str, Any], lang: str) -> list[str]:
    """The strip for a terminal: a line for each week; the counted number stands beside each counted day."""
    say, found = gettext_for(lang), []
    weeks = strip.weeks(trace)
    if not weeks:
        return []
    width = 4 if lang == "zh" else 5
    found.append("  " + "  ".join(" " * width + say(name) + " " for name in WEEK))
    for week in weeks:
        found.append("  " + "  ".join(_cell(one) for one in week))
    return [*found, "  " + say(LEGEND)]


def _cell(one: strip.StripDay | None) -> str:
    if one is None:
        return " " * 9
    number = f"{one.number:>2}" if one.number else "  "
    left, right = ("[", "]") if one.mark in ("start", "due") else (" ", " ")
    return f"{left}{one.day.strftime('%m-%d')}{right}{SIGNS[one.kind]}{number}"[:10].ljust(9)
