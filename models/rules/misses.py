"""Which duties of a petition cost points in a year, and how one duty looks in an assessment (domain §2, §5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.rules.facts import DutyState, Rulebook
from models.terms import DutyKind, Measure

Duties = Mapping[str, DutyState]
Occurrence = tuple[int, str, str]  # unit, rule, occurrence
PERIODIC = frozenset({DutyKind.FOLLOW_UP})  # owed within a period; what was not done in it cannot be done late


def missed(
    duties: Duties, book: Rulebook, year: int, as_of: datetime, zone: ZoneInfo
) -> dict[Occurrence, list[DutyState]]:
    """Missed duties by occurrence, the earliest first; an occurrence belongs to the year of its earliest due date."""
    found: dict[Occurrence, list[DutyState]] = defaultdict(list)
    for duty in duties.values():
        if duty.rule is None or duty.occurrence is None or duty.due.at >= as_of:
            continue
        if duty.missed(as_of) and max(1, duty.late_days(as_of, zone)) > book.grace_days:
            found[duty.unit, duty.rule.value, duty.occurrence].append(duty)
    for listed in found.values():
        listed.sort(key=lambda duty: (duty.due.at, duty.key))
    return {name: listed for name, listed in found.items() if listed[0].due.on.year == year}


def told(duty: DutyState) -> tuple[str, datetime, datetime | None]:
    """What makes two misses the same: the duty, when it was due, when it was done."""
    return duty.key, duty.due.at, duty.discharged_at


def why(before: DutyState | None, after: DutyState | None, zone: ZoneInfo) -> dict[str, Any]:
    """One duty on two sides, of which at least one has it: when it is due here and there, and when it was done."""
    one = after or before
    assert one is not None
    done = one.discharged_at or (before.discharged_at if before else None)
    return {
        "kind": one.kind.value,
        "paragraph": one.paragraph,
        "due_before": _due(before, zone) if before else None,
        "due_after": _due(after, zone) if after else None,
        "discharged": done.astimezone(zone).isoformat() if done else None,
    }


def due_text(measure: Measure, at: datetime, on: date, zone: ZoneInfo) -> str:
    """A due date as the document says it; of an hour clock the moment."""
    return at.astimezone(zone).isoformat() if measure is Measure.hours else on.isoformat()


def _due(duty: DutyState, zone: ZoneInfo) -> str:
    return due_text(duty.measure, duty.due.at, duty.due.on, zone)


def line(duty: DutyState, as_of: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """A missed duty as the assessment's document lists it (interface.md)."""
    return {
        "kind": duty.kind.value,
        "paragraph": duty.paragraph,
        "due": _due(duty, zone),
        "discharged": duty.discharged_at.astimezone(zone).isoformat() if duty.discharged_at else None,
        "late_days": max(1, duty.late_days(as_of, zone)),
    }


def lateness(kind: DutyKind, late_days: int, *, done: bool) -> int | None:
    """The days late that a missed duty is told with; None for a period that passed: nothing of it grows any more."""
    return None if kind in PERIODIC and not done else late_days
