"""Looks over every page that a test opens: what a user would not see, but must never happen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

REFUSED = (401, 422)
SAID = ("status of", "Response Status Error Code")  # by the browser, and by htmx


class Watch:
    """Collects script failures, server failures and requests to any host but ``home``."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.host = urlsplit(home).netloc
        self.problems: list[str] = []
        self._refusals = False
        context.on("page", self._follow)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Inside, a refused form (422, or 401 after the login's end) is expected; the browser calls it an error."""
        self._refusals = True
        yield
        self._refusals = False

    def _follow(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"page error on {page.url}: {error}"))

    def _request(self, request: Request) -> None:
        where = urlsplit(request.url)
        if where.scheme not in ("data", "blob") and where.netloc != self.host:
            self.problems.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and not (self._refusals and response.status in REFUSED)):
            self.problems.append(f"{response.status} {response.request.method} {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not (
            self._refusals and any(f"{said} {code}" in message.text for code in REFUSED for said in SAID)
        ):
            self.problems.append(f"console of {message.location.get('url', '')}: {message.text}")
