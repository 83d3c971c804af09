"""Forms in a real browser: a hasty Enter takes nothing unseen; language and login lose nothing of what was typed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.pages import PASSWORD, Intake, Visitor

pytestmark = pytest.mark.slow


def _slowly(route: Route) -> None:
    time.sleep(0.4)
    route.continue_()


def test_a_hasty_enter_never_takes_the_row_of_the_list_before(visit: Callable[..., Visitor]) -> None:
    clerk = visit().logs_in_as("clerk.t01").as_(Intake)
    clerk.page.route("**/lookup/place*", _slowly)
    clerk.goes_to("/petition/add")
    row = clerk._select("Place")
    box = row.locator("input[role=combobox]")
    box.click()
    expect(row.locator(".option").first).to_be_visible()  # of the whole county
    box.press_sequentially(clerk.words("Xijie Community"))
    box.press("Enter")
    expect(row.locator("select")).to_have_value("", timeout=200)  # the answer is still on its way
    clerk.still_has_looked_up("Place", "Xijie Community")


def test_what_was_typed_outlives_the_language_and_the_login(visit: Callable[..., Visitor]) -> None:
    clerk = visit().logs_in_as("clerk.t01").as_(Intake)
    clerk.goes_to("/petition/add")
    clerk.fills("Title", "路灯不亮")
    clerk.fills("Content", "三个月了")
    for tongue in ("EN", "中文", "EN" if clerk.words.language == "en" else "中文"):
        clerk.page.get_by_role("link", name=tongue, exact=True).click()
        expect(clerk.page.get_by_role("link", name=tongue, exact=True)).to_have_attribute("aria-current", "true")
        expect(clerk.page.locator("#title")).to_have_value("路灯不亮")
        expect(clerk.page).to_have_url(re.compile("/petition/add$"))
    clerk.page.context.clear_cookies(name="session")
    with clerk.watch.refusals():
        ended = re.compile("登录已失效|Your login has ended")
        clerk.page.locator("#title").press("End")
        clerk.page.locator("#title").press_sequentially("！")
        clerk.page.locator("#title").press("Tab")  # asks for repeats in the background
        expect(clerk.page.locator("[data-failure]")).to_have_text(ended)
        row = clerk._select("Place")
        row.locator("input[role=combobox]").click()
        expect(row.locator(".no-results")).to_have_text(ended)
        row.locator("input[role=combobox]").press("Escape")
        clerk.presses("Register")
        clerk.fills("User name", "clerk.t01")
        clerk.fills("Password", PASSWORD)
        clerk.presses("Log in")
        expect(clerk.page.locator("#content")).to_have_value("三个月了")
    expect(clerk.page.locator("#title")).to_have_value("路灯不亮！")


def test_dates_and_files_speak_the_pages_language(visit: Callable[..., Visitor]) -> None:
    clerk = visit().logs_in_as("clerk.t01").as_(Intake)
    clerk.goes_to("/petition/add")
    received = clerk.page.locator("#received_at")
    expect(received).to_have_attribute("type", "text")
    received.fill("2026年3月5日 9:05")
    received.press("Tab")
    expect(received).to_have_value("2026-03-05 09:05")
    clerk.page.keyboard.press("Enter")  # the button beside it has the focus
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        clerk.page.keyboard.press(key)
    expect(received).to_have_value("2026-03-13 09:05")
    expect(received).to_be_focused()
    expect(clerk.page.locator(".file-box")).to_contain_text("选择文件" if clerk.words.chinese else "Choose files")


def test_a_filters_address_says_what_was_asked_and_nothing_else(visit: Callable[..., Visitor]) -> None:
    bureau = visit().logs_in_as("bureau1")
    bureau.goes_to("/petition/list/")
    bureau.page.locator("#f-status").select_option("closed")
    bureau.page.locator(".list-filters button[type=submit]").click()
    expect(bureau.page).to_have_url(re.compile(r"/petition/list/\?status=closed$"))


def test_a_clock_of_every_case_is_edited(visit: Callable[..., Visitor]) -> None:
    """One row of a shape that could not be saved; every row: tests/views/test_rulebook_rows.py."""
    admin = visit().logs_in_as("admin")
    admin.goes_to("/admin/rulebook/show/1")
    admin.page.locator("form[action='/rulebook/1/draft'] button").click()
    admin.page.wait_for_url(lambda url: "/rulebook/show/1" not in url)
    row = admin.page.get_by_role("row").filter(has_text="15").filter(has_not_text=re.compile(r"\bB\b")).first
    row.get_by_role("link").first.click()
    admin.page.locator("a[href*='/admin/rulebook_clock/edit/']").click()
    expect(admin.page.locator("#variant")).to_have_value("")
    admin.page.locator("#amount").fill("14")
    admin.page.locator(".record-form button[type=submit]").first.click()
    expect(admin.page).to_have_url(re.compile("/admin/rulebook_clock/show/"))
