"""The main job: a counter takes what belongs to another unit, and in the end a leader holds the paper."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest

from tests.browser.pages import Bureau, Case, Intake, Leader, Visitor, minutes_ago
from tests.browser.server import Console

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]

TITLE, CONTENT, PERSON = "工地拖欠农民工工资三个月", "𠮷某等人反映工资未付，请求督促支付。😀", "王𠮷"
RESPONSIBLE = "County Human Resources and Social Security Bureau"
OPINION = "用人单位已付清全部工资。"

Visit = Callable[..., Visitor]


def test_from_the_counter_to_the_paper(visit: Visit, console: Console) -> None:
    number = _a_clerk_registers_and_transfers(visit())
    _the_responsible_unit_replies(visit(), number)
    year = _the_bureau_confirms_a_deduction(visit(), console)
    _the_leader_reads_the_paper(visit(), console, year)


def _a_clerk_registers_and_transfers(visitor: Visitor) -> str:
    clerk = visitor.as_(Intake).in_the_other_language_first().logs_in_as("clerk.t01")
    received = minutes_ago(20)
    number = clerk.registers(TITLE, CONTENT, "Xijie Community", PERSON, "19900001234", received)
    case = clerk.as_(Case)
    case.sees(CONTENT, PERSON, f"{received:%H:%M}")  # the county's clock, wherever the browser stands
    case.takes_up("Decide the case")
    case.chooses("Case", "B: belongs to another unit")
    case.sets_the_time("Happened at", minutes_ago(15))
    case.records("Decide the case")

    case.takes_up("Transfer")
    case.looks_up("Receiving unit", RESPONSIBLE)
    case.chooses("Transferred how", "In writing")
    case.fills("Reasons", "劳动报酬属人社部门职权。")
    case.sets_the_time("Happened at", minutes_ago(10))
    case.is_refused()
    case.keeps_a_picture("02-transfer-refused-nothing-lost")
    case.still_has_looked_up("Receiving unit", RESPONSIBLE)
    case.fills("Letter number", "清信转〔2026〕1号")
    case.fills("Sent how", "机要")
    case.records("Transfer")
    case.sees_the_clock("Handle and reply", RESPONSIBLE, "days left")
    case.keeps_a_picture("03-case-transferred")
    case.asks_how_it_was_counted("Handle and reply", RESPONSIBLE)
    case.keeps_a_picture("04-how-the-date-was-counted")
    return number


def _the_responsible_unit_replies(visitor: Visitor, number: str) -> None:
    case = visitor.as_(Case).logs_in_as("clerk.d01")
    case.keeps_a_picture("05-home-of-the-responsible-unit")
    case.sees(number)
    case.opens(number)
    case.takes_up("Reply to the petitioner")
    case.chooses("Outcome", "Resolved")
    case.fills("Opinion", OPINION)
    case.fills("Delivered how and when", "当面送达")
    case.records("Reply to the petitioner")
    case.sees_the_clock("Handle and reply", RESPONSIBLE, "done in time")
    case.sees(OPINION)
    case.keeps_a_picture("06-case-replied")


def _the_bureau_confirms_a_deduction(visitor: Visitor, console: Console) -> int:
    """The year of the deduction."""
    console.run("scan")
    bureau = visitor.as_(Bureau).logs_in_as("bureau1")
    bureau.keeps_a_picture("07-home-of-the-bureau")
    bureau.opens_the_overdue_board()
    bureau.sees("By unit")
    bureau.keeps_a_picture("08-overdue-board")
    year = bureau.opens_the_newest_proposed_deduction()
    bureau.keeps_a_picture("09-deduction-proposed")
    bureau.confirms_it("已核实：超过期限且无正当理由。")
    bureau.keeps_a_picture("10-deduction-confirmed")
    return year


def _the_leader_reads_the_paper(visitor: Visitor, console: Console, year: int) -> None:
    leader = visitor.as_(Leader).logs_in_as("county")
    leader.keeps_a_picture("11-home-of-the-county-leader")
    names = leader.opens_the_year(year)
    leader.keeps_a_picture("12-assessment")
    text = _text_of(leader.downloads_the_county_paper())
    assert visitor.words("Qingyuan County").replace(" ", "") in text  # as the text of a PDF is compared
    units = [unit for unit in _assessed(console, year) if unit["kind"] != "leaders_office"]  # not assessed itself
    assert {unit["code"] for unit in units} == set(names)
    assert any(float(unit["final"]) for unit in units), "the confirmed deduction costs nothing"
    for unit in units:
        name, score = names[unit["code"]]
        assert score == unit["score"], unit["code"]
        row = text[text.index(_squeezed(name)) :]
        for number in ("final", "pending", "score"):
            assert unit[number] in row[: len(_squeezed(name)) + 60], (unit["code"], number)


def _assessed(console: Console, year: int) -> list[dict[str, Any]]:
    return list(json.loads(console.run("assess", "--year", str(year), "--json"))["units"])


def _text_of(file: Path) -> str:
    return "".join(_squeezed(page.extract_text()) for page in pypdf.PdfReader(file).pages)


def _squeezed(text: str) -> str:
    return "".join(text.split())
