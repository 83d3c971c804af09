"""What rows are called, and columns whose stored text is a code: each as a word of the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select

from models.evidence import EVIDENCE
from models.operations import accountability, deductions, hearing, hearing_time
from models.operations.relief import NOT_MISSED
from models.tables import Unit
from models.terms import N_, Case, PetitionKind, StepKind, Term
from reports import words
from views import secure
from views.columns import columns, tables

# what the console itself gives as a reason, as against what a person wrote
OWN_WORDS = frozenset(
    {
        NOT_MISSED,
        deductions.ANOTHER,
        hearing.UPHELD,
        hearing_time.SILENT,
        hearing_time.UNUSED,
        accountability.SILENT,
    }
)
ACCOUNTS = "ab_user"
_ACCOUNT = {
    "username": N_("User name"),
    "first_name": N_("Given name"),
    "last_name": N_("Family name"),
    "email": N_("E-mail"),
    "active": N_("Active"),
    "roles": N_("Role"),
    "password": N_("Password"),
}
COUNTY = "county parameter"
SOURCES = tuple((table, "source") for table in ("rulebook_clock", "rulebook_supplement", "rulebook_indicator"))
# counters that number nothing a reader meets: a row that is locked, a mark that other processes look at
_INTERNAL = {
    "clock": N_("Internal: latest time of the clock"),
    "dates": N_("Internal: mark of due dates to be counted again"),
    "scan": N_("Internal: turns of the scan"),
    "world": N_("Internal: mark of changed rulebooks and calendars"),
}


def _term(value: Any) -> str:
    return _(value.label) if isinstance(value, Term) else str(value or "")


def occurrence(text: str | None) -> str:
    """``follow-up:1.2`` in the reader's words."""
    return words.occurrence("zh" if str(get_locale()).startswith("zh") else "en", text)


def choice(kind: StepKind, name: str, value: str | None) -> str:
    """A step's ``outcome`` or ``mode``, in the words of the choices that its form offers."""
    choices = next((proof.choices for proof in EVIDENCE[kind] if proof.name == name), None)
    return _term(choices(value)) if choices and value in set(choices) else value or ""


def reason(text: str | None) -> str:
    """A reason as the reader should see it: the console's own in words, a person's as it was written."""
    return _(text) if text in OWN_WORDS else text or ""


def variant(value: str | None) -> str:
    """For which case, or which kind of petition, a clock of the rulebook holds."""
    for terms in (Case, PetitionKind):
        if value in set(terms):
            return _term(terms(value))
    return value or ""


def _deduction(row: Any) -> str:
    return f"{_term(row.rule)} · {occurrence(row.occurrence)}"


def _clock(row: Any) -> str:
    return f"{_term(row.duty)} · {variant(row.variant)}" if row.variant else _term(row.duty)


def _if_loaded(row: Any, relation: str) -> Any:
    """What a row points to, if the page read it anyway: a title costs no statement."""
    return vars(row).get(relation) or row


def source(text: str) -> str:
    """Where a clock comes from, where it is not a paragraph."""
    return _("county parameter") if text == COUNTY else text


def source_given(text: str) -> str:
    """The other way round: what a form shows as a word is kept as the code."""
    return COUNTY if text.strip() == _("county parameter") else text


def changed_table(name: str) -> str:
    """Of a change of the record: what a row of the table is called."""
    table = tables().get(name)
    if name == ACCOUNTS:
        return _("Account")
    return _(table.__label__) if table is not None else name


def changed_field(row: Any) -> str:
    """Of a change of the record: the field's label; as it is kept, where the column has gone."""
    if row.table_name == ACCOUNTS:
        return _(_ACCOUNT[row.field]) if row.field in _ACCOUNT else str(row.field)
    table = tables().get(row.table_name)
    col = columns(table).get(row.field) if table is not None else None
    return _(col.info.label) if col else str(row.field)


def series(name: str) -> str:
    """``letter:10:2025`` in the reader's words."""
    kind, *parts = name.split(":")
    if name in _INTERNAL:
        return _(_INTERNAL[name])
    if kind == "petition" and len(parts) == 1:
        return _("Petitions of %(year)s", year=parts[0])
    if kind == "freeze" and len(parts) == 1:
        return _("Internal: turns of freezing %(year)s", year=parts[0])
    if kind == "letter" and len(parts) == 2:
        return _("Letters of %(unit)s, %(year)s", unit=_units().get(parts[0], parts[0]), year=parts[1])
    return name


def _units() -> dict[str, str]:
    """The units' names by key, read once for a request however many series there are."""
    if "unit_names" not in g:
        rows = secure.session().execute(select(Unit.id, Unit.name, Unit.name_en))
        english = not str(get_locale()).startswith("zh")
        g.unit_names = {str(key): (name_en if english and name_en else name) for key, name, name_en in rows}
    names: dict[str, str] = g.unit_names
    return names


# table → what a row is called; a date or a row is put into words by ``present.value_of``
ROWS: dict[str, Callable[[Any], Any]] = {
    "duty": lambda row: _term(row.kind),
    "step": lambda row: _term(row.kind),
    "transfer": lambda row: _("Transfer %(n)s", n=row.leg),
    "involvement": lambda row: _if_loaded(row, "unit"),
    "letter": lambda row: row.number or _term(row.kind),
    "petitioner": lambda row: _("Petitioner %(n)s", n=row.position),
    "deduction": _deduction,
    "deduction_duty": lambda row: row.due_on,
    "deduction_event": lambda row: _term(row.status),
    "accountability": lambda row: _term(row.ground),
    "accountability_event": lambda row: _term(row.status),
    "rulebook_clock": _clock,
    "rulebook_points": lambda row: _term(row.rule),
    "calendar_day": lambda row: row.day,
    "counter": lambda row: series(row.series),
    "record_change": lambda row: f"{changed_table(row.table_name)} {row.row_id}",
    "assessment_line": lambda row: _if_loaded(row, "unit"),
}
CELLS: dict[tuple[str, str], Callable[[Any], str]] = {
    ("deduction", "occurrence"): lambda row: occurrence(row.occurrence),
    ("deduction", "reason"): lambda row: reason(row.reason),
    ("deduction_event", "reason"): lambda row: reason(row.reason),
    ("accountability_event", "reason"): lambda row: reason(row.reason),
    **dict.fromkeys(SOURCES, lambda row: source(row.source)),
    ("record_change", "table_name"): lambda row: changed_table(row.table_name),
    ("record_change", "field"): changed_field,
    ("counter", "series"): lambda row: series(row.series),
    ("duty", "occurrence"): lambda row: occurrence(row.occurrence),
    ("step", "outcome"): lambda row: choice(row.kind, "outcome", row.outcome),
    ("step", "mode"): lambda row: choice(row.kind, "mode", row.mode),
    ("rulebook_clock", "variant"): lambda row: variant(row.variant),
}


def title_of(row: Any) -> Any:
    """What a row is called; itself where its own text will do."""
    made = ROWS.get(getattr(row, "__tablename__", ""))
    return made(row) if made else row


def cell_of(row: Any, name: str) -> str | None:
    """A column's code as a word; None where the value speaks for itself."""
    made = CELLS.get((getattr(row, "__tablename__", ""), name))
    return made(row) if made else None
