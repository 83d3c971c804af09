"""The generated pages of one screen: list, record, forms, delete. Both frameworks call these functions."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.base import Base
from models.errors import Conflict, Invalid
from models.terms import Verb
from views import changes, forms, listing, present, registry, secure, titles
from views.columns import Col, columns
from views.fields import texts
from views.screen import Screen

TAB = 20
KEPT = ("id", "version")  # the console's own columns, which say nothing to a reader


def list_page(screen: Screen) -> str:
    """The list: two statements for rows and count, one for each key chosen in a filter."""
    secure.require(screen.name, Verb.list)
    if Verb.list not in screen.verbs:
        abort(404)
    asked = listing.read(screen, request.args)
    page = listing.fetch(secure.session(), screen, asked)
    known = columns(screen.table)
    return render_template(
        "console/list.html",
        screen=screen,
        cols=[known[name] for name in screen.list],
        page=page,
        asked=asked,
        filters=[known[name] for name in screen.filters],
        link=link,
        cap=listing.CAP,
        chosen=_chosen(screen, asked),
        searched=[_(col.info.label) for col in known.values() if col.info.search],
    )


def _chosen(screen: Screen, asked: listing.Question) -> dict[str, str]:
    """What the keys chosen in filters are called."""
    found = {}
    for name, value in asked.filters.items():
        col = columns(screen.table).get(name)
        if col is not None and col.kind == "key" and col.target:
            found[name] = next((text for _key, text in texts(col.target, [int(value)])), value)
    return found


def link(**changes: str | None) -> str:
    """This address with some arguments changed; paging starts anew unless it is what changes."""
    kept = {key: value for key, value in request.args.items() if key not in ("after", "before")}
    merged = kept | changes
    plain = {key: value for key, value in merged.items() if value not in (None, "")}
    return "?" + urlencode(plain)


def row_of(screen: Screen, pk: int) -> Base:
    """The row, if there is one that the actor may see; else 404."""
    if pk >= 2**62:  # no database has such a key
        abort(404)
    table: Any = screen.table
    names = [name for name, col in columns(table).items() if col.relation or col.kind == "many"]
    wanted = select(table).where(table.id == pk).options(*listing.joined(screen, names))
    found: Base | None = secure.session().scalar(wanted)
    if found is None:
        abort(404)
    return found


def show_page(screen: Screen, pk: int) -> Any:
    """The record: facts, and a tab for each kind of related row the actor may list."""
    secure.require(screen.name, Verb.show)
    if Verb.show not in screen.verbs:
        abort(404)
    row = row_of(screen, pk)
    if "show" in screen.own:
        return screen.own["show"](row)
    return render_template("console/show.html", **record(screen, row))


def record(screen: Screen, row: Base) -> dict[str, Any]:
    """What the record page shows of a row: its facts, and why it cannot be changed, if so."""
    closed = screen.locked(row) if screen.locked else ""
    told = {"screen": screen, "row": row, "facts": facts(screen, row), "locked": closed}
    return told | {"changes": changes.of_record(screen.name, vars(row)["id"])}


def shown(screen: Screen) -> tuple[str, ...]:
    """The columns that the record page shows: identities only where the screen names them."""
    if screen.show:
        return screen.show
    known = columns(screen.table).values()
    return tuple(c.name for c in known if c.name not in (*KEPT, *screen.hidden) and not c.info.sensitive)


def facts(screen: Screen, row: Base, but: frozenset[str] = frozenset()) -> list[tuple[Col, str]]:
    """The columns of a record with their values as text; ``but``: what a hand-made page says elsewhere."""
    known = columns(screen.table)
    return [(known[name], cell(known[name], row)) for name in shown(screen) if name not in but]


def tabs(screen: Screen, row: Base) -> list[dict[str, Any]]:
    """The related rows that the actor may list, a tab for each kind."""
    closed = screen.locked(row) if screen.locked else ""
    found = (_tab(related, vars(row)["id"], closed) for related in screen.related)
    return [tab for tab in found if tab is not None]


def _tab(related: Any, pk: int, closed: str) -> dict[str, Any] | None:
    other = registry.screen(related.table)
    if not secure.allowed(other.name, Verb.list):
        return None
    table: Any = other.table
    names = [name for name in other.list if name != related.key]
    wanted = listing.narrowed(other, names).where(getattr(table, related.key) == pk).order_by(*_order(other))
    rows = secure.session().scalars(wanted.limit(TAB + 1)).all()
    cols = [columns(table)[name] for name in names]
    adds = bool(closed) == related.grows and Verb.add in other.verbs and secure.allowed(other.name, Verb.add)
    shown = {"screen": other, "cols": cols, "rows": rows[:TAB], "more": len(rows) > TAB, "key": related.key}
    return shown | {"add": f"{other.url('add')}?{related.key}={pk}" if adds else ""}


def _order(screen: Screen) -> list[Any]:
    """Reference rows as their own list has them, case rows the newest first: there may be many."""
    table: Any = screen.table
    if screen.kind == "case":
        return [table.id.desc()]
    column = getattr(table, screen.order.removeprefix("-"))
    return [column.desc() if screen.order.startswith("-") else column, table.id]


def _open(screen: Screen, row: Base | None) -> None:
    """Raises Conflict for a row that may not be changed any more."""
    if row is not None and screen.locked and (why := screen.locked(row)):
        raise Conflict(why)


def cell(col: Col, row: Base) -> str:
    """A column's value as text; of a key, what the other row is called; of a code, its word."""
    if col.kind == "many":
        return present.listed(
            sorted(getattr(row, col.name), key=lambda one: int(one.id))
        )  # the database keeps no order
    word = titles.cell_of(row, col.name)
    return word if word is not None else present.value_of(getattr(row, col.relation or col.name))


