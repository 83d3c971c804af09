"""Register a petition at the counter: one page, one operation; what was typed is never lost, a repeat never unseen."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from models import petition_fields
from models.access import all_rows
from models.errors import Conflict, DomainError
from models.letters.leaks import Person
from models.operations.case_file import world
from models.operations.intake import PetitionerInput, RegisterInput, problems_of, register
from models.operations.repeats import Known
from models.operations.steps import refuse_repeat
from models.tables import Petition
from models.tables.petitions import MATTER_GROUP
from models.terms import N_, Channel, PetitionKind, Verb
from views import forms, identity_warning, people_fields, redraw, secure, step_forms, upload
from views.columns import columns
from views.fields import LookupField, MomentField, NoControl, TermField, field_for, required
from views.people_fields import PARTS, PEOPLE
from views.redraw import Form
from views.repeats import Hints, TooMany, exact, hints

ASKED = ("title", *(f"{part}_{n}" for part in ("id_number", "phone") for n in range(1, PEOPLE + 1)))
# leaving such a field asks anew; posted, so that no ID number stands in an address or a log
ASKS = {
    "hx-post": "/petition/repeats",
    "hx-trigger": "change",
    "hx-target": "#repeats",
    "hx-swap": "innerHTML",
    "hx-sync": "closest form:queue last",
    "hx-params": ",".join((*ASKED, "repeat_reason")),
}
SLOWLY = N_("Too many look-ups of known people; wait a minute.")
NEEDED = {"aria-required": "true"}


class IntakeForm(Form):
    """The counter's form. What is missing is the operation's to say: with paragraph and deduction, all at once."""

    channel = TermField(_l("Channel"), [Optional()], terms=Channel, blank=True, render_kw=NEEDED)
    kind = TermField(_l("Kind"), [Optional()], terms=PetitionKind, blank=True, render_kw=NEEDED)
    received_at = MomentField(_l("Received at"), [Optional()], render_kw=NEEDED)
    first_receiver_id = LookupField(_l("First receiver"), [Optional()], target="staff", render_kw=NEEDED)
    title = StringField(
        _l("Title"),
        [Optional(), Length(max=200, message=_l("This is too long.")), NoControl()],
        description=_l("The matter in one line, without names."),
        render_kw=NEEDED | ASKS,
    )
    content = TextAreaField(
        _l("Content"),
        [Optional(), Length(max=20000, message=_l("This is too long.")), NoControl()],
        description=_l("What happened and what is asked for, recorded faithfully."),
        render_kw=NEEDED | {"rows": 8},
    )
    category_id = LookupField(_l("Category"), [Optional()], target="category")
    place_id = LookupField(
        _l("Place"), [Optional()], target="place", description=_l("Where the matter arose."), render_kw=NEEDED
    )
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
    repeat_reason = TextAreaField(
        _l("Register all the same, because"),
        [Optional(), Length(max=2000, message=_l("This is too long.")), NoControl()],
        description=_l("For example: another matter of the same person. It stands in the record of the registration."),
        render_kw=NEEDED | {"rows": 2, "maxlength": 2000},
    )
    papers = upload.papers()
    petitioners = HiddenField(_l("Petitioners"))
    identities_seen = identity_warning.field()
    token = HiddenField()


for _name, _field in people_fields.fields(ASKS).items():
    setattr(IntakeForm, _name, _field)

# the plain fields of the table: what is missing is the operation's to say, like everything else of this form
PLAIN = [columns(Petition)[_name] for _name in petition_fields.names()]
for _col in PLAIN:
    _field = field_for(replace(_col, nullable=True))
    _field.kwargs["default"] = _col.default
    if required(_col):
        _field.kwargs["render_kw"] = (_field.kwargs.get("render_kw") or {}) | NEEDED
    setattr(IntakeForm, _col.name, _field)

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
    known: list[Known] = []
    status = 200
    if request.method == "POST":
        status = 422
        if _sound(form):
            try:
                known = _unseen(form)
                if not known:
                    return _registered(form)
            except DomainError as error:
                secure.session().rollback()
                general = step_forms.refused(form, error)
                status = 409 if isinstance(error, Conflict) else 422
            except TooMany:
                general, status = [_(SLOWLY)], 429
        else:
            general = _missing(form)
        form.papers.lost()
    return _page(form, general, known), status


def _sound(form: IntakeForm) -> bool:
    """Whether everything typed can be read and nothing is pointed out; all of it is said at once."""
    if redraw.asked():
        return False
    readable = form.validate()
    pointed_out = _held_back(form) | people_fields.held_back(form)
    return readable and not pointed_out


def _missing(form: IntakeForm) -> list[str]:
    """What the operation would refuse as well, beside its fields at once; a field that has an error keeps that one."""
    if redraw.asked():
        return []
    found = problems_of(secure.session(), _input(form), secure.actor(), datetime.now(UTC))
    return forms.show_problems(form, tuple(one for one in found if one.field not in form.errors))


def _held_back(form: IntakeForm) -> bool:
    """Whether the free text names somebody unseen: the petitioners' own fields are meant to."""
    given = ("name", "phone", "id_number")
    people = [Person(*(form[f"{part}_{n}"].data or "" for part in given)) for n in range(1, PEOPLE + 1)]
    fields = [f"{part}_{n}" for part in PARTS for n in range(1, PEOPLE + 1)]
    return identity_warning.held_back(form, people, knows=True, plain=fields)


