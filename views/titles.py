"""What rows are called, and columns whose stored text is a code: each as a word of the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from models.evidence import EVIDENCE
from models.operations import accountability, deductions, hearing, hearing_time
from models.operations.relief import NOT_MISSED
from models.terms import Case, PetitionKind, StepKind, Term
from reports import words

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
    return _("county parameter") if text == "county parameter" else text


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
    "assessment_line": lambda row: _if_loaded(row, "unit"),
}
CELLS: dict[tuple[str, str], Callable[[Any], str]] = {
    ("deduction", "occurrence"): lambda row: occurrence(row.occurrence),
    ("deduction", "reason"): lambda row: reason(row.reason),
    ("deduction_event", "reason"): lambda row: reason(row.reason),
    ("accountability_event", "reason"): lambda row: reason(row.reason),
    ("rulebook_clock", "source"): lambda row: source(row.source),
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