def form_page(screen: Screen, pk: int | None = None) -> Any:
    """Add or edit: nothing is half saved, nothing typed is lost."""
    verb = Verb.add if pk is None else Verb.edit
    secure.require(screen.name, verb)
    if verb not in screen.verbs:
        abort(404)
    if verb.value in screen.own:
        return screen.own[verb.value]() if pk is None else screen.own[verb.value](row_of(screen, pk))
    row = None if pk is None else row_of(screen, pk)
    _open(screen, row)
    form = forms.filled(screen, row)
    general: list[str] = []
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.validate():
        try:
            saved: Any = forms.save(screen, form, row)
            secure.session().commit()
            flash(_("Saved."), "success")
            follow(screen, saved)
            again = request.form.get("then") == "another"
            kept = f"?{request.query_string.decode()}" if request.query_string else ""
            return redirect(screen.url("add") + kept if again else screen.url("show", saved.id))
        except Invalid as error:
            secure.session().rollback()
            general = forms.show_problems(form, error.problems)
        except Conflict as error:
            secure.session().rollback()
            general, status = [present.message_of(error)], 409
            if pk is not None:
                forms.show_both(screen, form, row_of(screen, pk))
    page = render_template(
        "console/form.html", screen=screen, form=form, groups=forms.groups(screen, form), pk=pk, general=general
    )
    return page, status


def delete_page(screen: Screen, pk: int) -> Any:
    """Delete one row, unless others stand on it."""
    secure.require(screen.name, Verb.delete)
    if Verb.delete not in screen.verbs:
        abort(404)
    row = row_of(screen, pk)
    _open(screen, row)
    session = secure.session()
    try:
        session.delete(row)
        session.commit()
        flash(_("Deleted."), "success")
        follow(screen, row)
    except IntegrityError:
        session.rollback()
        flash(_("Other records stand on this one; it cannot be deleted."), "danger")
        return redirect(screen.url("show", pk))
    return redirect(screen.url("list"))


def follow(screen: Screen, row: Base) -> str:
    """Do what follows from a change of ``row``; the user is told."""
    told = screen.after(row) if screen.after else ""
    if told:
        flash(told, "info")
    return told
