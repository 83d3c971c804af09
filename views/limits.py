"""What the checks of a table say about a form: the bounds of its numbers, and which fields a refused row means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Index, Integer
from sqlalchemy.exc import IntegrityError
from wtforms import ValidationError, validators

from models.base import Base
from models.errors import Problem
from models.terms import N_
from views import present
from views.columns import columns

CONTRADICT = N_("These values contradict each other: %(fields)s.")
TAKEN = N_("Another record has the same values: %(fields)s.")
REFUSED = N_("These values contradict each other or another record.")
_OR_EMPTY = re.compile(r"^\w+ IS NULL OR ")
_BOUND = re.compile(r"^(\w+) (>=|>|<=) (\d+)$")
_BETWEEN = re.compile(r"^(\w+) BETWEEN (\d+) AND (\d+)$")
Bounds = Iterator[tuple[str, int]]


class Above:
    """More than ``least``: of a number that is not whole, no smallest one can be named."""

    def __init__(self, least: int) -> None:
        self.least = least
        self.message = _l("This must be more than %(number)s.", number=least)

    def __call__(self, form: Any, field: Any) -> None:
        if field.data is not None and field.data <= self.least:
            raise ValidationError(str(self.message))


def bounds(column: Any) -> list[Any]:
    """The validators that the checks of a number's table imply: of one column each, as ``amount >= 0``."""
    made: list[Any] = []
    for sign, number in _bounds_of(column):
        if sign == ">" and isinstance(column.type, Integer):
            sign, number = ">=", number + 1
        if sign == ">":
            made.append(Above(number))
        elif sign == ">=":
            told = _l("This must be %(number)s or more.", number=number)
            made.append(validators.NumberRange(min=number, message=told))
        else:
            told = _l("This must be %(number)s or less.", number=number)
            made.append(validators.NumberRange(max=number, message=told))
    return made


def _bounds_of(column: Any) -> Bounds:
    for check in _checks(column.table):
        text = _OR_EMPTY.sub("", str(check.sqltext))
        if (span := _BETWEEN.match(text)) and span[1] == column.name:
            yield from ((">=", int(span[2])), ("<=", int(span[3])))
        elif " OR " not in text:
            parts = (_BOUND.match(part) for part in text.split(" AND "))
            yield from ((part[2], int(part[3])) for part in parts if part and part[1] == column.name)


def refusal(table: type[Base], names: tuple[str, ...], error: IntegrityError) -> Problem:
    """Why the database refused a row, beside the last of the form's fields (``names``) that its constraint is about.

    A constraint's own name is no word for a reader.
    """
    message, about = _constraint(table, error)
    fields = [name for name in names if name in about]
    if not fields:
        return Problem("", REFUSED)
    labels = [gettext(columns(table)[name].info.label) for name in fields]
    return Problem(fields[-1], message, params={"fields": ("、" if present.chinese() else ", ").join(labels)})


def _constraint(table: Any, error: IntegrityError) -> tuple[str, set[str]]:
    """What is wrong, and the columns of the constraint that says so: PostgreSQL and SQLite name it differently."""
    diagnosis = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    name = str(diagnosis or error.orig).rsplit(": ", 1)[-1].strip()
    for check in _checks(table.__table__):
        if str(check.name) == name:
            return CONTRADICT, set(re.findall(r"\w+", str(check.sqltext)))
    for index in table.__table__.indexes:
        if index.unique and name in (index.name, _as_sqlite_says(index)):
            return TAKEN, {column.name for column in index.columns}
    return REFUSED, set()


def _as_sqlite_says(index: Index) -> str:
    return ", ".join(f"{column.table.name}.{column.name}" for column in index.columns)


def _checks(table: Any) -> list[CheckConstraint]:
    return [one for one in table.constraints if isinstance(one, CheckConstraint)]
