"""One deduction: its proof, the chain of its hearing, whose move it is, and the moves that the reader may make."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import queries
from models.office_terms import HearingMove
from models.operations import hearing
from models.rules import misses
from models.tables import Deduction, DeductionDuty, DeductionEvent, HearingPaper
from models.terms import N_, DeductionStatus, Verb
from views import crud, hearing_forms, registry, secure, titles
from views.hearing_forms import MoveForm

_SPEAKS = (HearingMove.answer, HearingMove.appeal)
_DECIDED = N_("Decided.")
_TOLD = {
    HearingMove.notify: N_("The unit is notified; it may answer now."),
    HearingMove.answer: N_("The statement is recorded."),
    HearingMove.appeal: N_("The appeal is recorded."),
}
# status → (whose move it is, what happens in the end)
TURNS = {
    DeductionStatus.proposed: N_("The bureau notifies the unit."),
    DeductionStatus.notified: N_("The unit may answer; silence confirms."),
    DeductionStatus.answered: N_("The bureau decides on the statement; until then nothing counts."),
    DeductionStatus.confirmed: N_("The leader of the unit may appeal; then the deduction becomes final."),
    DeductionStatus.appealed: N_(
        "Another bureau officer or a county leader decides the appeal; until then nothing counts."
    ),
}
# what an open correction of the frozen year allows besides
CORRECTED = {
    DeductionStatus.final: N_(
        "A correction of the year is open: somebody who decided nothing before may take this back."
    ),
    DeductionStatus.withdrawn: N_("A correction of the year is open: the bureau may propose this anew."),
    DeductionStatus.overturned: N_("A correction of the year is open: the bureau may propose this anew."),
}


def show(row: Deduction, form: MoveForm | None = None, general: tuple[str, ...] | list[str] = ()) -> str:
    """The page of one deduction; ``form`` keeps what was typed."""
    session, now = secure.session(), datetime.now(UTC)
    proofs = session.scalars(
        select(DeductionDuty).where(DeductionDuty.deduction_id == row.id).options(joinedload(DeductionDuty.duty))
    ).all()
    events = session.scalars(
        select(DeductionEvent)
        .where(DeductionEvent.deduction_id == row.id)
        .options(joinedload(DeductionEvent.staff))
        .order_by(DeductionEvent.id.desc())
    ).all()
    may = hearing.Standing((), False)
    if secure.allowed("hearing", Verb.add) and row.status in TURNS | CORRECTED:
        may = hearing.standing(session, row, secure.actor(), now)
    return render_template(
        "pages/deduction.html",
        row=row,
        proofs=proofs,
        events=events,
        papers=hearing_forms.papers_of(HearingPaper.deduction_event_id, [event.id for event in events]),
        moves=may.moves,
        provisional=may.provisional,
        ungoverned=may.ungoverned,
        closed=_closed(row, may),
        turn=_(told) if (told := TURNS.get(row.status) or (may.moves and CORRECTED.get(row.status))) else "",
        state=hearing_forms.state(row.due_at, now),
        counted=hearing_forms.counted(row.due_trace),
        form=form or _form(row, may.moves),
        general=general,
        screen=registry.screen("deduction"),
        words=titles.reason,
        late=_late,
    )


def _late(proof: DeductionDuty) -> int | str:
    """The days that the duty came late, or is late today, as in the papers; of a period that passed there are none."""
    duty = proof.duty
    if duty is None:
        return proof.late_days
    late = queries.late_days(duty, datetime.now(UTC))
    found = misses.lateness(duty.kind, late, done=duty.discharged_at is not None)
    return "—" if found is None else found


def _closed(row: Deduction, may: hearing.Standing) -> str:
    """Why nothing moves in a frozen year; an appeal that runs goes on."""
    if not may.frozen:
        return ""
    if may.moves or row.status is DeductionStatus.appealed:
        return _("The year %(year)s is frozen: what comes of the appeal counts with its next revision.", year=row.year)
    return _("The year %(year)s is frozen: nothing moves here until a correction is opened.", year=row.year)


def _form(row: Deduction, moves: tuple[HearingMove, ...]) -> MoveForm:
    label, help_ = _("Reason"), ""
    if moves == (HearingMove.answer,):
        label, help_ = (
            _("Statement of the unit"),
            _("What happened from the unit's point of view; add papers as evidence."),
        )
    elif moves == (HearingMove.appeal,):
        label, help_ = _("Grounds of the appeal"), _("What is wrong with the decision; add papers as evidence.")
    form = hearing_forms.move_form(row.version, label, help_)
    form.version.data = form.version.data or str(row.version)
    return form


def decide(pk: int, decision: str) -> Any:
    """One move, with its reason and papers; a stale or repeated one is refused."""
    actor = secure.require("hearing", Verb.add)
    if decision not in set(HearingMove):
        return secure.missing()
    what, screen = HearingMove(decision), registry.screen("deduction")
    row: Any = crud.row_of(screen, pk)

    def act(reason: str, **given: Any) -> None:
        hearing.move(secure.session(), row, what, actor, reason, datetime.now(UTC), **given)

    return hearing_forms.moved(_form(row, (what,)), screen, pk, act, _(_TOLD.get(what, _DECIDED)), show)
