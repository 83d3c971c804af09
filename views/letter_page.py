"""Letters on screen: drafted from the case, looked over and changed beside their preview, issued, delivered, voided."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.access import all_rows
from models.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, StepRefused
from models.letters import FORMS
from models.office_terms import LetterKind, LetterStatus, Tongue
from models.operations import letters
from models.tables import Letter, Petition, Petitioner, Step
from models.terms import N_, StepKind, Verb
from models.world import zone
from reports import letters as paper
from reports import printing
from views import crud, identity_warning, letter_forms, present, registry, secure, step_forms

# the preview is framed by its own page and by nothing else; it runs nothing
_FRAMED = "default-src 'none'; style-src 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; frame-ancestors 'self'"


@dataclass(frozen=True, slots=True)
class OfCase:
    """The letters of a petition as its page shows them: what may be printed now, and what was."""

    offers: list[letters.Offer]
    rows: list[Letter]

    @property
    def void(self) -> set[int | None]:
        """The papers of void letters."""
        return {row.attachment_id for row in self.rows if row.status is LetterStatus.void}

    @property
    def fresh(self) -> letters.Offer | None:
        """The letter of the step that was just recorded."""
        return next((one for one in self.offers if one.fresh), None)


def of_case(petition: Petition, steps: Sequence[Step], may: Iterable[StepKind]) -> OfCase | None:
    """The letters that the actor may know of, newest first; one statement."""
    if not secure.allowed("letter", Verb.list):
        return None
    wanted = select(Letter).where(Letter.petition_id == petition.id).order_by(Letter.id.desc())
    people = (joinedload(Letter.attachment), joinedload(Letter.unit), joinedload(Letter.voided_by))
    rows = list(secure.session().scalars(wanted.options(*people)))
    unit = secure.actor().unit_id
    writes = secure.allowed("letter", Verb.add) and unit is not None
    return OfCase(letters.offers(petition, steps, rows, may, unit or 0) if writes else [], rows)


def start(pk: int) -> Any:
    """Draft a letter of a petition."""
    actor = secure.require("letter", Verb.add)
    petition: Any = crud.row_of(registry.screen("petition"), pk)
    try:
        row = letters.draft(secure.session(), petition, _wanted(), actor, datetime.now(UTC))
        secure.session().commit()
        return redirect(f"/letter/show/{row.id}")
    except (Invalid, StepRefused) as error:
        secure.session().rollback()
        found = [present.problem_text(one) for one in error.problems] if isinstance(error, Invalid) else []
        for text in found or [present.message_of(error)]:
            flash(text, "danger")
        return redirect(f"/petition/show/{pk}")


def _wanted() -> letters.DraftInput:
    """The letter that was asked for; ``part.<name>`` are texts that another page knows already."""
    given = request.form
    if given.get("kind") not in set(LetterKind):
        secure.missing()
    step, step_kind = given.get("step", ""), given.get("step_kind", "")
    lang = given.get("lang", "")
    return letters.DraftInput(
        LetterKind(given["kind"]),
        step_kind=StepKind(step_kind) if step_kind in set(StepKind) else None,
        step_id=int(step) if step.isdecimal() and len(step) < 18 else None,
        lang=Tongue(lang) if lang in set(Tongue) else Tongue.chinese,
        values={name.removeprefix("part."): _shown(text) for name, text in given.items() if name.startswith("part.")},
    )


def _shown(text: str) -> str:
    """Without the characters that no reader sees and no database keeps."""
    return "".join(one for one in text if ord(one) >= 32 or one in "\r\n\t")


def show(row: Letter) -> Any:
    """A draft of the own unit is written here; anything else is read."""
    return _page(row, letter_forms.text_form(row) if _writes(row, LetterStatus.draft) else None)


def _page(row: Letter, form: Any = None, general: list[str] | None = None) -> str:
    with all_rows():  # of a step only its number is told
        step = row.step
    return render_template(
        "pages/letter.html",
        row=row,
        form=form,
        general=general or [],
        declared=FORMS[row.kind],
        proofs=FORMS[row.kind].proofs(row.step_kind),
        reads=_reads(row),
        acts=_writes(row, LetterStatus.issued),
        step=step,
        screen=registry.screen("letter"),
    )


def _writes(row: Letter, status: LetterStatus) -> bool:
    actor = secure.actor()
    return secure.allowed("letter", Verb.add) and actor.writes and row.unit_id == actor.unit_id and row.status is status


def _require_own(row: Letter) -> None:
    """Raises NotAllowed unless the actor works for the unit of the letter."""
    if not (secure.actor().writes and row.unit_id == secure.actor().unit_id):
        raise NotAllowed(N_("You may act only for your own unit."))


def _reads(row: Letter) -> bool:
    """What names the petitioner is for those who may see who that is."""
    if not row.names:
        return True
    wanted = select(Petitioner.id).where(Petitioner.petition_id == row.petition_id).limit(1)
    return secure.allowed("petitioner", Verb.show) and secure.session().scalar(wanted) is not None


def save(pk: int) -> Any:
    """Keep the draft, or issue it as well."""
    actor, row = _row(pk)
    form = letter_forms.text_form(row)
    general: list[str] = []
    status = 422
    now = datetime.now(UTC)
    issues = request.form.get("then") == "issue"
    if form.validate():
        try:
            row = letters.edit(secure.session(), row, letter_forms.text_input(row, form), actor, now)
            if issues:
                letters.issue(secure.session(), row, actor, now, _drawer())
            secure.session().commit()
            flash(_("Issued as %(number)s.", number=row.number) if issues else _("Saved."), "success")
            return redirect(f"/letter/show/{pk}")
        except (NotAllowed, NotFound):
            raise
        except DomainError as error:
            secure.session().rollback()
            general = step_forms.refused(form, error)
            status = 409 if isinstance(error, Conflict) else 422
            if status == 409:
                letter_forms.show_both(_again(pk), form)
    return _page(_again(pk), form, general), status


def _drawer() -> letters.Draw:
    return lambda letter: paper.draw(letter, printing.county(current_app.config, letter.facts.lang))


def _row(pk: int, verb: Verb = Verb.add) -> Any:
    actor = secure.require("letter", verb)
    return actor, _again(pk)


def _again(pk: int) -> Any:
    return crud.row_of(registry.screen("letter"), pk)


def preview(pk: int) -> Any:
    """The letter as it would be printed, as a page to look at."""
    _actor, row = _row(pk, Verb.show)
    if not _reads(row):
        return secure.missing()
    nonce = secrets.token_urlsafe(16)
    letter = _content(row)
    body = paper.page(letter, printing.county(current_app.config, letter.facts.lang), nonce)
    response = Response(body, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _FRAMED.format(nonce=nonce)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _content(row: Letter) -> Any:
    on = row.issued_at.astimezone(zone()).date() if row.issued_at else None
    return letters.content(row, row.number or "", on)


def draft_pdf(pk: int) -> Any:
    """A draft as PDF, with its mark across; an issued letter has its own paper."""
    _actor, row = _row(pk, Verb.show)
    if row.status is not LetterStatus.draft or not _reads(row):
        return secure.missing()
    body = _drawer()(_content(row))
    headers = {"Content-Disposition": f'inline; filename="letter-{pk}-draft.pdf"'}
    return Response(body, content_type="application/pdf", headers=headers)


def discard(pk: int) -> Any:
    """Throw a draft away."""
    actor, row = _row(pk)
    petition = row.petition_id
    letters.discard(secure.session(), row, actor, datetime.now(UTC))
    secure.session().commit()
    flash(_("The draft is gone."), "success")
    return redirect(f"/petition/show/{petition}")


def deliver(pk: int) -> Any:
    """GET: how was it delivered? POST: record it."""
    actor, row = _row(pk)
    form = letter_forms.DeliveryForm.asked()

    def act(now: datetime) -> None:
        given = letters.DeliveryInput(form["how"].data, form["to"].data or "", form["at"].data, form["papers"].files)
        letters.deliver(secure.session(), row, given, actor, now)

    told = _("The delivery is on record.")
    return _asked(row, form, act, "pages/letter_deliver.html", told, open_=row.delivered_at is None)


def void(pk: int) -> Any:
    """GET: ask why. POST: declare the letter void."""
    actor, row = _row(pk)
    form = letter_forms.VoidForm()

    def act(now: datetime) -> None:
        letters.void(secure.session(), row, form.reason.data or "", actor, now)

    return _asked(row, form, act, "pages/letter_void.html", _("The letter is void."))


def _asked(
    row: Letter, form: Any, act: Callable[[datetime], None], template: str, told: str, *, open_: bool = True
) -> Any:
    """A form before an act, if it is still open: wrong fields come back as they were typed."""
    general: list[str] = []
    pk, status = row.id, 200
    if request.method == "GET" and not (_writes(row, LetterStatus.issued) and open_):
        return redirect(f"/letter/show/{pk}")
    if request.method == "POST":
        _require_own(row)  # before the form is judged: a stranger learns nothing from its messages
        status = 422
        if form.validate() and not _held_back(form, row):
            try:
                act(datetime.now(UTC))
                secure.session().commit()
                flash(told, "success")
                return redirect(f"/letter/show/{pk}")
            except (Invalid, Conflict) as error:
                secure.session().rollback()
                general = step_forms.refused(form, error)
                status = 409 if isinstance(error, Conflict) else 422
        if "papers" in form:
            form["papers"].lost()
    return render_template(template, row=_again(pk), form=form, general=general), status


def _held_back(form: Any, row: Letter) -> bool:
    """Why a letter is void is read by more people than the letter; who received it is kept in the vault."""
    return identity_warning.FIELD in form and identity_warning.held_back_of(form, row.petition)


def fill(form: Any, petition: Petition, kind: StepKind) -> tuple[list[Letter], bool]:
    """For a step's form: the issued letters that it may take over; the one that was clicked fills the form."""
    found = letters.takeable(secure.session(), petition, kind, secure.actor())
    asked = request.form.get("take", "")
    clicked = next((row for row in found if str(row.id) == asked), None)
    if clicked is not None:
        for name, value in letters.take_over(secure.session(), clicked, kind, secure.actor()).items():
            form[name].data = value
    return found, clicked is not None


def chosen() -> int | None:
    """The letter that a step's form took over."""
    asked = request.form.get("take") or request.form.get("letter") or ""
    return int(asked) if asked.isdecimal() and len(asked) < 18 else None


def taken(step: Step) -> None:
    """Tie that letter to the recorded step."""
    letters.taken(secure.session(), step, chosen())
