"""A table's form, made from its columns: groups, validators, a guard against two people editing one record."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import request
from flask_babel import gettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from models.access import ROW_RULES
from models.base import Base
from models.errors import Conflict, Invalid, Problem
from models.terms import N_
from views import present, secure
from views.columns import columns
from views.fields import editable, field_for
from views.screen import Screen

USED = N_("This value is already used.")
CONTRADICT = N_("These values contradict each other or another record (%(name)s).")
AWAY = N_("With these values the record would belong to others: you could not see it any more.")
CHANGED = N_("Somebody else changed the record meanwhile; look at it again.")


def names_of(screen: Screen) -> tuple[str, ...]:
    """The columns a screen's form edits."""
    return screen.form or editable(screen.table)


def form_class(screen: Screen, row: Base | None) -> type[FlaskForm]:
    """The form of ``screen`` to add a row or to change ``row``; ``seen`` carries what the editor saw."""
    known, changing = columns(screen.table), row is not None
    fields: dict[str, Any] = {name: field_for(known[name], changing) for name in names_of(screen)}
    return type(f"{screen.table.__name__}Form", (FlaskForm,), fields | {"seen": HiddenField()})


def groups(screen: Screen, form: FlaskForm) -> list[tuple[str, list[Any]]]:
    """The form's fields by the columns' own groups, in order."""
    known = columns(screen.table)
    found: dict[str, list[Any]] = {}
    for name in names_of(screen):
        found.setdefault(known[name].info.group, []).append(form[name])
    return list(found.items())


def fingerprint(screen: Screen, row: Base) -> str:
    """What a form saw of a row: equal texts mean nobody changed it meanwhile."""
    seen = repr([(name, getattr(row, name)) for name in names_of(screen)])
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def filled(screen: Screen, row: Base | None) -> FlaskForm:
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


def from_json(screen: Screen, values: dict[str, Any], row: Base | None) -> FlaskForm:
    """The same form for a program: absent fields keep the row's value, unknown ones are refused."""
    strange = sorted(values.keys() - set(names_of(screen)) - {"seen"})
    if strange:
        raise Invalid([Problem(name, N_("There is no such field.")) for name in strange])
    nested = [name for name, value in values.items() if isinstance(value, list | dict)]
    if nested:
        raise Invalid([Problem(name, N_("One value is needed here.")) for name in nested])
    data: MultiDict[str, str] = MultiDict()
    known = columns(screen.table)
    for name in names_of(screen):
        value = values[name] if name in values else getattr(row, name) if row is not None else known[name].default
        if value is True:
            data[name] = "y"
        elif value is not None and value is not False:
            data[name] = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return form_class(screen, row)(formdata=data, meta={"csrf": False})


def values_of(screen: Screen, form: FlaskForm) -> dict[str, Any]:
    """The checked values by column."""
    return {name: form[name].data for name in names_of(screen)}


def save(screen: Screen, form: FlaskForm, row: Base | None) -> Base:
    """Write the form's values; flushes. Raises Conflict, Invalid; the caller commits or rolls back."""
    session = secure.session()
    if row is not None and form["seen"].data and form["seen"].data != fingerprint(screen, row):
        raise Conflict(CHANGED)
    values = values_of(screen, form)
    if screen.save is not None:
        written: Base = screen.save(session, row, values, secure.actor())
        return written
    _unique(screen, values, row)
    target = row if row is not None else screen.table()
    for name, value in values.items():
        if getattr(target, name) != value:
            setattr(target, name, value)
    session.add(target)
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise Invalid([Problem("", gettext(CONTRADICT, name=_constraint(error)))]) from error
    _still_mine(screen, target)
    return target


def _still_mine(screen: Screen, row: Any) -> None:
    """Reading follows the row rule by itself; writing must not put a row where its writer may not look."""
    table: Any = screen.table
    if table in ROW_RULES and secure.session().scalar(select(table.id).where(table.id == row.id)) is None:
        secure.session().rollback()
        raise Invalid([Problem("", AWAY)])


def _constraint(error: IntegrityError) -> str:
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return str(name or error.orig).rsplit(": ", 1)[-1][:80]


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


def show_problems(form: FlaskForm, problems: tuple[Problem, ...]) -> list[str]:
    """Put each problem beside its field; returns those that belong to none."""
    rest = []
    for problem in problems:
        text = present.problem_text(problem)
        if problem.field in form:
            form[problem.field].errors = (*form[problem.field].errors, text)
        else:
            rest.append(text)
    return rest
