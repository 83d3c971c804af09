"""The one menu: groups of pages and screens, each shown to whom it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext

from models.terms import N_, Verb
from views import registry, secure

GROUPS = {
    "work": (N_("Work"), "folder"),
    "assessment": (N_("Assessment"), "chart-bar"),
    "reference": (N_("Reference data"), "database"),
    "system": (N_("System"), "settings"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A hand-made page in the menu: ``table`` and ``verb`` say who sees it."""

    group: str
    label: str
    href: str
    icon: str
    table: str
    verb: Verb = Verb.list
    position: int = 10


ENTRIES = (
    Entry("work", N_("Home"), "/", "home", "overdue", position=1),
    Entry("work", N_("Register a petition"), "/petition/add", "plus", "petition", Verb.add, 2),
    Entry("work", N_("Due and overdue"), "/overdue/", "clock", "overdue", position=4),
    Entry("assessment", N_("Hearings"), "/hearing/", "messages", "hearing", position=2),
    Entry("assessment", N_("Assessment of the year"), "/assessment/", "chart-bar", "assessment", position=1),
    Entry("assessment", N_("Reports"), "/papers/", "file-text", "report", Verb.export, 2),
    Entry("assessment", N_("The rules in force"), "/rules/", "book", "rulebook", position=9),
    Entry("reference", N_("A year's notice"), "/calendar/notice", "calendar-event", "calendar_day", Verb.edit, 6),
    Entry("system", N_("Import a ledger"), "/import/", "package-import", "import", Verb.add, 8),
    Entry("system", N_("Names from ledgers"), "/import/names", "map-search", "import", Verb.add, 8),
    Entry("system", N_("System clock"), "/clock/", "clock", "counter", Verb.edit, 9),
    Entry("system", N_("Accounts"), "/users/list/", "users", "account", position=1),
)


def groups() -> list[dict[str, Any]]:
    """The menu of the actor, in the reader's language."""
    found = []
    for name, (label, icon) in GROUPS.items():
        items = sorted(_items(name), key=lambda item: item["position"])
        if items:
            found.append({"label": gettext(label), "icon": icon, "items": items})
    return found


def _items(group: str) -> list[dict[str, Any]]:
    items = [
        _item(gettext(entry.label), entry.href, entry.icon, entry.position)
        for entry in ENTRIES
        if entry.group == group and secure.allowed(entry.table, entry.verb)
    ]
    for screen in registry.load().values():
        if screen.menu == group and secure.allowed(screen.name, Verb.list):
            label = gettext(screen.table.__plural__)
            items.append(_item(label, screen.url("list"), screen.icon, screen.position))
    return items


def _item(label: str, href: str, icon: str, position: int) -> dict[str, Any]:
    here = request.path
    active = here == href or (href != "/" and here.startswith(href.removesuffix("list/")) and "/add" not in here)
    return {"label": label, "href": href, "icon": icon, "position": position, "active": active, "badge": ""}
