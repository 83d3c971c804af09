"""Who may do what: one matrix, role × table → verbs. Named pages (``overdue``, ``report`` …) count as tables.

Whose rows a role sees is not said here but in ``models.roles``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.office_terms import JobKind
from models.terms import Role, Verb

READ = frozenset({Verb.list, Verb.show})
TAKE = READ | {Verb.export}
WORK = TAKE | {Verb.add}
KEEP = WORK | {Verb.edit}
ALL = KEEP | {Verb.delete}
NOTHING: frozenset[Verb] = frozenset()

_REFERENCE = (
    "unit",
    "category",
    "place",
    "calendar_day",
    "calendar_year",
    "rulebook",
    "rulebook_clock",
    "rulebook_section",
    "rulebook_points",
    "rulebook_indicator",
    "rulebook_grade",
    "rulebook_peer",
    "rulebook_supplement",
)
# the bureau hands in what its own evaluation counted; everybody may look
_FIGURES = ("indicator_figure",)
# what the bureau recommends to units, printed in the annual report: of the whole county
_ADVICE = ("recommendation",)
_TRACE = ("record_change",)
_MATTER = ("petition", "step", "transfer", "duty", "attachment", "letter", "correction")
_PAGES = ("overdue", "assessment", "report")
# freezing a year and revising it; no generated form edits an assessment
_FREEZE = {"assessment": TAKE | {Verb.edit}}
_YEARBOOK = {"yearbook": TAKE}  # the annual report and the daily register: of the whole county
_WHAT_IF = {"what_if": frozenset({Verb.list})}  # a trial shows the deductions of all units
# who loads ledgers says what their words mean
_IMPORT = {"import": frozenset({Verb.add}), "ledger_word": ALL}
_HANDED = ("handover", "handover_item")
_RESULT = ("deduction", "deduction_duty", "deduction_event", "hearing_paper")
_SERIOUS = ("accountability", "accountability_event")
# the boards of the hearing: look, and move; who may make which move, ``rules.hearing`` says
_LOOK, _MOVE = {"hearing": frozenset({Verb.list})}, {"hearing": frozenset({Verb.list, Verb.add})}
_FROZEN = ("assessment_line", "assessment_part", "assessment_correction", "assessment_paper")


def _rows(tables: Iterable[str], verbs: frozenset[Verb]) -> dict[str, frozenset[Verb]]:
    return dict.fromkeys(tables, verbs)


_UNIT_WORK = (
    _rows((*_REFERENCE, *_FIGURES, *_TRACE), READ)
    | _rows(("staff",), READ)
    | _rows(_MATTER, TAKE)
    | _rows((*_RESULT, *_SERIOUS), READ)
    | _rows(_PAGES, TAKE)
    | _MOVE
    | {"handover": WORK, "handover_item": TAKE, "job": READ, "assessment_paper": READ}
    | {
        "petition": KEEP,
        "step": WORK,
        "attachment": WORK,
        "letter": WORK,
        "correction": WORK,
        "petitioner": KEEP - {Verb.export},
    }
)

Matrix = Mapping[Role, Mapping[str, frozenset[Verb]]]

MATRIX: Matrix = {
    Role.Administrator: _rows(_REFERENCE, ALL)
    | _rows(("staff", "account", "counter"), ALL)
    | _rows((*_MATTER, *_HANDED, *_RESULT, *_SERIOUS, *_PAGES, "involvement", *_FROZEN), TAKE)
    | _rows((*_FIGURES, *_ADVICE, *_TRACE), TAKE)
    | _LOOK
    | _FREEZE
    | _IMPORT
    | _YEARBOOK
    | _WHAT_IF
    | {"job": READ}
    | {"petitioner": NOTHING},  # keeps the machine, knows nobody's name
    Role.BureauOfficer: _UNIT_WORK
    | _IMPORT
    | _FREEZE
    | _YEARBOOK
    | _WHAT_IF
    | {"deduction": KEEP, "accountability": WORK, "involvement": READ}
    | _rows(_FIGURES, ALL)
    | _rows(_ADVICE, KEEP)
    | _rows(("assessment_line", "assessment_correction", "assessment_paper"), TAKE),
    Role.Clerk: _UNIT_WORK,
    Role.UnitLeader: _UNIT_WORK,
    Role.CountyLeader: _rows((*_REFERENCE, *_FIGURES, *_TRACE, "staff", "job"), READ)
    | _rows((*_MATTER, *_HANDED, *_RESULT, *_SERIOUS, *_PAGES, *_FROZEN, *_ADVICE), TAKE)
    | {"accountability": WORK}
    | _MOVE
    | _WHAT_IF
    | _YEARBOOK,
    Role.Auditor: _rows((*_REFERENCE, *_FIGURES, *_TRACE, "staff", "job", "counter", "involvement", "account"), READ)
    | _rows((*_MATTER, *_HANDED, *_RESULT, *_SERIOUS, *_PAGES, *_FROZEN, *_ADVICE), TAKE)
    | _LOOK
    | _WHAT_IF
    | _YEARBOOK
    | {"petitioner": READ},
}

# every table that a role is granted something on
MATRIX_TABLES = frozenset(table for rows in MATRIX.values() for table in rows)

# who may ask for long work, and fetch what it left; None: whoever may export the table that was asked for
JOBS: Mapping[JobKind, tuple[str | None, Verb]] = {
    JobKind.papers: ("report", Verb.export),
    JobKind.paper: (None, Verb.export),
    JobKind.export: (None, Verb.export),
    JobKind.freeze: ("assessment", Verb.edit),
    JobKind.import_check: ("import", Verb.add),
    JobKind.import_load: ("import", Verb.add),
    JobKind.what_if: ("what_if", Verb.list),
    JobKind.scan: ("deduction", Verb.edit),
    JobKind.recount: ("calendar_day", Verb.edit),
    JobKind.calendar: ("calendar_day", Verb.edit),
}


def job_right(kind: JobKind, args: Mapping[str, Any]) -> tuple[str, Verb]:
    """The table and verb that a job of this kind needs."""
    table, verb = JOBS[kind]
    return table or str(args.get("table", "")), verb


def may(roles: Iterable[Role], table: str, verb: Verb) -> bool:
    """Whether any of the roles grants ``verb`` on ``table``; nothing is granted by default."""
    return any(verb in granted(role, table) for role in roles)


def granted(role: Role, table: str, matrix: Matrix | None = None) -> frozenset[Verb]:
    """The verbs of ``role`` on ``table``.

    A table that the administrator's own row does not name is wholly the administrator's, whoever else is named for it:
    what an administrator may not do is written there.
    """
    rows = MATRIX if matrix is None else matrix
    return rows.get(role, {}).get(table, ALL if role is Role.Administrator else NOTHING)
