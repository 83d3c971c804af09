"""What-if from the record: only what is supposed changes anything, with its reason; nothing is written."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select

from models import assessing, frozen, supposing
from models.errors import Invalid
from models.operations import deductions, freezing
from models.rules.freezing import canonical
from models.rules.supposing import Supposition
from models.scheme_terms import Indicator
from models.tables import Deduction, Duty, Rulebook, RulebookIndicator
from models.terms import DutyKind
from tests.models.operations.test_freezing import NOW, frozen_year, officer
from tests.models.operations.test_steps import transferred
from tests.rulebooks import drafted, points

HANDLE = (DutyKind.HANDLE, "")


def suppose(county: Any, **what: Any) -> dict[str, Any]:
    """The trial of 2025, and proof that it wrote nothing."""
    before = canonical(assessing.assessment(county.session, 2025, NOW))
    found = supposing.suppose(county.session, 2025, NOW, Supposition(**what))
    assert not county.session.new | county.session.dirty
    assert canonical(assessing.assessment(county.session, 2025, NOW)) == before
    assert found["official"] is False
    return found


def changes(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["unit"], one["rule"], one["change"]) for one in found["deductions"]]


def test_the_same_rules_change_nothing(county: Any) -> None:
    transferred(county)
    deductions.scan(county.session, NOW)
    for what in ({"rulebook": "2025-1"}, {"clocks": {HANDLE: 60}}, {"off": frozenset([date(2025, 3, 8)])}, {}):
        found = suppose(county, **what)
        assert found["deductions"] == []
        assert all(unit["before"] == unit["after"] for unit in found["units"])


def test_a_longer_clock_takes_a_deduction_away_and_says_why(county: Any) -> None:
    transferred(county)
    deductions.scan(county.session, NOW)
    duty = county.session.scalars(select(Duty).where(Duty.kind == DutyKind.HANDLE)).one()
    found = suppose(county, clocks={HANDLE: 400})
    (gone,) = [one for one in found["deductions"] if one["rule"] == "HANDLE"]
    assert (gone["unit"], gone["change"], gone["after"]) == ("RS", "vanished", None)
    (why,) = [one for one in gone["why"] if one["kind"] == "HANDLE"]
    assert why["due_before"] == duty.due_on.isoformat()
    assert why["due_after"] == "2026-04-08"  # 400 days after 4 March 2025
    sides = next((one["before"], one["after"]) for one in found["units"] if one["code"] == "RS")
    assert Decimal(sides[1]["score"]) - Decimal(sides[0]["score"]) == 2
    assert sides[1]["deductions"] == sides[0]["deductions"] - 1
    assert found["supposed"]["clocks"][0] == {
        **{"duty": "HANDLE", "variant": "A", "measure": "calendar"},
        **{"before": 60, "after": 400},
    }


def test_of_a_frozen_year_the_frozen_one_is_compared(county: Any) -> None:
    """What was withdrawn stays withdrawn; a shorter clock adds what nobody ever proposed."""
    frozen_year(county)
    row = county.session.scalars(select(Deduction).where(Deduction.rule == "HANDLE")).one()
    freezing.open_correction(county.session, 2025, officer(county), "新证据", NOW)
    deductions.withdraw(county.session, row, officer(county), "有证明", NOW)
    freezing.revise(county.session, 2025, officer(county), "按新证据修订", NOW)
    found = suppose(county, clocks={HANDLE: 30})
    assert found["frozen"] is True
    (moved,) = [one for one in found["deductions"] if one["rule"] == "HANDLE"]
    assert moved["change"] == "dates"
    assert moved["after"]["status"] == "withdrawn"
    assert frozen.latest(county.session, 2025).revision == 2


def test_a_draft_may_be_tried(county: Any) -> None:
    transferred(county)
    deductions.scan(county.session, NOW)
    book = drafted(county.session, lambda draft: setattr(points(draft, "TRANSFER"), "points", Decimal(3)))
    found = suppose(county, rulebook=book.version)
    assert {one["change"] for one in found["deductions"]} == {"points"}
    assert {one["rule"] for one in found["deductions"]} == {"TRANSFER"}
    assert all(one["after"]["points"] == "3.00" for one in found["deductions"])


def test_rates_move_with_the_clocks(county: Any) -> None:
    """A draft whose base is 60 and whose replies on time earn up to 40 points; then with a clock that all meet."""

    def scheme(draft: Rulebook) -> None:
        draft.base_score = Decimal(60)
        rate = {"weight": Decimal(40), "target": Decimal(90), "fewest": 1, "paragraph": "§3", "source": "试行"}
        draft.indicators = [RulebookIndicator(indicator=Indicator.replied, **rate)]

    transferred(county)
    deductions.scan(county.session, NOW)
    book = drafted(county.session, scheme)
    found = {
        amount: next(
            one for one in suppose(county, rulebook=book.version, clocks=clocks)["units"] if one["code"] == "RS"
        )
        for amount, clocks in ((60, {}), (400, {HANDLE: 400}))
    }
    assert found[60]["after"]["earned"] == "0.00"  # one reply was due and missed
    assert found[400]["after"]["earned"] == "40.00"  # none was due in the year: not judged, the full weight
    scores = [Decimal(found[amount]["after"]["score"]) for amount in (60, 400)]
    assert scores[1] - scores[0] == 42  # and the deduction is gone


def test_what_cannot_be_supposed(county: Any) -> None:
    wrong = (
        ({"rulebook": "nix"}, "rulebook"),
        ({"clocks": {HANDLE: 3651}}, "HANDLE"),
        ({"clocks": {(DutyKind.HANDLE, "Z"): 9}}, "HANDLE/Z"),
    )
    for what, field in wrong:
        with pytest.raises(Invalid) as refused:
            supposing.suppose(county.session, 2025, NOW, Supposition(**what))
        assert [one.field for one in refused.value.problems] == [field]


def test_statements_do_not_grow_with_the_deductions(county: Any) -> None:
    def cost() -> int:
        counted = Counter()
        link = county.session.get_bind()
        engine = getattr(link, "engine", link)

        def listener(*_args: Any) -> None:
            counted.update(["n"])

        event.listen(engine, "before_cursor_execute", listener)
        county.session.expire_all()
        supposing.suppose(county.session, 2025, NOW, Supposition(clocks={HANDLE: 30}))
        event.remove(engine, "before_cursor_execute", listener)
        return counted["n"]

    transferred(county)
    deductions.scan(county.session, NOW)
    one = cost()
    for _ in range(6):
        transferred(county)
    deductions.scan(county.session, NOW)
    assert cost() <= one + 2
