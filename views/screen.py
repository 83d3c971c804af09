"""A screen is a row of data: which table, which columns in list, filters and form, where in the menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from models.base import Base, info_of
from models.terms import Term, Verb

Kind = Literal["case", "reference"]
# An own page takes the primary key (or nothing, for add) and returns what Flask can answer
OwnPage = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Related:
    """A tab on the record page: rows of ``table`` whose ``key`` column points here.

    ``grows``: rows are added only once the record itself cannot be changed any more.
    """

    table: str
    key: str
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """What can be done with many rows of a list at once: the page that asks for it, and the moves it offers.

    The page gets ``move``, the ticked rows as ``row``, or ``all`` and the list's ``filter``.
    """

    action: str
    moves: tuple[Term, ...]
    verb: Verb = Verb.edit


def _always(_row: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """Something done to one row: a button on its page, and ``POST …/<id>/<name>`` of the API.

    ``run(session, row, actor)`` changes rows, never commits, and returns what to tell (a msgid); it may refuse with a
    ``DomainError``. ``fits``: for which rows it is offered; ``question`` (a msgid): what is asked before.
    """

    name: str
    label: str
    run: Callable[[Any, Any, Any], str]
    verb: Verb = Verb.edit
    icon: str = "player-play"
    question: str = ""
    fits: Callable[[Any], bool] = _always


@dataclass(frozen=True, slots=True)
class Tile:
    """A count on the home page of everybody who may list the table; a click leads to the list.

    ``filter`` is written like the list's own address: ``status=received&received_at.from=2026-01-01``.
    """

    label: str
    filter: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns on the home page: how many rows have each value of ``by``, a choice, yes/no or key."""

    label: str
    by: str
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """One table's screen. Everything has a default, so that a table without a declaration is still usable.

    Args:
        table: the mapped class.
        kind: ``case`` is drawn by Flask-AppBuilder with a REST API, ``reference`` by Flask-Admin.
        menu: group of the menu (``views.menu.GROUPS``) or empty for none; ``icon`` is a Tabler icon's name.
        list: columns of the list; foreign keys show the row they point to.
        filters: columns that can be filtered; each must be a choice, key, date, number or yes/no.
        order: column to sort by at first, ``-`` for descending; never nullable.
        form: columns that the generated form edits, in order; grouped by the column's own ``group``.
        show: columns of the record page, else all but identities; a hand-made page names those that it shows.
        hidden: columns that no page shows, each with the reason for it.
        related: tabs of the record page.
        verbs: what the generated pages offer at all, whatever the matrix grants.
        own: hand-made pages that stand in for generated ones (``show``, ``add``, ``edit``).
        save: an operation that writes the form's values instead of plain assignment.
        many: what can be done with ticked rows of the list; actions: with one row, on its page.
        tiles, charts: counts on the home page.
        locked: why a row cannot be changed or deleted any more (a msgid), empty if it can.
        after: what follows once a row was saved or deleted, in a transaction of its own; returns what to tell.
    """

    table: type[Base]
    kind: Kind = "reference"
    menu: str = ""
    icon: str = "table"
    position: int = 100
    list: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    order: str = "-id"
    form: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    related: tuple[Related, ...] = ()
    verbs: frozenset[Verb] = frozenset(Verb)
    own: Mapping[str, OwnPage] = field(default_factory=dict)
    save: Callable[..., Any] | None = None
    after: Callable[[Base], str] | None = None
    many: Many | None = None
    actions: tuple[Action, ...] = ()
    tiles: tuple[Tile, ...] = ()
    charts: tuple[Chart, ...] = ()
    locked: Callable[[Any], str] | None = None

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)

    @property
    def base(self) -> str:
        """Where its pages live."""
        return f"/{self.name}" if self.kind == "case" else f"/admin/{self.name}"

    @property
    def searched(self) -> bool:
        """Whether any column is open to the search box."""
        infos = (info_of(column) for column in self.table.__table__.columns)
        return any(info.search for info in infos if info)

    def url(self, page: str, pk: int | None = None) -> str:
        """The address of one of its pages: list, show, add, edit, delete, export."""
        if page == "list":
            return f"{self.base}/list/" if self.kind == "case" else f"{self.base}/"
        if page == "export":
            return f"{self.base}/export.csv"
        return f"{self.base}/{page}" if pk is None else f"{self.base}/{page}/{pk}"
