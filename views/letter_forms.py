"""The forms of a letter: its text, made from its declaration (``models.letters``); its delivery; why it is void."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, date, datetime
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional

from models.letters import FORMS
from models.office_terms import Delivery
from models.operations import letters
from models.operations.letters import checks
from models.tables import Letter
from models.terms import Term
from views import identity_warning, meanwhile, step_forms, upload
from views.fields import LookupField, MomentField, NoControl, TermField
from views.redraw import Form

FREE = ("petitioner", "public", "units")  # whose addressee is written by hand


def _needed(most: int) -> dict[str, Any]:
    return {"maxlength": most, "aria-required": "true"}


def text_form(row: Letter) -> Form:
    """The text of a draft, filled from the request or from the row."""
    declared = FORMS[row.kind]
    proofs = declared.proofs(row.step_kind)
    fields: dict[str, Any] = {
        "title": StringField(_l("Title"), [Optional(), NoControl()], render_kw=_needed(checks.TITLE))
    }
    if declared.to == "unit":
        fields["to_unit"] = LookupField(_l("To the unit"), [Optional()], target="unit", render_kw=_needed(0))
    elif declared.to in FREE:
        must = _needed(checks.ADDRESSEE) if declared.to != "units" else {"maxlength": checks.ADDRESSEE}
        fields["addressee"] = StringField(_l("Addressee"), [Optional(), NoControl()], render_kw=must)
    fields |= {proof.name: step_forms.field_of(proof) for proof in proofs}
    fields |= {"version": HiddenField(), "seen": HiddenField()}
    kind = type("LetterForm", (Form,), fields)
    if request.method == "POST":
        made: Form = kind()
        return made
    now = on_record(row)
    filled: Form = kind(data=now | {"version": str(row.version), "seen": _seen(now, fields)})
    return filled


def on_record(row: Letter) -> dict[str, Any]:
    """What a draft says, by field."""
    proofs = FORMS[row.kind].proofs(row.step_kind)
    values: dict[str, Any] = {proof.name: "" for proof in proofs} | letters.values_of(row)
    for proof in proofs:
        if proof.kind == "date" and values.get(proof.name):
            values[proof.name] = date.fromisoformat(values[proof.name])
    return values | {"title": row.title, "addressee": row.addressee, "to_unit": row.to_unit_id}


def _seen(now: dict[str, Any], fields: Container[str]) -> str:
    return meanwhile.fingerprint({name: value for name, value in now.items() if name in fields})


def show_both(row: Letter, form: Form) -> None:
    """After somebody else was faster: their text beside the typed one; the next attempt is made in its sight."""
    now = {name: value for name, value in on_record(row).items() if name in form}
    meanwhile.beside(form, now, form["seen"].data or "")
    form["seen"].data, form["version"].data = meanwhile.fingerprint(now), str(row.version)


def text_input(row: Letter, form: Form) -> letters.LetterInput:
    """What the form says, as the operation wants it."""
    values = {}
    for proof in FORMS[row.kind].proofs(row.step_kind):
        data = form[proof.name].data
        values[proof.name] = data.value if isinstance(data, Term) else data
    version = form["version"].data or ""
    return letters.LetterInput(
        title=form["title"].data or "",
        addressee=(form["addressee"].data or "") if "addressee" in form else "",
        values=values,
        to_unit=form["to_unit"].data if "to_unit" in form else None,
        version=int(version) if version.isdecimal() else None,
    )


class DeliveryForm(Form):
    """How the letter reached whom, and when."""

    how = TermField(_l("Delivered how"), [Optional()], terms=Delivery, blank=True, render_kw={"aria-required": "true"})
    to = StringField(
        _l("Received by"),
        [Optional(), NoControl()],
        description=_l("Who took it: the person who signed, or the unit's registry."),
        render_kw=_needed(checks.RECEIVED),
    )
    at = MomentField(_l("Delivered at"), [Optional()], render_kw={"aria-required": "true"})

    @classmethod
    def asked(cls) -> Form:
        """With the proof, whose limits the application knows."""
        kind = type("DeliveryForm", (cls,), {"papers": upload.papers(_l("Proof of delivery"))})
        made: Form = kind()
        if request.method == "GET":
            made["at"].process_data(datetime.now(UTC))
        return made


class VoidForm(Form):
    """Why a letter is void."""

    reason = TextAreaField(
        _l("Reason"),
        [Optional(), NoControl()],
        description=_l("Number and paper stay on record with this reason. The number is not given again."),
        render_kw={"rows": 3} | _needed(checks.REASON),
    )
    sure = BooleanField(
        _l("I have looked at the record: it is to be void for good."), [DataRequired(_l("Tick this to go on."))]
    )
    identities_seen = identity_warning.field()
