"""Start-up checks: every contradiction between screens, tables and matrix at once, each with an id and a hint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Integer, inspect

from models.access import OWN_ROWS
from models.base import Base, Info, info_of
from models.permissions import granted
from models.roles import Scope
from models.terms import Role, Term, Verb
from reports import words
from views import boards, crud, menu, registry
from views.columns import Col, column_fault, columns, relation_fault
from views.contradictions import HINTS, PAGES, TAKEN, Contradiction, Contradictions, Found, House
from views.fields import FIELDS, required
from views.screen import Screen

__all__ = ["HINTS", "PAGES", "Contradiction", "Contradictions", "House", "contradictions", "run"]
_PAGES = frozenset({"list", "show", "add", "edit", "delete", "export", "_info"})


def run(screens: Mapping[str, Screen]) -> None:
    """Raise all contradictions of the house at once."""
    found = list(contradictions(House(screens, twice=registry.twice())))
    if found:
        raise Contradictions(found)


def contradictions(house: House) -> Found:
    """Every contradiction, in a stable order."""
    for table in house.tables.values():
        yield from _table(table)
    yield from _words(house)
    yield from _matrix(house)
    yield from _names(house)
    for screen in house.screens.values():
        if _shown(screen.table):
            for check in SCREEN_CHECKS:
                yield from check(screen, house)


def _shown(table: type[Base]) -> bool:
    """Whether its columns and its key are known at all; else the rest would only repeat it."""
    return not list(_faults(table)) and "id" in columns(table)


def _faults(table: type[Base]) -> Iterator[tuple[str, str]]:
    for attribute in inspect(table).column_attrs:
        fault = column_fault(table, attribute)
        if fault:
            yield attribute.key, fault
    for relation in inspect(table).relationships:
        if fault := relation_fault(relation):
            yield relation.key, fault


def _table(table: type[Base]) -> Found:
    name = table.__tablename__
    for attribute in ("__label__", "__plural__"):
        if not getattr(table, attribute, ""):
            yield Contradiction("T01", name, (attribute,))
    for column, fault in _faults(table):
        yield Contradiction("T02", f"{name}.{column}", (fault,))
    if table.__str__ is object.__str__ and "name" not in inspect(table).column_attrs:
        yield Contradiction("T04", name)
    keys = list(inspect(table).primary_key)
    if [key.name for key in keys] != ["id"] or not isinstance(keys[0].type, Integer):
        yield Contradiction("T06", name)
    for column in table.__table__.columns:
        kind = getattr(column.type, "enum_class", None) or ()
        for member in (one for one in kind if one.name != one.value):
            yield Contradiction("T05", f"{name}.{column.name}", (member.name, kind.__name__))


def _words(house: House) -> Found:
    """Labels, helps and groups of what the generator shows, each in both languages."""
    asked: dict[str, str] = {label: "the menu" for label, _icon in menu.GROUPS.values()}
    for name, table in house.tables.items():
        texts = [getattr(table, "__label__", ""), getattr(table, "__plural__", "")]
        for relation in inspect(table).relationships:
            texts += _texts(relation)
        for column in table.__table__.columns:
            texts += _texts(column)
            kind = getattr(column.type, "enum_class", None) or ()
            texts += [one.label for one in kind if isinstance(one, Term)]
        for text in texts:
            asked.setdefault(text, name)
    asked |= {role.label: role.value for role in Role}
    for screen in house.screens.values():
        for part in (*screen.actions, *screen.tiles, *screen.charts):
            asked.setdefault(part.label, screen.name)
            asked.setdefault(getattr(part, "question", ""), screen.name)
    for text, where in asked.items():
        if text and not words.in_chinese(text):
            yield Contradiction("T03", where, (text,))


def _texts(part: Any) -> list[str]:
    info = info_of(part) or Info("")
    return [info.label, info.help, info.group]


def _matrix(house: House) -> Found:
    for role, row in house.matrix.items():
        for name in row.keys() - house.tables.keys() - PAGES:
            yield Contradiction("P01", f"{role}: {name}")
    for role in Role:
        yield from _role(role, house)


def _role(role: Role, house: House) -> Found:
    """A role that follows half of what makes a role sees nothing, and nobody says why."""
    if role not in house.roles:
        yield Contradiction("P05", role.value)
    if role not in house.matrix:
        yield Contradiction("P06", role.value)
        return
    if Verb.list not in granted(role, "overdue", house.matrix):
        yield Contradiction("P08", role.value)
    if role in house.roles and house.roles[role].scope is Scope.none:
        shown = [table for table in house.rules if table not in OWN_ROWS]
        for name in sorted(table.__tablename__ for table in shown):
            if Verb.list in granted(role, name, house.matrix):
                yield Contradiction("P07", role.value, (name,))


def _names(house: House) -> Found:
    for name in house.twice:
        yield Contradiction("S13", name)
    classes = Counter(screen.table.__name__ for screen in house.screens.values())
    for screen in house.screens.values():
        if screen.name in TAKEN:
            yield Contradiction("S09", screen.name, (screen.base,))
        if classes[screen.table.__name__] > 1:
            yield Contradiction("S09", screen.name, (screen.table.__name__,))


def _columns_named(screen: Screen, _house: House) -> Found:
    known = columns(screen.table)
    named = {"list": screen.list, "filters": screen.filters, "form": screen.form, "show": screen.show}
    for part, names in named.items():
        for name in names:
            if name not in known:
                yield Contradiction("S01", f"{screen.name}.{part}", (name,))
    order = screen.order.removeprefix("-")
    if order not in known or not known[order].sortable:
        yield Contradiction("S02", screen.name, (order,))
    elif screen.kind == "case" and not _indexed(known[order]):
        yield Contradiction("S14", screen.name, (order,))
    for name in (n for n in screen.filters if n in known and not known[n].filterable):
        yield Contradiction("S03", f"{screen.name}.filters", (name,))
    for col in (c for c in known.values() if c.info.search and c.kind not in ("text", "long")):
        yield Contradiction("S10", f"{screen.name}.{col.name}", (col.kind,))


def _indexed(col: Col) -> bool:
    """Whether a whole index begins with the column."""
    if col.column.primary_key or col.unique:
        return True
    whole = (index for index in col.column.table.indexes if index.dialect_options["sqlite"]["where"] is None)
    return any(next(iter(index.columns)) is col.column for index in whole)


def _seen(screen: Screen, _house: House) -> Found:
    """A column that nobody sees is forgotten rather than meant."""
    asked = (*screen.list, *screen.form, *screen.hidden, *crud.KEPT)
    # a page that is made by hand shows what it names
    shown = screen.show if "show" in screen.own else crud.shown(screen)
    for name in screen.hidden.keys() - columns(screen.table).keys():
        yield Contradiction("S01", f"{screen.name}.hidden", (name,))
    for name in (n for n in columns(screen.table) if n not in (*asked, *shown)):
        yield Contradiction("S15", f"{screen.name}.{name}")


def _form(screen: Screen, _house: House) -> Found:
    known = columns(screen.table)
    for name in (n for n in screen.form if n in known and (known[n].kind not in FIELDS or known[n].info.readonly)):
        yield Contradiction("S04", f"{screen.name}.form", (name,))
    if screen.save or "add" in screen.own:
        for col in (c for c in known.values() if c.kind == "many" and not c.info.readonly):
            yield Contradiction("S19", screen.name, (col.name,))
    for page in screen.own.keys() - {"show", "add", "edit"}:
        yield Contradiction("S11", screen.name, (page,))
    if Verb.add in screen.verbs and screen.save is None and "add" not in screen.own and screen.form:
        for col in known.values():
            if col.name not in ("id", *screen.form) and required(col):
                yield Contradiction("S12", f"{screen.name}.form", (col.name,))


def _keys(screen: Screen, house: House) -> Found:
    for col in columns(screen.table).values():
        where = f"{screen.name}.{col.name}"
        account = (col.target or "").startswith("ab_")
        if col.target and col.target not in house.screens and col.target != "ab_user":
            yield Contradiction("S05", where, (col.target,))
        if col.kind == "key" and not col.relation and not account:
            yield Contradiction("S06", where)
        for role in _choosers(screen, col, house):
            target = "account" if account else col.target or ""
            if Verb.list not in granted(role, target, house.matrix):
                yield Contradiction("P04", where, (role.value, target))


def _choosers(screen: Screen, col: Col, house: House) -> Iterator[Role]:
    """The roles that may choose a value of the key in a filter or in the generated form."""
    if col.kind not in ("key", "many"):
        return
    for role in house.matrix:
        verbs = granted(role, screen.name, house.matrix) & screen.verbs
        edits = {verb for verb in (Verb.add, Verb.edit) if verb in verbs and verb.value not in screen.own}
        in_form = col.name in screen.form if screen.form else not col.info.readonly
        if (edits and in_form) or (Verb.list in verbs and col.name in screen.filters):
            yield role


def _places(screen: Screen, house: House) -> Found:
    if screen.menu and screen.menu not in menu.GROUPS:
        yield Contradiction("S07", screen.name, (screen.menu,))
    for tab in screen.related:
        other = house.screens.get(tab.table)
        col = columns(other.table).get(tab.key) if other and not list(_faults(other.table)) else None
        if col is None or col.target != screen.name:
            yield Contradiction("S08", screen.name, (tab.table, tab.key))


def _boards(screen: Screen, _house: House) -> Found:
    """Actions, tiles and charts."""
    names = Counter(action.name for action in screen.actions)
    for name, times in names.items():
        if times > 1 or not name.isidentifier() or name != name.lower() or name in _PAGES:
            yield Contradiction("S16", screen.name, (name,))
    for counted in (*screen.tiles, *screen.charts):
        for wrong in boards.asked(screen, counted.filter).wrong:
            yield Contradiction("S17", screen.name, (wrong,))
    for chart in screen.charts:
        col = columns(screen.table).get(chart.by)
        if col is None or col.kind not in ("choice", "bool", "key"):
            yield Contradiction("S18", screen.name, (chart.by,))


def _rights(screen: Screen, house: House) -> Found:
    for verb in sorted(screen.verbs):
        if not any(verb in granted(role, screen.name, house.matrix) for role in house.matrix):
            yield Contradiction("P02", screen.name, (verb.value,))
    targets = {col.target for col in columns(screen.table).values()}
    if "petition" in targets and screen.table not in house.rules:
        yield Contradiction("P03", screen.name)


SCREEN_CHECKS: tuple[Callable[[Screen, House], Found], ...] = (
    _columns_named,
    _seen,
    _form,
    _keys,
    _places,
    _boards,
    _rights,
)
