"""Correct what was registered: the form with its reason, a registration declared void, and what the bureau decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import func, select

from models.access import all_rows
from models.errors import Conflict, DomainError, Invalid
from models.office_terms import CorrectionStatus
from models.operations import consent, corrected, corrections
from models.operations.case_file import world
from models.operations.corrections import Outcome
from models.roles import Office
from models.tables import Correction, Petition
from models.terms import DutyKind, Verb
from models.world import zone
from views import correction_forms, crud, identity_warning, people_fields, present, registry, secure, step_forms
from views.columns import columns
from views.fields import texts

DECISIONS = ("agree", "refuse", "withdraw")


def may(petition: Petition) -> bool:
    """Whether the actor may correct this record."""
    actor = secure.actor()
    unit = actor.unit_id if actor.writes else None
    return secure.allowed("petition", Verb.edit) and corrections.may_correct(
        petition, unit, world(secure.session()).bureau
    )


def edit(row: Any) -> Any:
    """GET: the record as it is. POST: correct it, or show what is wrong."""
    actor, pk = secure.require("petition", Verb.edit), row.id
    form = correction_forms.form_for(row)
    general: list[str] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate() and not _held_back(form, row):
            try:
                given = correction_forms.given(form, row)
                outcome = corrections.correct(secure.session(), row, given, actor, datetime.now(UTC))
                secure.session().commit()
                _tell(outcome)
                return redirect(f"/petition/show/{pk}")
            except (Invalid, Conflict) as error:
                general, status = _refused(form, error)
                row = crud.row_of(registry.screen("petition"), pk)
                if status == 409:
                    correction_forms.beside(form, row)
    people = correction_forms.people(form, row)
    shown = {"petition": row, "form": form, "general": general, "people": people}
    return render_template("pages/correct.html", **shown, fields=correction_forms.shown()), status


def _held_back(form: Any, row: Petition) -> bool:
    plain = [name for name in form._fields if name.rpartition("_")[0] in people_fields.PARTS]
    named = identity_warning.held_back_of(form, row, plain=plain)
    return people_fields.held_back(form) or named if "numbers_seen" in form else named


def _refused(form: Any, error: DomainError) -> tuple[list[str], int]:
    secure.session().rollback()
    return step_forms.refused(form, error), 409 if isinstance(error, Conflict) else 422


def _tell(outcome: Outcome) -> None:
    if outcome.done:
        flash(_("The record is corrected."), "success")
    if outcome.waiting is not None:
        why = " ".join(_(text) for text in outcome.why)
        flash(_("The rest waits for the bureau's consent: %(why)s", why=why), "info")


def void(pk: int) -> Any:
    """GET: ask why. POST: declare the registration void, or ask the bureau to."""
    actor = secure.require("petition", Verb.edit)
    row: Any = crud.row_of(registry.screen("petition"), pk)

    def act(form: Any, now: datetime) -> str:
        outcome = corrections.void(secure.session(), row, form.reason.data or "", actor, now)
        done = _("The petition is void; its number stays.")
        return done if outcome.done else _("The bureau was asked to declare the petition void.")

    return _with_reason(row, act, "pages/void.html", f"/petition/show/{pk}", correction_forms.VoidForm())


def show(row: Correction) -> Any:
    """What is asked for, what it would relieve, and what became of it."""
    return _page(row, correction_forms.ReasonForm(), [])


def decide(pk: int, what: str) -> Any:
    """Agree, refuse, or take the request back."""
    actor = secure.require("correction", Verb.add)
    if what not in DECISIONS:
        return secure.missing()
    row: Any = crud.row_of(registry.screen("correction"), pk)

    def act(form: Any, now: datetime) -> str:
        if what == "withdraw":
            consent.withdraw(secure.session(), row, actor, now)
        else:
            consent.decide(secure.session(), row, what == "agree", form.reason.data or "", actor, now)
        return _("Recorded.")

    return _with_reason(row, act, "", f"/petition/show/{row.petition_id}")


def _with_reason(row: Any, act: Callable[[Any, datetime], str], template: str, done: str, form: Any = None) -> Any:
    """A reason before an act; what is wrong comes back with what was typed."""
    form, general, status = form or correction_forms.ReasonForm(), [], 200
    petition = row if isinstance(row, Petition) else row.petition
    if request.method == "POST":
        status = 422
        if form.validate() and not identity_warning.held_back_of(form, petition):
            try:
                told = act(form, datetime.now(UTC))
                secure.session().commit()
                flash(told, "success")
                return redirect(done)
            except (Invalid, Conflict) as error:
                general, status = _refused(form, error)
                row = crud.row_of(registry.screen(row.__tablename__), row.id)
    if template:
        return render_template(template, petition=row, form=form, general=general), status
    return _page(row, form, general), status


def _page(row: Correction, form: Any, general: list[str]) -> str:
    actor, bureau = secure.actor(), world(secure.session()).bureau
    waiting = row.status is CorrectionStatus.asked and secure.allowed("correction", Verb.add)
    return render_template(
        "pages/correction.html",
        row=row,
        form=form,
        general=general,
        wanted=_wanted(row),
        relief=[_relief(one) for one in row.relief],
        decides=waiting and actor.writes and actor.unit_id == bureau and actor.staff_id != row.asked_by_id,
        withdraws=waiting and actor.writes and actor.unit_id == row.unit_id,
    )


def _relief(one: dict[str, Any]) -> dict[str, str]:
    unit = next((text for _key, text in texts("unit", [one["unit"]])), "")
    after = present.fmt_date(datetime.fromisoformat(one["after"]).date()) if one["after"] else ""
    before = present.fmt_date(datetime.fromisoformat(one["before"]).date())
    return {"duty": present.term_of(DutyKind, one["kind"]), "unit": unit, "before": before, "after": after}


def _wanted(row: Correction) -> list[tuple[str, str, str]]:
    """(field, as it is, as it should be) in words; people only for those who may know them."""
    values, people = corrected.from_text(row.wanted)
    known = columns(Petition)
    found = [
        (_(known[name].info.label), _said(name, getattr(row.petition, name)), _said(name, value))
        for name, value in values.items()
    ]
    if people is not None:
        found.append((_("Petitioners"), *_people(row, people)))
    return found


def _people(row: Correction, people: Any) -> tuple[str, str]:
    if not correction_forms.knows(row.petition):
        return "", _("Not shown to your unit.")
    with all_rows():
        now = corrected.people_of(secure.session(), row.petition)
    told = [" ".join(filter(None, (one.name, one.phone, one.id_number, one.address))) for one in (*now, *people)]
    return "\n".join(told[: len(now)]), "\n".join(told[len(now) :])


def _said(name: str, value: Any) -> str:
    col = columns(Petition)[name]
    if col.kind == "key" and value is not None and col.target:
        return next((text for _key, text in texts(col.target, [value])), "")
    return present.value_of(value.astimezone(zone()) if isinstance(value, datetime) else value)


def waiting() -> list[tuple[str, str, int]]:
    """For home: how many corrections the bureau has to decide."""
    if not secure.actor().acts_for(Office.bureau):
        return []
    wanted = select(func.count(Correction.id)).where(Correction.status == CorrectionStatus.asked)
    number = secure.session().scalar(wanted) or 0
    return [(_("Corrections to decide"), "/correction/list/?status=asked", number)] if number else []
