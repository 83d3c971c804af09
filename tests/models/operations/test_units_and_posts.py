"""Units and people change: no unit above itself, the bureau stays, no duty and no matter is left to nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.access import acting
from models.errors import Invalid, NotAllowed
from models.operations import handover
from models.operations.handover import HandoverInput
from models.tables import Involvement, Petition, Step, Unit
from models.terms import StepKind, UnitKind
from tests.models.operations.test_handover import NOW, office
from tests.models.operations.test_steps import taken, transferred

__all__ = ["office"]  # the fixture


def refused(county: Any, unit: Unit, **changes: Any) -> list[str]:
    """The fields that are wrong, and nothing was written."""
    for name, value in changes.items():
        setattr(unit, name, value)
    with pytest.raises(Invalid) as found:
        county.session.flush()
    county.session.rollback()
    return [problem.field for problem in found.value.problems]


def test_no_unit_is_its_own_ancestor(county: Any) -> None:
    units, session = county.units, county.session
    units["RS"].parent_id, units["ZJ"].parent_id = units["CG"].id, units["RS"].id
    session.flush()
    session.commit()
    assert refused(county, units["CG"], parent_id=units["ZJ"].id) == ["parent_id"]
    units["ZJ"].parent_id = units["CG"].id
    session.flush()


def test_the_bureau_cannot_be_switched_off(county: Any) -> None:
    county.session.commit()
    assert refused(county, county.units["XFJ"], active=False) == ["active"]
    assert refused(county, county.units["XFJ"], kind=UnitKind.department) == ["kind"]
    county.session.delete(county.units["XFJ"])
    with pytest.raises(Invalid):
        county.session.flush()
    county.session.rollback()


def test_who_takes_the_duties_of_a_dissolved_unit_is_named(county: Any) -> None:
    units, session = county.units, county.session
    petition = transferred(county)
    session.commit()
    assert refused(county, units["RS"], active=False) == ["successor_id"]
    assert refused(county, units["RS"], active=False, successor_id=units["RS"].id) == ["successor_id"]
    units["ZJ"].active = False  # owes nothing
    session.commit()
    assert refused(county, units["RS"], active=False, successor_id=units["ZJ"].id) == ["successor_id"]
    units["ZJ"].active = True
    units["RS"].active, units["RS"].successor_id = False, units["ZJ"].id
    session.flush()
    seen = set(session.scalars(select(Involvement.unit_id).where(Involvement.petition_id == petition.id)))
    assert units["ZJ"].id in seen
    with acting(county.actors["ZJ"]):
        assert session.scalar(select(Petition.id)) == petition.id


def test_who_moved_to_another_unit_hands_over(office: Any) -> None:
    petition, session = taken(office), office.session
    office.leaver.unit_id = office.units["RS"].id
    session.flush()
    assert handover.to_hand_over(session, office.leaver) == 1
    [found] = handover.leavers(session, office.units["CG"].id)
    assert (found.staff_id, found.matters, found.handover) == (office.leaver.id, 1, None)
    row = handover.propose(session, HandoverInput(office.leaver.id, office.successor.id), office.chief, NOW)
    assert row.from_signed_at == NOW  # the leader signs for one who is elsewhere now
    handover.sign(session, row, office.next, NOW)
    session.refresh(petition)
    assert petition.keeper_id == office.successor.id
    assert (handover.leavers(session, office.units["CG"].id), handover.to_hand_over(session, office.leaver)) == ([], 0)


def test_ending_a_post_asks_for_the_handover(office: Any) -> None:
    taken(office)
    assert handover.to_hand_over(office.session, office.leaver) == 0
    office.leaver.until = NOW.date() + timedelta(days=30)
    office.session.flush()
    assert handover.to_hand_over(office.session, office.leaver) == 1


def test_what_nobody_keeps_stands_on_the_leaders_home(office: Any) -> None:
    petition, session = taken(office), office.session
    petition.keeper_id = None
    session.flush()
    [found] = handover.leavers(session, office.units["CG"].id)
    assert (found.staff_id, found.matters) == (None, 1)
    with pytest.raises(NotAllowed):
        handover.take_over(session, office.next, NOW)
    assert handover.take_over(session, office.chief, NOW) == 1
    session.refresh(petition)
    assert petition.keeper_id == office.chief.staff_id
    last = session.scalars(select(Step).order_by(Step.seq.desc())).first()
    assert (last.kind, last.staff_id) == (StepKind.hand_over, office.chief.staff_id)
    assert handover.take_over(session, office.chief, NOW) == 0
