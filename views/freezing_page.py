"""The year's end: what still stands in the way, freezing, corrections, and the revisions with what each changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request
from flask_babel import gettext as _

from models import frozen, frozen_units, readiness
from models.access import Actor, all_rows
from models.errors import DomainError, Invalid
from models.frozen_units import FrozenUnit
from models.office_terms import JobKind
from models.operations import freezing
from models.scheme_terms import Indicator
from models.tables import Assessment
from models.terms import N_, DeductionStatus, Rule, Verb
from views import long_work, present, redraw, secure
from views.assessment_page import YEARS

SHOWN = 200


_DOES = {"correct": freezing.open_correction, "close": freezing.close_correction}
_TOLD = {
    "correct": N_("The correction is open: deductions of this year may be moved again until it is revised."),
    "close": N_("The correction is closed; nothing had changed."),
}


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision, with what it changed as far as the reader may see it."""

    row: Assessment
    changes: list[dict[str, Any]]
    units: list[dict[str, Any]]
    more: int
    figures: list[dict[str, Any]] = field(default_factory=list)
    names: dict[str, FrozenUnit] = field(default_factory=dict)

    def unit(self, code: str) -> str:
        """What the unit was called when this revision was made."""
        return present.named(self.names[code]) if code in self.names else code


def page(year: int, act: str = "", reason: str = "", error: str = "") -> str:
    """Readiness and the acts for those who may; the revisions for everybody. An ``act`` that was refused or is only
    drawn again keeps its reason.
    """
    actor = secure.require("assessment", Verb.list)
    if year not in YEARS:
        secure.missing()
    acts = secure.allowed("assessment", Verb.edit)
    session = secure.session()
    with all_rows():
        rows = frozen.revisions(session, year)
        latest = rows[0] if rows else None
        correction = frozen.correction(session, latest) if latest else None
        due = acts and (latest is None or correction is not None)
        matters = readiness.check(session, year, datetime.now(UTC)) if due else []
        shown = [_revision(row, actor) for row in rows]
    return render_template(
        "pages/freezing.html",
        year=year,
        revisions=shown,
        correction=correction,
        matters=matters,
        acts=acts,
        wide=actor.wide,
        blocked=any(one.blocks and one.count for one in matters),
        act=act,
        typed_reason=reason,
        errors={act: error} if error else {},
        indicator=lambda value: present.term_of(Indicator, value),
        rule=lambda value: present.term_of(Rule, value),
        status=lambda value: present.term_of(DeductionStatus, value),
    )


def act(year: int, what: str) -> Any:
    """Freeze, open a correction or revise, with a reason; the long ones as a job."""
    actor = secure.require("assessment", Verb.edit)
    if year not in YEARS or what not in ("freeze", "correct", "close", "revise"):
        return secure.missing()
    reason = request.form.get("reason", "")
    if redraw.asked():
        return page(year, what, reason)
    try:
        freezing.told(reason)
        if what in ("freeze", "revise"):
            return long_work.start(JobKind.freeze, {"year": year, "act": what, "reason": reason})
        _DOES[what](secure.session(), year, actor, reason, datetime.now(UTC))
        secure.session().commit()
    except Invalid as error:
        secure.session().rollback()
        return page(year, what, reason, present.problem_text(error.problems[0])), 422
    except DomainError as error:
        secure.session().rollback()
        return page(year, what, reason, present.message_of(error)), 409
    flash(_(_TOLD[what]), "success")
    return redirect(f"/assessment/{year}/freezing")


def manifest(year: int, revision: int) -> Any:
    """The manifest of a revision as its canonical text: its SHA-256 is the hash that the pages show."""
    secure.require("assessment", Verb.export)
    with all_rows():
        row = next((row for row in frozen.revisions(secure.session(), year) if row.revision == revision), None)
    if row is None or row.manifest is None:
        return secure.missing()
    headers = {"Content-Disposition": f"attachment; filename=manifest-{year}-{revision}.json"}
    return Response(freezing.canonical(row.manifest), content_type="application/json", headers=headers)


def _revision(row: Assessment, actor: Actor) -> Revision:
    session = secure.session()
    if "changes" not in (row.manifest or {}).get("parts", {}):
        return Revision(row, [], [], 0)
    names = {unit.code: unit for unit in frozen_units.named(session, row).values()}
    own = frozen_units.own_codes(session, actor, row)
    found = frozen.part(session, row, "changes")
    changes = [one for one in found["deductions"] if actor.wide or one["unit"] in own]
    more = max(0, len(changes) - SHOWN)
    return Revision(row, changes[:SHOWN], found["units"], more, found.get("figures", []), names)
