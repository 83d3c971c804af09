"""The pages as a user meets them. A method is a sentence: what one does, or what one sees."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self, TypeVar
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from tests.browser.watch import Watch
from tests.browser.words import Words

PASSWORD = "Shoujie-2026"
COUNTY_ZONE = ZoneInfo("Asia/Shanghai")
P = TypeVar("P", bound="Visitor")


class Visitor:
    """Somebody at a browser: finds fields by their labels, buttons and links by their words."""

    def __init__(self, page: Page, words: Words, watch: Watch, artefacts: Path) -> None:
        self.page, self.words, self.watch, self.artefacts = page, words, watch, artefacts

    def goes_to(self, address: str) -> Self:
        self.page.goto(address)
        return self

    def as_(self, kind: type[P]) -> P:
        """The same browser, before another kind of page."""
        return kind(self.page, self.words, self.watch, self.artefacts)

    def in_the_other_language_first(self) -> Self:
        """The browser asks for one language, the reader chooses another: what is chosen stays."""
        other, own = ("EN", "中文") if self.words.chinese else ("中文", "EN")
        self.goes_to("/login/")
        for tongue in (other, own):
            self.page.get_by_role("link", name=tongue, exact=True).click()
            expect(self.page.get_by_role("link", name=tongue, exact=True)).to_have_attribute("aria-current", "true")
        return self

    def logs_in_as(self, username: str) -> Self:
        """On the login page, in the language of this run."""
        self.goes_to("/login/")
        self.fills("User name", username)
        self.fills("Password", PASSWORD)
        self.presses("Log in")
        self.page.wait_for_url(lambda url: not url.endswith("/login/"))
        return self

    def fills(self, label: str, text: str) -> None:
        self._field(label).fill(text)

    def chooses(self, label: str, word: str) -> None:
        """From a short list of terms."""
        self._field(label).select_option(label=self.words(word))

    def looks_up(self, label: str, word: str) -> None:
        """In a remote select: type, wait for what the server finds, take it with the keyboard."""
        text = self.words(word)
        box = self._select(label).locator("input[role=combobox]")
        box.click()
        box.press_sequentially(text[:12])
        option = self._select(label).get_by_role("option", name=text)
        expect(option).to_be_visible()
        expect(option).to_have_class(re.compile("active"))
        box.press("Enter")
        self.still_has_looked_up(label, word)

    def still_has_looked_up(self, label: str, word: str) -> None:
        expect(self._select(label).locator(".item")).to_contain_text(self.words(word))

    def sets_the_time(self, label: str, moment: datetime) -> None:
        """In a date-time input, whose time is the county's wherever the reader sits."""
        self.fills(label, moment.astimezone(COUNTY_ZONE).strftime("%Y-%m-%dT%H:%M"))

    def presses(self, word: str) -> None:
        self.page.get_by_role("button", name=self.words(word), exact=True).click()

    def follows(self, word: str) -> None:
        self.page.get_by_role("main").get_by_role("link", name=self.words(word), exact=True).click()

    def is_told(self, word: str, rest: str = "") -> None:
        """The message after what was done."""
        expect(self.page.get_by_role("status").first).to_contain_text(self.words(word) + rest)

    def sees(self, *texts: str) -> None:
        """On the page; words of the interface and data alike."""
        for text in texts:
            expect(self.page.get_by_role("main")).to_contain_text(self.words.known(text))

    def keeps_a_picture(self, name: str) -> None:
        """Into ``test-artefacts/``, for people to look at."""
        self.artefacts.mkdir(exist_ok=True)
        self.page.evaluate("scrollTo(0, 0)")  # else the menu stands where the page was scrolled to
        self.page.screenshot(path=self.artefacts / f"{name}-{self.words.language}.png", full_page=True)

    def _label(self, label: str) -> re.Pattern[str]:
        return re.compile(rf"^{re.escape(self.words(label))}\s*\*?$")

    def _field(self, label: str) -> Locator:
        return self.page.get_by_role("main").get_by_label(self._label(label))

    def _select(self, label: str) -> Locator:
        """The row of the form that holds a remote select."""
        return self.page.locator(".form-row").filter(has=self.page.locator("label", has_text=self._label(label)))


