"""Each sentence of the county notice, kept and broken. The id of a test is the paragraph and the sentence in it.

A row: the sentence, a petition's steps, and what the unit in question is charged with in the end (rule/occurrence).
Everything is judged on 1 December 2026; the matter is received on Monday, 2 March 2026, at nine.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.rules.deductions import propose
from models.rules.defaults import default_rulebook
from models.terms import Rule
from tests.models.rules.tale import BUREAU, FIRST, OTHER, THIRD, ZONE, Tale, at

JUDGED = "2026-12-01"
Act = tuple[Any, ...]


def tell(*acts: Act, registered: str | None = "2026-03-02 09:30") -> Tale:
    """(step, when[, unit], {more}) in a row; ``registered=None``: nobody registered it."""
    tale = Tale(registered=registered)
    if registered is None:
        tale.steps.pop()
    for kind, when, *rest in acts:
        unit = next((one for one in rest if isinstance(one, int)), FIRST)
        tale.step(kind, when, unit, **next((one for one in rest if isinstance(one, dict)), {}))
    return tale


def charged(tale: Tale, unit: int) -> set[str]:
    state = tale.state(JUDGED)
    found = propose(state.duties, default_rulebook(), at(JUDGED), ZONE)
    return {f"{one.rule}/{one.occurrence}" for one in found if one.unit == unit}


ACCEPTED: Act = ("inform", "2026-03-05", {"outcome": "accepted"})
A: tuple[Act, ...] = (("route", "2026-03-03", {"outcome": "A"}), ACCEPTED)
TOLD: Act = ("inform", "2026-03-05", {"outcome": "transferred"})
B: tuple[Act, ...] = (("route", "2026-03-03", {"outcome": "B"}), TOLD)
SENT: tuple[Act, ...] = (*B, ("transfer", "2026-03-04", {"to_unit": OTHER, "mode": "written"}))
FILED: Act = ("file", "2026-03-05")
TAKEN: Act = ("inform", "2026-03-10", OTHER, {"outcome": "accepted"})
FOLLOWED: Act = ("follow_up", "2026-03-10")
ANSWERED: Act = ("reply", "2026-03-17", OTHER, {"outcome": "resolved"})
BOTH: tuple[Act, ...] = tuple(
    ("report_result", "2026-03-18", OTHER, {"outcome": who}) for who in ("bureau", "first_unit")
)
LED: Act = ("inform", "2026-03-05", {"outcome": "led_by"})
D: tuple[Act, ...] = (("route", "2026-03-03", {"outcome": "D"}), LED)
NAMED: tuple[Act, ...] = (
    *D,
    ("report_multi", "2026-03-04"),
    ("designate", "2026-03-06", BUREAU, {"to_unit": OTHER, "co_units": (THIRD,)}),
)
MET: Act = ("convene", "2026-03-10", OTHER)
URGENT: Act = ("urgent", "2026-03-02 10:00")


def told(who: str, when: str) -> Act:
    return ("report_urgent", when, {"outcome": who})


IN_TIME = (
    told("unit_leader", "2026-03-02 11:00"),
    told("leader_in_charge", "2026-03-02 12:00"),
    told("bureau", "2026-03-03 09:59"),
)

ROWS: tuple[tuple[str, Tale, int, set[str]], ...] = (
    # §1: the unit where the first person who receives the petition works is the first unit
    ("§1-the-first-unit-answers", tell(*SENT, FILED, TAKEN, ANSWERED, *BOTH, FOLLOWED), FIRST, set()),
    (
        "§1-also-when-it-passes-the-matter-on",
        tell(*SENT),
        FIRST,
        {"TRANSFER/transfer:1"} | {f"FOLLOW_UP/follow-up:1.{k}" for k in range(1, 19)},
    ),
    # §2(1): within its powers: resolve in time
    ("§2(1)-resolved-in-time", tell(*A, ("reply", "2026-05-06", {"outcome": "resolved"})), FIRST, set()),
    ("§2(1)-resolved-late", tell(*A, ("reply", "2026-05-07", {"outcome": "resolved"})), FIRST, {"HANDLE/handling:1"}),
    ("§2(1)-never-resolved", tell(*A), FIRST, {"HANDLE/handling:1"}),
    # … explain clearly and solve within a time limit
    (
        "§2(1)-promise-kept",
        tell(
            *A,
            ("reply", "2026-04-01", {"outcome": "explained", "until": date(2026, 6, 6)}),
            ("reply", "2026-06-06", {"outcome": "resolved"}),
        ),
        FIRST,
        set(),
    ),
    (
        "§2(1)-promise-broken",
        tell(*A, ("reply", "2026-04-01", {"outcome": "explained", "until": date(2026, 6, 6)})),
        FIRST,
        {"HANDLE/promise:1"},
    ),
    # … really unable: report and strive for a solution
    ("§2(1)-unable-but-reported", tell(*A, ("reply", "2026-04-01", {"outcome": "unable"})), FIRST, set()),
    # §2(2): inform, report in writing or by phone to the unit responsible
    ("§2(2)-transferred-in-writing", tell(*SENT, FILED, FOLLOWED, ANSWERED), FIRST, set()),
    (
        "§2(2)-transferred-by-phone",
        tell(
            *B,
            ("transfer", "2026-03-06", {"to_unit": OTHER, "mode": "phone"}),
            FILED,
            FOLLOWED,
            ("file", "2026-03-09"),
            ANSWERED,
        ),
        FIRST,
        set(),
    ),
    (
        "§2(2)-transferred-late",
        tell(
            *B,
            ("transfer", "2026-03-09", {"to_unit": OTHER, "mode": "written"}),
            ("file", "2026-03-09"),
            FOLLOWED,
            ANSWERED,
        ),
        FIRST,
        {"TRANSFER/transfer:1"},
    ),
    ("§2(2)-never-transferred", tell(*B), FIRST, {"TRANSFER/transfer:1"}),
    # … also reported to the County Letters and Calls Bureau for record
    ("§2(2)-not-filed", tell(*SENT, FOLLOWED, ANSWERED), FIRST, {"TRANSFER/transfer:1"}),
    # … the unit responsible handles in time, responds to the petitioner
    ("§2(2)-handled-in-time", tell(*SENT, TAKEN, ANSWERED, *BOTH), OTHER, set()),
    ("§2(2)-never-handled", tell(*SENT, TAKEN), OTHER, {"HANDLE/handling:1"}),
    ("§2(2)-petitioner-not-told", tell(*SENT, ANSWERED, *BOTH), OTHER, {"ACCEPT/acceptance:1"}),
    # … and reports the results to the bureau and the first unit
    ("§2(2)-result-to-one-only", tell(*SENT, TAKEN, ANSWERED, BOTH[0]), OTHER, {"HANDLE/handling:1"}),
    # §2(3): major or urgent: leaders in a timely manner, the bureau as soon as possible
    ("§2(3)-all-three-in-time", tell(URGENT, ACCEPTED, *IN_TIME), FIRST, set()),
    (
        "§2(3)-a-leader-late",
        tell(URGENT, ACCEPTED, told("unit_leader", "2026-03-02 12:01"), *IN_TIME[1:]),
        FIRST,
        {"TRANSFER/urgent"},
    ),
    ("§2(3)-the-bureau-never", tell(URGENT, ACCEPTED, *IN_TIME[:2]), FIRST, {"TRANSFER/urgent"}),
    # §2(4): several departments: report to the bureau
    ("§2(4)-reported-in-time", tell(*NAMED, FOLLOWED, MET, ANSWERED, *BOTH), FIRST, set()),
    ("§2(4)-never-reported", tell(*D), FIRST, {"TRANSFER/multi"}),
    # … the bureau and the sponsoring unit convene; it replies and sends a letter to both
    ("§2(4)-the-lead-did-all", tell(*NAMED, MET, ANSWERED, *BOTH), OTHER, set()),
    ("§2(4)-not-convened", tell(*NAMED, ANSWERED, *BOTH), OTHER, {"HANDLE/handling:1"}),
    ("§2(4)-no-letter-to-the-first-unit", tell(*NAMED, MET, ANSWERED, BOTH[0]), OTHER, {"HANDLE/handling:1"}),
    ("§2(4)-co-handling-units-owe-nothing", tell(*NAMED), THIRD, set()),
    ("§2(4)-the-bureau-costs-nothing", tell(*D, ("report_multi", "2026-03-04")), BUREAU, set()),
    # … the first unit tracks the implementation
    ("§2(4)-not-tracked", tell(*NAMED, MET, ANSWERED, *BOTH), FIRST, set()),
    (
        "§2(4)-not-tracked-for-a-whole-period",
        tell(*NAMED, MET, ("reply", "2026-03-25", OTHER, {"outcome": "resolved"}), *BOTH),
        FIRST,
        {"FOLLOW_UP/follow-up:1.1"},
    ),
    # §2(5): legal channels: inform the petitioner
    (
        "§2(5)-told-the-legal-route",
        tell(("route", "2026-03-03", {"outcome": "E"}), ("inform", "2026-03-17", {"outcome": "legal_route"})),
        FIRST,
        set(),
    ),
    (
        "§2(5)-told-too-late",
        tell(("route", "2026-03-03", {"outcome": "E"}), ("inform", "2026-03-18", {"outcome": "legal_route"})),
        FIRST,
        {"ACCEPT/acceptance"},
    ),
    # §3: register in detail; accept: −1
    ("§3-registered-the-same-day", tell(ACCEPTED), FIRST, set()),
    ("§3-registered-the-next-day", tell(ACCEPTED, registered="2026-03-03 08:00"), FIRST, {"ACCEPT/acceptance"}),
    ("§3-never-registered", tell(ACCEPTED, registered=None), FIRST, {"ACCEPT/acceptance"}),
    ("§3-never-accepted", tell(), FIRST, {"ACCEPT/acceptance"}),
    ("§3-neither-costs-once", tell(registered=None), FIRST, {"ACCEPT/acceptance"}),
    # … follow up: −0.5 for each period
    (
        "§3-followed-up-once-of-two",
        tell(*SENT, FILED, FOLLOWED, ("reply", "2026-04-10", OTHER, {"outcome": "resolved"})),
        FIRST,
        {"FOLLOW_UP/follow-up:1.2"},
    ),
)


@pytest.mark.parametrize(("tale", "unit", "wanted"), [pytest.param(*row[1:], id=row[0]) for row in ROWS])
def test_each_sentence(tale: Tale, unit: int, wanted: set[str]) -> None:
    assert charged(tale, unit) == wanted


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        pytest.param("ACCEPT", "1", id="§3-accept"),
        pytest.param("TRANSFER", "1", id="§3-transfer"),
        pytest.param("HANDLE", "2", id="§3-handle"),
        pytest.param("FOLLOW_UP", "0.5", id="§3-follow-up"),
    ],
)
def test_what_a_miss_costs(rule: str, points: str) -> None:
    assert str(default_rulebook().points[Rule(rule)]) == points
