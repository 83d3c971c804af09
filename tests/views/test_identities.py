"""Who brought a matter stays in the vault: no step says it, and what people type themselves is pointed out first."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

import migrations
from models.free_text import ID, NAMED, PHONE, pointed_out
from models.letters.leaks import Person
from models.operations.intake import PetitionerInput
from models.tables import Step
from models.terms import PetitionKind
from tests.views.test_letters import fields, number, started
from tests.views.world import T0, Desk

LI = Person("李慎言", "13912345678", "110101199001011237")
INFORM = {"outcome": "accepted", "mode": "written", "said": "已受理", "told_to": LI.name, "delivery": "当面"}


@pytest.fixture
def accusation(desk: Desk) -> int:
    """Of which the accuser was told in writing, and which then went to another unit."""
    people = [PetitionerInput(LI.name, LI.phone, LI.id_number)]
    pk = desk.take(kind=PetitionKind.accusation, title="举报虚报补贴", content="虚报两户。", petitioners=people)
    desk.act(pk, "town1", "route", T0 + timedelta(hours=2), outcome="B")
    written = {"mode": "written", "reason": "属其职责", "letter_number": "1号", "sent_how": "机要"}
    desk.act(pk, "town1", "transfer", T0 + timedelta(hours=3), to_unit=desk.units["D1"], **written)
    desk.act(pk, "town1", "inform", T0 + timedelta(hours=4), **INFORM | {"outcome": "transferred"})
    return pk


def test_who_was_told_is_shown_to_those_who_may_know_and_stored_in_clear_nowhere(desk: Desk, accusation: int) -> None:
    with desk.rows() as session:
        step = session.scalar(select(Step).where(Step.petition_id == accusation, Step.kind == "inform"))
        assert "told_to" not in step.evidence
        stored = session.execute(text("SELECT identities, evidence FROM step WHERE id = :id"), {"id": step.id}).one()
        assert LI.name not in str(tuple(stored))
        key = step.id
    for name, knows in (("town1", True), ("bureau", True), ("auditor", True), ("dept1", False), ("leader", False)):
        page = desk.client(name).get(f"/petition/show/{accusation}").get_data(as_text=True)
        assert (LI.name in page) is knows, name
        assert ("Not shown to your unit." in page) is not knows, name
        assert LI.name not in desk.client(name).get(f"/api/v1/step/{key}").get_data(as_text=True), name
    assert LI.name not in desk.client("admin").get(f"/petition/show/{accusation}").get_data(as_text=True)


def test_a_step_taken_from_a_letter_takes_no_name_along(desk: Desk) -> None:
    people = [PetitionerInput(LI.name, LI.phone, LI.id_number)]
    pk = desk.take(kind=PetitionKind.accusation, title="举报虚报补贴", content="虚报两户。", petitioners=people)
    key = started(desk, pk, kind="notice", step_kind="inform")
    changed = fields(desk, key) | {
        "addressee": LI.name,
        "outcome": "accepted",
        "said": f"{LI.name}同志请携带证件。",
        "then": "issue",
    }
    town = desk.client("town1")
    saved = town.post(f"/letter/{key}/save", data=changed)
    assert saved.status_code == 302, re.findall(r"<li>.*?</li>", saved.get_data(as_text=True))
    page = town.post(f"/petition/{pk}/step/inform", data={"take": str(key)}).get_data(as_text=True)
    assert f'name="told_to" type="text" value="{LI.name}"' in page
    said = re.search(r'<textarea[^>]*name="said"[^>]*>\s*([^<]*)', page)
    assert said is not None
    assert said[1] == "×××同志请携带证件。"
    sent = {"outcome": "accepted", "mode": "written", "said": said[1], "told_to": LI.name, "delivery": "邮寄"}
    sent |= {"at": "2025-03-03T12:00", "letter": str(key)}
    assert town.post(f"/petition/{pk}/step/inform", data=sent).status_code == 302
    assert number(1) in town.get(f"/letter/show/{key}").get_data(as_text=True)
    assert LI.name not in desk.client("leader").get(f"/petition/show/{pk}").get_data(as_text=True)


def test_rows_of_before_are_cleaned_and_can_go_back(desk: Desk, accusation: int) -> None:
    def stored() -> list[Any]:
        with desk.rows() as session:
            return list(session.execute(text("SELECT evidence FROM step WHERE kind = 'inform'")).scalars())

    def moved(way: Any, revision: str) -> None:
        from app.extensions import db

        with desk.app.app_context():
            db.session.remove()
            way(db.engine, revision)
            db.engine.dispose()

    moved(migrations.downgrade, "0001")
    assert "told_to" in str(stored()[0])
    moved(migrations.upgrade, "head")
    assert "told_to" not in str(stored()[0])
    assert LI.name in desk.client("town1").get(f"/petition/show/{accusation}").get_data(as_text=True)


def test_what_is_typed_is_pointed_out_once_and_then_sent_as_it_is(desk: Desk, accusation: int) -> None:
    form = {"outcome": "bureau", "how": "电话", "what": f"已告知{LI.name}", "at": "2025-03-04T10:00"}
    town, address = desk.client("town1"), f"/petition/{accusation}/step/file"
    held = town.post(address, data=form)
    assert held.status_code == 422
    assert NAMED in held.get_data(as_text=True).replace("&#39;", "'")
    assert f"已告知{LI.name}" in held.get_data(as_text=True)
    assert town.post(address, data=form | {"identities_seen": "y"}).status_code == 302


def test_a_writer_who_may_not_know_learns_nothing_by_guessing(desk: Desk, accusation: int) -> None:
    note = {"note": f"是{LI.name}吗", "at": "2025-03-03T12:10"}
    sent = desk.client("dept1").post(f"/petition/{accusation}/step/acknowledge", data=note)
    assert sent.status_code == 302
    assert pointed_out(f"是{LI.name}吗", [LI], knows=False) == ()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("李慎言来访", (NAMED,)),
        ("李 慎 言来访", (NAMED,)),
        ("请回电139-1234-5678", (PHONE,)),
        ("电话１３８００００１１１１", (PHONE,)),
        ("身份证110101 19900101 1237", (ID,)),
        ("老证110101900101123", (ID,)),
        ("李慎言，证号11010119900101123X", (NAMED, ID)),
        ("于2025年3月5日转送，共120000元，文号〔2025〕12号", ()),
        ("订单号20250305123456789012", ()),
        ("", ()),
    ],
)
def test_names_phones_and_numbers_as_people_write_them(words: str, found: tuple[str, ...]) -> None:
    assert pointed_out(words, [LI], knows=True) == found
