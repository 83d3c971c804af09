"""Files of a petition: looked through when taken in, handed out under its row rule, withdrawn with a reason."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import TextAreaField
from wtforms.validators import Optional

from models.access import all_rows
from models.errors import Conflict, Invalid
from models.files import SHOWN
from models.letters.facts import CODES
from models.office_terms import LetterStatus
from models.operations import attachments
from models.store import store
from models.tables import Attachment, HearingPaper, Letter
from models.terms import Verb
from models.world import zone
from reports import voiding
from views import crud, identity_warning, present, registry, secure, step_forms
from views.fields import NoControl
from views.redraw import Form
from views.upload import PapersForm

# a shown file may load nothing and run nothing; the browser's own PDF reader needs styles and its plug-in
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as pages list it, and what the reader may do with it."""

    row: Attachment
    opens: bool
    shows: bool
    withdrawable: bool


def paper(row: Attachment) -> Paper:
    """How the actor sees ``row``."""
    actor = secure.actor()
    opens = attachments.may_open(actor, row)
    mine = secure.allowed("attachment", Verb.add) and attachments.may_withdraw(actor, row)
    return Paper(row, opens, opens and row.media_type in SHOWN, mine)


class WithdrawForm(Form):
    """Why a file is withdrawn."""

    reason = TextAreaField(
        _l("Reason"),
        [Optional(), NoControl()],
        description=_l("For example: scanned from another matter. The file stays on record with this reason."),
        render_kw={"rows": 3, "maxlength": attachments.REASON, "aria-required": "true"},
    )
    identities_seen = identity_warning.field()


def attach(pk: int) -> Any:
    """Add files to a petition."""
    actor = secure.require("attachment", Verb.add)
    petition: Any = crud.row_of(registry.screen("petition"), pk)
    form = PapersForm()
    problems = [] if form.validate() else [str(text) for texts in form.errors.values() for text in texts]
    if not problems and not form.papers.files:
        problems = [_("Choose a file first.")]
    if not problems:
        try:
            attachments.attach(secure.session(), petition, form.papers.files, actor, datetime.now(UTC))
            secure.session().commit()
            flash(_("Attached."), "success")
        except Invalid as error:
            secure.session().rollback()
            problems = [present.problem_text(problem) for problem in error.problems]
    for text in problems:
        flash(text, "danger")
    return redirect(f"/petition/show/{pk}")


def file(pk: int) -> Any:
    """Hand out one file, to be saved."""
    return handed_out(_open_row(pk), "attachment")


def view(pk: int) -> Any:
    """Show a picture or PDF in a window of its own; others are handed out to be saved."""
    row = _open_row(pk)
    return shown(row) if row.media_type in SHOWN else handed_out(row, "attachment")


def shown(row: Attachment | HearingPaper) -> Response:
    """A file inside the browser's window, where it may load and run nothing."""
    response = handed_out(row, "inline")
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _open_row(pk: int) -> Attachment:
    actor = secure.require("attachment", Verb.show)
    row: Any = crud.row_of(registry.screen("attachment"), pk)
    if not attachments.may_open(actor, row):
        secure.missing()
    return row


def handed_out(row: Attachment | HearingPaper, disposition: str) -> Response:
    """Streamed from the store, its hash compared on the way; the paper of a void letter with a mark on every page.

    The file itself stays what was issued: ``?original=1`` gives it.
    """
    mark = None if "original" in request.args else _void_mark(row)
    if mark is not None:
        body = voiding.marked(b"".join(store().read(row.sha256, row.size)), mark)
        return _named(Response(body, content_type=row.media_type), row, disposition)
    response = Response(store().read(row.sha256, row.size), content_type=row.media_type)
    response.headers["Content-Length"] = str(row.size)
    return _named(response, row, disposition)


def _void_mark(row: Attachment | HearingPaper) -> voiding.Mark | None:
    if not isinstance(row, Attachment) or row.media_type != "application/pdf":
        return None
    void = select(Letter).where(Letter.attachment_id == row.id, Letter.status == LetterStatus.void)
    with all_rows():
        letter = secure.session().scalar(void)
        if letter is None or letter.voided_at is None:
            return None
        on = letter.voided_at.astimezone(zone()).date()
        return voiding.Mark(CODES[letter.lang], on, letter.void_reason or "")


def _named(response: Response, row: Attachment | HearingPaper, disposition: str) -> Response:
    plain = unicodedata.normalize("NFKD", row.filename).encode("ascii", "ignore").decode()
    response.headers.set(
        "Content-Disposition", disposition, filename=plain, **{"filename*": f"UTF-8''{quote(row.filename, safe='')}"}
    )
    return response


def withdraw(pk: int) -> Any:
    """GET: ask why. POST: withdraw the file."""
    actor = secure.require("attachment", Verb.add)
    row: Any = crud.row_of(registry.screen("attachment"), pk)
    form = WithdrawForm()
    general: list[str] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate() and not identity_warning.held_back_of(form, row.petition):
            try:
                now = datetime.now(UTC)
                attachments.withdraw(secure.session(), row, form.reason.data or "", actor, now)
                secure.session().commit()
                flash(_("Withdrawn: %(name)s", name=row.filename), "success")
                return redirect(f"/petition/show/{row.petition_id}")
            except (Invalid, Conflict) as error:
                secure.session().rollback()
                general = step_forms.refused(form, error)
                status = 409 if isinstance(error, Conflict) else 422
                row = crud.row_of(registry.screen("attachment"), pk)
    return render_template("pages/withdraw.html", row=row, form=form, general=general), status
