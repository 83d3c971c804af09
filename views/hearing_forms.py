"""What the pages of hearings share: the form of a move, its papers, by when a side must move, refusals as answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Optional

from models.errors import Conflict, DomainError, NotAllowed
from models.files import SHOWN
from models.tables import HearingPaper
from models.terms import Verb
from reports import working
from views import attachments_page, crud, identity_warning, present, registry, secure, step_forms, upload
from views.fields import NoControl
from views.redraw import Form
from views.screen import Screen


class MoveForm(Form):
    """One move: what is said, its papers, and the version of the record that was seen."""

    reason = TextAreaField(_l("Reason"), [Optional(), NoControl()], render_kw={"rows": 4, "aria-required": "true"})
    papers = upload.papers()
    version = HiddenField()
    identities_seen = identity_warning.field()

    def seen(self) -> int | None:
        """The version that the page showed, if it said so."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else None


def move_form(version: int, label: str = "", help_: str = "") -> MoveForm:
    """The form of this request; on GET it carries the version shown."""
    form = MoveForm()
    if request.method == "GET":
        form.version.data = str(version)
    if label:
        form.reason.label.text = label
    form.reason.description = help_
    return form


def refused(form: Form, error: DomainError) -> tuple[list[str], int]:
    """A refusal beside its field; what belongs to none, and the status of the answer."""
    general = step_forms.refused(form, error)
    kinds = ((Conflict, 409), (NotAllowed, 403))
    return general, next((code for kind, code in kinds if isinstance(error, kind)), 422)


def moved(form: MoveForm, screen: Screen, pk: int, act: Callable[..., Any], told: str, show: Callable[..., str]) -> Any:
    """One move from its form: done, committed and told, or the page again with what is wrong and what was typed.

    Args:
        act: the move; given ``reason``, ``papers`` and ``version``.
        show: the page of a row, given the row, the form and what belongs to no field.
    """
    general, status = [], 422
    if form.validate() and not identity_warning.held_back_about(form, crud.row_of(screen, pk).petition_id):
        try:
            act(form.reason.data or "", papers=form.papers.files, version=form.seen())
            secure.session().commit()
            flash(told, "success")
            return redirect(screen.url("show", pk))
        except DomainError as error:
            secure.session().rollback()
            general, status = refused(form, error)
    form.papers.lost()
    row: Any = crud.row_of(screen, pk)
    if status == 409:  # what stands there now is shown below: the next attempt is made in its sight
        form.version.data = str(row.version)
    return show(row, form, general), status


def counted(trace: dict[str, Any] | None) -> list[str]:
    """How a due date was counted, as sentences."""
    return working.sentences(trace or {}, "zh" if present.chinese() else "en") if trace else []


def state(due: datetime | None, now: datetime) -> str:
    """How a clock looks: ok, soon or missed."""
    if due is None:
        return "off"
    if due < now:
        return "missed"
    return "soon" if (due - now).days < 2 else "ok"


def papers_of(column: Any, ids: Sequence[int]) -> dict[int, list[HearingPaper]]:
    """Event → its papers, in one statement."""
    found: dict[int, list[HearingPaper]] = defaultdict(list)
    if ids:
        wanted = select(HearingPaper).where(column.in_(ids)).options(joinedload(HearingPaper.unit))
        for row in secure.session().scalars(wanted.order_by(HearingPaper.id)):
            found[getattr(row, column.key)].append(row)
    return found


def file(pk: int) -> Response:
    """Hand out one paper, to be saved; whoever sees the move sees it."""
    return attachments_page.handed_out(_paper(pk), "attachment")


def view(pk: int) -> Response:
    """Show a picture or PDF in a window of its own."""
    row = _paper(pk)
    return attachments_page.shown(row) if row.media_type in SHOWN else attachments_page.handed_out(row, "attachment")


def _paper(pk: int) -> Any:
    secure.require("hearing_paper", Verb.show)
    return crud.row_of(registry.screen("hearing_paper"), pk)
