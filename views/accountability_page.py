"""Accountability files (§3): open one, look at it with its whole chain, hear the unit, decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import TextAreaField
from wtforms.validators import Optional

from models.errors import DomainError
from models.office_terms import AccountabilityGround, AccountabilityMove, AccountabilityStatus, LetterKind, Tongue
from models.operations import accountability
from models.tables import Accountability, AccountabilityEvent, HearingPaper
from models.terms import N_, UnitKind, Verb
from views import crud, hearing_forms, identity_warning, present, registry, secure, titles, upload
from views.fields import LookupField, NoControl, TermField
from views.hearing_forms import MoveForm
from views.redraw import Form

TURNS = {
    AccountabilityStatus.investigation: N_("The facts are investigated; then the unit is heard."),
    AccountabilityStatus.hearing: N_(
        "The unit concerned may make a statement; after that time the file goes on without one."
    ),
    AccountabilityStatus.decision: N_("A county leader who did not open the file decides."),
}
_NEEDED = {"aria-required": "true"}


class OpenForm(Form):
    """A serious matter; the operation checks everything again."""

    unit_id = LookupField(_l("Unit concerned"), [Optional()], target="unit", render_kw=_NEEDED)
    petition_id = LookupField(
        _l("Petition"), [Optional()], target="petition", description=_l("The matter it came to light in, if any.")
    )
    ground = TermField(
        _l("What is investigated"), [Optional()], terms=AccountabilityGround, blank=True, render_kw=_NEEDED
    )
    facts = TextAreaField(
        _l("Facts"),
        [Optional(), NoControl()],
        description=_l("What happened, when, and how it is known."),
        render_kw={"rows": 6, **_NEEDED},
    )
    reason = TextAreaField(
        _l("Reason"),
        [Optional(), NoControl()],
        description=_l("Why this is more than a missed duty."),
        render_kw={"rows": 3, **_NEEDED},
    )
    papers = upload.papers()
    identities_seen = identity_warning.field()


def add() -> Any:
    """GET: the form. POST: open the file, or show what is wrong."""
    actor, form = secure.actor(), OpenForm()
    asked = request.args.get("petition", "")
    if request.method == "GET" and asked.isdecimal() and len(asked) < 18:
        form.petition_id.data = int(asked)
    general: list[str] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate() and not identity_warning.held_back_about(form, form.petition_id.data):
            try:
                row = accountability.open_file(secure.session(), _given(form), actor, datetime.now(UTC))
                secure.session().commit()
                flash(_("The file is opened."), "success")
                # of its own unit nobody opens a file; all others are in sight
                return redirect(f"/accountability/show/{row.id}")
            except DomainError as error:
                secure.session().rollback()
                general, status = hearing_forms.refused(form, error)
        form.papers.lost()
    return render_template("pages/accountability_add.html", form=form, general=general), status


def _given(form: OpenForm) -> accountability.AccountabilityInput:
    return accountability.AccountabilityInput(
        unit_id=form.unit_id.data,
        ground=form.ground.data or None,
        facts=form.facts.data or "",
        reason=form.reason.data or "",
        petition_id=form.petition_id.data,
        papers=form.papers.files,
    )


def show(row: Accountability, form: MoveForm | None = None, general: list[str] | tuple[str, ...] = ()) -> str:
    """The file, its chain, and the moves that the reader may make."""
    now = datetime.now(UTC)
    wanted = select(AccountabilityEvent).where(AccountabilityEvent.accountability_id == row.id)
    wanted = wanted.options(joinedload(AccountabilityEvent.staff)).order_by(AccountabilityEvent.id.desc())
    events = secure.session().scalars(wanted).all()
    moves = accountability.moves(row, secure.actor(), now) if secure.allowed("hearing", Verb.add) else ()
    return render_template(
        "pages/accountability.html",
        row=row,
        events=events,
        papers=hearing_forms.papers_of(HearingPaper.accountability_event_id, [event.id for event in events]),
        moves=moves,
        circular=_circular(row, events),
        turn=_(TURNS[row.status]) if row.status in TURNS else "",
        state=hearing_forms.state(row.due_at, now),
        counted=hearing_forms.counted(row.due_trace),
        form=form or _form(row, moves),
        general=general,
        screen=registry.screen("accountability"),
        words=titles.reason,
    )


def _circular(row: Accountability, events: Sequence[AccountabilityEvent]) -> dict[str, str]:
    """What the circulated notice says at first, for those who may write it: the bureau, of a matter that it sees."""
    bureau = secure.actor().unit_kind is UnitKind.bureau and secure.allowed("letter", Verb.add)
    if row.status is not AccountabilityStatus.circulated or row.petition is None or not bureau:
        return {}
    decision = next((event.reason for event in events if event.status is AccountabilityStatus.circulated), "")
    tongue = Tongue.chinese if present.chinese() else Tongue.english
    told = {"kind": LetterKind.circular.value, "lang": tongue.value}
    return told | {"part.subject": present.named(row.unit), "part.found": row.facts, "part.decision": decision}


def _form(row: Accountability, moves: tuple[AccountabilityMove, ...]) -> MoveForm:
    stated = moves == (AccountabilityMove.state,)
    form = hearing_forms.move_form(row.version, _("Statement of the unit") if stated else _("Reason"))
    form.version.data = form.version.data or str(row.version)
    return form


def decide(pk: int, decision: str) -> Any:
    """One move, with its reason and papers; a stale or repeated one is refused."""
    actor = secure.require("hearing", Verb.add)
    if decision not in set(AccountabilityMove):
        return secure.missing()
    what, screen = AccountabilityMove(decision), registry.screen("accountability")
    row: Any = crud.row_of(screen, pk)

    def act(reason: str, **given: Any) -> None:
        accountability.move(secure.session(), row, what, actor, reason, datetime.now(UTC), **given)

    return hearing_forms.moved(_form(row, (what,)), screen, pk, act, _("Recorded."), show)
