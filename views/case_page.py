"""The case page answers at a glance: what is it about, who owes what by when, what happened, what may I do next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.errors import Conflict, DomainError
from models.evidence import EVIDENCE, official
from models.operations import case_file, corrections, guard
from models.operations.steps import allowed_steps, perform
from models.rules import misses
from models.tables import Attachment, Deduction, Duty, Petition, Petitioner, Step
from models.terms import N_, DutyKind, DutyStatus, StepKind, Verb
from models.world import zone
from views import (
    changes,
    correction_page,
    crud,
    identity_warning,
    letter_page,
    people_fields,
    present,
    registry,
    secure,
    step_forms,
    upload,
)
from views.attachments_page import Paper, paper

SOON = 3
LATEST = 3
# what the page of a petition says at another place than among its facts
ELSEWHERE = frozenset({"number", "title", "content", "status", "case", "urgent_at", "merged_into_id", "anonymous"})
VOID_SAYS = frozenset({"closed_at"})  # void counts as closed since then; a closure before stands on the timeline
ICONS = {
    StepKind.receive: "inbox",
    StepKind.register: "clipboard-text",
    StepKind.inform: "mail",
    StepKind.route: "route",
    StepKind.urgent: "alert-triangle",
    StepKind.transfer: "arrow-right",
    StepKind.confirm_transfer: "file-text",
    StepKind.file: "archive",
    StepKind.acknowledge: "checks",
    StepKind.object: "alert-triangle",
    StepKind.uphold: "gavel",
    StepKind.reject: "gavel",
    StepKind.reply: "message",
    StepKind.report_result: "report",
    StepKind.follow_up: "eye",
    StepKind.report_urgent: "bell",
    StepKind.report_multi: "report",
    StepKind.designate: "user-check",
    StepKind.convene: "users",
    StepKind.extend: "calendar-time",
    StepKind.pause: "clock-pause",
    StepKind.resume: "player-play",
    StepKind.close: "circle-check",
    StepKind.reopen: "rotate",
    StepKind.review: "gavel",
    StepKind.re_review: "gavel",
    StepKind.merge: "link",
    StepKind.recount: "calendar",
}
# which step meets which duty: the most pressing duty's step is offered first
MEETS = {
    DutyKind.REGISTER: StepKind.register,
    DutyKind.INFORM: StepKind.inform,
    DutyKind.TRANSFER: StepKind.transfer,
    DutyKind.CONFIRM_TRANSFER: StepKind.confirm_transfer,
    DutyKind.FILE: StepKind.file,
    DutyKind.ANSWER_TRANSFER: StepKind.acknowledge,
    DutyKind.RULE_ON_OBJECTION: StepKind.uphold,
    DutyKind.HANDLE: StepKind.reply,
    DutyKind.KEEP_PROMISE: StepKind.reply,
    DutyKind.REPORT_RESULT: StepKind.report_result,
    DutyKind.FOLLOW_UP: StepKind.follow_up,
    DutyKind.REPORT_URGENT_UNIT_LEADER: StepKind.report_urgent,
    DutyKind.REPORT_URGENT_LEADER_IN_CHARGE: StepKind.report_urgent,
    DutyKind.REPORT_URGENT_BUREAU: StepKind.report_urgent,
    DutyKind.REPORT_MULTI: StepKind.report_multi,
    DutyKind.DESIGNATE: StepKind.designate,
    DutyKind.CONVENE: StepKind.convene,
    DutyKind.REVIEW: StepKind.review,
    DutyKind.RE_REVIEW: StepKind.re_review,
}
# at the counter the next duty comes first; what is rarely right stands behind
DEDUCTIONS = 100
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
            if misses.lateness(duty.kind, 1, done=False) is None:
                return "missed", _("not done in its period")
            return "missed", present.days(max(1, -left), N_("1 day overdue"), N_("%(n)s days overdue"))
        if left == 0:
            return "soon", _("due today")
        return "soon" if left <= SOON else "ok", present.days(left, N_("1 day left"), N_("%(n)s days left"))
    if duty.status is DutyStatus.discharged:
        if duty.late:
            return "missed", present.days(duty.late_days or 1, N_("done 1 day late"), N_("done %(n)s days late"))
        return "done", _("done in time")
    if duty.late:
        return "missed", _("not done")
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
    knows = _knows(petition)
    return render_template(
        "pages/case.html",
        petition=petition,
        case=case,
        clocks=[clock(d, present.named(units[d.unit_id]), now) for d in visible],
        later=len(duties) - len(visible),
        happened=changes.among(
            [_step(step, units, knows=knows) | {"files": papers.pop(step.id, [])} for step in steps],
            changes.of_petition(petition.id, knows=knows),
        ),
        next_steps=_pressing([kind for kind in may if kind not in RARE], petition, duties),
        amends=correction_page.may(petition),
        correction=corrections.waits(session, petition.id) if secure.allowed("correction", Verb.show) else None,
        rare=[kind for kind in may if kind in RARE],
        icons=ICONS,
        letters=letter_page.of_case(petition, case.steps, may),
        petitioners=_petitioners(petition),
        unchecked=people_fields.unchecked,
        files=[file for files in papers.values() for file in files],
        papers_form=upload.PapersForm() if secure.allowed("attachment", Verb.add) else None,
        deductions=_deductions(petition),
        screen=registry.screen("petition"),
        facts=crud.facts(
            registry.screen("petition"), petition, but=ELSEWHERE | (VOID_SAYS if petition.voided_at else set())
        ),
    )


def _deductions(petition: Petition) -> list[Deduction]:
    """What the matter cost, as far as the reader may see it."""
    if not secure.allowed("deduction", Verb.list):
        return []
    wanted = select(Deduction).where(Deduction.petition_id == petition.id).options(joinedload(Deduction.unit))
    return list(secure.session().scalars(wanted.order_by(Deduction.id).limit(DEDUCTIONS)))


def _pressing(kinds: list[StepKind], petition: Petition, duties: list[Duty]) -> list[StepKind]:
    """The allowed steps, first the one that is due next: decide an undecided case, meet a duty, else close."""
    own = [d for d in duties if d.status is DutyStatus.open and d.unit_id == secure.actor().unit_id]
    due = [MEETS[d.kind] for d in own if d.kind in MEETS]
    wanted = [StepKind.route, *due] if petition.case is None else due or [StepKind.close]
    return sorted(kinds, key=lambda kind: wanted.index(kind) if kind in wanted else len(wanted))


def _step(step: Step, units: Any, *, knows: bool) -> dict[str, Any]:
    sealed = json.loads(step.identities or "{}")
    values = dict(step.evidence or {}) | (sealed if knows else dict.fromkeys(sealed, _("Not shown to your unit.")))
    values |= {"outcome": step.outcome, "mode": step.mode, "days": step.days}
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
    latest: list[dict[str, Any]] = []
    printed, taken = letter_page.fill(form, petition, kind)
    if request.method == "POST" and not taken:
        status = 422
        if form.validate() and not identity_warning.held_back_of(form, petition, plain=official(kind)):
            try:
                row = perform(secure.session(), petition, step_forms.step_input(kind, form), actor, datetime.now(UTC))
                letter_page.taken(row)
                secure.session().commit()
                flash(_("Recorded: %(step)s", step=present.term(kind)), "success")
                return redirect(f"/petition/show/{pk}")
            except DomainError as error:
                secure.session().rollback()
                general = step_forms.refused(form, error)
                status = 409 if isinstance(error, Conflict) else 422
                petition = crud.row_of(registry.screen("petition"), pk)
                printed, taken = letter_page.fill(form, petition, kind)
                if isinstance(error, Conflict):
                    form["version"].data, latest = str(petition.version), _latest(petition)
    if request.method == "POST":
        form["papers"].lost()
    page = render_template(
        "pages/step.html",
        petition=petition,
        kind=kind,
        form=form,
        general=general,
        latest=latest,
        printed=printed,
        letter=letter_page.chosen(),
        proofs=EVIDENCE[kind],
        met=_met(petition, kind, datetime.now(UTC)),
    )
    return page, status


def _latest(petition: Petition) -> list[dict[str, Any]]:
    """After somebody else was faster: the newest steps on record, in whose sight the next attempt is made."""
    case = case_file.file_of(secure.session(), petition, datetime.now(UTC))
    units = case_file.world(secure.session()).units
    knows = _knows(petition)
    return [_step(step, units, knows=knows) for step in reversed(case.steps[-LATEST:])]


def _knows(petition: Petition) -> bool:
    """Whether the actor may know who petitions."""
    return secure.allowed("petitioner", Verb.show) and guard.may_know(secure.actor(), petition)


def _met(petition: Petition, kind: StepKind, now: datetime) -> Clock | None:
    """The most pressing open duty of the actor's unit that a step of this kind meets."""
    kinds = [duty for duty, step_kind in MEETS.items() if step_kind is kind]
    wanted = select(Duty).where(Duty.petition_id == petition.id, Duty.status == DutyStatus.open)
    wanted = wanted.where(Duty.unit_id == secure.actor().unit_id, Duty.kind.in_(kinds)).order_by(Duty.due_at).limit(1)
    found = secure.session().scalar(wanted) if kinds else None
    return clock(found, "", now) if found else None
