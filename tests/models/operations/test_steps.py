"""Steps through the operations: registration, proof, rules, duties, conflicts, deductions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from models import assessing, queries
from models.access import Actor, acting, all_rows
from models.errors import Conflict, DomainError, EvidenceMissing, Invalid, NotAllowed, NotFound, StepRefused
from models.operations import deductions
from models.operations.case_file import load
from models.operations.intake import PetitionerInput, RegisterInput, register
from models.operations.steps import StepInput, allowed_steps, perform
from models.tables import Deduction, Duty, Involvement, Petition, Petitioner, Step
from models.terms import Channel, DeductionStatus, DutyStatus, PetitionKind, PetitionStatus, Role, StepKind, UnitKind

T0 = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)


def taken(county: Any, code: str = "CG", **changes: Any) -> Petition:
    values: dict[str, Any] = {
        "title": "拖欠工资𠮷😀",
        "content": "工资未付",
        "channel": Channel.visit,
        "kind": PetitionKind.request,
        "received_at": T0,
        "place_id": county.place.id,
        "first_receiver_id": county.staff[code].id,
        "petitioners": [PetitionerInput("𠮷野", "13800000000", "110101199001011234")],
    }
    return register(county.session, RegisterInput(**values | changes), county.actors[code], T0 + timedelta(hours=1))


def act(county: Any, petition: Petition, code: str, kind: str, at: datetime, /, **values: Any) -> Step:
    extra = {name: values.pop(name) for name in ("token", "version") if name in values}
    return perform(county.session, petition, StepInput(StepKind(kind), at, values, **extra), county.actors[code], at)


def transferred(county: Any) -> Petition:
    petition = taken(county)
    act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="B")
    proof = {"reason": "属人社局", "letter_number": "1号", "sent_how": "机要"}
    act(
        county,
        petition,
        "CG",
        "transfer",
        T0 + timedelta(days=1),
        to_unit=county.units["RS"].id,
        mode="written",
        **proof,
    )
    return petition


@pytest.mark.both_databases
def test_registering_opens_the_first_duties(county: Any) -> None:
    petition = taken(county)
    assert petition.number == "2025-000001"
    assert taken(county).number == "2025-000002"
    assert petition.status is PetitionStatus.registered
    rows = {row.key: row.status for row in county.session.scalars(select(Duty).where(Duty.petition_id == petition.id))}
    assert rows == {"REGISTER": DutyStatus.discharged, "INFORM": DutyStatus.open}


@pytest.mark.both_databases
def test_rare_characters_survive(county: Any) -> None:
    petition = taken(county)
    county.session.expire_all()
    assert petition.title == "拖欠工资𠮷😀"
    assert county.session.scalar(select(Petitioner)).name == "𠮷野"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"received_at": T0 + timedelta(days=1)}, "received_at"),
        ({"registered_at": T0 - timedelta(days=1)}, "registered_at"),
        ({"petitioners": []}, "petitioners"),
        ({"place_id": None}, "place_id"),
        ({"place_id": 999}, "place_id"),
        ({"about_unit_id": 999}, "about_unit_id"),
    ],
)
def test_bad_registrations_name_the_field(county: Any, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        taken(county, **change)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_transfer_moves_the_matter(county: Any) -> None:
    petition = transferred(county)
    assert petition.responsible_unit_id == county.units["RS"].id
    units = set(county.session.scalars(select(Involvement.unit_id).where(Involvement.petition_id == petition.id)))
    assert units == {county.units["CG"].id, county.units["RS"].id}
    keys = {duty.key for duty in load(county.session, petition.id).state.open_duties}
    assert {"FILE:1", "ANSWER_TRANSFER:1", "HANDLE:1", "FOLLOW_UP:1.1"} <= keys
    assert StepKind.object in allowed_steps(county.session, petition, county.actors["RS"])
    assert allowed_steps(county.session, petition, county.actors["ZJ"]) == []


def test_proof_and_rules_are_asked_for(county: Any) -> None:
    petition = taken(county)
    with pytest.raises(EvidenceMissing) as missing:
        act(county, petition, "CG", "inform", T0 + timedelta(hours=3), outcome="legal_route", mode="oral")
    assert {p.field for p in missing.value.problems} >= {"said", "told_to", "delivery", "oral_reason", "legal_route"}
    with pytest.raises(Invalid):
        act(county, petition, "CG", "route", T0 - timedelta(hours=3), outcome="A")
    act(county, petition, "CG", "route", T0 + timedelta(hours=3), outcome="B")
    proof = {"reason": "r", "letter_number": "1", "sent_how": "x", "mode": "written"}
    with pytest.raises(StepRefused):
        act(county, petition, "CG", "transfer", T0 + timedelta(hours=4), to_unit=county.units["CG"].id, **proof)
    with pytest.raises(Invalid):
        act(county, petition, "CG", "transfer", T0 + timedelta(hours=4), to_unit=12345, **proof)
    with pytest.raises(StepRefused):
        act(county, petition, "CG", "close", T0 + timedelta(hours=4))


def test_strangers_and_lookers_on_take_no_step(county: Any) -> None:
    petition = taken(county)
    with pytest.raises(NotFound):
        act(county, petition, "ZJ", "route", T0 + timedelta(hours=2), outcome="A")
    for role in (Role.Administrator, Role.CountyLeader, Role.Auditor):
        county.actors["L"] = Actor(None, None, county.units["CG"].id, UnitKind.town, frozenset({role}))
        with pytest.raises(NotAllowed):
            act(county, petition, "L", "route", T0 + timedelta(hours=2), outcome="A")


@pytest.mark.both_databases
def test_one_form_counts_once_and_stale_forms_are_refused(county: Any) -> None:
    petition = taken(county)
    seen = petition.version
    act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="A", token="t1", version=seen)
    with pytest.raises(Conflict):
        act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="A", token="t1")
    with pytest.raises(Conflict):
        act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="A", version=seen)


def test_case_a_to_its_end_and_a_deduction(county: Any) -> None:
    petition = taken(county)
    day = timedelta(days=1)
    act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="A")
    told = {"said": "x", "told_to": "y", "delivery": "z"}
    act(county, petition, "CG", "inform", T0 + 30 * day, outcome="accepted", mode="written", **told)
    reply = {"opinion": "已付", "delivery": "当面", "outcome": "resolved"}
    act(county, petition, "CG", "reply", T0 + 40 * day, **reply)
    act(county, petition, "CG", "close", T0 + 41 * day)
    assert petition.status is PetitionStatus.closed
    now = T0 + 50 * day
    before = assessing.assessment(county.session, 2025, now)
    assert deductions.scan(county.session, now) == 1
    assert deductions.scan(county.session, now) == 0
    assert assessing.assessment(county.session, 2025, now) == before
    line = next(unit for unit in before["units"] if unit["code"] == "CG")
    assert (line["pending"], line["score"], line["score_if_pending_confirmed"]) == ("1.00", "100.00", "99.00")
    row = county.session.scalars(select(Deduction)).one()
    with pytest.raises(Invalid):
        deductions.confirm(county.session, row, county.actors["XFJ"], " ", now)
    with pytest.raises(NotAllowed):
        deductions.confirm(county.session, row, county.actors["CG"], "r", now)
    deductions.confirm(county.session, row, county.actors["XFJ"], "属实", now)
    assert row.status is DeductionStatus.confirmed
    with pytest.raises(Conflict):
        deductions.withdraw(county.session, row, county.actors["XFJ"], "again", now)
    line = next(u for u in assessing.assessment(county.session, 2025, now)["units"] if u["code"] == "CG")
    assert (line["final"], line["pending"], line["score"]) == ("1.00", "0.00", "99.00")


def test_a_step_on_a_loaded_petition_is_few_statements(county: Any) -> None:
    petition = taken(county)
    county.session.flush()
    seen: list[str] = []
    link = county.session.connection()
    event.listen(link, "before_cursor_execute", lambda *args: seen.append(args[2]))
    act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="A")
    assert len(seen) <= 5, seen


def test_a_unit_never_sees_a_matter_about_itself(county: Any) -> None:
    petition = taken(county, kind=PetitionKind.accusation, about_unit_id=county.units["RS"].id)
    act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="B")
    proof = {"reason": "r", "letter_number": "1", "sent_how": "x", "mode": "written"}
    with pytest.raises(DomainError):
        act(county, petition, "CG", "transfer", T0 + timedelta(hours=4), to_unit=county.units["RS"].id, **proof)
    county.session.add(Involvement(petition_id=petition.id, unit_id=county.units["RS"].id))
    county.session.flush()
    counted = select(func.count()).select_from(Petition)
    for code, seen in (("CG", 1), ("RS", 0), ("ZJ", 0), ("XFJ", 1)):
        with acting(county.actors[code]):
            assert county.session.scalar(counted) == seen
            assert len(county.session.scalars(select(Step)).all()) == 3 * seen
    with acting(None):
        assert county.session.scalar(counted) == 0
    with acting(county.actors["RS"]), pytest.raises(NotFound):
        load(county.session, petition.id)


def test_objection_upheld_comes_back_and_designation(county: Any) -> None:
    petition = transferred(county)
    day = timedelta(days=1)
    act(county, petition, "RS", "object", T0 + 2 * day, to_unit=county.units["ZJ"].id, reason="属住建局")
    act(county, petition, "XFJ", "uphold", T0 + 3 * day, reason="成立")
    assert petition.responsible_unit_id is None
    assert "TRANSFER:2" in {duty.key for duty in load(county.session, petition.id).state.open_duties}
    act_late = StepInput(StepKind.route, T0 + day, {"outcome": "A"})
    with pytest.raises(StepRefused):
        perform(county.session, petition, act_late, county.actors["CG"], T0 + 4 * day)


def test_follow_ups_never_made_are_found_by_the_scan(county: Any) -> None:
    transferred(county)
    later = T0 + timedelta(days=200)
    new = deductions.scan(county.session, later)
    kept = county.session.scalars(select(Deduction)).all()
    assert new == len(kept)
    assert sum(row.rule == "FOLLOW_UP" for row in kept) == 13
    assert len(county.session.scalars(queries.overdue(later)).all()) >= 13
    assert deductions.scan(county.session, later) == 0


@pytest.mark.both_databases
def test_two_at_once(county: Any, engine_url: str) -> None:
    """Numbers and scans on four connections at once; SQLite has one writer, so there one after the other."""
    from concurrent.futures import ThreadPoolExecutor

    from sqlalchemy.orm import sessionmaker

    from models.operations.numbers import next_number
    from tests.conftest import engine_for

    transferred(county)
    county.session.commit()
    factory = sessionmaker(engine_for(engine_url))

    def work(_: int) -> tuple[int, int]:
        with all_rows(), factory() as own:
            found = deductions.scan(own, T0 + timedelta(days=100)), next_number(own, "race")
            own.commit()
            return found

    with ThreadPoolExecutor(4 if engine_url.startswith("postgresql") else 1) as pool:
        results = list(pool.map(work, range(4)))
    made = county.session.scalar(select(func.count()).select_from(Deduction))
    assert sum(new for new, _ in results) == made > 0
    assert sorted(number for _, number in results) == [1, 2, 3, 4]
