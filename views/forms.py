"""A table's form, made from its columns: groups, validators, a guard against two people editing one record."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from models.access import ROW_RULES
from models.base import Base
from models.errors import Conflict, Invalid, NotFound, Problem
from models.terms import N_
from views import limits, meanwhile, present, secure
from views.columns import Col, columns, tables
from views.fields import editable, empty_is_text, field_for
from views.redraw import Form
from views.screen import Screen

USED = N_("This value is already used.")
AWAY = N_("With these values the record would belong to others: you could not see it any more.")
GONE = N_("Somebody else deleted the record meanwhile.")
CHANGED = N_(
    "Somebody else changed the record meanwhile. Their values stand beside yours; saving again puts yours in "
    "their place."
)


def names_of(screen: Screen) -> tuple[str, ...]:
    """The columns a screen's form edits."""
    return screen.form or editable(screen.table)


def form_class(screen: Screen, row: Base | None) -> type[Form]:
    """The form of ``screen`` to add a row or to change ``row``; ``seen`` carries what the editor saw."""
    known, changing = columns(screen.table), row is not None
    fields: dict[str, Any] = {name: field_for(known[name], changing) for name in names_of(screen)}
    return type(f"{screen.table.__name__}Form", (Form,), fields | {"seen": HiddenField()})


def groups(screen: Screen, form: Form) -> list[tuple[str, list[Any]]]:
    """The form's fields by the columns' own groups, in order."""
    known = columns(screen.table)
    found: dict[str, list[Any]] = {}
    for name in names_of(screen):
        found.setdefault(known[name].info.group, []).append(form[name])
    return list(found.items())


def fingerprint(screen: Screen, row: Base) -> str:
    """What a form saw of a row: equal texts mean nobody changed it meanwhile."""
    return meanwhile.fingerprint(on_record(screen, row))


def on_record(screen: Screen, row: Base) -> dict[str, Any]:
    """The values that the form edits, as the row has them."""
    return {name: stored(columns(screen.table)[name], row) for name in names_of(screen)}


def stored(col: Col, row: Base) -> Any:
    """A column's value as its field holds it: of several rows their keys."""
    value = getattr(row, col.name)
    return sorted(one.id for one in value) if col.kind == "many" else value


def show_both(screen: Screen, form: Form, row: Base) -> None:
    """After somebody else was faster: their values beside the typed ones; the next attempt is made in their sight."""
    meanwhile.beside(form, on_record(screen, row), form["seen"].data or "")
    form["seen"].data = fingerprint(screen, row)


def filled(screen: Screen, row: Base | None) -> Form:
    """The form for this request: what was typed, else the row, else the columns' defaults."""
    kind = form_class(screen, row)
    if row is None:
        known = columns(screen.table)
        given = {name: known[name].default for name in names_of(screen)} | _begun(screen)
        form = kind(data=given if request.method == "GET" else None)
    else:
        form = kind(obj=row)
    if row is not None and request.method == "GET":
        form["seen"].data = fingerprint(screen, row)
    return form


def _begun(screen: Screen) -> dict[str, int]:
    """The keys that the address begins a new row with: ``add?rulebook_id=3``."""
    known, asked = columns(screen.table), request.args
    keys = [name for name in names_of(screen) if known[name].kind == "key" and asked.get(name, "").isdecimal()]
    return {name: int(asked[name]) for name in keys if len(asked[name]) < 18}


def from_json(screen: Screen, values: dict[str, Any], row: Base | None) -> Form:
    """The same form for a program: absent fields keep the row's value, unknown ones are refused."""
    strange = sorted(values.keys() - set(names_of(screen)) - {"seen"})
    if strange:
        raise Invalid([Problem(name, N_("There is no such field.")) for name in strange])
    known = columns(screen.table)
    shapes = {"json": (list, dict), "many": (list,)}
    nested = [
        name
        for name, value in values.items()
        if isinstance(value, list | dict)
        and not (name in known and isinstance(value, shapes.get(known[name].kind, ())))
    ]
    if nested:
        raise Invalid([Problem(name, N_("One value is needed here.")) for name in nested])
    data: MultiDict[str, str] = MultiDict({"seen": str(values.get("seen") or "")})
    for name in names_of(screen):
        col = known[name]
        value = values[name] if name in values else stored(col, row) if row is not None else col.default
        data.setlist(name, _sent(col, value))
    return form_class(screen, row)(formdata=data, meta={"csrf": False})


