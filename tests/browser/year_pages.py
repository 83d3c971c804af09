"""The pages of a year's end as its users meet them: the hearing, freezing, correcting, trying."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.pages import Visitor

# what the field is called where the unit speaks
WORDS = {"Make a statement": "Statement of the unit", "Appeal": "Grounds of the appeal"}


class Hearing(Visitor):
    """One deduction between unit, bureau and county leader."""

    def finds_an_own_one(self) -> str:
        """The address of the unit's first proposed deduction."""
        return self.finds_the_first_of("status=proposed")

    def finds_the_first_of(self, question: str) -> str:
        """The address of the first deduction of the list that the filter shows."""
        self.goes_to(f"/deduction/list/?{question}")
        self.page.locator("tbody tr a").first.click()
        self.page.wait_for_url("**/deduction/show/*")
        return self.page.url

    def finds_it_on_the_board(self, board: str, address: str) -> None:
        """Under the heading ``board`` of the hearings."""
        self.goes_to("/hearing/")
        card = self.page.locator(".card").filter(has=self.page.get_by_role("heading", name=self.words(board)))
        path = re.sub(r"^https?://[^/]+", "", address)
        card.locator(f"a[href='{path}']").click()
        self.page.wait_for_url(address)

    def moves(self, move: str, reason: str, told: str, status: str) -> None:
        """With a reason; what is said then, and how the deduction stands."""
        self.fills(WORDS.get(move, "Reason"), reason)
        self.presses(move)
        self.is_told(told)
        expect(self.page.locator(".page-pretitle .pill")).to_have_text(self.words(status))
        self.sees(reason)


class YearEnd(Visitor):
    """Freezing, correcting and revising a year."""

    def opens(self, year: int) -> None:
        self.goes_to(f"/assessment/{year}")
        self.follows("Year's end and revisions")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(self.words("Year's end and revisions"))

    def does(self, act: str, reason: str) -> None:
        """Give the reason, press, and say yes to the question."""
        self.fills("Reason", reason)
        self.presses(act)
        self.page.get_by_role("dialog").get_by_role("button", name=self.words("Yes, do it"), exact=True).click()

    def waits_until_frozen(self, year: int) -> None:
        """The job's page goes on to the year by itself."""
        self.page.wait_for_url(f"**/assessment/{year}")
        expect(self.page.locator("[data-frozen]")).to_be_visible()


class Trial(Visitor):
    """What if?"""

    def asks(self, year: int, clock: str, length: str) -> None:
        self.goes_to(f"/assessment/{year}")
        self.follows("What if?")
        self.page.locator(f"[name='clock:{clock}']").fill(length)
        self.presses("Compute the trial")
        self.page.wait_for_url("**/what-if/*")
