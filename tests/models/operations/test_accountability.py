"""Accountability files through the operations (§3, SERIOUS): by hand, heard, decided by another, no points."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import assessing
from models.access import Actor, acting
from models.errors import Conflict, Invalid, NotAllowed
from models.office_terms import AccountabilityGround, AccountabilityMove, AccountabilityStatus
from models.operations import accountability, deductions
from models.operations.accountability import AccountabilityInput
from models.rules import accountability as rules
from models.tables import Accountability, AccountabilityEvent
from models.terms import Role
from tests.models.operations.test_hearing import DAY, NOW, person
from tests.models.operations.test_steps import taken

HEAR, STATE = AccountabilityMove.hear, AccountabilityMove.state
CIRCULATE, CLOSE = AccountabilityMove.circulate, AccountabilityMove.close


def leader(county: Any) -> Actor:
    return replace(person(county, "ZJ"), roles=frozenset({Role.CountyLeader}))


def given(county: Any, **changes: Any) -> AccountabilityInput:
    plain = AccountabilityInput(county.units["CG"].id, AccountabilityGround.perfunctory, "三次推诿", "提请立案")
    return replace(plain, **changes)


def opened(county: Any, **changes: Any) -> Accountability:
    return accountability.open_file(county.session, given(county, **changes), county.actors["XFJ"], NOW)


def seen(county: Any, actor: Actor) -> int:
    county.session.flush()
    with acting(actor):
        files = len(county.session.scalars(select(Accountability)).all())
        assert bool(county.session.scalars(select(AccountabilityEvent)).all()) == bool(files)
        return files


@pytest.mark.parametrize(
    ("end", "status"), [(CIRCULATE, AccountabilityStatus.circulated), (CLOSE, AccountabilityStatus.closed)]
)
def test_investigated_heard_decided(county: Any, end: AccountabilityMove, status: AccountabilityStatus) -> None:
    file, session, chief = opened(county), county.session, leader(county)
    before = assessing.assessment(session, 2025, NOW + 10 * DAY)
    with pytest.raises(Conflict):
        accountability.move(session, file, end, chief, "未听取申辩", NOW)
    accountability.move(session, file, HEAR, county.actors["XFJ"], "事实清楚", NOW + DAY)
    assert file.due_trace["amount"] == 5
    accountability.move(session, file, STATE, county.actors["CG"], "已整改", NOW + 2 * DAY)
    with pytest.raises(NotAllowed, match="county leader"):
        accountability.move(session, file, end, county.actors["XFJ"], "通报", NOW + 3 * DAY)
    accountability.move(session, file, end, chief, "决定", NOW + 3 * DAY)
    assert file.status is status
    assert assessing.assessment(session, 2025, NOW + 10 * DAY) == before  # no points
    with pytest.raises(Conflict):
        accountability.move(session, file, end, chief, "再来", NOW + 4 * DAY)
    told = session.scalars(select(AccountabilityEvent.status).order_by(AccountabilityEvent.id)).all()
    assert rules.path_fits(told)
    assert len(told) == 4


def test_whoever_opened_it_does_not_decide_it(county: Any) -> None:
    session, chief = county.session, leader(county)
    file = accountability.open_file(session, given(county), chief, NOW)
    accountability.move(session, file, HEAR, chief, "听取", NOW)
    accountability.move(session, file, STATE, county.actors["CG"], "申辩", NOW)
    for end in (CIRCULATE, CLOSE):
        with pytest.raises(NotAllowed, match="opened"):
            accountability.move(session, file, end, chief, "决定", NOW)
    accountability.move(session, file, CLOSE, leader(county), "不予通报", NOW)


def test_the_scan_never_opens_one_but_ends_a_silence(county: Any) -> None:
    taken(county)
    session = county.session
    deductions.scan(session, NOW + 200 * DAY)
    assert session.scalars(select(Accountability)).all() == []
    file = opened(county)
    accountability.move(session, file, HEAR, county.actors["XFJ"], "听取", NOW)
    deductions.scan(session, file.due_at)
    assert file.status is AccountabilityStatus.hearing
    deductions.scan(session, file.due_at + timedelta(seconds=1))
    assert file.status is AccountabilityStatus.decision
    assert session.scalars(select(AccountabilityEvent.reason)).all()[-1] == accountability.SILENT
    with pytest.raises(Conflict):
        accountability.move(session, file, STATE, county.actors["CG"], "来不及", NOW + 200 * DAY)


def test_a_unit_sees_its_own_file_once_it_is_heard(county: Any) -> None:
    file, session = opened(county), county.session
    seen_by = {code: seen(county, county.actors[code]) for code in ("XFJ", "CG", "RS")}
    assert seen_by == {"XFJ": 1, "CG": 0, "RS": 0}
    accountability.move(session, file, HEAR, county.actors["XFJ"], "听取", NOW)
    seen_by = {code: seen(county, county.actors[code]) for code in ("XFJ", "CG", "RS")}
    assert seen_by == {"XFJ": 1, "CG": 1, "RS": 0}
    assert seen(county, leader(county)) == 1


def test_a_matter_about_a_unit_stays_hidden_from_it(county: Any) -> None:
    """Domain §6: the file of another unit in a matter about the bureau is not the bureau's to see."""
    petition = taken(county, about_unit_id=county.units["XFJ"].id)
    chief = leader(county)
    accountability.open_file(county.session, given(county, petition_id=petition.id), chief, NOW)
    assert seen(county, county.actors["XFJ"]) == 0
    assert seen(county, chief) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit_id": None}, "unit_id"),
        ({"unit_id": 9999}, "unit_id"),
        ({"ground": None}, "ground"),
        ({"facts": " "}, "facts"),
        ({"facts": "长" * 5001}, "facts"),
        ({"reason": ""}, "reason"),
        ({"petition_id": 9999}, "petition_id"),
    ],
)
def test_what_is_wrong_is_named(county: Any, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        opened(county, **change)
    assert [problem.field for problem in caught.value.problems] == [field]


def test_only_bureau_and_county_leaders_open_and_never_against_their_own(county: Any) -> None:
    for actor in (
        county.actors["CG"],
        person(county, "CG", Role.UnitLeader),
        person(county, "XFJ", Role.Auditor),
        None,
    ):
        with pytest.raises(NotAllowed):
            accountability.open_file(county.session, given(county), actor, NOW)
    with pytest.raises(Invalid, match="need your attention"):
        opened(county, unit_id=county.units["XFJ"].id)
    file = opened(county)
    with pytest.raises(Invalid):
        accountability.move(county.session, file, HEAR, county.actors["XFJ"], " ", NOW)
    with pytest.raises(Conflict):
        accountability.move(county.session, file, HEAR, county.actors["XFJ"], "听取", NOW, version=file.version + 1)
