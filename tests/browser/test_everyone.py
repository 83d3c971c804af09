"""Everyone can use it: nothing serious for axe in both themes, no sideways scrolling on a phone, a way by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.pages import Case, Intake, Visitor, minutes_ago

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]

GRAVE = {"serious", "critical"}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}  # all that the other theme changes
# besides axe's own choice: who speaks to the console says what is written on the button
ASKED: dict[str, Any] = {"resultTypes": ["violations"], "rules": {"label-content-name-mismatch": {"enabled": True}}}
NARROW = {"width": 360, "height": 740}


@dataclass(frozen=True)
class Sheet:
    """A page to look at: who, where, and which link leads on from there."""

    name: str
    who: str
    address: str
    then: str = ""


SHEETS = (
    Sheet("login", "", "/login/"),
    Sheet("home-clerk", "clerk.t01", "/"),
    Sheet("home-bureau", "bureau1", "/"),
    Sheet("home-leader", "county", "/"),
    Sheet("petitions", "bureau1", "/petition/list/"),
    Sheet("petition-add", "clerk.t01", "/petition/add"),
    Sheet("case", "clerk.t01", "/petition/list/", "tbody a"),
    Sheet("correct-the-record", "clerk.t01", "/petition/list/", "tbody a >> a[href^='/petition/edit/']"),
    Sheet("step", "clerk.t01", "/petition/list/", "tbody a >> a[href$='/step/inform']"),
    Sheet("why", "clerk.t01", "/petition/list/", "tbody a >> a[href$='/why']"),
    Sheet("overdue", "bureau1", "/overdue/"),
    Sheet("deductions", "bureau1", "/deduction/list/?status=proposed"),
    Sheet("hearings", "bureau1", "/hearing/"),
    Sheet("hearings-unit", "leader.t01", "/hearing/"),
    Sheet("accountability", "bureau1", "/accountability/list/", "tbody a"),
    Sheet("accountability-add", "bureau1", "/accountability/add"),
    Sheet("deduction", "bureau1", "/deduction/list/?status=proposed", "tbody a"),
    Sheet("assessment", "county", "/assessment/"),
    Sheet("assessment-unit", "county", "/assessment/", "tbody tr:last-child a"),
    Sheet("year-end", "bureau1", "/assessment/", ".page-actions a:first-child >> a[href$='/freezing']"),
    Sheet("what-if", "county", "/assessment/", ".page-actions a:first-child >> a[href$='/what-if']"),
    Sheet("letters", "bureau1", "/letter/list/"),
    Sheet("letter", "bureau1", "/letter/list/", "tbody a"),
    Sheet("jobs", "bureau1", "/job/list/"),
    Sheet("papers", "bureau1", "/papers/"),
    Sheet("rules", "county", "/rules/"),
    Sheet("rulebook", "admin", "/admin/rulebook/", "tbody a"),
    Sheet("rulebook-changes", "bureau1", "/rulebook/1/changes"),
    Sheet("figures-add", "bureau1", "/admin/indicator_figure/add"),
    Sheet("admin-list", "admin", "/admin/unit/"),
    Sheet("admin-form", "admin", "/admin/unit/", ".page-actions .btn-primary"),
    Sheet("accounts", "admin", "/users/list/"),
    Sheet("account-form", "admin", "/users/add"),
)


@pytest.fixture(scope="session")
def stay(open_browser: Callable[..., Visitor]) -> Callable[[str], Visitor]:
    """``stay("bureau1")``: a visitor who is logged in for all pages; a clerk has a matter of their own to show."""
    known: dict[str, Visitor] = {}

    def visitor(who: str) -> Visitor:
        if who not in known:
            known[who] = open_browser()
            if who:
                known[who].logs_in_as(who)
            if who.startswith("clerk"):
                clerk = known[who].as_(Intake)
                clerk.registers("村道路灯不亮", "请求维修。", "Xijie Community", "李某", "19900005678", minutes_ago(5))
        return known[who]

    return visitor


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_page_is_for_everyone(stay: Callable[[str], Visitor], sheet: Sheet) -> None:
    visitor = stay(sheet.who)
    page = visitor.page
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    visitor.goes_to(sheet.address)
    for link in filter(None, sheet.then.split(" >> ")):
        page.locator(link).first.click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if visitor.words.chinese else "en")
    visitor.keeps_a_picture(f"page-{sheet.name}")
    found = _grave(visitor, "light")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += _grave(visitor, "dark", COLOURS)
    page.set_viewport_size(NARROW)
    visitor.keeps_a_picture(f"page-{sheet.name}-narrow-dark")
    found += _sideways(visitor) + visitor.watch.problems
    assert not found, "\n".join(found)


def _grave(visitor: Visitor, theme: str, options: dict[str, Any] | None = None) -> list[str]:
    """What axe finds that keeps somebody out."""
    expect(visitor.page.locator("html")).to_have_attribute("data-bs-theme", theme)
    found = Axe().run(visitor.page, options=ASKED | (options or {}))
    return [
        f"{theme}: {one['id']}: {node['target']} {node['any'][0]['message'] if node['any'] else one['help']}"
        for one in found.response["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def _sideways(visitor: Visitor) -> list[str]:
    """What makes the page wider than the screen."""
    return list(
        visitor.page.evaluate(
            """() => {
              const wide = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= wide && document.body.scrollWidth <= wide) return [];
              const seen = [...document.querySelectorAll("body *")].filter(
                (one) => one.getBoundingClientRect().right > wide + 1 && !one.closest(".table-responsive"));
              const parts = seen.slice(0, 5).map((one) => one.outerHTML.slice(0, 90));
              return [`${document.documentElement.scrollWidth} px wide`, ...parts];
            }"""
        )
    )


def test_the_board_prints_whole(stay: Callable[[str], Visitor]) -> None:
    """Paper does not scroll: every unit stands on it, and no table over another."""
    visitor = stay("bureau1")
    visitor.goes_to("/overdue/")
    visitor.page.emulate_media(media="print")
    # a county of a few units fits the screen; it is the bound that must go
    bound = "(all) => all.map((one) => [getComputedStyle(one).maxHeight, getComputedStyle(one).overflowY].join(' '))"
    try:
        assert visitor.page.locator(".table-tall").evaluate_all(bound) == ["none visible"] * 2
    finally:
        visitor.page.emulate_media(media="screen")


def test_by_keyboard_from_login_to_a_petition(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.goes_to("/login/")
    keyboard = visitor.page.keyboard
    keyboard.type("bureau1")  # the first field has the focus
    _tab(visitor)
    keyboard.type("Shoujie-2026")
    keyboard.press("Enter")
    visitor.page.wait_for_url(lambda url: "/login/" not in url)
    visitor.page.wait_for_load_state()
    _tabs_to(visitor, "nav a[href='/petition/list/']")
    keyboard.press("Enter")
    visitor.page.wait_for_url("**/petition/list/")
    visitor.page.wait_for_load_state()
    _tab(visitor)
    expect(visitor.page.locator(".skip-link")).to_be_focused()
    keyboard.press("Enter")
    _tabs_to(visitor, "a[href='#rows']", most=5)
    keyboard.press("Enter")
    _tabs_to(visitor, "tbody td:first-child a", most=5)
    visitor.page.screenshot(path=visitor.artefacts / f"keyboard-focus-{visitor.words.language}.png")
    keyboard.press("Enter")
    visitor.page.wait_for_url("**/petition/show/*")
    expect(visitor.as_(Case).page.get_by_role("heading", level=1)).to_be_visible()


def _tabs_to(visitor: Visitor, selector: str, most: int = 40) -> None:
    """Tab until the focus is on ``selector``; it is seen at every stop."""
    for _ in range(most):
        if _tab(visitor, selector):
            return
    raise AssertionError(f"{most} tabs do not reach {selector}")


def _tab(visitor: Visitor, wanted: str = "*") -> bool:
    """One tab: whether it reached ``wanted``. The focus must be visible."""
    visitor.page.keyboard.press("Tab")
    stop = visitor.page.evaluate(
        """(wanted) => {
          const one = document.activeElement, drawn = one.closest(".ts-wrapper")?.querySelector(".ts-control") ?? one;
          const box = drawn.getBoundingClientRect(), style = getComputedStyle(drawn);
          return {
            what: one.outerHTML.slice(0, 120), there: one.matches(wanted),
            ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
            inside: box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
          };
        }""",
        wanted,
    )
    assert stop["ring"], f"the focus is not seen on {stop['what']}"
    assert stop["inside"], f"the focus is outside the screen on {stop['what']}"
    return bool(stop["there"])
