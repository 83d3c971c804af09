"""No reader meets a code: occurrences, outcomes and rows are words; what is offered first is what is due first."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.tables import Deduction, Duty, RulebookClock, Step
from models.terms import DutyKind
from tests.views.world import T0, WRITTEN, Desk
from views import present, titles


@pytest.mark.parametrize(
    ("code", "english", "chinese"),
    [
        ("acceptance", "Acceptance", "受理"),
        ("acceptance:2", "Acceptance after transfer 2", "第2次转送后的受理"),
        ("transfer:1", "Transfer 1", "第1次转送"),
        ("handling:1", "Handling 1", "第1次办理"),
        ("promise:1", "Promise 1", "第1次承诺"),
        ("follow-up:1.3", "Follow-up 1, period 3", "第1轮跟踪第3期"),
        ("urgent", "Urgent report", "紧急报告"),
        ("multi", "Report several departments", "多部门报告"),
        ("something else", "something else", "something else"),
    ],
)
def test_occurrences(desk: Desk, code: str, english: str, chinese: str) -> None:
    for header, text in (("en", english), ("zh-CN", chinese)):
        with desk.app.test_request_context(headers={"Accept-Language": header}):
            assert titles.occurrence(code) == text


def test_paragraphs_and_one_day(desk: Desk) -> None:
    with desk.app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert present.paragraph("§2(2)") == "二（二）"
        assert present.paragraph("§3") == "第三部分"
        assert present.source("county parameter") == "县定参数"
        assert present.source("art. 34") == "《条例》第34条"
    with desk.app.test_request_context(headers={"Accept-Language": "en"}):
        assert present.days(1, "1 day left", "%(n)s days left") == "1 day left"
        assert present.days(2, "1 day left", "%(n)s days left") == "2 days left"


def test_a_change_of_the_record_names_table_and_field(desk: Desk) -> None:
    admin, chinese = desk.client("admin"), {"Accept-Language": "zh-CN"}
    day = {"day": "2025-03-05", "kind": "holiday", "name": "试", "source": "县府办"}
    key = int(admin.post("/admin/calendar_day/add", data=day).location.rpartition("/")[2])
    admin.post(f"/admin/calendar_day/edit/{key}", data=day | {"source": "县府办二号"})
    page = admin.get("/record_change/list/", headers=chinese).get_data(as_text=True)
    for text in ("记录编号", "字段", "来源"):
        assert text in page, text
    for text in ("calendar_day<", "提交", "领域", ">source<"):
        assert text not in page, text


def test_number_series_are_words(desk: Desk) -> None:
    desk.take()
    unit = desk.units["T1"]
    with desk.app.test_request_context(headers={"Accept-Language": "en"}):
        assert titles.series("petition:2025") == "Petitions of 2025"
        assert titles.series("clock").startswith("Internal: ")
        assert titles.series("else:1:2:3") == "else:1:2:3"
    page = desk.client("admin").get("/admin/counter/", headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)
    assert "年信访事项" in page
    assert f"letter:{unit}:" not in page
    assert "petition:" not in page


def test_the_countys_own_parameter_is_one_word_on_page_and_form(desk: Desk) -> None:
    client, chinese = desk.client("admin"), {"Accept-Language": "zh-CN"}
    book = int(client.post("/rulebook/1/draft").location.rpartition("/")[2])
    with desk.rows() as session:
        wanted = select(RulebookClock).where(RulebookClock.rulebook_id == book, RulebookClock.source == titles.COUNTY)
        key = session.scalars(wanted).first().id
    at = f"/admin/rulebook_clock/edit/{key}"
    page = client.get(at, headers=chinese).get_data(as_text=True)
    assert 'value="县定参数"' in page
    assert 'value="county parameter"' not in page
    kept = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    kept |= dict(re.findall(r'<select[^>]*name="(\w+)".*?<option selected value="([^"]+)"', page, re.S))
    assert client.post(at, data=kept, headers=chinese).status_code == 302
    with desk.rows() as session:
        assert session.get(RulebookClock, key).source == "county parameter"


def test_lists_records_and_exports_say_words(desk: Desk) -> None:
    desk.transferred()
    desk.proposed()
    client = desk.client("bureau")
    with desk.rows() as session:
        deduction = session.scalars(select(Deduction.id).where(Deduction.occurrence == "acceptance")).first()
        duty = session.scalars(select(Duty.id)).first()
        step = session.scalars(select(Step.id)).first()
    for page in ("/deduction/list/", "/deduction/export.csv", f"/deduction/show/{deduction}"):
        text = client.get(page).get_data(as_text=True)
        assert "Acceptance" in text, page
        assert ">acceptance" not in text, page
    for page in (f"/duty/show/{duty}", f"/step/show/{step}", "/step/list/", "/step/export.csv"):
        text = client.get(page).get_data(as_text=True)
        assert "REGISTER" not in text, page
        assert "B: belongs to another unit" in text or "/show/" in page, page


def test_what_is_due_first_is_offered_first(desk: Desk) -> None:
    client, pk = desk.client("town1"), desk.take()

    def offered() -> str:
        return client.get(f"/petition/show/{pk}").get_data(as_text=True).partition("next-steps")[2]

    assert offered().index("/step/route") < offered().index("/step/inform")
    desk.act(pk, "town1", "route", T0 + timedelta(hours=2), outcome="B")
    assert offered().index("/step/transfer") < offered().index("/step/inform")
    page = client.get(f"/petition/{pk}/step/transfer").get_data(as_text=True)
    assert "Meets the duty:" in page
    assert DutyKind.TRANSFER.label in page
    desk.act(pk, "town1", "transfer", T0 + timedelta(hours=3), to_unit=desk.units["D1"], **WRITTEN)
    assert offered().index("/step/file") < offered().index("/step/follow_up")


def test_the_record_is_corrected_by_the_first_unit_and_the_bureau_only(desk: Desk) -> None:
    pk = desk.transferred()
    for name, offered in (("town1", True), ("bureau", True), ("dept1", False)):
        assert (
            f"/petition/edit/{pk}" in desk.client(name).get(f"/petition/show/{pk}").get_data(as_text=True)
        ) is offered


def test_the_working_is_told_in_sentences(desk: Desk) -> None:
    desk.transferred()
    with desk.rows() as session:
        keys = dict(session.execute(select(Duty.kind, Duty.id)).all())
    page = desk.client("bureau").get(f"/duty/{keys[DutyKind.HANDLE]}/why").get_data(as_text=True)
    assert "60 calendar days end on" in page
    page = desk.client("bureau").get(f"/duty/{keys[DutyKind.FOLLOW_UP]}/why").get_data(as_text=True)
    assert "15 calendar days end on" in page
    assert "day zero" in page
