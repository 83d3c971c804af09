"""What-if: a year under another rulebook, other clocks or other working days, and what that changes; never official."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Self

from models.office_terms import SupposedChange
from models.rules import scoring
from models.rules.calendar import WorkCalendar
from models.rules.facts import Clock, Rulebook
from models.terms import N_, DutyKind

Document = Mapping[str, Any]
ClockName = tuple[DutyKind, str]
SUPPOSED_DAY = N_("supposed")
_KEY = ("petition", "rule", "occurrence")


@dataclass(frozen=True, slots=True)
class Supposition:
    """What is supposed to have been otherwise.

    Args:
        rulebook: the version that would have governed every petition; None: each keeps its own.
        clocks: (duty, variant) → length, in the clock's own measure; without variant: every clock of the duty.
        off: days on which offices would have been closed; ``on``: days on which they would have worked.
    """

    rulebook: str | None = None
    clocks: Mapping[ClockName, int] = field(default_factory=dict)
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether nothing is supposed at all."""
        return not (self.rulebook or self.clocks or self.off or self.on)

    def book(self, book: Rulebook) -> Rulebook:
        """A rulebook with the supposed clocks."""
        if not self.clocks:
            return book
        added = tuple(replace(one, clock=self.clock(one.clock)) for one in book.supplements)
        return replace(book, clocks=tuple(self.clock(clock) for clock in book.clocks), supplements=added)

    def clock(self, clock: Clock) -> Clock:
        """The clock with its supposed length."""
        if clock.duty is None:
            return clock
        amount = self.clocks.get((clock.duty, clock.variant), self.clocks.get((clock.duty, "")))
        return clock if amount is None else replace(clock, amount=amount)

    def covers(self, clock: Clock) -> bool:
        """Whether the clock gets another length."""
        return self.clock(clock).amount != clock.amount

    def calendar(self, calendar: WorkCalendar) -> WorkCalendar:
        """A calendar with the supposed days; a day both off and on works."""
        if not (self.off or self.on):
            return calendar
        off = {day: name for day, name in calendar.holidays.items() if day not in self.on}
        on = {day: name for day, name in calendar.makeups.items() if day not in self.off}
        off |= dict.fromkeys(self.off - self.on, SUPPOSED_DAY)
        on |= dict.fromkeys(self.on, SUPPOSED_DAY)
        changed = {year: f"{version} {SUPPOSED_DAY}" for year, version in calendar.versions.items()}
        return WorkCalendar(off, on, calendar.announced_years, changed)

    def plain(self) -> dict[str, Any]:
        """As JSON: ``rulebook``, ``clocks`` (DUTY or DUTY/variant → length), ``off``, ``on`` (ISO dates)."""
        return {
            "rulebook": self.rulebook,
            "clocks": {clock_name(key): amount for key, amount in sorted(self.clocks.items())},
            "off": sorted(day.isoformat() for day in self.off),
            "on": sorted(day.isoformat() for day in self.on),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """From ``plain()``. Raises ValueError for an unknown duty or a date that is none."""
        clocks = {clock_key(name): int(amount) for name, amount in plain.get("clocks", {}).items()}
        off, on = (frozenset(map(date.fromisoformat, plain.get(name, ()))) for name in ("off", "on"))
        return cls(plain.get("rulebook") or None, clocks, off, on)


def clock_name(key: ClockName) -> str:
    """HANDLE/B, or HANDLE for every case."""
    return "/".join(part for part in key if part)


def clock_key(name: str) -> ClockName:
    """The key behind a name. Raises ValueError for an unknown duty."""
    duty, _slash, variant = name.strip().partition("/")
    return DutyKind(duty.strip().upper()), variant.strip()


def compare(before: Document, after: Document) -> dict[str, Any]:
    """What the supposition changes: scores and ranks of every unit, and each deduction that is another.

    Both sides count what is still pending as confirmed, so that what would appear weighs as much as what is decided.

    Returns:
        ``groups``: the peer groups of the supposed year; ``units``: code, name, name_en, peer, ``before`` and
        ``after`` with score, rank (among peers), deductions (number), points, earned (by rates), grade;
        ``deductions``: unit, petition, rule, occurrence, change (appeared, vanished, points, dates), ``before`` and
        ``after`` with points and status, None where there is none.
    """
    old, new = dict(_lines(before)), dict(_lines(after))
    changed = [_change(key, old.get(key), new.get(key)) for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    was, would = _standings(before), _standings(after)
    heads = {unit["code"]: unit for unit in (*before["units"], *after["units"]) if unit["peer"]}
    told = ("code", "name", "name_en", "peer")
    units = [
        {name: heads[code][name] for name in told} | {"before": was.get(code), "after": would.get(code)}
        for code in sorted(heads)
    ]
    names = ("code", "title", "title_en")
    groups = [{name: row[name] for name in names} for row in after.get("scheme", {}).get("peers", ())]
    return {"groups": groups, "units": units, "deductions": changed}


def _lines(document: Document) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    for unit in document["units"]:
        for line in unit["deductions"]:
            duties = [[one["kind"], one["due"], one["discharged"]] for one in line["duties"]]
            what = {"points": line["points"], "status": line["status"], "duties": duties}
            yield (unit["code"], *(line[name] for name in _KEY)), what


def _change(key: tuple[str, ...], old: Any, new: Any) -> dict[str, Any]:
    named = dict(zip(("unit", *_KEY), key, strict=True))
    if old is None or new is None:
        how = SupposedChange.appeared if old is None else SupposedChange.vanished
    else:
        how = SupposedChange.dates if old["points"] == new["points"] else SupposedChange.points
    return {**named, "change": how.value, "before": _side(old), "after": _side(new)}


def _side(what: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {name: what[name] for name in ("points", "status")} if what else None


def _standings(document: Document) -> dict[str, dict[str, Any]]:
    """Score, rank among peers and deductions of every assessed unit, pending ones counted."""
    groups: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for unit in document["units"]:
        if unit["peer"]:
            groups[unit["peer"]].append(unit)
    found: dict[str, dict[str, Any]] = {}
    for units in groups.values():
        ranks = scoring.rank([Decimal(unit["score_if_pending_confirmed"]) for unit in units])
        for rank, unit in zip(ranks, units, strict=True):
            counted = [line for line in unit["deductions"] if line["status"] not in scoring.WITHDRAWN]
            grade = unit.get("grade") or {}
            found[unit["code"]] = {
                "score": unit["score_if_pending_confirmed"],
                "rank": rank,
                "deductions": len(counted),
                "points": f"{Decimal(unit['final']) + Decimal(unit['pending']):.2f}",
                "earned": unit.get("earned"),
                "grade": {name: grade.get(name) for name in ("title", "title_en")} if grade else None,
            }
    return found
