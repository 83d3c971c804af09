"""What was changed in a record, as its page tells it: old and new in the reader's words, who, when and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.office_terms import RecordAct
from models.tables import RecordChange
from models.terms import N_, Role, Verb
from models.tracing import HIDDEN, traced
from views import present, secure, titles
from views.columns import Col, columns, tables
from views.fields import texts
from views.titles import ACCOUNTS

MOST = 50


@dataclass(frozen=True, slots=True)
class Value:
    """One field's change: its label, and what stood there before and after; ``hidden``: not shown to this reader."""

    label: str
    old: str
    new: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What one person did to one record at one moment."""

    at: datetime
    title: str
    who: str
    reason: str
    fields: tuple[Value, ...]


def of_record(table: str, pk: int) -> list[Entry] | None:
    """The changes of a record, the newest first; None where its table keeps none, or the reader may not look."""
    known = tables().get(table)
    kept = table == ACCOUNTS or (known is not None and traced(known) is not None)
    if not kept or not secure.allowed("record_change", Verb.show):
        return None
    wanted = select(RecordChange).where(RecordChange.table_name == table, RecordChange.row_id == pk)
    return _entries(wanted, knows=False)


def of_petition(pk: int, *, knows: bool) -> list[Entry]:
    """The changes of a petition and of its petitioners; ``knows``: whether the reader may know who brought it."""
    if not secure.allowed("record_change", Verb.show):
        return []
    return _entries(select(RecordChange).where(RecordChange.petition_id == pk), knows=knows)


def among(steps: list[dict[str, Any]], corrected: list[Entry]) -> list[dict[str, Any]]:
    """Steps and corrections of the record, the newest first, each where it was entered."""
    told = [(one["row"].recorded_at, one["row"].seq, one) for one in steps]
    told += [(entry.at, 0, {"change": entry}) for entry in corrected]
    return [one for _at, _seq, one in sorted(told, key=lambda line: line[:2], reverse=True)]


def _entries(wanted: Any, *, knows: bool) -> list[Entry]:
    newest = wanted.options(joinedload(RecordChange.staff)).order_by(RecordChange.id.desc()).limit(MOST)
    rows = secure.session().scalars(newest).all()
    names = _names(rows)
    return [
        _entry(list(part), names, knows=knows)
        for _key, part in groupby(rows, lambda row: (row.at, row.staff_id, row.account, row.table_name, row.row_id))
    ]


def _entry(rows: Sequence[RecordChange], names: dict[tuple[str, str], str], *, knows: bool) -> Entry:
    first = rows[0]
    told = {
        "petitioner": {
            RecordAct.added: N_("Petitioner added"),
            RecordAct.changed: N_("Petitioner corrected"),
            RecordAct.removed: N_("Petitioner removed"),
        }
    }
    title = told.get(first.table_name, {}).get(first.act)
    who = first.staff.name if first.staff else first.account or _("the console")
    fields = tuple(_value(row, names, knows=knows) for row in reversed(rows))
    return Entry(first.at, _(title) if title else _("Record corrected"), who, first.reason or "", fields)


def _value(row: RecordChange, names: dict[tuple[str, str], str], *, knows: bool) -> Value:
    label = _label(row)
    sealed = row.old_sealed is not None or row.new_sealed is not None
    if row.field in HIDDEN or (sealed and not knows):
        return Value(label, "", "", hidden=True)
    old, new = (row.old_sealed, row.new_sealed) if sealed else (row.old, row.new)
    return Value(label, _word(row, old, names), _word(row, new, names))


def _label(row: RecordChange) -> str:
    return titles.changed_field(row) if row.field else _(row.act.label)


def _col(row: RecordChange) -> Col | None:
    table = tables().get(row.table_name)
    return columns(table).get(row.field) if table is not None else None


def _word(row: RecordChange, text: str | None, names: dict[tuple[str, str], str]) -> str:
    """A kept value in the reader's words; as it is kept, where the words have gone."""
    col = _col(row)
    if text is None:
        return ""
    if row.table_name == ACCOUNTS and row.field == "roles":
        return ", ".join(present.term_of(Role, one) for one in text.split(", ") if one)
    if text in ("True", "False") and (col is None or col.kind == "bool"):
        return _("Yes") if text == "True" else _("No")
    if col is None:
        return text
    if col.kind == "choice" and col.terms:
        return present.term_of(col.terms, text)
    if col.kind == "key" and col.target:
        return names.get((col.target, text), f"#{text}")
    if col.kind == "instant":
        return present.fmt_time(datetime.fromisoformat(text))
    return present.fmt_date(date.fromisoformat(text)) if col.kind == "date" else text


def _names(rows: Iterable[RecordChange]) -> dict[tuple[str, str], str]:
    """What the keys among the values point to; one statement for each table."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        col = _col(row)
        if col is not None and col.kind == "key" and col.target:
            wanted[col.target] |= {text for text in (row.old, row.new) if text}
    return {
        (target, str(key)): text
        for target, keys in wanted.items()
        for key, text in texts(target, sorted(int(key) for key in keys))
    }
