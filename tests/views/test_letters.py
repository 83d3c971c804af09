"""Letters on screen: from the case page to the paper, its delivery and its end; wrong input stays beside its field."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdf
import pytest
from sqlalchemy import func, select

from models.operations.intake import PetitionerInput
from models.tables import Attachment, Counter, Letter, Step
from models.terms import LetterStatus, PetitionKind
from tests.models.test_files import pdf
from tests.views.world import T0, WRITTEN, Desk

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
        ({"reason": "😀"}, "The fonts lack a character"),
        ({"matter": "𠮷"}, "The fonts lack a character"),
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


def test_rare_characters_are_printed_where_the_fonts_have_them(desk: Desk) -> None:
    pk = desk.transferred(**NAMED | {"petitioners": [PetitionerInput("王䶮")]})
    key = started(desk, pk, kind="notice", step_kind="inform")
    assert fields(desk, key)["addressee"] == "王䶮"
    assert save(desk, key, then="issue").status_code == 302
    paper = desk.client("town1").get(f"/attachment/{one(desk, key)['attachment_id']}/file").data
    assert "王䶮" in "".join(pypdf.PdfReader(io.BytesIO(paper)).pages[0].extract_text().split())


def test_a_stale_form_is_a_conflict(desk: Desk) -> None:
    pk = desk.transferred(**NAMED)
    key = started(desk, pk, kind="transfer", step=of_transfer(desk, pk))
    stale = fields(desk, key)
    assert save(desk, key, reason="甲").status_code == 302
    answer = desk.client("town1").post(f"/letter/{key}/save", data=stale | {"reason": "乙"})
    assert answer.status_code == 409
    assert "乙" in answer.get_data(as_text=True)


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
    assert desk.client("town1").post(void, data={"reason": " "}).status_code == 422
    assert desk.client("town1").post(void, data={"reason": "主送有误"}).status_code == 302
    case = text(desk, "town1", f"/petition/show/{pk}")
    assert "主送有误" in case
    assert f"<s>{number(1)}</s>" in case
    assert desk.client("town1").post(void, data={"reason": "再次"}).status_code == 409
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
