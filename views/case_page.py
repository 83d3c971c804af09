"""The case page answers at a glance: what is it about, who owes what by when, what happened, what may I do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.access import all_rows
from models.errors import Conflict, DomainError
from models.evidence import EVIDENCE
from models.operations import case_file
from models.operations.steps import allowed_steps, perform
from models.rules import strip
from models.tables import Attachment, Duty, Petition, Petitioner, Step
from models.terms import DutyStatus, StepKind, Verb
from models.world import zone
from views import crud, present, registry, secure, step_forms, upload
from views.attachments_page import Paper, paper

SOON = 3
ICONS = {
    StepKind.receive: "clipboard-text",
    StepKind.transfer: "arrow-right",
    StepKind.reply: "message",
    StepKind.close: "circle-check",
    StepKind.object: "alert-triangle",
    StepKind.urgent: "alert-triangle",
}
# at the counter the next duty comes first; what is rarely right stands behind
RARE = frozenset(
    {
        StepKind.pause,
        StepKind.resume,
        StepKind.extend,
        StepKind.urgent,
        StepKind.reopen,
        StepKind.merge,
        StepKind.ask_review,
        StepKind.ask_re_review,
    }
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A duty as the page shows it; ``state`` is the design system's: ok, soon, missed, done, off."""

    duty: Duty
    unit: str
    state: str
    text: str


def state_of(duty: Duty, now: datetime) -> tuple[str, str]:
    """(state, words) of a duty at ``now``; amber from three days before."""
    if duty.status is DutyStatus.open:
        left = (duty.due_on - now.astimezone(zone()).date()).days
        if now > duty.due_at:
            return "missed", _("%(n)s days overdue", n=max(1, -left))
        if left <= SOON:
            return "soon", _("due today") if left == 0 else _("%(n)s days left", n=left)
        return "ok", _("%(n)s days left", n=left)
    if duty.status is DutyStatus.discharged:
        if duty.late:
            return "missed", _("done %(n)s days late", n=duty.late_days or 1)
        return "done", _("done in time")
    return "off", present.term(duty.status)


def clock(duty: Duty, unit: str, now: datetime) -> Clock:
    """A duty with its state at ``now``."""
    return Clock(duty, unit, *state_of(duty, now))


def show(petition: Petition) -> Any:
    """The page of one petition; the row rule has let it through."""
    now = datetime.now(UTC)
    session = secure.session()
    case = case_file.file_of(session, petition, now)
    units = case_file.world(session).units
    duties = sorted(case.duties.values(), key=lambda d: (d.status is not DutyStatus.open, d.due_at, d.id))
    visible = [d for d in duties if d.opened_at <= now + timedelta(days=1)]
    steps = list(reversed(case.steps))
    may = allowed_steps(session, petition, secure.actor(), now) if secure.allowed("step", Verb.add) else []
    papers = _papers(petition)
    return render_template(
        "pages/case.html",
        petition=petition,
        case=case,
        clocks=[clock(d, present.named(units[d.unit_id]), now) for d in visible],
        later=len(duties) - len(visible),
        steps=[_step(step, units) | {"files": papers.pop(step.id, [])} for step in steps],
        next_steps=[kind for kind in may if kind not in RARE],
        rare=[kind for kind in may if kind in RARE],
        icons=ICONS,
        petitioners=_petitioners(petition),
        files=[file for files in papers.values() for file in files],
        papers_form=upload.PapersForm() if secure.allowed("attachment", Verb.add) else None,
        screen=registry.screen("petition"),
    )


def _step(step: Step, units: Any) -> dict[str, Any]:
    values = dict(step.evidence or {}) | {"outcome": step.outcome, "mode": step.mode, "days": step.days}
    values |= {"until": step.until, "note": step.note}
    if step.to_unit_id:
        values["to_unit"] = units[step.to_unit_id]
    if values.get("co_units"):
        values["co_units"] = ", ".join(present.named(units[key]) for key in values["co_units"] if key in units)
    who = present.named(units[step.unit_id])
    person = step.staff.name if step.staff else ""
    return {"row": step, "who": f"{who} · {person}" if person else who, "told": step_forms.told(step.kind, values)}


def _papers(petition: Petition) -> dict[int | None, list[Paper]]:
    """The petition's files by the step they prove."""
    people = (joinedload(Attachment.added_by), joinedload(Attachment.withdrawn_by), joinedload(Attachment.unit))
    wanted = select(Attachment).where(Attachment.petition_id == petition.id).options(*people).order_by(Attachment.id)
    found: dict[int | None, list[Paper]] = {}
    for row in secure.session().scalars(wanted):
        found.setdefault(row.step_id, []).append(paper(row))
    return found


def _petitioners(petition: Petition) -> list[Petitioner] | None:
    """Identities, where the role may see them at all; the row rule decides the rest."""
    if not secure.allowed("petitioner", Verb.show):
        return None
    wanted = select(Petitioner).where(Petitioner.petition_id == petition.id).order_by(Petitioner.position)
    return list(secure.session().scalars(wanted))


def step(pk: int, kind_name: str) -> Any:
    """The form of one step (GET), and its recording (POST)."""
    actor = secure.require("step", Verb.add)
    petition: Any = crud.row_of(registry.screen("petition"), pk)
    if kind_name not in set(StepKind):
        return secure.missing()
    kind = StepKind(kind_name)
    form = step_forms.form_for(kind, petition.version)
    general: list[str] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                perform(secure.session(), petition, step_forms.step_input(kind, form), actor, datetime.now(UTC))
                secure.session().commit()
                flash(_("Recorded: %(step)s", step=present.term(kind)), "success")
                return redirect(f"/petition/show/{pk}")
            except DomainError as error:
                secure.session().rollback()
                general = step_forms.refused(form, error)
                status = 409 if isinstance(error, Conflict) else 422
                petition = crud.row_of(registry.screen("petition"), pk)
        form["papers"].lost()
    page = render_template(
        "pages/step.html", petition=petition, kind=kind, form=form, general=general, proofs=EVIDENCE[kind]
    )
    return page, status


def why(pk: int) -> Any:
    """How a duty's due date was counted."""
    secure.require("duty", Verb.show)
    duty: Any = crud.row_of(registry.screen("duty"), pk)
    with all_rows():
        opened_by = duty.opened_by
    state = clock(duty, present.named(duty.unit), datetime.now(UTC))
    return render_template(
        "pages/why.html",
        duty=duty,
        trace=duty.trace or {},
        clock=state,
        opened_by=opened_by,
        weeks=strip.weeks(duty.trace or {}),
    )
