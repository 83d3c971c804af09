"""Suppositions as plain data: what they do to a rulebook and a calendar, and how two documents are compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.calendar import WorkCalendar
from models.rules.defaults import default_rulebook
from models.rules.supposing import Supposition, clock_key, clock_name, compare
from models.terms import DutyKind

BOOK = default_rulebook()
CALENDAR = WorkCalendar({date(2025, 10, 1): "国庆节"}, {date(2025, 9, 28): "调休"}, frozenset({2025}), {2025: "1"})
DAYS = st.frozensets(st.dates(date(2025, 1, 1), date(2025, 12, 31)), max_size=3)
CLOCKS = st.dictionaries(st.sampled_from([(c.duty, c.variant) for c in BOOK.clocks if c.duty]), st.integers(0, 3650))


@given(st.builds(Supposition, st.none() | st.just("2026-1"), CLOCKS, DAYS, DAYS))
def test_it_survives_being_written_down(what: Supposition) -> None:
    assert Supposition.of(what.plain()) == what


@given(CLOCKS)
def test_only_the_supposed_clocks_change(clocks: Any) -> None:
    made = Supposition(clocks=clocks).book(BOOK)
    for old, new in zip(BOOK.clocks, made.clocks, strict=True):
        every = clocks.get((old.duty, ""), old.amount)
        assert new == replace(old, amount=clocks.get((old.duty, old.variant), every))


def test_a_clock_without_a_case_is_every_clock_of_the_duty() -> None:
    made = Supposition(clocks={(DutyKind.HANDLE, ""): 45, (DutyKind.HANDLE, "B"): 30}).book(BOOK)
    found = {clock.variant: clock.amount for clock in made.clocks if clock.duty is DutyKind.HANDLE}
    assert found == {"A": 45, "B": 30, "D": 45}
    assert clock_key("handle/B") == (DutyKind.HANDLE, "B")
    assert clock_name((DutyKind.INFORM, "")) == "INFORM"
    with pytest.raises(ValueError, match="HANDEL"):
        clock_key("HANDEL")


def test_supposed_days() -> None:
    made = Supposition(off=frozenset([date(2025, 9, 28), date(2025, 9, 29)]), on=frozenset([date(2025, 10, 1)]))
    calendar = made.calendar(CALENDAR)
    assert not calendar.is_working(date(2025, 9, 28))
    assert not calendar.is_working(date(2025, 9, 29))
    assert calendar.is_working(date(2025, 10, 1))
    assert Supposition().calendar(CALENDAR) is CALENDAR
    assert Supposition().empty
    assert not made.empty


def unit(code: str, score: str, *deductions: dict[str, Any]) -> dict[str, Any]:
    head = {"code": code, "name": code, "name_en": None, "peer": "towns", "final": "0.00", "pending": "0.00"}
    return head | {"score_if_pending_confirmed": score, "deductions": list(deductions)}


def line(petition: str, due: str, points: str = "2.00", status: str = "final") -> dict[str, Any]:
    duties = [{"kind": "HANDLE", "due": due, "discharged": None, "late_days": 9}]
    head = {"petition": petition, "rule": "HANDLE", "occurrence": "handling:1"}
    return head | {"points": points, "status": status, "duties": duties}


def test_what_changes_is_named() -> None:
    same = line("3", "2025-03-01")
    before = {"units": [unit("A", "98.00", line("1", "2025-01-02"), line("2", "2025-02-03"), same), unit("B", "99.00")]}
    new = [line("2", "2025-02-03", "3.00"), same | {"duties": [{**same["duties"][0], "late_days": 5}]}]
    after = {"units": [unit("A", "99.00", *new), unit("B", "97.00", line("4", "2025-05-06", status="proposed"))]}
    found = compare(before, after)
    told = {one["petition"]: (one["unit"], one["change"]) for one in found["deductions"]}
    assert told == {"1": ("A", "vanished"), "2": ("A", "points"), "4": ("B", "appeared")}
    sides = {one["code"]: (one["before"]["rank"], one["after"]["rank"]) for one in found["units"]}
    assert sides == {"A": (2, 1), "B": (1, 2)}
    moved = compare({"units": [unit("A", "98.00", same)]}, {"units": [unit("A", "98.00", line("3", "2025-04-01"))]})
    assert [one["change"] for one in moved["deductions"]] == ["dates"]
