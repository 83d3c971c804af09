"""Letters that are refused: wrong input stays beside its field; strangers, lookers-on and the accused learn nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.tables import Counter
from models.terms import PetitionKind
from tests.views.test_letters import NAMED, fields, number, of_transfer, one, save, started, text
from tests.views.world import T0, WRITTEN, Desk


def test_a_letter_of_another_petition_is_not_taken_over(desk: Desk) -> None:
    pk, other = desk.take(**NAMED), desk.transferred(**NAMED)
    key = started(desk, other, kind="transfer", step=of_transfer(desk, other))
    save(desk, key, then="issue")
    desk.act(pk, "town1", "route", T0 + timedelta(hours=2), outcome="B")
    address = f"/petition/{pk}/step/transfer"
    assert 'name="take"' not in text(desk, "town1", address)
    data = {"take": str(key), "at": "2025-03-03T13:00"}
    assert desk.client("town1").post(address, data=data).status_code == 422
    bound = WRITTEN | {"to_unit": str(desk.units["D1"]), "at": "2025-03-03T13:00", "letter": str(key), "token": "x"}
    assert desk.client("town1").post(address, data=bound).status_code == 302
    assert str(one(desk, key)["step_id"]) == of_transfer(desk, other)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reason": ""}, "This is required."),
        ({"title": ""}, "This is required."),
        ({"title": "长" * 241}, "This is too long."),
        ({"matter": "长" * 5001}, "This is too long."),
        ({"reason": "a\0b"}, "characters that cannot be shown"),
        ({"to_unit": "99999"}, "Choose one of the offered values."),
        ({"to_unit": ""}, "This is required."),
        ({"reason": "请拨打138-1234-5678。"}, "phone number stands here"),
        ({"matter": "身份证110101199001011237"}, "An ID number stands here"),
    ],
)
def test_wrong_input_is_told_beside_its_field_and_kept(desk: Desk, changes: dict[str, str], told: str) -> None:
    pk = desk.transferred(**NAMED)
    key = started(desk, pk, kind="transfer", step=of_transfer(desk, pk))
    before = one(desk, key)
    answer = save(desk, key, then="issue", cc="县信访局、县档案馆", **changes)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert told in page
    [field] = changes
    assert f'id="{field}-error"' in page
    assert "县档案馆" in page
    assert one(desk, key) == before
    with desk.rows() as session:
        assert session.scalar(select(Counter.value).where(Counter.series.like("letter:%"))) is None


def test_a_stale_form_is_a_conflict(desk: Desk) -> None:
    pk = desk.transferred(**NAMED)
    key = started(desk, pk, kind="transfer", step=of_transfer(desk, pk))
    stale = fields(desk, key)
    assert save(desk, key, reason="甲").status_code == 302
    answer = desk.client("town1").post(f"/letter/{key}/save", data=stale | {"reason": "乙"})
    assert answer.status_code == 409
    assert "乙" in answer.get_data(as_text=True)


def test_strangers_and_lookers_on(desk: Desk) -> None:
    pk = desk.transferred(**NAMED)
    key = started(desk, pk, kind="transfer", step=of_transfer(desk, pk))
    pages = [f"/letter/show/{key}", f"/letter/{key}/preview", f"/letter/{key}/draft.pdf", f"/api/v1/letter/{key}"]
    for name in ("dept1", "dept2", "bureau", "leader"):  # a draft is its unit's own affair
        assert [desk.client(name).get(url).status_code for url in pages] == [404] * 4, name
        sent = desk.client(name).post(f"/letter/{key}/save", data={"title": "x"})
        assert sent.status_code == (403 if name == "leader" else 404), name
    save(desk, key, then="issue")
    for name in ("dept1", "bureau", "leader", "auditor", "town1"):
        assert number(1) in text(desk, name, f"/letter/show/{key}"), name
    assert desk.client("dept2").get(f"/letter/show/{key}").status_code == 404
    assert number(1) not in text(desk, "dept2", "/letter/list/")
    assert number(1) not in text(desk, "dept2", "/letter/export.csv")
    for act in ("void", "deliver"):
        for name, status in (("dept1", 403), ("bureau", 403), ("dept2", 404), ("leader", 403), ("auditor", 403)):
            data = {"reason": "x", "how": "mail", "to": "x", "at": "2025-03-05T10:00"}
            assert desk.client(name).post(f"/letter/{key}/{act}", data=data).status_code == status, (act, name)
    assert desk.client("leader").post(f"/petition/{pk}/letter", data={"kind": "transfer"}).status_code == 403
    assert desk.client("dept2").post(f"/petition/{pk}/letter", data={"kind": "transfer"}).status_code == 404
    assert desk.client("town1").post(f"/petition/{pk}/letter", data={"kind": "pigeon"}).status_code == 404


def test_an_accuser_is_named_to_nobody_who_may_not_know(desk: Desk) -> None:
    pk = desk.transferred(**NAMED | {"kind": PetitionKind.accusation})
    key = started(desk, pk, kind="notice", step_kind="inform")
    assert save(desk, key, then="issue").status_code == 302
    row = one(desk, key)
    assert row["names"]
    for name in ("town1", "bureau", "auditor"):
        assert "王小明" in text(desk, name, f"/letter/show/{key}"), name
        assert desk.client(name).get(f"/attachment/{row['attachment_id']}/file").status_code == 200, name
    for name in ("dept1", "leader", "admin"):
        page = text(desk, name, f"/letter/show/{key}")
        assert "王小明" not in page, name
        assert "names the petitioner" in page, name
        assert desk.client(name).get(f"/letter/{key}/preview").status_code == 404, name
        for act in ("file", "view"):
            assert desk.client(name).get(f"/attachment/{row['attachment_id']}/{act}").status_code == 404, name
        case = text(desk, name, f"/petition/show/{pk}")
        assert f"/attachment/{row['attachment_id']}/" not in case, name
    for url in ("/letter/list/", "/letter/export.csv", "/api/v1/letter/", f"/api/v1/letter/{key}", "/lookup/letter?q="):
        assert "王小明" not in text(desk, "bureau", url), url


def test_a_letter_to_the_unit_that_is_complained_about_is_refused(desk: Desk) -> None:
    pk = desk.take(**NAMED | {"about_unit_id": desk.units["D1"]})
    desk.act(pk, "town1", "route", T0 + timedelta(hours=2), outcome="B")
    key = started(desk, pk, kind="transfer", step_kind="transfer")
    answer = save(desk, key, to_unit=str(desk.units["D1"]), reason="属其职责")
    assert answer.status_code == 422
    assert "it is not to learn of it" in answer.get_data(as_text=True)


def test_a_refused_draft_is_told_on_the_case_page(desk: Desk) -> None:
    pk = desk.transferred(**NAMED)
    data = {"kind": "minutes", "step_kind": "convene"}
    answer = desk.client("town1").post(f"/petition/{pk}/letter", data=data, follow_redirects=True)
    assert "cannot be taken now" in answer.get_data(as_text=True)


def test_what_is_not_asked_for_is_not_taken(desk: Desk) -> None:
    pk = desk.transferred(**NAMED)
    given = {
        "kind": "notice",
        "step_kind": "inform",
        "step": "²",
        "lang": "latin",
        "part.said": "长" * 9000,
        "part.x": "y",
    }
    key = started(desk, pk, **given)
    answer = save(desk, key, then="issue")
    assert answer.status_code == 422
    assert "This is too long." in answer.get_data(as_text=True)
