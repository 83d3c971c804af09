"""A clock far ahead of the newest record, or apart from the database's, is not believed; a confirmed one is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from models import readiness
from models.errors import Conflict
from models.operations import clock
from models.tables import Counter
from tests.models.operations.test_steps import T0, transferred
from tests.rulebooks import enacted

DAY = timedelta(days=1)
NOW = datetime.now(UTC)


def forgotten(county: Any) -> None:
    table: Any = Counter.__table__
    county.session.execute(delete(table).where(table.c.series == clock.SERIES))


@pytest.mark.both_databases
def test_a_clock_years_ahead_is_refused_with_words(county: Any) -> None:
    clock.confirm(county.session, NOW)
    for moment in (NOW, NOW + 6 * DAY):
        clock.believe(county.session, moment)
    with pytest.raises(Conflict) as refused:
        clock.believe(county.session, NOW + 1200 * DAY)
    assert "clock" in str(refused.value)
    assert refused.value.message in (clock.AHEAD, clock.APART)
    assert clock.read(county.session, NOW + DAY).newest <= NOW + 6 * DAY


def test_without_a_mark_the_newest_step_is_asked(county: Any) -> None:
    transferred(county)
    forgotten(county)
    assert clock.read(county.session, T0 + 3 * DAY).ahead is False
    with pytest.raises(Conflict) as refused:
        clock.believe(county.session, T0 + 30 * DAY)
    assert refused.value.message == clock.AHEAD
    clock.confirm(county.session, T0 + 30 * DAY)
    clock.believe(county.session, T0 + 31 * DAY)


def test_where_nothing_was_recorded_the_first_clock_is_believed(county: Any) -> None:
    forgotten(county)
    clock.believe(county.session, T0)
    with pytest.raises(Conflict):
        clock.believe(county.session, T0 + 8 * DAY)


def test_how_far_it_may_be_ahead_is_a_parameter(county: Any) -> None:
    clock.confirm(county.session, T0)
    enacted(county.session, lambda draft: setattr(draft, "clock_days", 30))
    clock.believe(county.session, T0 + 20 * DAY)
    with pytest.raises(Conflict):
        clock.believe(county.session, T0 + 60 * DAY)


@pytest.mark.parametrize(("grace", "now", "over"), [(0, "2026-01-01", 0), (3, "2026-01-03", 1), (3, "2026-01-04", 0)])
def test_a_year_is_over_when_its_last_clocks_have_run(county: Any, grace: int, now: str, over: int) -> None:
    """What was due on 31 December is missed once its grace days have passed."""
    enacted(county.session, lambda draft: setattr(draft, "grace_days", grace))
    moment = datetime.fromisoformat(f"{now}T09:00+08:00")
    found = {matter.id: matter for matter in readiness.check(county.session, 2025, moment)}
    assert (found["year"].count, found["year"].blocks) == (over, True)
