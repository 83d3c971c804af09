"""The trace of what is changed: of every table that people edit each flush writes old and new, by whom, when and why.

One mechanism for pages, API, operations and commands. It writes before the change itself, so that the database can ask
for the trace (``migrations.guards``). Statements that go past the session (a ledger, a handover) leave their own steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import event, insert, inspect, select
from sqlalchemy.orm import Session

from models import petition_fields
from models.access import acting_person
from models.accounts import User
from models.base import Base, info_of
from models.free_text import pointed_out
from models.letters.leaks import Person
from models.office_terms import RecordAct
from models.tables import (
    Accountability,
    AccountabilityEvent,
    Assessment,
    AssessmentCorrection,
    AssessmentLine,
    AssessmentPaper,
    AssessmentPart,
    Attachment,
    Correction,
    Counter,
    Deduction,
    DeductionDuty,
    DeductionEvent,
    Duty,
    Handover,
    HandoverItem,
    HearingPaper,
    Involvement,
    Job,
    Letter,
    Petition,
    Petitioner,
    RecordChange,
    Rulebook,
    RulebookClock,
    RulebookGrade,
    RulebookIndicator,
    RulebookPeer,
    RulebookPoints,
    RulebookSection,
    Step,
    Transfer,
)
from models.terms import Term

_MATTER: tuple[str, ...] = ("title", "content", "kind", "category_id", "place_id", "about_unit_id", "channel")
_MATTER += ("received_at", "first_receiver_id", "anonymous", "persons", "voided_at", *petition_fields.names())
_PERSON = ("name", "phone", "id_number", "address")
_TEXTS = ("title", "content")  # a petitioner's name may stand in them
_ACCOUNT = ("username", "first_name", "last_name", "email", "active", "password", "roles")
_BOOKS = (Rulebook, RulebookClock, RulebookGrade, RulebookIndicator, RulebookPeer, RulebookPoints, RulebookSection)
_OWN = ("id", "version")  # kept by the console itself
HIDDEN = frozenset({"password"})  # that it changed is told, not what it is


@dataclass(frozen=True, slots=True)
class Traced:
    """One table whose changes are kept.

    Args:
        fields: the attributes; none: all columns.
        petition: the attribute that names the petition it belongs to, for the row rule.
        additions: whether new rows are told; what comes with a copy of something larger, or with its registration, is
            not: a correction that adds says so (``because``).
    """

    table: type[Any]
    fields: tuple[str, ...] = ()
    petition: str = ""
    additions: bool = True

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes whose change is kept."""
        return self.fields or tuple(col.key for col in inspect(self.table).column_attrs if col.key not in _OWN)


_DECLARED: dict[type[Any], Traced] = {
    one.table: one
    for one in (
        *(Traced(table, additions=False) for table in _BOOKS),
        Traced(User, _ACCOUNT),
        Traced(Petition, _MATTER, "id", additions=False),
        Traced(Petitioner, (*_PERSON, "id_kind", "unchecked"), "petition_id", additions=False),
    )
}
# what operations alone write: each act is a row of its own there, with who, when and why
UNTRACED: frozenset[type[Any]] = frozenset(
    {Accountability, AccountabilityEvent, Attachment, Correction, Deduction, DeductionDuty, DeductionEvent, Duty}
    | {Handover, HandoverItem, HearingPaper, Involvement, Job, Letter, RecordChange, Step, Transfer}
    | {Assessment, AssessmentCorrection, AssessmentLine, AssessmentPaper, AssessmentPart, Counter}
)


def traced(table: type[Any]) -> Traced | None:
    """How the changes of a table are kept: every table that people edit, those that a county adds as well."""
    if table in _DECLARED:
        return _DECLARED[table]
    if table in UNTRACED or not issubclass(table, Base):
        return None
    return Traced(table, petition="petition_id" if "petition_id" in inspect(table).column_attrs else "")


@dataclass(frozen=True, slots=True)
class _Why:
    """What an operation says of the changes that it makes."""

    reason: str | None = None
    at: datetime | None = None
    staff_id: int | None = None
    added: frozenset[type[Any]] = field(default_factory=frozenset)


_UNSAID = _Why()
_why: ContextVar[_Why | None] = ContextVar("why", default=None)


@contextmanager
def because(reason: str, at: datetime, staff_id: int | None) -> Iterator[None]:
    """Changes that are flushed inside say ``reason`` and are ``staff_id``'s; additions are told whoever acts."""
    token = _why.set(_Why(reason, at, staff_id, frozenset({Petitioner})))
    try:
        yield
    finally:
        _why.reset(token)


