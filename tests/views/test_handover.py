"""The handover pages: make the list, sign it, print it; wrong input stays beside its field, strangers see nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from models.office_terms import HandoverStatus
from models.tables import Handover, Petition, Staff
from models.terms import Role
from tests import factories
from tests.views.world import Desk


@pytest.fixture
def office(desk: Desk) -> Desk:
    """The town with a second clerk, ``town1b``, and two open matters of ``town1``."""
    with desk.rows() as session:
        town = session.get(Staff, desk.staff["town1"]).unit
        desk.staff["town1b"] = factories.staff(session, town, "town1b", Role.Clerk).id
    desk.petitions = [desk.transferred(), desk.take()]
    return desk


def made(office: Desk, name: str = "town1", **changes: Any) -> Any:
    data = {"from_staff_id": office.staff["town1"], "to_staff_id": office.staff["town1b"], "note": "轮岗𠮷"}
    return office.client(name).post("/handover/add", data=data | changes)


def text(office: Desk, name: str, address: str) -> str:
    answer = office.client(name).get(address)
    assert answer.status_code == 200, (name, address, answer.status_code)
    return str(answer.get_data(as_text=True))


def test_from_the_form_to_the_second_signature(office: Desk) -> None:
    form = text(office, "town1", "/handover/add")
    assert "2025-000001" in form
    assert "2025-000002" in form
    sent = made(office)
    assert sent.status_code == 302
    page = text(office, "town1", sent.location)
    assert "轮岗𠮷" in page
    assert "File the transfer with the bureau" in page
    assert "/sign" not in page  # has signed by making the list
    pk = int(sent.location.rpartition("/")[2])
    assert f"/handover/{pk}/sign" in text(office, "town1b", sent.location)
    assert office.client("town1b").get(f"/handover/{pk}/sign").status_code == 405
    assert office.client("town1b").post(f"/handover/{pk}/sign").status_code == 302
    with office.rows() as session:
        assert session.get(Handover, pk).status is HandoverStatus.signed
        keepers = set(session.scalars(select(Petition.keeper_id)))
        assert keepers == {office.staff["town1b"]}
    case = text(office, "town1b", f"/petition/show/{office.petitions[0]}")
    assert "Handed over to a colleague" in case
    assert "town1 → town1b" in case
    assert office.client("town1b").post(f"/handover/{pk}/sign").status_code == 409


def test_the_list_of_petitions_can_be_narrowed_to_who_looks_after_them(office: Desk) -> None:
    mine = text(office, "town1", f"/petition/list/?keeper_id={office.staff['town1']}")
    assert "2025-000001" in mine
    assert "2025-000001" not in text(office, "town1", f"/petition/list/?keeper_id={office.staff['town1b']}")
    assert "Looked after by" in text(office, "town1", f"/petition/show/{office.petitions[0]}")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"to_staff_id": ""}, "This is required."),
        ({"to_staff_id": "99999"}, "Choose one of the offered values."),
        ({"to_staff_id": "x"}, "Choose one of the offered values."),
        ({"from_staff_id": ""}, "This is required."),
        ({"note": "长" * 2001}, "This is too long."),
        ({"note": "a\0b"}, "cannot be shown"),
    ],
)
def test_wrong_input_is_refused_and_kept(office: Desk, change: dict[str, Any], told: str) -> None:
    answer = made(office, **change)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in page
    assert 'role="alert"' in page
    with office.rows() as session:
        assert session.scalar(select(Handover.id)) is None


def test_the_operation_refuses_beside_the_field(office: Desk) -> None:
    foreign = made(office, to_staff_id=office.staff["dept1"])
    assert foreign.status_code == 422
    assert "does not belong to your unit" in foreign.get_data(as_text=True)
    assert "轮岗𠮷" in foreign.get_data(as_text=True)
    assert made(office, "town1b").status_code == 422
    assert made(office, "dept1").status_code == 422
    assert made(office, "leader").status_code == 403
    assert made(office).status_code == 302
    assert made(office).status_code == 422  # one list waits already


def test_others_neither_see_nor_sign(office: Desk) -> None:
    address = made(office).location
    pk = int(address.rpartition("/")[2])
    assert office.client("dept1").get(address).status_code == 404
    assert office.client("dept1").get(f"/handover/{pk}/print").status_code == 404
    assert office.client("dept1").post(f"/handover/{pk}/sign").status_code == 404
    assert office.client("head1").post(f"/handover/{pk}/sign").status_code == 403
    assert office.client("auditor").post(f"/handover/{pk}/withdraw").status_code == 403
    assert office.client("town1").post(f"/handover/{pk}/burn").status_code == 404
    assert text(office, "auditor", address)
    assert office.client("head1").post(f"/handover/{pk}/withdraw").status_code == 302
    assert "Withdrawn by head1" in text(office, "town1", address)


def test_the_paper_in_both_languages_has_lines_for_the_signatures(office: Desk) -> None:
    address = made(office).location.replace("show/", "")
    english = text(office, "town1", f"{address}/print")
    chinese = text(office, "town1", f"{address}/print?lang=zh")
    assert '<html lang="en"' in english
    assert '<html lang="zh-CN"' in chinese
    assert "town1 hands over to town1b; 2 open matters." in english
    assert "信访事项移交清单" in chinese
    assert "向信访局报备 2025年3月" in chinese
    for page, line in ((english, "Signature"), (chinese, "签名")):
        assert page.count(f'<p class="signature-line">{line}</p>') == 3
        assert "2025-000001" in page
        assert "2025-000002" in page
        assert "navbar" not in page


def test_home_tells_the_leader_whose_matters_wait(office: Desk) -> None:
    assert "Matters to be handed over" not in text(office, "head1", "/")
    with office.rows() as session:
        session.get(Staff, office.staff["town1"]).until = date(2025, 6, 30)
    page = text(office, "head1", "/")
    assert "Matters to be handed over" in page
    link = f"/handover/add?from={office.staff['town1']}"
    assert link in page
    assert "2025-000001" in text(office, "head1", link)
    assert "Matters to be handed over" not in text(office, "town1b", "/")
    sent = made(office, "head1")
    assert sent.status_code == 302
    assert sent.location in text(office, "head1", "/")
    office.client("town1b").post(sent.location.replace("show/", "") + "/sign")
    assert "Matters to be handed over" not in text(office, "head1", "/")


def test_programs_read_but_do_not_make_lists(office: Desk) -> None:
    made(office)
    client = office.client("town1")
    assert client.get("/api/v1/handover/").json["count"] == 1
    assert client.post("/api/v1/handover/", json={"from_staff_id": 1}).status_code == 405
    assert office.client("dept1").get("/api/v1/handover_item/").json["count"] == 0
