"""What the start-up checks tell: each contradiction with its id, where it stands, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.access import ROW_RULES
from models.base import Base
from models.permissions import MATRIX, Matrix
from models.roles import ROLES, Standing
from models.terms import Role
from views.columns import tables
from views.screen import Screen

HINTS = {
    "T01": "the table has no {0}",
    "T02": "the column cannot be shown: {0}",
    "T03": "“{0}” has no Chinese: run `make translations` and fill it in",
    "T04": "a record has no name: give the table a column `name` or a `__str__`",
    "T05": "the member {0} of {1} is stored under another name: name and value must be equal",
    "T06": "lists and addresses need one whole number `id`: say `id: Mapped[Pk]`, and make another key unique",
    "S01": "there is no column {0}",
    "S02": "cannot be sorted by {0}: use a column that is never empty",
    "S03": "{0} has no filter; leave it to the search box",
    "S04": "{0} cannot be edited in a form",
    "S05": "points to {0}, which has no lookup",
    "S06": "the key needs a relationship to be shown by name",
    "S07": "there is no menu group {0}",
    "S08": "the tab {0}.{1} does not exist or does not point here",
    "S09": "two screens or pages have the address or name {0}",
    "S10": "the search box cannot look into a column of kind {0}",
    "S11": "the page {0} cannot be made by hand; only show, add and edit can",
    "S12": "nothing can be added: the form lacks {0}, which must not be empty",
    "S13": "the table has two screens",
    "S14": "the list begins with {0}, which no index leads with: slow with many rows",
    "S15": "no form and no page shows it: put it on one, or say why not in `hidden` of its Screen",
    "S16": "the action {0} needs a name of its own, in small letters, that is no page's",
    "S17": "counts by {0}, which its list does not understand",
    "S18": "cannot be counted by {0}: use a choice, yes/no or key",
    "S19": "an operation writes this table, and none writes {0}: use a table of its own with a key to this one",
    "P01": "the matrix names a table that does not exist",
    "P02": "the screen offers “{0}”, which no role is granted",
    "P03": "belongs to a petition and has no row rule in models/access.py",
    "P04": "{0} may choose a {1} here but not list it: the lookup would refuse",
    "P05": "the role has no row in ROLES of models/roles.py: it would see no case work",
    "P06": "the role has no row in MATRIX of models/permissions.py: it may do nothing",
    "P07": "the role may list {0}, but its scope in models/roles.py is `none`: it would see no rows",
    "P08": "the role may not list `overdue`: its home page would be refused",
}
# Pages that the matrix names beside the tables
PAGES = frozenset({"overdue", "hearing", "assessment", "report", "yearbook", "account", "import", "what_if"})
# Names that an address begins with and no table may take
TAKEN = frozenset({"admin", "api", "healthz", "lang", "login", "logout", "lookup", "metrics", "readyz", "static"}) | {
    "hearing",
    "overdue",
    "papers",
    "report",
    "swagger",
    "users",
}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One wrong declaration: where it stands, and what to do."""

    id: str
    where: str
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.id} {self.where}: {HINTS[self.id].format(*self.words)}"


class Contradictions(Exception):
    """The declarations contradict each other; the start stops."""

    def __init__(self, found: list[Contradiction]) -> None:
        self.found = tuple(found)
        super().__init__("\n".join(str(one) for one in found))


Found = Iterator[Contradiction]


@dataclass(frozen=True, slots=True)
class House:
    """What is declared; tests hand in a wrong one."""

    screens: Mapping[str, Screen]
    tables: Mapping[str, type[Base]] = field(default_factory=tables)
    matrix: Matrix = field(default_factory=lambda: MATRIX)
    rules: Mapping[type[Any], Any] = field(default_factory=lambda: ROW_RULES)
    roles: Mapping[Role, Standing] = field(default_factory=lambda: ROLES)
    twice: tuple[str, ...] = ()