class Intake(Visitor):
    """The counter's form."""

    def registers(self, title: str, content: str, place: str, person: str, phone: str, received: datetime) -> str:
        """A visit with a request; the number it was given."""
        self.goes_to("/petition/add")
        self.chooses("Channel", "Visit")
        self.chooses("Kind", "Request")
        self.sets_the_time("Received at", received)
        self.fills("Title", title)
        self.fills("Content", content)
        self.looks_up("Place", place)
        self.page.get_by_label(self.words("Full name"), exact=True).first.fill(person)
        self.page.get_by_label(self.words("Phone"), exact=True).first.fill(phone)
        self.keeps_a_picture("01-intake-filled")
        self.presses("Register")
        self.is_told("Registered as ")
        found = re.search(r"\d{4}-\d{6}", self.page.get_by_role("status").first.inner_text())
        assert found, "the message names no number"
        return found.group()


class Case(Visitor):
    """The page of one petition, and the forms of its steps."""

    def opens(self, number: str) -> Self:
        """Through the list of petitions, by its number."""
        self.goes_to(f"/petition/list/?q={number}")
        self.page.get_by_role("link", name=number, exact=True).click()
        expect(self.page).to_have_title(re.compile(number))
        return self

    def takes_up(self, step: str) -> None:
        """One of the steps that are offered."""
        self.follows(step)
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.words(step))

    def records(self, step: str) -> None:
        self.presses("Record")
        self.is_told("Recorded: ", self.words(step))

    def is_refused(self) -> None:
        """The form comes back with a summary that has the focus."""
        with self.watch.refusals():
            self.presses("Record")
            summary = self.page.get_by_role("alert").filter(has_text=self.words("There is a problem"))
            expect(summary).to_be_focused()

    def sees_the_clock(self, duty: str, unit: str, state: str) -> None:
        """What ``unit`` owes, and how its clock stands."""
        expect(self._clock(duty, unit)).to_contain_text(self.words(state))

    def asks_how_it_was_counted(self, duty: str, unit: str) -> None:
        """The date leads to its working."""
        day = self._clock(duty, unit).get_by_role("link")
        text = day.inner_text()
        day.click()
        self.sees(text, "Counted from")

    def _clock(self, duty: str, unit: str) -> Locator:
        rows = self.page.get_by_role("row").filter(has_text=self.words(duty)).filter(has_text=self.words(unit))
        return rows.locator(".duty-clock")


class Bureau(Visitor):
    """The boards and decisions of the bureau."""

    def opens_the_overdue_board(self) -> None:
        self.page.get_by_role("navigation").get_by_role("link", name=self.words("Due and overdue"), exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.words("Due and overdue"))

    def opens_the_newest_proposed_deduction(self) -> int:
        """From the list; the year that it belongs to."""
        self.goes_to("/deduction/list/?status=proposed&sort=-year")
        self.page.locator("tbody tr a").first.click()
        expect(self.page.locator(".page-pretitle .pill")).to_have_text(self.words("Proposed"))
        year = self.page.locator(".facts-item").filter(has=self.page.get_by_text(self.words("Year"), exact=True))
        return int(year.locator("dd").inner_text())

    def confirms_it(self, reason: str) -> None:
        self.fills("Reason", reason)
        self.presses("Confirm the deduction")
        self.is_told("Decided.")
        expect(self.page.locator(".page-pretitle .pill")).to_have_text(self.words("Confirmed"))


class Leader(Visitor):
    """The county leader once a month."""

    def opens_the_year(self, year: int) -> dict[str, tuple[str, str]]:
        """The ranking: unit code → (name, score) as shown."""
        self.goes_to(f"/assessment/{year}")
        found = {}
        for row in self.page.locator("table[data-list=assessment] tbody tr").all():
            link = row.get_by_role("link")
            code = str(link.get_attribute("href")).rsplit("/", 1)[-1]
            found[code] = (link.inner_text(), row.locator("strong").inner_text())
        return found

    def downloads_the_county_paper(self) -> Path:
        """From the page of the year: it is drawn as a job, whose page leads on to it."""
        self.presses("County report (PDF)")
        with self.page.expect_download() as waiting:
            self.follows("Download")
        file = self.artefacts / waiting.value.suggested_filename
        waiting.value.save_as(file)
        return file


def minutes_ago(count: int) -> datetime:
    """A moment to put on a form."""
    return datetime.now(COUNTY_ZONE) - timedelta(minutes=count)
