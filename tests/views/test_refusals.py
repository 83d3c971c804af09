"""A refused step says beside each missing field which paragraph asks for it and what its absence would cost."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from models.evidence import DISCHARGES, EVIDENCE
from models.terms import StepKind
from tests.rulebooks import enacted, points
from tests.views.test_attachments import at
from tests.views.test_main_job import form
from tests.views.world import Desk


def beside(page: str, field: str) -> str:
    """The error text that stands beside a field."""
    found = re.search(rf'id="{field}-error">(.*?)</div>', page, re.DOTALL)
    return " ".join(re.sub("<[^>]+>", "", found[1]).split()) if found else ""


def refused(desk: Desk, name: str, pk: int, kind: str, **data: Any) -> str:
    answer = desk.client(name).post(f"/petition/{pk}/step/{kind}", data={"at": at(30)} | data)
    assert answer.status_code == 422
    return str(answer.get_data(as_text=True))


def test_paragraph_and_deduction_stand_beside_each_missing_field(desk: Desk) -> None:
    pk = desk.transferred()
    page = refused(desk, "town1", pk, "follow_up")
    for field in ("how", "what"):
        assert beside(page, field) == ("Error: This is required. (§2(2)) Otherwise: −0.5, Should have followed up.")
    page = refused(desk, "dept1", pk, "reply", outcome="explained")
    for field in ("opinion", "delivery", "until"):
        assert beside(page, field) == "Error: This is required. (§2(1)) Otherwise: −2, Should have handled."
    page = refused(desk, "dept1", pk, "inform", mode="oral", outcome="legal_route")
    assert beside(page, "oral_reason").endswith("(art. 23) Otherwise: −1, Should have accepted.")
    assert beside(page, "limitation").endswith("(§2(5)) Otherwise: −1, Should have accepted.")


def test_the_rulebook_says_what_it_costs(desk: Desk) -> None:
    pk = desk.transferred()
    with desk.rows() as session:
        enacted(session, lambda draft: setattr(points(draft, "FOLLOW_UP"), "points", Decimal("0.75")))
    assert "−0.75" in beside(refused(desk, "town1", pk, "follow_up"), "how")


def test_the_counter_is_told_as_well(desk: Desk) -> None:
    answer = desk.client("town1").post("/petition/add", data=form(desk, title="", content="", kind="", place_id=None))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for field in ("title", "content", "kind", "place_id"):
        assert beside(page, field) == "Error: This is required. (§1) Otherwise: −1, Should have accepted."


@pytest.mark.parametrize("kind", EVIDENCE)
def test_every_required_proof_names_its_paragraph(kind: StepKind) -> None:
    assert [
        proof.name for proof in EVIDENCE[kind] if (proof.required or proof.required_if) and not proof.paragraph
    ] == []
    assert set(DISCHARGES) <= set(EVIDENCE)


def test_the_counter_is_told_everything_at_once_and_what_was_typed_stays(desk: Desk) -> None:
    town = desk.client("town1")
    data = {"received_at": "昨天下午", "kind": "request", "content": "不亮", "name_1": "王小明", "phone_1": "12"}
    for tongue, shape in (("zh_Hans_CN", "请按“2026-03-05 09:30”的格式填写"), ("en", "like 2026-03-05 09:30")):
        town.get(f"/lang/{tongue}")
        answer = town.post("/petition/add", data=data)
        assert answer.status_code == 422
        assert 'value="昨天下午"' in answer.text
        assert beside(answer.text, "received_at").count("2026-03-05 09:30") == 1
        assert shape in beside(answer.text, "received_at")
        for field in ("channel", "title", "place_id", "first_receiver_id", "phone_1"):
            assert beside(answer.text, field), field


def test_a_day_that_is_none_comes_back_with_the_shape_of_one(desk: Desk) -> None:
    page = refused(desk, "dept1", desk.transferred(), "reply", outcome="explained", until="明天")
    assert beside(page, "until") == "Error: This is no date. Write it like 2026-03-05."
    assert 'value="明天"' in page
