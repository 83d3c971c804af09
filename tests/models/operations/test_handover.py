"""A post changes hands: who may make the list, who signs, what follows; the first receiver stays (domain §1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from models.access import Actor, acting
from models.errors import Conflict, Invalid, NotAllowed
from models.office_terms import HandoverStatus
from models.operations import handover
from models.operations.case_file import load
from models.operations.handover import HandoverInput
from models.tables import Handover, HandoverItem, Petition, Staff, Step
from models.terms import Role, StepKind
from tests import factories
from tests.models.operations.test_steps import T0, act, taken, transferred

DAY = timedelta(days=1)
NOW = T0 + 10 * DAY


@pytest.fixture
def office(county: Any) -> Any:
    """The town with a leaver (the county's clerk), a successor and a leader, all with accounts."""
    county.leaver = county.staff["CG"]
    county.leaver.user_id = factories.account(county.session, "leaver", Role.Clerk).id
    town = county.units["CG"]
    county.successor = factories.staff(county.session, town, "successor")
    leader = factories.staff(county.session, town, "chief", Role.UnitLeader)
    county.next = factories.actor(county.successor, town)
    county.chief = factories.actor(leader, town, Role.UnitLeader)
    county.session.flush()
    return county


def proposed(office: Any, actor: Actor | None = None) -> Handover:
    given = HandoverInput(office.leaver.id, office.successor.id, "岗位调整")
    return handover.propose(office.session, given, actor or office.actors["CG"], NOW)


def close_account(office: Any) -> None:
    office.session.execute(text("UPDATE ab_user SET active = :no WHERE username = 'leaver'"), {"no": False})


def test_both_sign_and_the_matters_change_hands(office: Any) -> None:
    first, second, closed = transferred(office), taken(office), taken(office)
    act(office, closed, "CG", "close", T0 + DAY, outcome="withdrawn", withdrawal="书面撤回")
    version = first.version
    row = proposed(office)
    items = office.session.scalars(select(HandoverItem).order_by(HandoverItem.petition_id)).all()
    assert [item.petition_id for item in items] == [first.id, second.id]
    assert items[0].duties.splitlines() == ["FILE 2025-03-07", "INFORM 2025-03-18", "FOLLOW_UP 2025-03-19"]
    assert (row.from_signed_at, row.to_signed_at, row.status) == (NOW, None, HandoverStatus.proposed)
    assert first.keeper_id == office.leaver.id
    handover.sign(office.session, row, office.next, NOW + DAY)
    assert (row.status, row.handed_at) == (HandoverStatus.signed, NOW + DAY)
    for petition in (first, second):
        assert petition.keeper_id == office.successor.id
        assert petition.first_receiver_id == office.leaver.id
        told = load(office.session, petition.id).steps[-1]
        assert (told.kind, told.staff_id, told.at) == (StepKind.hand_over, office.successor.id, NOW + DAY)
        assert told.note == f"{office.leaver.name} → successor"
    assert first.version == version + 1
    assert closed.keeper_id == office.leaver.id
    act(office, first, "CG", "file", NOW + 2 * DAY, how="函", what="备案")


def test_what_was_handed_over_can_be_handed_on(office: Any) -> None:
    petition = taken(office)
    handover.sign(office.session, proposed(office), office.next, NOW)
    with pytest.raises(Invalid, match="attention"):
        proposed(office)
    back = HandoverInput(office.successor.id, office.leaver.id)
    row = handover.propose(office.session, back, office.next, NOW + DAY)
    handover.sign(office.session, row, office.actors["CG"], NOW + DAY)
    assert petition.keeper_id == office.leaver.id
    assert len(office.session.scalars(select(Step).where(Step.kind == StepKind.hand_over)).all()) == 2


def test_the_leader_signs_for_one_who_has_left_but_not_for_one_who_is_there(office: Any) -> None:
    taken(office)
    row = proposed(office, office.chief)
    assert row.from_signed_at is None
    handover.sign(office.session, row, office.next, NOW)
    assert row.status is HandoverStatus.proposed
    with pytest.raises(NotAllowed):
        handover.sign(office.session, row, office.chief, NOW)
    handover.withdraw(office.session, row, office.chief, NOW)
    close_account(office)
    row = proposed(office, office.chief)
    assert row.from_signed_at == NOW
    handover.sign(office.session, row, office.next, NOW)
    assert row.status is HandoverStatus.signed


def test_a_post_that_ended_counts_as_left_from_the_next_day_on(office: Any) -> None:
    office.leaver.until = NOW.date()
    assert not handover.has_left(office.session, office.leaver, office.units["CG"].id, NOW)
    assert handover.has_left(office.session, office.leaver, office.units["CG"].id, NOW + DAY)


@pytest.mark.parametrize("who", ["stranger", "colleague", "foreign successor", "self", "no account", "gone", "nobody"])
def test_wrong_lists_name_the_field(office: Any, who: str) -> None:
    taken(office)
    town, session = office.units["CG"], office.session
    actor, giver, successor = office.actors["CG"], office.leaver.id, office.successor.id
    field = "to_staff_id"
    if who == "stranger":
        actor, field = office.actors["RS"], "from_staff_id"
    elif who == "colleague":
        actor, field = office.next, "from_staff_id"
    elif who == "foreign successor":
        successor = office.staff["RS"].id
    elif who == "self":
        successor = giver
    elif who == "no account":
        successor = factories.staff(session, town).id
    elif who == "gone":
        office.successor.until = T0.date()
    else:
        successor = 10**9
    with pytest.raises(Invalid) as refused:
        handover.propose(session, HandoverInput(giver, successor), actor, NOW)
    assert field in [problem.field for problem in refused.value.problems]
    assert session.scalar(select(Handover.id)) is None


def test_only_those_who_work_may_and_only_one_list_waits(office: Any) -> None:
    taken(office)
    looker = Actor(None, office.leaver.id, office.units["CG"].id, office.units["CG"].kind, frozenset({Role.Auditor}))
    with pytest.raises(NotAllowed):
        proposed(office, looker)
    row = proposed(office)
    with pytest.raises(Invalid) as refused:
        proposed(office)
    assert refused.value.problems[0].message == handover.WAITING
    for stranger in (office.actors["RS"], factories.actor(factories.staff(office.session, row.unit), row.unit)):
        with pytest.raises(NotAllowed):
            handover.sign(office.session, row, stranger, NOW)
        with pytest.raises(NotAllowed):
            handover.withdraw(office.session, row, stranger, NOW)
    with pytest.raises(NotAllowed):
        handover.sign(office.session, row, office.actors["CG"], NOW)  # has signed by proposing
    handover.sign(office.session, row, office.next, NOW)
    for again in (handover.sign, handover.withdraw):
        with pytest.raises(Conflict):
            again(office.session, row, office.next, NOW)


def test_a_withdrawn_list_changes_nothing(office: Any) -> None:
    petition = taken(office)
    row = proposed(office)
    handover.withdraw(office.session, row, office.next, NOW)
    assert (row.status, row.withdrawn_by_id) == (HandoverStatus.withdrawn, office.successor.id)
    assert petition.keeper_id == office.leaver.id
    proposed(office)


def test_what_left_the_giver_meanwhile_does_not_change_hands(office: Any) -> None:
    petition, closed = taken(office), taken(office)
    row = proposed(office)
    act(office, closed, "CG", "close", NOW, outcome="withdrawn", withdrawal="书面撤回")
    handover.sign(office.session, row, office.next, NOW)
    assert (petition.keeper_id, closed.keeper_id) == (office.successor.id, office.leaver.id)


def test_the_leader_sees_whose_matters_wait(office: Any) -> None:
    session, town = office.session, office.units["CG"].id
    taken(office)
    assert handover.leavers(session, town) == []
    office.leaver.until = (NOW + 20 * DAY).date()
    session.flush()
    (one,) = handover.leavers(session, town)
    assert (one.staff_id, one.matters, one.handover) == (office.leaver.id, 1, None)
    row = proposed(office)
    assert [one.handover for one in handover.leavers(session, town)] == [row.id]
    assert handover.leavers(session, office.units["RS"].id) == []
    handover.sign(session, row, office.next, NOW)
    assert handover.leavers(session, town) == []
    office.leaver.until = None
    taken(office)
    assert handover.leavers(session, town) == []
    close_account(office)
    assert [one.matters for one in handover.leavers(session, town)] == [1]


def test_the_head_of_the_bureau_leads_its_staff(office: Any) -> None:
    bureau, officer = office.units["XFJ"], office.actors["XFJ"]
    assert not handover.leads(office.session, officer, bureau.id)
    office.staff["XFJ"].head = True
    assert handover.leads(office.session, officer, bureau.id)
    assert not handover.leads(office.session, office.chief, bureau.id)


def test_a_list_is_its_units_affair(office: Any) -> None:
    petition = taken(office)
    hidden = taken(office, about_unit_id=office.units["XFJ"].id)
    row = proposed(office)
    office.session.flush()
    lists, items = select(Handover.id), select(HandoverItem.petition_id).order_by(HandoverItem.petition_id)
    both = [petition.id, hidden.id]
    for actor, seen, matters in (
        (office.next, [row.id], both),
        (office.actors["RS"], [], []),
        (office.actors["XFJ"], [row.id], [petition.id]),  # never one about the own unit (domain §6)
        (None, [], []),
    ):
        with acting(actor):
            assert list(office.session.scalars(lists)) == seen
            assert list(office.session.scalars(items)) == matters


def test_the_database_holds_what_signed_means(office: Any) -> None:
    taken(office)
    row = proposed(office)
    table: Any = Handover.__table__
    wrong = (
        {"status": HandoverStatus.signed},
        {"status": HandoverStatus.signed, "handed_at": NOW},
        {"status": HandoverStatus.withdrawn},
        {"to_staff_id": row.from_staff_id},
    )
    for values in wrong:
        with pytest.raises(IntegrityError), office.session.begin_nested():
            office.session.connection().execute(update(table).where(table.c.id == row.id).values(**values))


def test_the_keeper_is_the_first_receiver_at_first(office: Any) -> None:
    petition = taken(office)
    assert (petition.keeper_id, petition.keeper) == (office.leaver.id, office.session.get(Staff, office.leaver.id))
    assert (
        office.session.scalar(select(Petition.id).where(handover.kept_by(office.leaver.id, petition.first_unit_id)))
        == petition.id
    )