def _sent(col: Col, value: Any) -> list[str]:
    """A value as a browser would send it."""
    if value is None or (value is False and col.kind == "bool"):
        return []
    if col.kind == "json":
        return [present.json_text(value)]
    if col.kind == "many" and isinstance(value, list):
        return [str(one) for one in value]
    if value is True and col.kind == "bool":
        return ["y"]
    return [value.isoformat() if hasattr(value, "isoformat") else str(value)]


def values_of(screen: Screen, form: Form) -> dict[str, Any]:
    """The checked values by column."""
    values = {name: form[name].data for name in names_of(screen)}
    blank = {name for name, value in values.items() if value is None and empty_is_text(columns(screen.table)[name])}
    return values | dict.fromkeys(blank, "")


def save(screen: Screen, form: Form, row: Base | None) -> Base:
    """Write the form's values; flushes. Raises Conflict, Invalid; the caller commits or rolls back."""
    session = secure.session()
    if row is not None and form["seen"].data:
        _unchanged(screen, form["seen"].data, row)
    values = values_of(screen, form)
    if screen.save is not None:
        written: Base = screen.save(session, row, values, secure.actor())
        return written
    _unique(screen, values, row)
    target = row if row is not None else screen.table()
    _write(screen, target, values)
    session.add(target)
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise Invalid([limits.refusal(screen.table, names_of(screen), error)]) from error
    _still_mine(screen, target)
    return target


def _write(screen: Screen, target: Base, values: dict[str, Any]) -> None:
    known = columns(screen.table)
    for name, value in values.items():
        if known[name].kind == "many":
            _choose(known[name], target, value or [])
        elif getattr(target, name) != value:
            setattr(target, name, value)


def _choose(col: Col, target: Any, keys: list[int]) -> None:
    """Several rows: those that the actor sees are as chosen; what the actor cannot see stays as it is."""
    table: Any = tables()[col.target or ""]
    chosen = secure.session().scalars(select(table).where(table.id.in_(keys))).all()
    setattr(target, col.name, list(chosen))


def _unchanged(screen: Screen, seen: str, row: Base) -> None:
    """The row is held until the end, so that of two at once the second sees what the first wrote."""
    table: Any = screen.table
    held = select(table).where(table.id == vars(row)["id"]).with_for_update(of=table)
    if secure.session().scalar(held.execution_options(populate_existing=True)) is None:
        raise NotFound(GONE)
    if seen != fingerprint(screen, row):
        raise Conflict(CHANGED)


def _still_mine(screen: Screen, row: Any) -> None:
    """Reading follows the row rule by itself; writing must not put a row where its writer may not look."""
    table: Any = screen.table
    if table in ROW_RULES and secure.session().scalar(select(table.id).where(table.id == row.id)) is None:
        secure.session().rollback()
        raise Invalid([Problem("", AWAY)])


def _unique(screen: Screen, values: dict[str, Any], row: Base | None) -> None:
    """A value that must be unique is refused beside its field, before the database would refuse the whole."""
    known, table = columns(screen.table), screen.table
    taken = []
    for name, value in values.items():
        if known[name].unique and value is not None:
            other = secure.session().scalar(select(table).where(known[name].column == value).limit(1))
            if other is not None and other is not row:
                taken.append(Problem(name, USED))
    if taken:
        raise Invalid(taken)


def show_problems(form: Form, problems: tuple[Problem, ...]) -> list[str]:
    """Put each problem beside its field; returns those that belong to none."""
    rest = []
    for problem in problems:
        text = present.problem_text(problem)
        if problem.field in form:
            form[problem.field].errors = (*form[problem.field].errors, text)
        else:
            rest.append(text)
    return rest
