"""A county's own scheme: 60 base points with capped sections, 40 from rates × weight, grades, peer groups."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import assessing, scoring
from models.rules.freezing import digest, ranked
from reports import account
from tests.reports import small

BOOK: dict[str, Any] = {
    "version": "2027-1",
    "base": "60.00",
    "floor": "0.00",
    "caps": {"HANDLE": "8.00"},
    "sections": [
        {"code": "1", "title": "受理转送", "title_en": "Intake", "cap": "5.00", "rules": ["ACCEPT", "TRANSFER"]},
        {"code": "2", "title": "办理", "title_en": None, "cap": "20.00", "rules": ["HANDLE"]},
    ],
    "rates": [
        {"indicator": "informed", "weight": "20.00", "target": "95.00", "fewest": 5, "paragraph": "§3"},
        {"indicator": "satisfaction", "weight": "20.00", "target": "100.00", "fewest": 10, "paragraph": "§3"},
    ],
    "grades": [
        {"title": "优秀", "title_en": "Excellent", "from": "90.00"},
        {"title": "合格", "title_en": "Pass", "from": "60.00"},
        {"title": "不合格", "title_en": "Fail", "from": "0.00"},
    ],
    "peers": [
        {"code": "towns", "title": "乡镇", "title_en": "Towns", "kind": "town", "unit": None},
        {"code": "bureaus", "title": "部门", "title_en": None, "kind": "department", "unit": None},
        {"code": "towns", "title": "乡镇", "title_en": "Towns", "kind": None, "unit": "D9"},
    ],
}


def line(unit: str, rule: str, points: str, status: str = "final") -> dict[str, Any]:
    return {"unit": unit, "petition": "1", "rule": rule, "occurrence": "o", "points": points, "status": status}


def figure(unit: str, indicator: str, count: int, of: int) -> dict[str, Any]:
    return {"unit": unit, "indicator": indicator, "count": count, "of": of}


def county(rows: list[dict[str, Any]], figures: list[dict[str, Any]], **changes: Any) -> Any:
    kinds = {"T1": "town", "T2": "town", "D9": "department", "D1": "department", "B": "bureau"}
    units = [{"code": code, "name": code, "name_en": None, "kind": kind} for code, kind in kinds.items()]
    inputs = {"year": 2027, "as_of": "2028-01-05", "units": units, "deductions": rows, "figures": figures}
    return assessing.document(inputs | {"rulebook": BOOK | changes})


def one(document: Any, code: str) -> Any:
    return next(unit for unit in document["units"] if unit["code"] == code)


def test_the_score_by_hand() -> None:
    """60 − (4 + 3 capped at 5) − (6 × 2 = 12 capped by the rule at 8) − 0.5, + 20 × (11/12)/0.95 + 20 × 17/20."""
    rows = [*[line("T1", "ACCEPT", "1.00")] * 4, *[line("T1", "TRANSFER", "1.00")] * 3]
    rows += [
        *[line("T1", "HANDLE", "2.00")] * 6,
        line("T1", "FOLLOW_UP", "0.50"),
        line("T1", "ACCEPT", "1.00", "proposed"),
    ]
    found = county(rows, [figure("T1", "informed", 11, 12), figure("T1", "satisfaction", 17, 20)])
    unit = one(found, "T1")
    told = {name: unit[name] for name in ("base", "final", "capped", "pending", "earned", "score", "grade", "peer")}
    assert told == {
        "base": "60.00",
        "final": "13.50",
        "capped": "6.00",
        "pending": "0.00",
        "earned": "36.30",
        "score": "82.80",
        "grade": {"title": "合格", "title_en": "Pass"},
        "peer": "towns",
    }
    informed, satisfied = unit["rates"]
    assert informed == {
        "indicator": "informed",
        "count": 11,
        "of": 12,
        "rate": "91.67",
        "target": "95.00",
        "fewest": 5,
        "weight": "20.00",
        "points": "19.30",
        "judged": True,
    }
    assert (satisfied["rate"], satisfied["points"]) == ("85.00", "17.00")


def test_the_lines_of_a_score_add_up_to_it() -> None:
    rows = [*[line("T1", "ACCEPT", "1.00")] * 4, *[line("T1", "TRANSFER", "1.00")] * 3]
    rows += [*[line("T1", "HANDLE", "2.00")] * 6, line("T1", "FOLLOW_UP", "0.50")]
    found = county(rows, [figure("T1", "informed", 11, 12)])
    lines = account.account("en", found, one(found, "T1"))
    assert [(row.name, row.working, row.points) for row in lines] == [
        ("Base score", "", "60.00"),
        ("Informed on time", "11 of 12, 91.67%; full weight 20.00 from 95.00%", "+19.30"),
        ("Satisfaction", "no figures: not judged, full weight", "+20.00"),
        ("Intake", "Should have accepted 4.00; Should have transferred 3.00; capped at 5.00", "−5.00"),
        ("办理", "Should have handled 12.00, capped at 8.00", "−8.00"),
        ("Should have followed up", "", "−0.50"),
        ("Score", "", "85.80"),
    ]
    numbers = [Decimal(row.points.replace("−", "-")) for row in lines]
    assert sum(numbers[:-1]) == numbers[-1]


def test_of_another_unit_the_sum_alone_is_shown() -> None:
    found = county([line("T1", "ACCEPT", "1.00")], [])
    unit = one(found, "T1") | {"deductions": []}
    assert [row.points for row in account.account("en", found, unit)][-2:] == ["−1.00", "99.00"]


@pytest.mark.parametrize(
    ("count", "of", "points", "judged"),
    [
        (0, 0, "20.00", False),
        (0, 4, "20.00", False),
        (0, 5, "0.00", True),
        (5, 5, "20.00", True),
        (19, 20, "20.00", True),
    ],
)
def test_too_few_cases_are_not_judged(count: int, of: int, points: str, judged: bool) -> None:
    unit = one(county([], [figure("T1", "informed", count, of)]), "T1")
    assert (unit["rates"][0]["points"], unit["rates"][0]["judged"]) == (points, judged)


def test_a_named_unit_goes_before_its_kind_and_whoever_is_in_no_group_is_not_assessed() -> None:
    found = county([line("T2", "ACCEPT", "1.00")], [])
    peers = {unit["code"]: (unit["peer"], unit["peer_rank"]) for unit in found["units"]}
    assert peers == {
        "T1": ("towns", 1),
        "T2": ("towns", 3),
        "D9": ("towns", 1),
        "D1": ("bureaus", 1),
        "B": (None, None),
    }
    assert one(found, "B")["grade"] is None
    assert [row["code"] for row in ranked(found)] == ["T1", "T2", "D9", "D1"]


@pytest.mark.parametrize(
    ("lost", "grade"),
    [("0.00", "优秀"), ("10.00", "优秀"), ("10.01", "合格"), ("40.01", "不合格"), ("200.00", "不合格")],
)
def test_the_grade_follows_the_score_to_the_hundredth(lost: str, grade: str) -> None:
    found = county([line("D1", "FOLLOW_UP", lost)], [])
    assert one(found, "D1")["grade"]["title"] == grade


def test_the_floor_holds_with_rates() -> None:
    found = county([line("D1", "FOLLOW_UP", "95.00")], [], floor="10.00")
    assert one(found, "D1")["score"] == "10.00"
    assert "not below the floor: 5.00" in account.account("en", found, one(found, "D1"))[-1].working


def test_what_was_frozen_before_there_were_schemes_gives_the_same_bytes() -> None:
    """The hashes are those of the documents before sections, indicators, grades and peer groups came."""
    assert digest(small.document()) == "d5154921ce51ad7ce5cbce1610c8c153fc6bbe8123e54f16a7b3801e0b4e11ad"
    book = {"version": "t", "base": "100.00", "floor": "0.00", "grace_days": 0, "points": {"HANDLE": "2.00"}}
    names = ("code", "name", "name_en", "kind")
    inputs = {
        "year": 2025,
        "as_of": small.AS_OF,
        "rulebook": book | {"caps": {"HANDLE": "3.00"}},
        "units": [dict(zip(names, unit, strict=True)) for unit in small.UNITS],
        "deductions": small.deductions() * 3,
    }
    assert digest(assessing.document(inputs)) == "e0853c1ed12ada0f29b52e7e30fd05863509b97b7efb967b7d9f34a19297daed"


CENTS = st.integers(1, 100_00).map(lambda n: Decimal(n) / 100)


@given(CENTS, CENTS, st.integers(0, 400), st.integers(1, 400))
def test_points_of_a_rate_are_rounded_half_up_and_never_leave_their_bounds(
    weight: Decimal, target: Decimal, count: int, more: int
) -> None:
    total = count + more - 1 or 1
    found = scoring.earned(weight, target, count, total)
    assert 0 <= found <= weight
    with localcontext(prec=60):
        exact = weight * min(Decimal(1), Decimal(count * 100) / Decimal(total) / target)
        assert abs(found - exact) <= Decimal("0.005")
        if (exact * 1000) % 1 == 0:
            assert found == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert scoring.earned(weight, target, min(count + 1, total), total) >= found


@given(st.lists(st.tuples(st.sampled_from(("ACCEPT", "TRANSFER", "HANDLE")), CENTS), max_size=30), CENTS)
def test_a_section_never_takes_more_than_its_cap_nor_more_than_its_rules(rows: Any, cap: Decimal) -> None:
    free = scoring.taken(rows, {})
    inside = sum((value for rule, value in rows if rule != "HANDLE"), Decimal(0))
    capped = scoring.taken(rows, {}, [(("ACCEPT", "TRANSFER"), cap)])
    assert capped == free - max(Decimal(0), inside - cap)
    assert scoring.taken(rows, {}, [(("ACCEPT", "TRANSFER"), None)]) == free
