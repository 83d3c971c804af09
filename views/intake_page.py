"""Register a petition at the counter: one page, one operation; what was typed is never lost."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from models.errors import Conflict, DomainError
from models.operations.intake import PetitionerInput, RegisterInput, register
from models.terms import Channel, PetitionKind
from views import secure, step_forms
from views.fields import LookupField, MomentField, NoControl, TermField

PEOPLE = 5
PARTS = ("name", "phone", "id_number", "address")


def _line(label: Any, most: int, **kw: Any) -> StringField:
    return StringField(label, [Optional(), Length(max=most, message=_l("This is too long.")), NoControl()], **kw)


def _required() -> InputRequired:
    return InputRequired(_l("This is required."))


class IntakeForm(FlaskForm):
    """The counter's form; the operation checks everything again."""

    channel = TermField(_l("Channel"), [_required()], terms=Channel, blank=True)
    kind = TermField(_l("Kind"), [_required()], terms=PetitionKind, blank=True)
    received_at = MomentField(_l("Received at"), [_required()])
    first_receiver_id = LookupField(_l("First receiver"), [_required()], target="staff")
    title = StringField(
        _l("Title"),
        [_required(), Length(max=200, message=_l("This is too long.")), NoControl()],
        description=_l("The matter in one line, without names."),
    )
    content = TextAreaField(
        _l("Content"),
        [_required(), Length(max=20000, message=_l("This is too long.")), NoControl()],
        description=_l("What happened and what is asked for, recorded faithfully."),
        render_kw={"rows": 8},
    )
    category_id = LookupField(_l("Category"), [Optional()], target="category")
    place_id = LookupField(_l("Place"), [_required()], target="place", description=_l("Where the matter arose."))
    about_unit_id = LookupField(
        _l("About the unit"),
        [Optional()],
        target="unit",
        description=_l("If the matter is about a unit or its staff: that unit will not see it anywhere."),
    )
    urgent = BooleanField(_l("Major or urgent"), description=_l("Report to the leaders within 2 hours. (§2(3))"))
    anonymous = BooleanField(_l("Anonymous"))
    persons = IntegerField(
        _l("Persons"),
        [Optional()],
        default=1,
        description=_l("How many people came; a group sends at most five representatives."),
    )
    petitioners = HiddenField()
    token = HiddenField()


for _n in range(1, PEOPLE + 1):
    setattr(IntakeForm, f"name_{_n}", _line(_l("Full name"), 80))
    setattr(IntakeForm, f"phone_{_n}", _line(_l("Phone"), 40, render_kw={"inputmode": "tel"}))
    setattr(IntakeForm, f"id_number_{_n}", _line(_l("ID number"), 40))
    setattr(IntakeForm, f"address_{_n}", _line(_l("Address"), 200))

MATTER = ("channel", "kind", "received_at", "first_receiver_id", "title", "content", "category_id", "place_id")
FLAGS = ("about_unit_id", "urgent")


def add() -> Any:
    """GET: the empty form. POST: register, or show what is wrong."""
    form = IntakeForm()
    if request.method == "GET":
        form.received_at.process_data(datetime.now(UTC))
        form.token.data = secrets.token_hex(16)
        form.first_receiver_id.data = secure.actor().staff_id
    general: list[str] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                petition = register(secure.session(), _input(form), secure.actor(), datetime.now(UTC))
                secure.session().commit()
                flash(_("Registered as %(number)s.", number=petition.number), "success")
                return redirect(f"/petition/show/{petition.id}")
            except DomainError as error:
                secure.session().rollback()
                general = step_forms.refused(form, error)
                status = 409 if isinstance(error, Conflict) else 422
    people = [[form[f"{part}_{n}"] for part in PARTS] for n in range(1, PEOPLE + 1)]
    page = render_template("pages/intake.html", form=form, general=general, people=people, matter=MATTER, flags=FLAGS)
    return page, status


def _input(form: IntakeForm) -> RegisterInput:
    people = []
    for n in range(1, PEOPLE + 1):
        given = {part: (form[f"{part}_{n}"].data or "").strip() or None for part in PARTS}
        if any(given.values()):
            people.append(PetitionerInput(given["name"] or "", given["phone"], given["id_number"], given["address"]))
    plain = ("title", "content", "channel", "kind", "received_at", "place_id", "category_id", "about_unit_id", "token")
    values = {name: form[name].data for name in (*plain, "first_receiver_id", "anonymous", "urgent")}
    values["token"] = (form.token.data or "")[:64]  # as long as its column
    persons = form.persons.data if form.persons.data is not None else max(1, len(people))
    return RegisterInput(**values, persons=persons, petitioners=people)
