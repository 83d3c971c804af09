"""Handing a post over: make the list, sign it, print it with lines for the signatures."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from models.access import Actor
from models.errors import Conflict, DomainError
from models.office_terms import HandoverStatus
from models.operations import handover
from models.tables import Handover, HandoverItem, Petition
from models.terms import DutyKind, Verb
from reports import printing
from views import crud, identity_warning, present, registry, secure, step_forms
from views.fields import LookupField, NoControl
from views.redraw import Form

ACTS: dict[str, Callable[..., Handover]] = {"sign": handover.sign, "withdraw": handover.withdraw}
# a preview needs no more; the list itself is whole
PREVIEW = 50
TONGUES = {"zh": "zh_Hans_CN", "en": "en"}


class HandoverForm(Form):
    """Who hands over to whom; the operation checks everything again."""

    from_staff_id = LookupField(_l("Handed over by"), [InputRequired(_l("This is required."))], target="staff")
    to_staff_id = LookupField(
        _l("Taken over by"),
        [InputRequired(_l("This is required."))],
        target="staff",
        description=_l("A colleague of the same unit, who signs the list as well."),
    )
    note = TextAreaField(
        _l("Note"),
        [Optional(), Length(max=handover.NOTE, message=_l("This is too long.")), NoControl()],
        render_kw={"rows": 3},
    )
    identities_seen = identity_warning.field()


@dataclass(frozen=True, slots=True)
class Line:
    """A matter of the list with what was owed, as (duty, due date)."""

    petition: Petition
    duties: tuple[tuple[str, str], ...]


def add() -> Any:
    """GET: the form and what would be on the list. POST: make the list, or show what is wrong."""
    actor, form = secure.actor(), HandoverForm()
    if request.method == "GET":
        asked = request.args.get("from", "")
        form.from_staff_id.data = int(asked) if asked.isdecimal() and len(asked) < 18 else actor.staff_id
    general: list[str] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate() and not identity_warning.held_back(form, (), knows=False):
            given = handover.HandoverInput(form.from_staff_id.data, form.to_staff_id.data, form.note.data)
            try:
                row = handover.propose(secure.session(), given, actor, datetime.now(UTC))
                secure.session().commit()
                flash(_("The list is made."), "success")
                return redirect(f"/handover/show/{row.id}")
            except DomainError as error:
                secure.session().rollback()
                general = step_forms.refused(form, error)
                status = 409 if isinstance(error, Conflict) else 422
    shown = _preview(form.from_staff_id.data, actor)
    page = render_template(
        "pages/handover_add.html", form=form, general=general, matters=shown[:PREVIEW], more=len(shown) > PREVIEW
    )
    return page, status


def _preview(person: int | None, actor: Actor) -> list[Petition]:
    """What this person of the actor's unit looks after."""
    if person is None or actor.unit_id is None:
        return []
    wanted = select(Petition).where(handover.kept_by(person, actor.unit_id)).order_by(Petition.received_at, Petition.id)
    return list(secure.session().scalars(wanted.limit(PREVIEW + 1)))


def show(row: Handover, errors: tuple[str, ...] = ()) -> str:
    """The list, its signatures, and what the actor may do with it."""
    actor = secure.actor()
    waits = row.status is HandoverStatus.proposed and secure.allowed("handover", Verb.add)
    return render_template(
        "pages/handover.html",
        row=row,
        lines=_lines(row),
        signs=waits and _signs(row, actor),
        withdraws=waits and (_is_party(row, actor) or handover.leads(secure.session(), actor, row.unit_id)),
        errors=errors,
        screen=registry.screen("handover"),
    )


def _is_party(row: Handover, actor: Actor) -> bool:
    return actor.staff_id is not None and actor.staff_id in (row.from_staff_id, row.to_staff_id)


def _signs(row: Handover, actor: Actor) -> bool:
    mine = row.from_signed_at if actor.staff_id == row.from_staff_id else row.to_signed_at
    return _is_party(row, actor) and mine is None


def _lines(row: Handover) -> list[Line]:
    wanted = (
        select(HandoverItem)
        .join(HandoverItem.petition)
        .where(HandoverItem.handover_id == row.id)
        .options(contains_eager(HandoverItem.petition))
        .order_by(Petition.received_at, Petition.id)
    )
    return [Line(item.petition, _duties(item.duties)) for item in secure.session().scalars(wanted)]


def _duties(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (line.split(" ", 1) for line in text.splitlines())
    return tuple((present.term_of(DutyKind, kind), present.fmt_date(date.fromisoformat(day))) for kind, day in pairs)


def decide(pk: int, act: str) -> Any:
    """Sign or withdraw."""
    actor = secure.require("handover", Verb.add)
    if act not in ACTS:
        return secure.missing()
    screen = registry.screen("handover")
    row: Any = crud.row_of(screen, pk)
    try:
        ACTS[act](secure.session(), row, actor, datetime.now(UTC))
        secure.session().commit()
    except DomainError as error:
        secure.session().rollback()
        status = 409 if isinstance(error, Conflict) else 403
        return show(crud.row_of(screen, pk), (present.message_of(error),)), status
    flash(_("Signed.") if act == "sign" else _("Withdrawn."), "success")
    return redirect(f"/handover/show/{pk}")


def take() -> Any:
    """The leader looks after what nobody keeps."""
    actor = secure.require("handover", Verb.add)
    count = handover.take_over(secure.session(), actor, datetime.now(UTC))
    secure.session().commit()
    flash(_("You look after %(n)s more matters.", n=count), "success")
    return redirect("/")


def asked_for(row: Any) -> str:
    """After a post was ended or moved: how many matters now ask for a handover."""
    count = handover.to_hand_over(secure.session(), row)
    if not count:
        return ""
    return _("%(n)s open matters wait to be handed over: the leader of their unit finds them at home.", n=count)


def printed(pk: int) -> Any:
    """The list on paper, in the reader's language or in ``?lang=zh|en``, with lines for the signatures."""
    secure.require("handover", Verb.show)
    row: Any = crud.row_of(registry.screen("handover"), pk)
    tongue = TONGUES.get(request.args.get("lang", ""))
    with force_locale(tongue) if tongue else nullcontext():
        county = printing.county(current_app.config, "zh" if present.chinese() else "en")
        return render_template("pages/handover_print.html", row=row, lines=_lines(row), county=county)


def leavers(actor: Actor) -> list[handover.Leaver]:
    """For home: whose matters the leader of the unit must see handed over."""
    session, unit = secure.session(), actor.unit_id
    if unit is None or not secure.allowed("handover", Verb.add) or not handover.leads(session, actor, unit):
        return []
    return handover.leavers(session, unit)
