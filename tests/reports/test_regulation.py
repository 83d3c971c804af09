"""The regulation says a rule's yearly cap where the rulebook sets one, and nothing where it does not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from models.rules.defaults import default_rulebook
from models.terms import Rule
from reports import regulation


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "2, at most 10 for a unit in a year"), ("zh", "2，每单位每年最多扣10")]
)
def test_a_yearly_cap_is_said_beside_the_points(lang: str, said: str) -> None:
    plain = default_rulebook()
    capped = replace(plain, caps={Rule.HANDLE: Decimal(10)})
    assert [value for _rule, value in regulation.points(plain, lang)] == ["1", "1", "2", "0.5"]
    assert [value for _rule, value in regulation.points(capped, lang)] == ["1", "1", said, "0.5"]
