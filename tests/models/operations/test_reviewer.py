"""The next level up owes the review (art. 35): it must see the matter, though it was never part of its way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.access import acting
from models.operations.case_file import load
from models.operations.steps import allowed_steps
from models.terms import DutyStatus, StepKind
from models.world import forget_world
from tests.models.operations.test_steps import T0, act, transferred

DAY = timedelta(days=1)


def test_the_reviewing_unit_sees_the_matter_and_gives_its_opinion(county: Any) -> None:
    county.units["RS"].parent_id = county.units["ZJ"].id
    county.session.flush()
    forget_world(county.session)
    petition = transferred(county)
    act(county, petition, "RS", "reply", T0 + 5 * DAY, opinion="已付", delivery="当面", outcome="resolved")
    act(county, petition, "CG", "ask_review", T0 + 6 * DAY, claim="不服")
    with acting(county.actors["ZJ"]):
        assert load(county.session, petition.id).petition.number == petition.number
    assert StepKind.review in allowed_steps(county.session, petition, county.actors["ZJ"], T0 + 7 * DAY)
    act(county, petition, "ZJ", "review", T0 + 7 * DAY, outcome="maintained", opinion="维持", delivery="邮寄")
    duties = {duty.key: duty for duty in load(county.session, petition.id).state.duties}
    assert duties["REVIEW:1"].status is DutyStatus.discharged
