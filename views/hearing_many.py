"""Many deductions at once: the bureau ticks them or takes what a filter shows, sees the list, gives one reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import TextAreaField
from wtforms.validators import Optional

from models.access import Actor
from models.errors import DomainError
from models.office_terms import HearingMove
from models.operations import hearing
from models.tables import Deduction
from models.terms import Verb
from views import hearing_forms, listing, present, registry, secure
from views.fields import NoControl
from views.redraw import Form

MOVES = (HearingMove.notify, HearingMove.confirm)


class ManyForm(Form):
    """One reason for all of them."""

    reason = TextAreaField(validators=[Optional(), NoControl()], render_kw={"rows": 3, "aria-required": "true"})


def page() -> Any:
    """POST without a reason field: show the list. POST with one: do it, and name what was refused."""
    actor = secure.require("deduction", Verb.edit)
    asked = request.form.get("move", "")
    if asked not in {move.value for move in MOVES}:
        return secure.missing()
    what, form = HearingMove(asked), ManyForm()
    form.reason.label.text = _("Reason for all of them")
    rows, more = _rows()
    if not rows:
        flash(_("Tick at least one row first."), "warning")
        return redirect(_list())
    if "reason" not in request.form:
        return _preview(rows, what, actor, form, more)
    versions = {key: version for key, version in _versions().items() if version is not None}
    if form.validate():
        try:
            ids, now = [row.id for row in rows], datetime.now(UTC)
            done, refused = hearing.several(
                secure.session(), ids, what, actor, form.reason.data or "", now, versions=versions
            )
            secure.session().commit()
            return _result(what, len(done), [(one.row.id, one.error) for one in refused])
        except DomainError as error:
            secure.session().rollback()
            general, status = hearing_forms.refused(form, error)
            return _preview(_rows()[0], what, actor, form, more, general), status
    return _preview(rows, what, actor, form, more), 422


def _list() -> str:
    """The list as it was left, its filter and order with it."""
    left = parse_qsl(request.form.get("filter", "")[:2000])
    return "/deduction/list/" + (f"?{urlencode(left)}" if left else "")


def _rows() -> tuple[list[Deduction], bool]:
    """The rows that are ticked, or that the filter shows; and whether there are more than can be taken at once."""
    screen = registry.screen("deduction")
    parts = (joinedload(Deduction.petition), joinedload(Deduction.unit))
    wanted = select(Deduction).options(*parts).order_by(Deduction.unit_id, Deduction.id).limit(hearing.MOST + 1)
    if request.form.get("all") and "reason" not in request.form:
        asked = listing.sure(listing.read(screen, dict(parse_qsl(request.form.get("filter", "")[:2000]))))
        wanted = wanted.where(*listing.conditions(secure.session(), screen, asked))
    else:
        wanted = wanted.where(Deduction.id.in_(list(_versions())[: hearing.MOST + 1]))
    found = list(secure.session().scalars(wanted.execution_options(populate_existing=True)))
    return found[: hearing.MOST], len(found) > hearing.MOST


def _versions() -> dict[int, int | None]:
    """Ticked rows as ``id`` or ``id:version``."""
    found: dict[int, int | None] = {}
    for text in request.form.getlist("row"):
        key, _colon, version = text.partition(":")
        if key.isdecimal() and len(key) < 18:
            found[int(key)] = int(version) if version.isdecimal() and len(version) < 10 else None
    return found


def _preview(
    rows: Sequence[Deduction], what: HearingMove, actor: Actor, form: ManyForm, more: bool, general: Sequence[str] = ()
) -> str:
    refused = {
        one.row.id: present.message_of(one.error) for one in hearing.preview(secure.session(), rows, what, actor)
    }
    go = [row for row in rows if row.id not in refused]
    return render_template(
        "pages/hearing_many.html",
        what=what,
        form=form,
        general=general,
        rows=go,
        held=[(row, refused[row.id]) for row in rows if row.id in refused],
        points=sum(row.points for row in go),
        more=hearing.MOST if more else 0,
        left=_list(),
    )


def _result(what: HearingMove, done: int, refused: list[tuple[int, DomainError]]) -> Any:
    if not refused:
        flash(_("Done: %(n)s.", n=done), "success")
        return redirect(_list())
    parts = (joinedload(Deduction.petition), joinedload(Deduction.unit))
    keys = [key for key, _error in refused]
    known = {
        row.id: row for row in secure.session().scalars(select(Deduction).where(Deduction.id.in_(keys)).options(*parts))
    }
    held = [(known[key], present.message_of(error)) for key, error in refused if key in known]
    return render_template("pages/hearing_many_done.html", what=what, done=done, held=held, left=_list())
