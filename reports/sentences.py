"""The sentences of a year's papers: what the ranking says, how a score came about, what changed, what went well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from models.terms import N_
from reports import lines, words
from reports.contexts import Ranked
from reports.lines import Document

ENOUGH = 5  # a month with fewer duties does not make a best month


def facts(lang: str, units: Sequence[Mapping[str, Any]], found: list[lines.Line] | None) -> tuple[str, ...]:
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


def changed(lang: str, document: Document, before: Document | None) -> tuple[str, ...]:
    """The county against last year; a changed rulebook is said, for then the scores do not compare."""
    if before is None:
        return ()
    _ = words.gettext_for(lang)
    told = []
    both = [(lines.sums(lines.every(lines.assessed(one)))[0]["final"], one["year"]) for one in (before, document)]
    if lines.whole(lines.assessed(document)) and lines.whole(lines.assessed(before)):
        text = N_("Final deductions: %(old)s in %(then)s, %(new)s in %(year)s.")
        told.append(_(text, old=both[0][0], then=both[0][1], new=both[1][0], year=both[1][1]))
    return (*told, *rescored(lang, document, before))


def rescored(lang: str, document: Document, before: Document) -> tuple[str, ...]:
    if before["rulebook"] == document["rulebook"]:
        return ()
    text = N_("Last year was scored by the rulebook %(old)s: the scores compare only roughly.")
    return (words.gettext_for(lang)(text, old=before["rulebook"]),)


def unit_changed(lang: str, document: Document, before: Document | None, own: Ranked) -> tuple[str, ...]:
    if before is None:
        return ()
    _ = words.gettext_for(lang)
    known = lines.peers_of(before, own.code, lang)
    if known is None:
        return ()
    _peers, was = known
    text = N_("In %(then)s the unit scored %(old)s, rank %(was)s among its peers; now %(new)s, rank %(rank)s.")
    if not was.rank or not own.rank:
        text = N_("In %(then)s the unit scored %(old)s; now %(new)s.")
    told = _(text, then=before["year"], old=was.score, was=was.rank, new=own.score, rank=own.rank)
    return (told, *rescored(lang, document, before))


def sums(lang: str, unit: Mapping[str, Any]) -> tuple[str, ...]:
    """How the score came about, as sums that one can follow."""
    _ = words.gettext_for(lang)
    base, final, score = (Decimal(unit[key]) for key in ("base", "final", "score"))
    earned = Decimal(unit.get("earned") or 0)
    told = []
    if spared := Decimal(unit.get("capped") or 0):
        text = N_("%(all)s final points − %(points)s spared by a yearly cap of the rulebook = %(final)s")
        told.append(_(text, all=f"{final + spared:.2f}", points=unit["capped"], final=unit["final"]))
    more = f" + {earned:.2f}" if unit.get("rates") else ""
    told.append(f"{base:.2f}{more} − {final:.2f} = {base + earned - final:.2f}")
    if base + earned - final != score:
        told.append(_(N_("The score does not fall below the floor: %(score)s."), score=unit["score"]))
    if Decimal(unit["pending"]):
        text = N_("If all %(points)s pending points are confirmed, the score is %(score)s.")
        told.append(_(text, points=unit["pending"], score=unit["score_if_pending_confirmed"]))
    return tuple(told)


def well(lang: str, kept: Mapping[str, Any] | None) -> tuple[str, ...]:
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
