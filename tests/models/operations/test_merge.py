"""A duplicate is merged into the matter first received (§1): its clocks end, its unit follows, nothing hidden shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.access import acting
from models.errors import Invalid, StepRefused
from models.tables import Duty, Petition
from models.terms import DutyStatus, PetitionStatus
from tests.models.operations.test_steps import T0, act, taken

WHY = {"reason": "同一信访人反映同一事项"}


def two(county: Any) -> tuple[Petition, Petition]:
    """A matter that CG received, and the same one that ZJ received half an hour later."""
    return taken(county), taken(county, "ZJ", received_at=T0 + timedelta(minutes=30))


def test_the_duplicate_ends_and_its_unit_may_follow_the_matter(county: Any) -> None:
    first, second = two(county)
    at = T0 + timedelta(days=3)
    act(county, second, "XFJ", "merge", at, into=first.id, **WHY)
    assert (second.status, second.merged_into_id) == (PetitionStatus.closed, first.id)
    assert first.first_unit_id == county.units["CG"].id
    duties = county.session.scalars(select(Duty).where(Duty.petition_id == second.id)).all()
    assert {duty.key: duty.status for duty in duties}["INFORM"] is DutyStatus.cancelled
    with acting(county.actors["ZJ"]):
        assert {row.id for row in county.session.scalars(select(Petition))} == {first.id, second.id}
    act(county, second, "XFJ", "reopen", at + timedelta(days=1), reason="并案有误")
    assert second.merged_into_id is None


@pytest.mark.parametrize("why", ["unknown", "itself", "later", "closed", "unseen"])
def test_a_wrong_target_is_refused_and_nothing_changes(county: Any, why: str) -> None:
    first, second = two(county)
    at = T0 + timedelta(days=3)
    petition, into, actor = second, first.id, "XFJ"
    if why == "unknown":
        into = 99999
    elif why == "itself":
        into = second.id
    elif why == "later":
        petition, into = first, second.id
    elif why == "closed":
        act(county, first, "XFJ", "close", at, outcome="withdrawn", withdrawal="书面")
    else:
        actor = "ZJ"  # the unit of the duplicate does not see the matter that another unit received
    with pytest.raises(Invalid) as refused:
        act(county, petition, actor, "merge", at, into=into, **WHY)
    assert [problem.field for problem in refused.value.problems] == ["into"]
    assert petition.status is PetitionStatus.registered


def test_a_merged_matter_takes_no_step(county: Any) -> None:
    first, second = two(county)
    act(county, second, "XFJ", "merge", T0 + timedelta(days=3), into=first.id, **WHY)
    with pytest.raises(StepRefused):
        act(county, second, "ZJ", "route", T0 + timedelta(days=4), outcome="A")
