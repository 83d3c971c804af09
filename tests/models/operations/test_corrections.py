"""Wrong registrations are corrected with a trace; nobody escapes a duty by it, and void is what the bureau says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.access import Actor, acting
from models.errors import Conflict, Invalid, NotAllowed, StepRefused
from models.office_terms import CorrectionStatus
from models.operations import consent, corrections, deductions
from models.operations.corrected import PersonInput, people_of
from models.operations.corrections import CorrectionInput
from models.operations.intake import PetitionerInput
from models.rules import corrections as rules
from models.tables import Correction, Deduction, Duty, Petition, Petitioner, RecordChange, Staff
from models.terms import Channel, DeductionStatus, IdKind, PetitionKind, PetitionStatus, Role, UnitKind
from tests.models.operations.test_steps import T0, act, taken, transferred

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATE = T0 + 40 * DAY


def correct(
    county: Any, petition: Petition, code: str = "CG", now: Any = LATE, people: Any = None, **values: Any
) -> Any:
    given = CorrectionInput("登记有误", values, people)
    return corrections.correct(county.session, petition, given, county.actors[code], now)


def second(county: Any) -> Actor:
    """Another officer of the bureau."""
    person = Staff(name="李", unit_id=county.units["XFJ"].id, since=T0.date())
    county.session.add(person)
    county.session.flush()
    return Actor(None, person.id, person.unit_id, UnitKind.bureau, frozenset({Role.BureauOfficer}))


def decided(county: Any, row: Correction, agree: bool = True, actor: Actor | None = None) -> Correction:
    return consent.decide(county.session, row, agree, "情况属实", actor or county.actors["XFJ"], LATE)


def due(county: Any, petition: Petition, key: str) -> Any:
    return county.session.scalar(select(Duty.due_on).where(Duty.petition_id == petition.id, Duty.key == key))


def trace(county: Any, petition: Petition) -> list[tuple[str, str | None, str | None]]:
    wanted = select(RecordChange).where(RecordChange.petition_id == petition.id).order_by(RecordChange.id)
    return [(row.field, row.old, row.new) for row in county.session.scalars(wanted)]


def test_an_accusation_entered_as_a_request_is_shielded_at_once(county: Any) -> None:
    petition = transferred(county)
    with acting(county.actors["RS"]):
        assert county.session.scalars(select(Petitioner)).all()
    outcome = correct(county, petition, kind=PetitionKind.accusation, channel=Channel.letter)
    assert (set(outcome.done), outcome.waiting) == ({"kind", "channel"}, None)
    with acting(county.actors["RS"]):
        assert county.session.scalars(select(Petitioner)).all() == []
    assert ("kind", "request", "accusation") in trace(county, petition)
    told = county.session.scalars(select(RecordChange)).all()
    assert {(row.reason, row.staff_id, row.at) for row in told} == {("登记有误", county.staff["CG"].id, LATE)}


def test_back_to_a_request_needs_the_bureau(county: Any) -> None:
    petition = taken(county, kind=PetitionKind.accusation)
    outcome = correct(county, petition, kind=PetitionKind.request, title="改了标题")
    assert (outcome.done, outcome.why) == (("title",), (rules.LAYS_OPEN,))
    assert petition.kind is PetitionKind.accusation
    decided(county, outcome.waiting)
    assert petition.kind is PetitionKind.request
    assert outcome.waiting.status is CorrectionStatus.applied


def test_a_unit_cannot_move_the_receipt_to_escape_a_miss(county: Any) -> None:
    petition = transferred(county)
    deductions.scan(county.session, LATE)
    pending = county.session.scalars(select(Deduction).where(Deduction.unit_id == county.units["CG"].id)).all()
    assert pending
    before = due(county, petition, "INFORM")
    outcome = correct(county, petition, received_at=T0 + HOUR)
    assert outcome.done == ("received_at",)  # the same day: no date moves, nobody gains
    petition = taken(county)
    before = due(county, petition, "INFORM")
    act(county, petition, "CG", "route", T0 + 20 * DAY, outcome="A")
    later = T0 + timedelta(minutes=5)
    assert correct(county, petition, received_at=later).waiting is None
    earlier = correct(county, petition, received_at=T0 - 30 * DAY)
    assert (earlier.done, earlier.why) == ((), (rules.EARLIER,))
    assert due(county, petition, "INFORM") == before
    with pytest.raises(Conflict):
        correct(county, petition, received_at=T0 - 20 * DAY)
    decided(county, earlier.waiting, agree=False)
    assert due(county, petition, "INFORM") == before
    again = correct(county, petition, received_at=T0 - 30 * DAY)
    decided(county, again.waiting)
    assert due(county, petition, "INFORM") < before


def test_a_later_receipt_relieves_and_waits(county: Any) -> None:
    petition = taken(county, received_at=T0 - 10 * DAY)
    before = due(county, petition, "INFORM")
    outcome = correct(county, petition, received_at=T0 - 2 * HOUR)
    assert (outcome.done, outcome.why) == ((), (rules.RELIEVES,))
    assert {one["kind"] for one in outcome.waiting.relief} >= {"INFORM", "REGISTER"}
    with pytest.raises(NotAllowed):
        decided(county, outcome.waiting, actor=county.actors["CG"])
    decided(county, outcome.waiting)
    assert due(county, petition, "INFORM") > before
    assert petition.received_at == T0 - 2 * HOUR
    assert ("received_at" in {field for field, _old, _new in trace(county, petition)}) is True


def test_the_bureau_never_relieves_itself_alone(county: Any) -> None:
    petition = taken(county, "XFJ", received_at=T0 - 10 * DAY)
    outcome = correct(county, petition, "XFJ", received_at=T0 - 2 * HOUR)
    assert outcome.done == ()
    with pytest.raises(NotAllowed):
        decided(county, outcome.waiting)
    decided(county, outcome.waiting, actor=second(county))
    assert petition.received_at == T0 - 2 * HOUR


@pytest.mark.both_databases
def test_a_first_receiver_changes_by_a_correction_only(county: Any) -> None:
    petition = taken(county)
    other = Staff(name="赵", unit_id=county.units["CG"].id, since=T0.date())
    county.session.add(other)
    county.session.commit()
    with pytest.raises(IntegrityError, match="by a correction only"):
        county.session.execute(Petition.__table__.update().values(first_receiver_id=other.id))
    county.session.rollback()
    assert correct(county, petition, now=T0 + 2 * HOUR, first_receiver_id=other.id).done == ("first_receiver_id",)
    assert (petition.first_receiver_id, petition.keeper_id) == (other.id, other.id)
    county.session.commit()
    with pytest.raises(IntegrityError, match="by a correction only"):  # a trace is good for its own change alone
        county.session.execute(Petition.__table__.update().values(first_receiver_id=county.staff["CG"].id))
    county.session.rollback()
    with pytest.raises(Invalid):
        correct(county, petition, first_receiver_id=county.staff["RS"].id)
    blamed = correct(county, petition, first_receiver_id=county.staff["CG"].id)  # by now INFORM was missed
    assert blamed.why == (rules.BLAMES,)


def test_petitioners_are_added_and_corrected_and_leave_only_with_consent(county: Any) -> None:
    petition = taken(county, petitioners=[PetitionerInput("王某", "13800001111")], persons=6)
    [first] = people_of(county.session, petition)
    both = [
        PersonInput(first.id, "王小明", "13800001111"),
        PersonInput(None, "李四", None, IdKind.passport, "EA1234567"),
    ]
    assert correct(county, petition, people=both).done == ("people",)
    rows = people_of(county.session, petition)
    assert [(row.position, row.name, row.unchecked) for row in rows] == [(1, "王小明", None), (2, "李四", None)]
    sealed = county.session.scalars(select(RecordChange).where(RecordChange.table_name == "petitioner")).all()
    assert {(row.act.value, row.old, row.new) for row in sealed} == {("changed", None, None), ("added", None, None)}
    assert ("王某", "王小明") in {(row.old_sealed, row.new_sealed) for row in sealed}
    gone = correct(county, petition, people=[PersonInput(rows[0].id, "王小明", "13800001111")])
    assert (gone.done, gone.why) == ((), (rules.FORGETS,))
    assert len(people_of(county.session, petition)) == 2
    decided(county, gone.waiting)
    assert [row.name for row in people_of(county.session, petition)] == ["王小明"]


def test_what_was_done_since_and_who_handles_it_now_bind_a_correction(county: Any) -> None:
    petition = transferred(county)
    with pytest.raises(Invalid) as error:
        correct(county, petition, received_at=T0 + 30 * DAY, about_unit_id=county.units["RS"].id)
    assert {one.field for one in error.value.problems} == {"received_at", "about_unit_id"}
    with pytest.raises(Invalid):
        correct(county, petition, about_unit_id=county.units["CG"].id)
    with pytest.raises(Invalid):
        correct(county, petition)
    with pytest.raises(NotAllowed):
        correct(county, petition, "RS", title="x")
    assert correct(county, petition, about_unit_id=county.units["ZJ"].id).done == ("about_unit_id",)
    assert correct(county, petition, about_unit_id=None).why == (rules.UNSHIELDS,)
    hidden = correct(county, taken(county), about_unit_id=county.units["XFJ"].id)  # from those who watch
    assert (hidden.done, hidden.why) == ((), (rules.UNWATCHED,))


def test_void_by_the_bureau_keeps_the_number_and_counts_nowhere(county: Any) -> None:
    petition = transferred(county)
    deductions.scan(county.session, LATE)
    number = petition.number
    with pytest.raises(Invalid):
        corrections.void(county.session, petition, " ", county.actors["XFJ"], LATE)
    asked = corrections.void(county.session, petition, "重复登记", county.actors["CG"], LATE)
    assert (asked.done, petition.voided_at) == ((), None)
    decided(county, asked.waiting)
    assert (petition.number, petition.voided_at, petition.status) == (number, LATE, PetitionStatus.closed)
    rows = county.session.scalars(select(Deduction)).all()
    assert rows
    assert {row.status for row in rows} == {DeductionStatus.withdrawn}
    assert deductions.scan(county.session, LATE + 400 * DAY) == 0
    assert ("voided_at" in {field for field, _old, _new in trace(county, petition)}) is True
    with pytest.raises(StepRefused):
        act(county, petition, "XFJ", "reopen", LATE, reason="x")
    with pytest.raises(StepRefused):
        correct(county, petition, "XFJ", title="x")


def test_a_final_deduction_is_taken_back_before_its_matter_is_void(county: Any) -> None:
    petition = transferred(county)
    deductions.scan(county.session, LATE)
    row = county.session.scalars(select(Deduction).where(Deduction.unit_id == county.units["CG"].id)).first()
    deductions.confirm(county.session, row, county.actors["XFJ"], "属实", LATE)
    with pytest.raises(StepRefused):
        corrections.void(county.session, petition, "误登记", county.actors["XFJ"], LATE)