@event.listens_for(Session, "before_flush")
def _changed(session: Session, _context: object, _instances: object) -> None:
    """Old and new of every declared row that changes or goes, before it does."""
    rows: list[dict[str, Any]] = []
    for row in list(session.dirty):
        how = traced(type(row))
        if how is not None and session.is_modified(row):
            rows += _fields(session, how, row)
    gone = [(how, row) for row in session.deleted if (how := traced(type(row))) is not None]
    rows += [_whole(how, row, RecordAct.removed) for how, row in gone]
    _write(session, rows)


@event.listens_for(Session, "after_flush")
def _added(session: Session, _context: object) -> None:
    """New rows that somebody added; what a command fills in, or comes with a registration, is no change."""
    told = (_why.get() or _UNSAID).added
    known = [(how, row) for row in session.new if (how := traced(type(row))) is not None]
    made = [(how, row) for how, row in known if how.table in told or (how.additions and acting_person())]
    _write(session, [_whole(how, row, RecordAct.added) for how, row in made])


def _fields(session: Session, how: Traced, row: Any) -> Iterator[dict[str, Any]]:
    state = inspect(row)
    for name in how.names:
        history = state.attrs[name].history
        if not history.has_changes():
            continue
        new = getattr(row, name)
        old = _before(session, how, row, name, history.deleted)
        if name == "roles":
            old = [*history.unchanged, *history.deleted]
        if name in HIDDEN:
            old = new = None
        elif old == new:
            continue
        values = {"act": RecordAct.changed, "field": name}
        yield _of(how, row) | values | _shown(session, how, row, name, _text(old), _text(new))


def _before(session: Session, how: Traced, row: Any, name: str, gone: Any) -> Any:
    """The value that is replaced; read, where it was set unseen."""
    if gone:
        return gone[0]
    column = how.table.__table__.columns.get(name)
    if column is None:
        return None
    return session.connection().scalar(select(column).where(how.table.__table__.c.id == row.id))


def _whole(how: Traced, row: Any, act: RecordAct) -> dict[str, Any]:
    """A row that came or went, by what it was called."""
    secret = how.table is Petitioner
    called = "；".join(filter(None, (getattr(row, name) for name in _PERSON))) if secret else _title(row)
    side = "new" if act is RecordAct.added else "old"
    shown = dict.fromkeys(("old", "new", "old_sealed", "new_sealed")) | {f"{side}_sealed" if secret else side: called}
    return _of(how, row) | {"act": act, "field": ""} | shown


def _title(row: Any) -> str:
    named = [_text(getattr(row, part, None)) for part in ("day", "year", "name", "username")]
    return " ".join(filter(None, named)) or str(row)


def _of(how: Traced, row: Any) -> dict[str, Any]:
    petition = getattr(row, how.petition) if how.petition else None
    return {"table_name": how.name, "row_id": row.id, "petition_id": petition}


def _shown(
    session: Session, how: Traced, row: Any, name: str, old: str | None, new: str | None
) -> dict[str, str | None]:
    """Both values in clear, or in the vault where they say who somebody is."""
    column = how.table.__table__.columns.get(name)
    info = info_of(column) if column is not None else None
    secret = info is not None and info.sensitive
    if how.table is Petition and name in _TEXTS:
        people = _people(session, row.id)
        secret = any(pointed_out(text, people, knows=True) for text in (old or "", new or ""))
    if secret:
        return {"old": None, "new": None, "old_sealed": old, "new_sealed": new}
    return {"old": old, "new": new, "old_sealed": None, "new_sealed": None}


def _people(session: Session, petition: int) -> list[Person]:
    table = Petitioner.__table__.c
    wanted = select(table.name, table.phone, table.id_number).where(table.petition_id == petition)
    return [Person(*row) for row in session.connection().execute(wanted)]


def _text(value: Any) -> str | None:
    """A value as it is kept: terms by their stored word, moments in ISO, keys as numbers."""
    if value is None:
        return None
    if isinstance(value, Term):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return ", ".join(sorted(str(getattr(one, "name", one)) for one in value))
    return str(value)


def _write(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    found = list(rows)
    if not found:
        return
    link, why, person = session.connection(), _why.get() or _UNSAID, acting_person()
    key = person.user_id if person else None
    account = link.scalar(select(User.username).where(User.id == key)) if key is not None else None
    staff = why.staff_id or (person.staff_id if person else None)
    by = {"at": why.at or datetime.now(UTC), "staff_id": staff, "account": account, "reason": why.reason or None}
    link.execute(insert(RecordChange), [row | by for row in found])
