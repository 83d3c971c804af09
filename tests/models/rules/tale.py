"""A petition told in a few words, for the tests of the duty table. Times are local, ``2026-03-02 09:00``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from models.rules import calendar
from models.rules.defaults import default_rulebook
from models.rules.duties import derive
from models.rules.facts import CaseFacts, CaseState, Due, DutyState, Rulebook, StepFact
from models.terms import StepKind

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, OTHER, THIRD, SUPERIOR, BUREAU = 1, 2, 3, 4, 9


def at(text: str) -> datetime:
    """A local moment; a date alone means ten in the morning."""
    return datetime.fromisoformat(text if " " in text else f"{text} 10:00").replace(tzinfo=ZONE)


@cache
def work_calendar() -> calendar.WorkCalendar:
    off, on, known = calendar.announced(range(2024, 2028))
    return calendar.WorkCalendar(off, on, frozenset(known))


class Tale:
    """Steps of one petition, received by ``first`` on Monday, 2 March 2026, at nine unless told otherwise."""

    def __init__(self, received: str = "2026-03-02 09:00", first: int = FIRST, registered: str | None = None) -> None:
        self.received = at(received)
        self.first = first
        self.steps: list[StepFact] = []
        self.step("receive", received).step("register", registered or received)

    def step(self, kind: str, when: str, unit: int | None = None, **more: Any) -> Tale:
        seq = len(self.steps) + 1
        self.steps.append(StepFact(seq, StepKind(kind), at(when), self.first if unit is None else unit, **more))
        return self

    def facts(self) -> CaseFacts:
        ordered = tuple(sorted(self.steps, key=lambda step: (step.at, step.seq)))
        return CaseFacts(self.received, self.first, BUREAU, ordered, {OTHER: SUPERIOR})

    def state(
        self, until: str = "2026-03-02", rulebook: Rulebook | None = None, kept: Mapping[str, Due] | None = None
    ) -> CaseState:
        book = rulebook or default_rulebook()
        return derive(self.facts(), book, work_calendar(), ZONE, at(until), kept)

    def duties(self, until: str = "2026-03-02") -> dict[str, DutyState]:
        return {duty.key: duty for duty in self.state(until).duties}

    def duty(self, key: str, until: str = "2026-03-02") -> DutyState:
        return self.duties(until)[key]


def transferred(first: int = FIRST, when: str = "2026-03-04") -> Tale:
    """Case B, sent to ``OTHER`` on Wednesday, 4 March."""
    tale = Tale(first=first).step("route", "2026-03-03", outcome="B")
    return tale.step("transfer", when, to_unit=OTHER, mode="written")


def designated(first: int = FIRST) -> Tale:
    """Case D, reported on 4 March, led by ``OTHER`` with ``THIRD`` from 6 March."""
    tale = Tale(first=first).step("route", "2026-03-03", outcome="D")
    if first != BUREAU:
        tale.step("report_multi", "2026-03-04")
    return tale.step("designate", "2026-03-06", BUREAU, to_unit=OTHER, co_units=(THIRD,))


def due(duty: DutyState) -> date:
    return duty.due.on


def fact(tale: Tale, kind: str, when: str, unit: int = FIRST, **more: Any) -> StepFact:
    """A step that was not taken yet."""
    return StepFact(len(tale.steps) + 1, StepKind(kind), at(when), unit, **more)
