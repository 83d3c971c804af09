"""One page of one table: search, typed filters, a stable keyset order, a capped count; constant in the rows."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, inspect, literal, literal_column, or_, select
from sqlalchemy.orm import Session, joinedload, load_only, selectinload
from werkzeug.datastructures import MultiDict

from models.errors import Invalid, Problem
from models.search import containing
from models.terms import N_
from models.world import zone
from views.columns import Col, columns
from views.screen import Screen

PAGE, MOST, CAP = 25, 200, 1000
RANGED = ("date", "instant", "number", "float", "decimal")
# what an address may carry beside the filters
PAGING = ("q", "sort", "size", "after", "before")


@dataclass(slots=True)
class Question:
    """What the address asks for, already checked: unknown names and bad values are left out and reported."""

    search: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    sort: str = ""
    down: bool = False
    after: list[Any] | None = None
    before: list[Any] | None = None
    size: int = PAGE
    wrong: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """Rows in order, whether there are others before and after, and how many in all (``None``: more than ``CAP``)."""

    rows: Sequence[Any]
    earlier: str | None
    later: str | None
    total: int | None


def read(screen: Screen, args: Mapping[str, str]) -> Question:
    """The question that an address's arguments ask."""
    asked = Question(search=args.get("q", "").strip().replace("\0", "")[:100])
    sort = args.get("sort", "") or screen.order
    name = sort.removeprefix("-")
    if name not in sorts(screen):
        asked.wrong.append("sort")
        sort, name = screen.order, screen.order.removeprefix("-")
    asked.sort, asked.down = name, sort.startswith("-")
    for key, value in args.items():
        if key not in PAGING and not _understood(screen, key, value):
            asked.wrong.append(key)
        elif key not in PAGING and value:
            asked.filters[key] = value
    asked.after, asked.before = _cursor(args.get("after")), _cursor(args.get("before"))
    size = args.get("size", "")
    asked.size = min(max(int(size), 1), MOST) if size.isdecimal() and len(size) < 6 else PAGE
    asked.wrong += _misunderstood(screen, args, asked)
    return asked


def _understood(screen: Screen, key: str, value: str) -> bool:
    """Whether a filter can be applied: left out unseen it would show more than was asked for."""
    column, dot, end = key.partition(".")
    col = columns(screen.table).get(column) if column in screen.filters else None
    if col is None or (dot and not (col.kind in RANGED and end in ("from", "to"))):
        return False
    return not value or _condition(col, end, value) is not None


def _misunderstood(screen: Screen, args: Mapping[str, str], asked: Question) -> list[str]:
    """Arguments of paging and search that say nothing, and those that are said twice."""
    cursors = {"after": asked.after, "before": asked.before}
    found = [name for name, cursor in cursors.items() if args.get(name) and not _is_place(screen, asked.sort, cursor)]
    found += ["size"] if args.get("size") and not args["size"].isdecimal() else []
    found += ["q"] if asked.search and not screen.searched else []
    twice = args.lists() if isinstance(args, MultiDict) else ()
    return found + [name for name, values in twice if len(set(values)) > 1]


def _is_place(screen: Screen, sort: str, cursor: list[Any] | None) -> bool:
    try:
        return cursor is not None and typed(columns(screen.table)[sort], str(cursor[0])) is not None
    except (ValueError, OverflowError):
        return False


def sorts(screen: Screen) -> list[str]:
    """The columns that the list can be ordered by."""
    offered = {*screen.list, screen.order.removeprefix("-"), "id"}
    return [name for name, col in columns(screen.table).items() if name in offered and col.sortable]


def sure(asked: Question) -> Question:
    """The question, if all of it was understood: for programs and files, which nobody looks over.

    Raises:
        Invalid: names every argument that was not.
    """
    if asked.wrong:
        raise Invalid([Problem(name, N_("This filter was not understood.")) for name in asked.wrong])
    return asked


def _cursor(text: str | None) -> list[Any] | None:
    try:
        found = json.loads(base64.urlsafe_b64decode(text or ""))
    except (ValueError, binascii.Error, UnicodeDecodeError):
        return None
    fits = isinstance(found, list) and len(found) == 2 and type(found[1]) is int and abs(found[1]) < 2**62
    return found if fits else None


def _write_cursor(col: Col, row: Any) -> str:
    value = getattr(row, col.name)
    plain = value.isoformat() if isinstance(value, date | datetime | time) else str(value)
    return base64.urlsafe_b64encode(json.dumps([plain, row.id]).encode()).decode()


