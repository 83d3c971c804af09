"""Who may do what: one matrix, role × table → verbs. Named pages (``overdue``, ``report`` …) count as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.terms import Role, Verb

READ = frozenset({Verb.list, Verb.show})
TAKE = READ | {Verb.export}
WORK = TAKE | {Verb.add}
KEEP = WORK | {Verb.edit}
ALL = KEEP | {Verb.delete}

_REFERENCE = (
    "unit",
    "category",
    "place",
    "calendar_day",
    "calendar_year",
    "rulebook",
    "rulebook_clock",
    "rulebook_points",
)
_MATTER = ("petition", "step", "transfer", "duty", "attachment")
_PAGES = ("overdue", "assessment", "report")
# freezing a year and revising it; no generated form edits an assessment
_FREEZE = {"assessment": TAKE | {Verb.edit}}
_IMPORT = {"import": frozenset({Verb.add})}
_HANDED = ("handover", "handover_item")
_FROZEN = ("assessment_line", "assessment_part", "assessment_correction")
_RESULT = ("deduction", "deduction_duty", "deduction_event")


def _rows(tables: Iterable[str], verbs: frozenset[Verb]) -> dict[str, frozenset[Verb]]:
    return dict.fromkeys(tables, verbs)


_UNIT_WORK = (
    _rows(_REFERENCE, READ)
    | _rows(("staff",), READ)
    | _rows(_MATTER, TAKE)
    | _rows(_RESULT, READ)
    | _rows(_PAGES, TAKE)
    | {"handover": WORK, "handover_item": TAKE}
    | {"petition": KEEP, "step": WORK, "attachment": WORK, "petitioner": KEEP - {Verb.export}}
)

Matrix = Mapping[Role, Mapping[str, frozenset[Verb]]]

MATRIX: Matrix = {
    Role.Administrator: _rows(_REFERENCE, ALL)
    | _rows(("staff", "account", "counter"), ALL)
    | _rows((*_MATTER, *_HANDED, *_RESULT, *_PAGES, "involvement", *_FROZEN), TAKE)
    | _FREEZE
    | _IMPORT,
    Role.BureauOfficer: _UNIT_WORK
    | _IMPORT
    | _FREEZE
    | {"deduction": KEEP, "involvement": READ, "assessment_line": TAKE, "assessment_correction": TAKE},
    Role.Clerk: _UNIT_WORK,
    Role.UnitLeader: _UNIT_WORK,
    Role.CountyLeader: _rows((*_REFERENCE, "staff"), READ)
    | _rows((*_MATTER, *_HANDED, *_RESULT, *_PAGES, *_FROZEN), TAKE),
    Role.Auditor: _rows((*_REFERENCE, "staff", "counter", "involvement", "account"), READ)
    | _rows((*_MATTER, *_HANDED, *_RESULT, *_PAGES, *_FROZEN), TAKE)
    | {"petitioner": READ},
}


def may(roles: Iterable[Role], table: str, verb: Verb) -> bool:
    """Whether any of the roles grants ``verb`` on ``table``; nothing is granted by default."""
    return any(verb in granted(role, table) for role in roles)


def granted(role: Role, table: str, matrix: Matrix | None = None) -> frozenset[Verb]:
    """The verbs of ``role`` on ``table``; a table that nobody names is the administrator's."""
    rows = MATRIX if matrix is None else matrix
    if role is Role.Administrator and not any(table in row for row in rows.values()):
        return ALL
    return rows.get(role, {}).get(table, frozenset())
