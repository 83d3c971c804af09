"""Has this matter been received before? Told by keyed hashes; what is shielded is not even hinted at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from models.access import acting
from models.operations import repeats
from models.operations.intake import PetitionerInput
from models.operations.repeats import Known, Similar
from models.tables import Petition, Petitioner
from models.terms import PetitionKind, PetitionStatus, Role
from models.vault import id_hash, phone_hash
from tests.models.operations.test_steps import T0, taken, transferred

ID, PHONE = "11010119900101123X", "13800000001"
NOW = T0 + timedelta(days=30)


def came(county: Any, code: str = "CG", phone: str | None = PHONE, number: str | None = ID, **changes: Any) -> Petition:
    return taken(county, code, petitioners=[PetitionerInput("王某", phone, number)], **changes)


def asked(county: Any, code: str, ids: Iterable[str | None] = (ID,), phones: Iterable[str | None] = ()) -> list[Known]:
    with acting(county.actors[code]):
        return repeats.exact(county.session, ids, phones, county.actors[code], NOW)


def close(county: Any, petition: Petition, days: int) -> None:
    petition.status, petition.closed_at = PetitionStatus.closed, NOW - timedelta(days=days)
    petition.received_at = min(petition.received_at, petition.closed_at)
    petition.registered_at = None
    county.session.flush()


def test_another_unit_learns_who_received_it_and_nothing_else(county: Any) -> None:
    petition = came(county)
    for ids, phones in (([ID], []), ([], [PHONE])):
        found = asked(county, "RS", ids, phones)
        assert found == [Known(petition.number, county.units["CG"].id, T0, False, bool(ids), None)]


def test_who_may_see_it_gets_the_way_there(county: Any) -> None:
    petition = came(county)
    assert [one.petition_id for one in asked(county, "CG")] == [petition.id]
    assert [one.petition_id for one in asked(county, "XFJ")] == [petition.id]


@pytest.mark.parametrize(
    "written",
    ["11010119900101123x", "110101 19900101 123X", "１１０１０１１９９００１０１１２３Ｘ", "110101-19900101-123x"],
)
def test_an_id_number_is_found_however_it_is_written(county: Any, written: str) -> None:
    came(county)
    assert len(asked(county, "RS", [written])) == 1


@pytest.mark.parametrize(
    "written",
    [
        "138 0000 0001",
        "138-0000-0001",
        "+86 13800000001",
        "008613800000001",
        "8613800000001",
        "１３８０００００００１",
    ],
)
def test_a_phone_number_is_found_however_it_is_written(county: Any, written: str) -> None:
    came(county)
    assert len(asked(county, "RS", [], [written])) == 1


def test_other_ways_of_writing() -> None:
    assert phone_hash("0377-1234567") == phone_hash("+86 377 1234567") != phone_hash("03771234568")
    assert id_hash("110105491231002") == id_hash("11010519491231002X") != id_hash("110105194912310021")
    assert {phone_hash(text) for text in (None, "", "不详", "0", "00000000000", "无电话")} == {None}
    assert {id_hash(text) for text in (None, "", "不详", "无", "000000000000000000")} == {None}
    assert id_hash(ID) != ID


def test_who_left_no_number_is_nobodys_repeat(county: Any) -> None:
    came(county, phone="不详", number="无")
    assert asked(county, "XFJ", ["无", None, ""], ["不详", None]) == []
    assert county.session.scalar(select(Petitioner.phone_hash)) is None


@pytest.mark.parametrize("code", ["RS", "ZJ"])
def test_an_accusation_is_not_hinted_at(county: Any, code: str) -> None:
    came(county, kind=PetitionKind.accusation, about_unit_id=county.units["RS"].id)
    came(county, kind=PetitionKind.accusation)
    assert asked(county, code, [ID], [PHONE]) == []
    assert len(asked(county, "CG")) == 2
    assert len(asked(county, "XFJ")) == 2


def test_a_unit_that_may_not_know_who_accuses_is_told_nothing(county: Any) -> None:
    """It handles the accusation and sees it, but not its petitioner: a hit would name the person."""
    petition = transferred(county)
    petition.kind = PetitionKind.accusation
    county.session.flush()
    with acting(county.actors["RS"]):
        assert county.session.scalar(select(Petition.id)) == petition.id
    assert asked(county, "RS", ["110101199001011234"], ["13800000000"]) == []
    assert len(asked(county, "CG", ["110101199001011234"])) == 1


def test_a_matter_about_the_asking_unit_is_not_hinted_at(county: Any) -> None:
    came(county, about_unit_id=county.units["RS"].id)
    assert asked(county, "RS", [ID], [PHONE]) == []
    assert [one.petition_id for one in asked(county, "ZJ")] == [None]
    came(county, about_unit_id=county.units["XFJ"].id)
    assert len(asked(county, "XFJ")) == 1


def test_closed_long_ago_is_a_new_matter(county: Any) -> None:
    petition = came(county)
    close(county, petition, days=100)
    assert [one.closed for one in asked(county, "RS")] == [True]
    close(county, petition, days=366)
    assert asked(county, "RS") == []
    county.session.rollback()  # closed past the operations: no record to be asked about


def test_a_merged_duplicate_is_told_once(county: Any) -> None:
    first, second = came(county), came(county)
    assert len(asked(county, "RS")) == 2
    second.merged_into_id = first.id
    county.session.flush()
    assert [one.number for one in asked(county, "RS")] == [first.number]
    county.session.rollback()  # merged past the operations: no record to be asked about


def test_nobody_without_a_unit_is_told_anything(county: Any) -> None:
    from models.access import Actor

    came(county)
    nowhere = Actor(1, None, None, None, frozenset({Role.Clerk}))
    with acting(nowhere):
        assert repeats.exact(county.session, [ID], [PHONE], nowhere, NOW) == []
        assert repeats.similar(county.session, "拖欠工资", nowhere) == []


TITLES = (
    "清河村修路占地补偿款未发放",
    "清河村修路占地补偿未到位",
    "清河村修路占用耕地补偿款一直未发",
    "幼儿园收费过高",
    "小区停水三天",
)


def titled(county: Any, code: str, title: str, **changes: Any) -> Petition:
    return came(county, code, title=title, phone=None, number=None, **changes)


def alike(county: Any, code: str, title: str, but: Iterable[int] = ()) -> list[Similar]:
    with acting(county.actors[code]):
        return repeats.similar(county.session, title, county.actors[code], list(but))


def test_similar_titles_the_most_alike_first(county: Any) -> None:
    ids = [titled(county, "CG", title).id for title in TITLES]
    for code in ("CG", "XFJ"):
        found = alike(county, code, "清河村修路占地补偿款未发放问题")
        assert found[0].petition_id == ids[0]
        assert {one.petition_id for one in found} == set(ids[:3])
    assert alike(county, "CG", "清河村修路占地补偿款未发放", ids[:1])[0].petition_id != ids[0]
    assert alike(county, "CG", "水") == alike(county, "CG", "") == alike(county, "CG", "公交线路调整建议") == []


def test_similar_titles_stay_within_the_row_rule(county: Any) -> None:
    titled(county, "CG", TITLES[0])
    titled(county, "CG", TITLES[1], about_unit_id=county.units["XFJ"].id)
    assert alike(county, "RS", TITLES[0]) == []
    assert [one.title for one in alike(county, "XFJ", TITLES[0])] == [TITLES[0]]
    assert len(alike(county, "CG", TITLES[0])) == 2


def test_at_most_five_of_each(county: Any) -> None:
    for _ in range(7):
        came(county, title=TITLES[0])
    assert len(alike(county, "CG", TITLES[0])) == len(asked(county, "RS")) == 5


def test_the_statements_do_not_grow(county: Any) -> None:
    def counted() -> int:
        told: list[str] = []
        link = county.session.connection()

        def tell(*args: Any) -> None:
            told.append(args[2])

        event.listen(link, "before_cursor_execute", tell)
        asked(county, "RS", [ID], [PHONE])
        alike(county, "CG", TITLES[0])
        event.remove(link, "before_cursor_execute", tell)
        return len(told)

    came(county, title=TITLES[0])
    before = counted()
    for _ in range(4):
        came(county, title=TITLES[0])
    assert counted() == before == 2
