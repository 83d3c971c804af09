"""Letters on screen: from the case page to the paper, its delivery and its end; wrong input stays beside its field."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdf
from sqlalchemy import func, select

from models.office_terms import LetterStatus
from models.operations.intake import PetitionerInput
from models.tables import Attachment, Letter, Step
from tests.models.test_files import pdf
from tests.views.world import T0, Desk

WANG = [PetitionerInput("王小明", "13812345678", "110101199001011237")]
NAMED: dict[str, Any] = {"title": "村道路灯不亮", "content": "十二盏路灯不亮。", "petitioners": WANG}


def text(desk: Desk, name: str, address: str, status: int = 200) -> str:
    answer = desk.client(name).get(address)
    assert answer.status_code == status, (name, address, answer.status_code)
    return str(answer.get_data(as_text=True))


def started(desk: Desk, pk: int, name: str = "town1", **data: Any) -> int:
    """Draft a letter by the button of the case page; its id."""
    sent = desk.client(name).post(f"/petition/{pk}/letter", data=data)
    assert sent.status_code == 302, sent.status_code
    assert "/letter/show/" in sent.location, sent.location
    return int(sent.location.rpartition("/")[2])


def fields(desk: Desk, key: int, name: str = "town1") -> dict[str, str]:
    """What the form of a draft holds."""
    page = text(desk, name, f"/letter/show/{key}")
    found = dict(re.findall(r'<input[^>]* name="([a-z_]+)"[^>]* value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea[^>]* name="([a-z_]+)"[^>]*>\s*([^<]*)</textarea>', page))
    for field, options in re.findall(r'<select[^>]* name="([a-z_]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]+)"', options)
        found[field] = chosen[1] if chosen else ""
    found.pop("csrf_token", None)
    return found


def save(desk: Desk, key: int, name: str = "town1", then: str = "save", **changes: str) -> Any:
    return desk.client(name).post(f"/letter/{key}/save", data=fields(desk, key, name) | changes | {"then": then})


def one(desk: Desk, key: int) -> dict[str, Any]:
    with desk.rows() as session:
        row = session.get(Letter, key)
        names = ("status", "number", "step_id", "attachment_id", "delivered_to", "void_reason", "title", "names")
        return {name: getattr(row, name) for name in names}


def of_transfer(desk: Desk, pk: int) -> str:
    with desk.rows() as session:
        wanted = select(Step.id).where(Step.petition_id == pk, Step.kind == "transfer")
        return str(session.scalar(wanted))


def number(n: int, prefix: str = "清河信") -> str:
    return f"{prefix}〔{datetime.now(UTC) + timedelta(hours=8):%Y}〕{n}号"


def test_right_after_the_step_its_letter_is_offered_printed_and_kept(desk: Desk) -> None:
    pk = desk.transferred(**NAMED)
    page = text(desk, "town1", f"/petition/show/{pk}")
    assert page.count('value="transfer"') == 2  # beside the next steps, and among the letters
    key = started(desk, pk, kind="transfer", step=of_transfer(desk, pk), lang="chinese")
    draft = text(desk, "town1", f"/letter/show/{key}")
    assert "Fixed wording is in the letter already" in draft
    assert f'src="/letter/{key}/preview"' in draft
    preview = desk.client("town1").get(f"/letter/{key}/preview")
    assert "（草稿，未编号）" in preview.get_data(as_text=True)
    assert "frame-ancestors 'self'" in preview.headers["Content-Security-Policy"]
    assert preview.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert desk.client("town1").get(f"/letter/{key}/draft.pdf").data.startswith(b"%PDF")
    assert save(desk, key, reason="路灯管护属你单位。").status_code == 302
    assert "路灯管护属你单位。" in text(desk, "town1", f"/letter/{key}/preview")
    assert save(desk, key, then="issue").status_code == 302
    row = one(desk, key)
    assert (row["status"], row["number"]) == (LetterStatus.issued, number(1))
    paper = desk.client("town1").get(f"/attachment/{row['attachment_id']}/view")
    told = "".join(pypdf.PdfReader(io.BytesIO(paper.data)).pages[0].extract_text().split())
    assert number(1) in told
    assert "路灯管护属你单位。" in told
    case = text(desk, "town1", f"/petition/show/{pk}")
    assert number(1) in case
    assert "delivery not recorded" not in case  # its own unit is asked to record it
    assert f"/letter/{key}/deliver" in case
    assert "delivery not recorded" in text(desk, "dept1", f"/petition/show/{pk}")
    assert number(1) in text(desk, "town1", "/letter/list/")
    assert desk.client("town1").get(f"/letter/{key}/draft.pdf").status_code == 404


def test_a_step_takes_the_number_of_an_issued_letter_with_one_click(desk: Desk) -> None:
    pk = desk.take(**NAMED)
    desk.act(pk, "town1", "route", T0 + timedelta(hours=2), outcome="B")
    key = started(desk, pk, kind="transfer", step_kind="transfer")
    assert save(desk, key, then="issue", to_unit=str(desk.units["D1"]), reason="属人社局。").status_code == 302
    address = f"/petition/{pk}/step/transfer"
    form = text(desk, "town1", address)
    assert f'name="take" value="{key}"' in form
    typed = {"take": str(key), "sent_how": "机要交换", "token": "t-1", "at": "2025-03-03T13:00"}
    filled = desk.client("town1").post(address, data=typed)
    assert filled.status_code == 200
    page = filled.get_data(as_text=True)
    for value in (number(1), "属人社局。", "机要交换", f'name="letter" value="{key}"'):
        assert value in page
    with desk.rows() as session:
        assert session.scalar(select(func.count(Step.id)).where(Step.kind == "transfer")) == 0
    proof = {"mode": "written", "letter_number": number(1), "reason": "属人社局。", "to_unit": str(desk.units["D1"])}
    sent = desk.client("town1").post(address, data=typed | proof | {"take": "", "letter": str(key)})
    assert sent.status_code == 302
    assert str(one(desk, key)["step_id"]) == of_transfer(desk, pk)
    case = text(desk, "town1", f"/petition/show/{pk}")
    assert case.count('name="kind" value="transfer"') == 0  # it has its letter
    assert f"{number(1)} 转送函.pdf" in case


def test_rare_characters_are_printed_where_the_fonts_have_them(desk: Desk) -> None:
    pk = desk.transferred(**NAMED | {"petitioners": [PetitionerInput("王䶮")]})
    key = started(desk, pk, kind="notice", step_kind="inform")
    assert fields(desk, key)["addressee"] == "王䶮"
    assert save(desk, key, then="issue").status_code == 302
    paper = desk.client("town1").get(f"/attachment/{one(desk, key)['attachment_id']}/file").data
    assert "王䶮" in "".join(pypdf.PdfReader(io.BytesIO(paper)).pages[0].extract_text().split())


def test_delivery_with_its_proof_and_then_void(desk: Desk) -> None:
    pk = desk.transferred(**NAMED)
    key = started(desk, pk, kind="transfer", step=of_transfer(desk, pk))
    save(desk, key, then="issue")
    form = f"/letter/{key}/deliver"
    assert "Record the delivery" in text(desk, "town1", form)
    now = (datetime.now(UTC) + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    wrong = desk.client("town1").post(form, data={"how": "pigeon", "to": "收发室王某", "at": "2020-01-01T00:00"})
    assert wrong.status_code == 422
    page = wrong.get_data(as_text=True)
    assert 'id="how-error"' in page
    assert "收发室王某" in page
    data = {"how": "exchange", "to": "收发室王某", "at": now, "papers": [(io.BytesIO(pdf()), "回执.pdf")]}
    assert desk.client("town1").post(form, data=data).status_code == 302
    shown = text(desk, "town1", f"/letter/show/{key}")
    assert "收发室王某" in shown
    assert "回执.pdf" in shown
    assert desk.client("town1").get(form).location == f"/letter/show/{key}"  # it is recorded once
    again = desk.client("town1").post(form, data=data | {"papers": []})
    assert again.status_code == 409
    void = f"/letter/{key}/void"
    assert desk.client("town1").post(void, data={"reason": " ", "sure": "y"}).status_code == 422
    assert desk.client("town1").post(void, data={"reason": "主送有误"}).status_code == 422
    assert desk.client("town1").post(void, data={"reason": "主送有误", "sure": "y"}).status_code == 302
    case = text(desk, "town1", f"/petition/show/{pk}")
    assert "主送有误" in case
    assert f"<s>{number(1)}</s>" in case
    assert desk.client("town1").post(void, data={"reason": "再次", "sure": "y"}).status_code == 409
    paper = one(desk, key)["attachment_id"]
    for end, bears in (("", True), ("?original=1", False)):
        body = desk.client("town1").get(f"/attachment/{paper}/file{end}").data
        assert ("主送有误" in pypdf.PdfReader(io.BytesIO(body)).pages[0].extract_text()) is bears
    assert f"/attachment/{paper}/view?original=1" in text(desk, "town1", f"/letter/show/{key}")
    key = started(desk, pk, kind="transfer", step=of_transfer(desk, pk))  # offered anew
    save(desk, key, then="issue")
    assert one(desk, key)["number"] == number(2)


def test_the_paper_of_a_letter_cannot_be_withdrawn_as_a_file(desk: Desk) -> None:
    pk = desk.transferred(**NAMED)
    key = started(desk, pk, kind="transfer", step=of_transfer(desk, pk))
    save(desk, key, then="issue")
    paper = one(desk, key)["attachment_id"]
    assert f"/attachment/{paper}/withdraw" not in text(desk, "town1", f"/petition/show/{pk}")
    answer = desk.client("town1").post(f"/attachment/{paper}/withdraw", data={"reason": "错"})
    assert answer.status_code == 409
    assert "void the letter instead" in answer.get_data(as_text=True)


def test_a_draft_is_thrown_away(desk: Desk) -> None:
    pk = desk.transferred(**NAMED)
    key = started(desk, pk, kind="transfer", step=of_transfer(desk, pk))
    assert desk.client("town1").get(f"/letter/{key}/discard").status_code == 405
    assert desk.client("town1").post(f"/letter/{key}/discard").status_code == 302
    with desk.rows() as session:
        assert session.get(Letter, key) is None
        assert session.scalar(select(func.count(Attachment.id))) == 0


def test_in_english_the_letter_and_its_page_are_english(desk: Desk) -> None:
    pk = desk.transferred(**NAMED)
    key = started(desk, pk, kind="notice", step_kind="inform", lang="english")
    page = text(desk, "town1", f"/letter/{key}/preview")
    assert '<html lang="en"' in page
    assert "Notice of transfer" in page
    assert "we have transferred it" in page


def test_another_page_hands_over_what_it_knows(desk: Desk) -> None:
    pk = desk.transferred(**NAMED)
    given = {
        "kind": "circular",
        "part.subject": "县人社局",
        "part.found": "逾期未答复。",
        "part.decision": "予以通报。",
    }
    key = started(desk, pk, "bureau", **given)
    assert fields(desk, key, "bureau")["found"] == "逾期未答复。"
    assert desk.client("town1").post(f"/petition/{pk}/letter", data=given).status_code == 403
