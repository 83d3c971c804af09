"""A year goes the whole way on screen: heard, appealed, decided, frozen, printed, corrected, revised; and tried."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pypdf
import pytest

from tests.browser.pages import COUNTY_ZONE, Leader, Visitor
from tests.browser.server import Console
from tests.browser.year_pages import Hearing, Trial, YearEnd

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]

Visit = Callable[..., Visitor]
LAST = datetime.now(COUNTY_ZONE).year - 1  # of the demo that stood two months ago: its last full year, frozen


def test_a_deduction_is_heard_and_overturned(visit: Visit, console: Console) -> None:
    console.run("scan")
    unit = _a_unit_with_something_to_answer(console)
    own, bureau, county = visit().as_(Hearing), visit().as_(Hearing), visit().as_(Hearing)
    own.logs_in_as(f"leader.{unit.lower()}")
    bureau.logs_in_as("bureau1")
    county.logs_in_as("county")
    address = own.finds_an_own_one()
    bureau.goes_to(address)
    bureau.moves("Notify the unit", "请在期限内申辩。", "The unit is notified; it may answer now.", "Notified")
    own.finds_it_on_the_board("May still be answered", address)
    own.moves("Make a statement", "信访人要求改期，有记录。", "The statement is recorded.", "Answered")
    bureau.finds_it_on_the_board("To decide", address)
    bureau.moves("Confirm the deduction", "记录未附，予以确认。", "Decided.", "Confirmed")
    own.finds_it_on_the_board("May still be appealed", address)
    own.moves("Appeal", "记录已补。", "The appeal is recorded.", "Appealed")
    county.finds_it_on_the_board("Appeals to decide", address)
    county.moves("Overturn the deduction", "记录属实，不予扣分。", "Decided.", "Overturned")
    county.keeps_a_picture("13-hearing-overturned")


def _a_unit_with_something_to_answer(console: Console) -> str:
    year = datetime.now(COUNTY_ZONE).year
    units = json.loads(console.run("assess", "--year", str(year), "--json"))["units"]
    return next(
        unit["code"]
        for unit in units
        if unit["kind"] in ("town", "department") and any(d["status"] == "proposed" for d in unit["deductions"])
    )


def test_a_year_is_frozen_printed_corrected_and_revised(visit: Visit, console: Console) -> None:
    bureau = visit().as_(YearEnd)
    bureau.logs_in_as("bureau1")
    bureau.opens(LAST - 1)
    bureau.keeps_a_picture("14-ready-to-freeze")
    bureau.does("Freeze the year", "年终考核会议通过")
    bureau.waits_until_frozen(LAST - 1)
    bureau.keeps_a_picture("15-frozen")

    bureau.opens(LAST)
    bureau.does("Open a correction", "发现新证据")
    bureau.sees("发现新证据")
    other = visit().as_(Hearing)
    other.logs_in_as("county")
    other.finds_the_first_of(f"status=final&year={LAST}")
    other.moves("Take the final deduction back", "补交凭证属实。", "Decided.", "Overturned")
    bureau.opens(LAST)
    bureau.does("Make the next revision", "核对后修订")
    bureau.waits_until_frozen(LAST)
    bureau.sees("Frozen, revision 2")
    bureau.opens(LAST)
    bureau.sees("核对后修订", "Deductions that changed", "Superseded")
    bureau.keeps_a_picture("16-revised")
    assert _revisions(console) == [(LAST - 1, 1), (LAST, 1), (LAST, 2)]

    text = _paper(visit, LAST - 1)
    digest = json.loads(console.run("assess", "--year", str(LAST - 1), "--json"))["manifest"]
    assert digest in text


def _revisions(console: Console) -> list[tuple[int, int]]:
    found = json.loads(console.run("verify", "--json"))["assessments"]
    assert not any(one["difference"] for one in found)
    return [(one["year"], one["revision"]) for one in found]


def _paper(visit: Visit, year: int) -> str:
    leader = visit().as_(Leader)
    leader.logs_in_as("county")
    leader.opens_the_year(year)
    file = leader.downloads_the_county_paper()
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(file).pages)


def test_another_clock_is_tried_on_the_frozen_year(visit: Visit) -> None:
    leader = visit().as_(Trial)
    leader.logs_in_as("county")
    leader.asks(LAST, "HANDLE/B", "20")
    leader.sees("Not official", "Compared with the frozen year.", "Would appear")
    leader.keeps_a_picture("17-what-if")
