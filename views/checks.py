"""Start-up checks: every contradiction between screens, tables and matrix at once, each with an id and a hint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.access import ROW_RULES
from models.permissions import MATRIX
from models.terms import Verb
from views import menu
from views.columns import columns, tables
from views.fields import FIELDS
from views.screen import Screen


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One wrong declaration."""

    id: str
    where: str
    hint: str

    def __str__(self) -> str:
        return f"{self.id} {self.where}: {self.hint}"


class Contradictions(Exception):
    """The declarations contradict each other; the start stops."""

    def __init__(self, found: list[Contradiction]) -> None:
        self.found = tuple(found)
        super().__init__("\n".join(str(one) for one in found))


def run(screens: Mapping[str, Screen]) -> None:
    """Raise all contradictions at once."""
    found = [*_labels(), *_matrix()]
    for screen in screens.values():
        found += _screen(screen, screens)
    found += [Contradiction("S09", name, "two screens have this address") for name in _twice(screens)]
    if found:
        raise Contradictions(found)


def _labels() -> Iterator[Contradiction]:
    for name, table in tables().items():
        for attribute in ("__label__", "__plural__"):
            if not getattr(table, attribute, ""):
                yield Contradiction("T01", name, f"the table has no {attribute}")
        try:
            columns(table)
        except LookupError as error:
            yield Contradiction("T02", name, f"a column cannot be shown: {error}")


def _matrix() -> Iterator[Contradiction]:
    pages = {"overdue", "assessment", "report", "account"}
    for role, row in MATRIX.items():
        for name in row.keys() - tables().keys() - pages:
            yield Contradiction("P01", f"{role}: {name}", "the matrix names a table that does not exist")


def _screen(screen: Screen, screens: Mapping[str, Screen]) -> Iterator[Contradiction]:
    try:
        known = columns(screen.table)
    except LookupError:
        return
    named = {"list": screen.list, "filters": screen.filters, "form": screen.form, "show": screen.show}
    for part, names in named.items():
        for name in names:
            if name not in known:
                yield Contradiction("S01", f"{screen.name}.{part}", f"there is no column {name}")
    order = screen.order.removeprefix("-")
    if order not in known or not known[order].sortable:
        yield Contradiction("S02", screen.name, f"cannot be sorted by {order}: use a column that is never empty")
    for name in (n for n in screen.filters if n in known and not known[n].filterable):
        yield Contradiction("S03", f"{screen.name}.filters", f"{name} has no filter; leave it to the search box")
    for name in (n for n in screen.form if n in known and known[n].kind not in FIELDS):
        yield Contradiction("S04", f"{screen.name}.form", f"{name} cannot be edited in a form")
    for col in known.values():
        if col.target and col.target not in screens and not col.target.startswith("ab_"):
            yield Contradiction("S05", f"{screen.name}.{col.name}", f"points to {col.target}, which has no lookup")
        if col.kind == "key" and not col.relation and not (col.target or "").startswith("ab_"):
            yield Contradiction("S06", f"{screen.name}.{col.name}", "the key needs a relationship to be shown by name")
    if screen.menu and screen.menu not in menu.GROUPS:
        yield Contradiction("S07", screen.name, f"there is no menu group {screen.menu}")
    for tab in screen.related:
        if tab.table not in screens or tab.key not in columns(screens[tab.table].table):
            yield Contradiction("S08", screen.name, f"the tab {tab.table}.{tab.key} does not exist")
    if screen.menu and not any(Verb.list in row.get(screen.name, ()) for row in MATRIX.values()) and _named(screen):
        yield Contradiction("P02", screen.name, "no role may list it")
    keys = {col.target for col in known.values()}
    if "petition" in keys and screen.table not in ROW_RULES:
        yield Contradiction("P03", screen.name, "belongs to a petition and has no row rule in models/access.py")


def _named(screen: Screen) -> bool:
    return any(screen.name in row for row in MATRIX.values())


def _twice(screens: Mapping[str, Screen]) -> list[str]:
    return [base for base, n in Counter(screen.base for screen in screens.values()).items() if n > 1]