def typed(col: Col, value: str) -> Any:
    """The Python value of a filter or cursor text.

    Raises:
        ValueError: it is none of the column's type.
    """
    if "\0" in value.encode().decode():  # nor half a surrogate: the driver would fail on either
        raise ValueError("a NUL")
    if col.kind in ("key", "number"):
        found = int(value)
        if abs(found) > 2**62:
            raise ValueError(value)
        return found
    if col.kind in ("decimal", "float"):
        try:
            number = Decimal(value)
        except InvalidOperation as error:
            raise ValueError(value) from error
        if not number.is_finite() or number.adjusted() > 18:  # beyond what a database compares
            raise ValueError(value)
        return float(number) if col.kind == "float" else number
    if col.kind == "bool":
        return {"1": True, "0": False, "true": True, "false": False, "True": True, "False": False}.get(value)
    if col.kind == "choice" and col.terms:
        return col.terms(value)
    if col.kind == "date":
        return date.fromisoformat(value)
    if col.kind == "time":
        return time.fromisoformat(value)
    if col.kind == "instant":
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone())).astimezone(UTC)
    return value


def _condition(col: Col, end: str, value: str) -> ColumnElement[bool] | None:
    if col.kind == "choice" and "," in value and not end:
        several = [_condition(col, "", one) for one in value.split(",")[:20]]
        return None if any(one is None for one in several) else or_(*(one for one in several if one is not None))
    try:
        if col.kind == "instant" and end:
            day = date.fromisoformat(value[:10]) + timedelta(days=1 if end == "to" else 0)
            found: Any = datetime.combine(day, time(), zone()).astimezone(UTC)
            return col.column < found if end == "to" else col.column >= found
        found = typed(col, value)
    except (ValueError, OverflowError):
        return None
    if found is None:
        return None
    if end:
        found = literal(found, col.column.type)  # a plain yes or no can only be asked for equality
        return col.column <= found if end == "to" else col.column >= found
    return col.column == found


def conditions(session: Session, screen: Screen, asked: Question) -> list[ColumnElement[bool]]:
    """Search and filters as criteria; the row rule comes with the session."""
    known = columns(screen.table)
    found = []
    for key, value in asked.filters.items():
        column, _, end = key.partition(".")
        condition = _condition(known[column], end, value)
        if condition is not None:
            found.append(condition)
    looked = [col.column for col in known.values() if col.info.search]
    words = asked.search.split()[:5] if looked else []
    return found + [containing(session, screen.table, looked, word) for word in words]


def narrowed(screen: Screen, names: Sequence[str]) -> Select[Any]:
    """Only the columns shown; what keys point to is joined, not fetched row by row."""
    known = columns(screen.table)
    wanted = {name for name in {"id", *names} & known.keys() if known[name].kind != "many"}
    version = {"version"} & known.keys()
    parts: list[Any] = [load_only(*(getattr(screen.table, name) for name in sorted(wanted | version)))]
    return select(screen.table).options(*parts, *joined(screen, names))


def joined(screen: Screen, names: Sequence[str]) -> list[Any]:
    """Options that fetch what the keys among ``names`` point to in the same statement."""
    known = columns(screen.table)
    relations = [known[name].relation for name in names if name in known]
    several = [name for name in names if name in known and known[name].kind == "many"]
    found: list[Any] = [joinedload(getattr(screen.table, relation)) for relation in relations if relation]
    return found + [selectinload(getattr(screen.table, name)) for name in several]


def fetch(session: Session, screen: Screen, asked: Question, *, count: bool = True) -> Page:
    """One page: two statements, however many rows there are."""
    col = columns(screen.table)[asked.sort]
    where = conditions(session, screen, asked)
    backwards = asked.before is not None
    down = asked.down != backwards
    cursor = asked.before if backwards else asked.after
    wanted = narrowed(screen, (*screen.list, asked.sort)).where(*where)
    if cursor is not None:
        beyond = _beyond(screen, col, cursor, down)
        wanted = wanted if beyond is None else wanted.where(beyond)
    key = screen.table.__table__.c.id
    first, second = (col.column.desc(), key.desc()) if down else (col.column.asc(), key.asc())
    rows = list(session.scalars(wanted.order_by(first, second).limit(asked.size + 1)))
    more = len(rows) > asked.size
    rows = rows[: asked.size]
    if backwards:
        rows.reverse()
    earlier = bool(rows) and (more if backwards else cursor is not None)
    later = bool(rows) and (True if backwards else more)
    ends = (_write_cursor(col, rows[0]) if earlier else None, _write_cursor(col, rows[-1]) if later else None)
    return Page(rows, *ends, total(session, screen, where) if count else None)


def _beyond(screen: Screen, col: Col, cursor: list[Any], down: bool) -> ColumnElement[bool] | None:
    try:
        value = literal(typed(col, str(cursor[0])), col.column.type)
    except (ValueError, OverflowError):
        return None
    key, column = screen.table.__table__.c.id, col.column
    if down:
        return or_(column < value, and_(column == value, key < cursor[1]))
    return or_(column > value, and_(column == value, key > cursor[1]))


def total(session: Session, screen: Screen, where: Sequence[ColumnElement[bool]]) -> int | None:
    """How many rows, counted up to ``CAP``; None when there are more."""
    # the mapped attribute, not the table's column: only that one follows the row rule
    key: Any = inspect(screen.table).all_orm_descriptors["id"]
    some = select(key).where(*where).limit(CAP + 1).subquery()
    found = session.scalar(select(func.count(literal_column("1"))).select_from(some)) or 0
    return None if found > CAP else found
