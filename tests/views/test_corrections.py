"""Corrections on screen: what was typed stays, the trace is read where things happened, the bureau decides."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from models.tables import Correction, Petition, Petitioner
from models.terms import PetitionKind
from tests.views.world import Desk

WANG = {"name_1": "王小明", "phone_1": "13812345678", "id_number_1": "110101199001011237"}


def text(desk: Desk, name: str, address: str, status: int = 200) -> str:
    answer = desk.client(name).get(address)
    assert answer.status_code == status, (name, address, answer.status_code)
    return str(answer.get_data(as_text=True))


def typed(desk: Desk, pk: int, name: str = "town1") -> dict[str, str]:
    """What the form of a correction holds."""
    page = text(desk, name, f"/petition/edit/{pk}")
    found = dict(re.findall(r'<input[^>]* name="([a-z_0-9]+)"[^>]* value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea[^>]* name="([a-z_]+)"[^>]*>\s*([^<]*)</textarea>', page))
    for field, options in re.findall(r'<select[^>]* name="([a-z_0-9]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        found[field] = chosen[1] if chosen else ""
    for name_ in ("csrf_token", "anonymous", "identities_seen", "numbers_seen"):
        found.pop(name_, None)
    return found


def sent(desk: Desk, pk: int, name: str = "town1", **changes: str) -> Any:
    return desk.client(name).post(f"/petition/edit/{pk}", data=typed(desk, pk, name) | {"reason": "录入有误"} | changes)


def people(desk: Desk, pk: int) -> list[tuple[Any, ...]]:
    with desk.rows() as session:
        rows = session.scalars(select(Petitioner).where(Petitioner.petition_id == pk).order_by(Petitioner.position))
        return [(row.name, row.phone, row.id_kind.value, row.id_number, row.unchecked) for row in rows]


def test_a_correction_shows_the_record_wants_a_reason_and_stands_on_the_timeline(desk: Desk) -> None:
    pk = desk.take()
    form = typed(desk, pk)
    assert (form["kind"], form["name_1"], form["received_at"]) == ("request", "𠮷野", "2025-03-03T09:00")
    unsaid = sent(desk, pk, reason="", kind="accusation")
    assert unsaid.status_code == 422
    assert 'value="accusation"' in unsaid.get_data(as_text=True)
    unchanged = sent(desk, pk, numbers_seen="y")
    assert unchanged.status_code == 422
    assert "Nothing is different from the record." in unchanged.get_data(as_text=True)
    assert sent(desk, pk, kind="accusation", numbers_seen="y").status_code == 302
    page = text(desk, "town1", f"/petition/show/{pk}")
    assert "<del>Request</del> → <ins>Accusation</ins>" in page
    assert "录入有误" in page
    with desk.rows() as session:
        assert session.get(Petition, pk).kind is PetitionKind.accusation


def test_a_joint_letter_gets_its_others_later_and_odd_numbers_are_compared_first(desk: Desk) -> None:
    pk = desk.take()
    more = {"name_2": "李四", "phone_2": "abc", "id_number_2": "12345", "persons": "6"}
    odd = sent(desk, pk, **more)
    assert odd.status_code == 422
    page = odd.get_data(as_text=True)
    assert "This does not look like a phone number." in page
    assert "An identity card number has 18 places, an old one 15." in page
    assert 'name="numbers_seen"' in page
    assert sent(desk, pk, numbers_seen="y", **more).status_code == 302
    timeline = text(desk, "town1", f"/petition/show/{pk}")
    assert timeline.count("Petitioner added") == 1
    assert people(desk, pk)[1] == ("李四", "abc", "resident", "12345", "id_number,phone")
    assert "Kept in spite of a warning" in text(desk, "town1", f"/petition/show/{pk}")


def test_the_counter_warns_of_odd_numbers_and_keeps_that_they_were_confirmed(desk: Desk) -> None:
    form = {
        "channel": "visit",
        "kind": "request",
        "received_at": "2025-03-03T09:00",
        "title": "路灯",
        "content": "不亮",
    }
    form |= {"place_id": str(desk.place), "first_receiver_id": str(desk.staff["town1"]), "name_1": "王小明"}
    odd = {"phone_1": "12", "id_number_1": "110101199001011234"}
    town = desk.client("town1")
    answer = town.post("/petition/add", data=form | odd)
    assert answer.status_code == 422
    assert "The last place does not fit the others" in answer.get_data(as_text=True)
    assert 'value="110101199001011234"' in answer.get_data(as_text=True)
    kept = town.post("/petition/add", data=form | odd | {"numbers_seen": "y", "id_kind_1": "resident"})
    assert kept.status_code == 302
    pk = int(kept.location.rpartition("/")[2])
    assert "Petitioner added" not in text(desk, "town1", f"/petition/show/{pk}")  # who came with the registration
    assert people(desk, pk) == [("王小明", "12", "resident", "110101199001011234", "id_number,phone")]
    passport = town.post("/petition/add", data=form | {"id_kind_1": "passport", "id_number_1": "EA1234567"})
    assert passport.status_code == 302


def test_what_relieves_waits_on_the_bureaus_page(desk: Desk) -> None:
    pk = desk.take(kind=PetitionKind.accusation)
    assert sent(desk, pk, kind="request", title="另一标题", numbers_seen="y").status_code == 302
    assert "A correction waits" in text(desk, "town1", f"/petition/show/{pk}")
    with desk.rows() as session:
        key = session.scalar(select(Correction.id))
        assert session.get(Petition, pk).title == "另一标题"
    assert 'href="/correction/list/?status=asked"' in text(desk, "bureau", "/")
    page = text(desk, "bureau", f"/correction/show/{key}")
    assert "<del>Accusation</del> → <ins>Request</ins>" in page
    assert "Agree and correct" in page
    assert "Agree and correct" not in text(desk, "town1", f"/correction/show/{key}")
    text(desk, "town2", f"/correction/show/{key}", 404)
    refused = desk.client("town1").post(f"/correction/{key}/agree", data={"reason": "x"})
    assert refused.status_code == 403
    bureau = desk.client("bureau")
    assert bureau.post(f"/correction/{key}/agree", data={"reason": ""}).status_code == 422
    assert bureau.post(f"/correction/{key}/agree", data={"reason": "已核实"}).status_code == 302
    assert bureau.post(f"/correction/{key}/refuse", data={"reason": "已核实"}).status_code == 409
    assert "<del>Accusation</del> → <ins>Request</ins>" in text(desk, "town1", f"/petition/show/{pk}")


def test_a_void_petition_stays_visible_as_void(desk: Desk) -> None:
    pk = desk.transferred()
    assert desk.client("town2").post(f"/petition/{pk}/void", data={"reason": "x"}).status_code == 404
    assert desk.client("bureau").post(f"/petition/{pk}/void", data={"reason": ""}).status_code == 422
    unsure = desk.client("bureau").post(f"/petition/{pk}/void", data={"reason": "登记到错误单位"})
    assert unsure.status_code == 422  # one click makes nothing void
    assert "Tick this to go on." in unsure.text
    assert "登记到错误单位" in unsure.text
    meant = {"reason": "登记到错误单位", "sure": "y"}
    assert desk.client("bureau").post(f"/petition/{pk}/void", data=meant).status_code == 302
    page = text(desk, "town1", f"/petition/show/{pk}")
    assert "registered by mistake" in page
    assert "Closed at" not in page
    assert "Correct the record" not in page
    assert "What may be done now" not in page
    assert "Void since" in text(desk, "town1", "/petition/list/?voided_at.from=2025-01-01")
    assert desk.client("town1").get(f"/petition/edit/{pk}").status_code in (200, 409, 422)
    late = {"reason": "x", "title": "改"}
    assert desk.client("town1").post(f"/petition/edit/{pk}", data=late).status_code == 422


def test_two_at_once_both_are_seen_and_the_second_goes_on(desk: Desk) -> None:
    pk = desk.take(petitioners=[], anonymous=True)
    stale = typed(desk, pk)
    assert sent(desk, pk, title="别人改的", anonymous="y").status_code == 302
    town = desk.client("town1")
    answer = town.post(f"/petition/edit/{pk}", data=stale | {"reason": "我也改", "title": "我改的", "anonymous": "y"})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "我改的" in page
    assert "别人改的" in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page) or re.search(
        r'value="(\d+)"[^>]*name="version"', page
    )
    assert version is not None
    again = stale | {"reason": "我也改", "title": "我改的", "anonymous": "y", "version": version[1]}
    assert town.post(f"/petition/edit/{pk}", data=again).status_code == 302
