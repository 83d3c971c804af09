"""The forms of a page as a browser would send them: every field with its value, whatever kind it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Sheet:
    """One form: where it goes, and what it would send. ``typed``: the names of fields that a reader fills in."""

    action: str
    method: str
    values: dict[str, Any] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)
    offered: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[Sheet] = []
        self.inside: Sheet | None = None
        self.choosing = self.writing = ""
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Sheet(given.get("action", ""), given.get("method", "get"))
            self.sheets.append(self.inside)
        if self.inside is None:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            self._input(self.inside, name, given)
        elif tag == "textarea" and name:
            self.writing, self.text = name, ""
        elif tag == "select" and name:
            self.choosing = name
            self.inside.typed.add(name)
            self.inside.offered[name] = []
        elif tag == "option" and self.choosing:
            options = self.inside.offered[self.choosing]
            options.append(given.get("value", ""))
            if "selected" in given or len(options) == 1:
                self.inside.values[self.choosing] = given.get("value", "")

    def _input(self, sheet: Sheet, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in ("submit", "button", "file"):
            return
        if kind != "hidden":
            sheet.typed.add(name)
        if kind not in ("checkbox", "radio") or "checked" in given:
            sheet.values[name] = given.get("value", "on" if kind == "checkbox" else "")

    def handle_data(self, data: str) -> None:
        if self.writing:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.choosing = ""
        elif tag == "textarea" and self.inside is not None and self.writing:
            self.inside.values[self.writing] = self.text.removeprefix("\r\n").removeprefix("\n")
            self.inside.typed.add(self.writing)
            self.writing = ""


def sheets(page: str) -> list[Sheet]:
    """All forms of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.sheets


def sheet(page: str, name: str) -> Sheet:
    """The one form of a page that has a field ``name``."""
    (found,) = (one for one in sheets(page) if name in one.values or name in one.typed)
    return found
