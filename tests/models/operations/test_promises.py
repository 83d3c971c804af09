"""A promised date lies after the reply and within the rulebook's limit, on screen and in a ledger alike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from models.errors import Invalid
from models.rules import promises
from models.rules.defaults import default_rulebook
from models.tables import Step
from tests.models.operations.test_steps import T0, act, taken
from tests.rulebooks import enacted

REPLIED = T0 + timedelta(days=10)  # 2025-03-13


def promised(county: Any, until: date) -> Step:
    petition = taken(county)
    act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="A")
    said = {"outcome": "explained", "opinion": "限期解决", "delivery": "当面送达"}
    return act(county, petition, "CG", "reply", REPLIED, until=until, **said)


@pytest.mark.parametrize(
    ("until", "message"),
    [
        (date(2025, 3, 13), "A promised date lies after the day of the reply."),
        (date(2020, 1, 1), "A promised date lies after the day of the reply."),
        (date(2025, 9, 10), "A promised date lies at most %(days)s days after the reply."),
        (date(2045, 1, 1), "A promised date lies at most %(days)s days after the reply."),
    ],
)
def test_a_date_that_cannot_be_promised_is_refused_beside_its_field(county: Any, until: date, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        promised(county, until)
    assert [(one.field, one.message, one.paragraph) for one in refused.value.problems] == [("until", message, "§2(1)")]


@pytest.mark.parametrize("until", [date(2025, 3, 14), date(2025, 9, 9)])
def test_the_first_and_the_last_day_can_be_promised(county: Any, until: date) -> None:
    assert promised(county, until).until == until


def test_the_limit_is_the_rulebooks(county: Any) -> None:
    enacted(county.session, lambda draft: setattr(draft, "promise_days", 30))
    with pytest.raises(Invalid):
        promised(county, date(2025, 4, 13))


def test_a_ledger_may_tell_of_a_longer_promise_but_of_none_for_a_day_that_was_over() -> None:
    book, replied = default_rulebook(), date(2025, 3, 13)
    assert promises.refusal(date(2026, 3, 13), replied, book, from_ledger=True) is None
    assert promises.refusal(date(2025, 3, 12), replied, book, from_ledger=True) is not None