def _page(form: IntakeForm, general: list[str], known: list[Known]) -> str:
    people = [[form[f"{part}_{n}"] for part in PARTS] for n in range(1, PEOPLE + 1)]
    told = Hints(known, [], world(secure.session()).units) if known or form.repeat_reason.data else None
    shown = {"form": form, "general": general, "people": people, "hints": told}
    near = {True: list(MATTER), False: list(FLAGS)}
    for col in PLAIN:
        near[col.info.group == MATTER_GROUP].append(col.name)
    return render_template("pages/intake.html", **shown, matter=near[True], flags=near[False])


def _registered(form: IntakeForm) -> Any:
    petition = register(secure.session(), _input(form), secure.actor(), datetime.now(UTC))
    secure.session().commit()
    flash(_("Registered as %(number)s.", number=petition.number), "success")
    return redirect(f"/petition/show/{petition.id}")


def _unseen(form: IntakeForm) -> list[Known]:
    """Nobody registers a repeat unknowingly: what is known of the same people, unless a reason says it was seen."""
    with all_rows():
        refuse_repeat(secure.session(), (form.token.data or "")[:64])  # sent twice: that petition is no other one
    if (form.repeat_reason.data or "").strip():
        return []
    found = exact(_texts(form, "id_number"), _texts(form, "phone"))
    if found:
        text = _("This person's matter was already received: continue there, or say why this is another one.")
        form.repeat_reason.errors = (*form.repeat_reason.errors, text)
    return found


def _texts(form: IntakeForm, part: str) -> list[str | None]:
    return [form[f"{part}_{n}"].data for n in range(1, PEOPLE + 1)]


def repeats() -> Any:
    """The part of the page that answers while the form is filled in."""
    secure.require("petition", Verb.add)
    form = IntakeForm()
    try:
        told = hints(_texts(form, "id_number"), _texts(form, "phone"), (form.title.data or "")[:200])
    except TooMany:
        return render_template("pages/_repeats.html", form=form, hints=None, slowly=_(SLOWLY)), 429
    return render_template("pages/_repeats.html", form=form, hints=told)


def _input(form: IntakeForm) -> RegisterInput:
    typed = (people_fields.typed(form, n) for n in range(1, PEOPLE + 1))
    people = [PetitionerInput(**one | {"name": one["name"] or ""}) for one in typed if one]
    plain = ("title", "content", "channel", "kind", "received_at", "place_id", "category_id", "about_unit_id", "token")
    values = {name: form[name].data for name in (*plain, "first_receiver_id", "anonymous", "urgent")}
    values["token"] = (form.token.data or "")[:64]  # as long as its column
    persons = form.persons.data if form.persons.data is not None else max(1, len(people))
    proof = {"repeat_reason": form.repeat_reason.data, "papers": form.papers.files}
    plain = {col.name: form[col.name].data for col in PLAIN}
    return RegisterInput(**values, **proof, plain=plain, persons=persons, petitioners=people)
