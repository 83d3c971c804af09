"""From deductions to scores (domain §5): caps, peers, ties; no order of rows changes a score."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import assessing, scoring

Row = tuple[str, str, str]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(("ACCEPT", "TRANSFER", "HANDLE", "FOLLOW_UP")),
        st.sampled_from(("0.50", "1.00", "2.00")),
        st.sampled_from(("proposed", "confirmed", "appealed", "upheld", "final", "withdrawn", "overturned")),
    ),
    max_size=60,
)
CAPS = st.dictionaries(
    st.sampled_from(("ACCEPT", "TRANSFER", "HANDLE", "FOLLOW_UP")),
    st.integers(2, 20).map(lambda n: f"{n}.00"),
)


def county(units: dict[str, tuple[str, list[Row]]], caps: dict[str, str] | None = None, floor: str = "0.00") -> Any:
    """The document of some units (code → kind and rows of rule, points and status), by code."""
    book = {"version": "t", "base": "100.00", "floor": floor, "caps": caps or {}}
    named = [{"code": code, "name": code, "name_en": code, "kind": kind} for code, (kind, _rows) in units.items()]
    rows = [
        {"unit": code, "rule": rule, "points": points, "status": status}
        for code, (_kind, listed) in units.items()
        for rule, points, status in listed
    ]
    inputs = {"year": 2025, "as_of": "2026-01-01", "rulebook": book, "units": named, "deductions": rows}
    return {unit["code"]: unit for unit in assessing.document(inputs)["units"]}


def one(rows: list[Row], caps: dict[str, str] | None = None, floor: str = "0.00") -> Any:
    return county({"u": ("town", rows)}, caps, floor)["u"]


HANDLE, SOON = ("HANDLE", "2.00", "final"), ("HANDLE", "2.00", "proposed")
ACCEPT = ("ACCEPT", "1.00", "confirmed")


@pytest.mark.parametrize(
    ("rows", "caps", "final", "capped", "pending", "score", "at_worst"),
    [
        ([HANDLE] * 3, {}, "6.00", "0.00", "0.00", "94.00", "94.00"),
        ([HANDLE] * 3, {"HANDLE": "5.00"}, "5.00", "1.00", "0.00", "95.00", "95.00"),
        ([HANDLE] * 3, {"HANDLE": "6.00"}, "6.00", "0.00", "0.00", "94.00", "94.00"),
        ([HANDLE] * 2 + [SOON], {"HANDLE": "5.00"}, "4.00", "0.00", "1.00", "96.00", "95.00"),
        ([HANDLE] * 3 + [SOON], {"HANDLE": "5.00"}, "5.00", "1.00", "0.00", "95.00", "95.00"),
        ([HANDLE] * 3 + [ACCEPT], {"HANDLE": "5.00"}, "6.00", "1.00", "0.00", "94.00", "94.00"),
        ([HANDLE] * 3 + [ACCEPT] * 3, {"HANDLE": "2.00", "ACCEPT": "1.00"}, "3.00", "6.00", "0.00", "97.00", "97.00"),
        ([HANDLE] * 60, {}, "120.00", "0.00", "0.00", "0.00", "0.00"),
        ([("HANDLE", "2.00", "withdrawn")] * 9, {"HANDLE": "2.00"}, "0.00", "0.00", "0.00", "100.00", "100.00"),
    ],
)
def test_a_rule_takes_no_more_than_its_yearly_cap(
    rows: list[Row], caps: dict[str, str], final: str, capped: str, pending: str, score: str, at_worst: str
) -> None:
    unit = one(rows, caps)
    assert (unit["final"], unit["capped"], unit["pending"]) == (final, capped, pending)
    assert (unit["score"], unit["score_if_pending_confirmed"]) == (score, at_worst)


def test_towns_are_ranked_apart_from_departments_and_ties_share_a_rank() -> None:
    units = {
        "b": ("bureau", [ACCEPT]),
        "d1": ("department", []),
        "d2": ("department", [ACCEPT]),
        "l": ("leaders_office", []),
        "t1": ("town", [HANDLE]),
        "t2": ("town", [HANDLE] * 2),
        "t3": ("town", [HANDLE]),
    }
    found = county(units)
    ranks = {code: (unit["peer"], unit["peer_rank"]) for code, unit in found.items()}
    assert ranks == {
        "b": ("departments", 2),
        "d1": ("departments", 1),
        "d2": ("departments", 2),
        "l": (None, None),
        "t1": ("towns", 1),
        "t2": ("towns", 3),
        "t3": ("towns", 1),
    }


@given(ROWS, CAPS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_number(rows: list[Row], caps: dict[str, str], chance: Any) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)
    assert one(rows, caps) | {"deductions": []} == one(mixed, caps) | {"deductions": []}


@given(ROWS, CAPS)
def test_a_cap_never_costs_points_and_the_score_stays_between_floor_and_base(
    rows: list[Row], caps: dict[str, str]
) -> None:
    free, capped = one(rows, floor="40.00"), one(rows, caps, floor="40.00")
    for key in ("score", "score_if_pending_confirmed"):
        assert Decimal(40) <= Decimal(free[key]) <= Decimal(capped[key]) <= Decimal(100)
    assert Decimal(capped["final"]) + Decimal(capped["capped"]) == Decimal(free["final"])


@given(ROWS, st.integers(2, 20))
def test_a_lower_cap_takes_no_more(rows: list[Row], cap: int) -> None:
    points = [(rule, Decimal(value)) for rule, value, _status in rows]
    lower, higher = ({"HANDLE": Decimal(value)} for value in (cap, cap + 1))
    assert scoring.taken(points, lower) <= scoring.taken(points, higher)
