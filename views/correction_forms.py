"""The form of a correction: the record's own fields and petitioners, and why they are wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, Optional

from models.access import all_rows
from models.operations import corrected, corrections, guard
from models.operations.corrected import PersonInput
from models.operations.corrections import CorrectionInput
from models.tables import Petition
from models.terms import Verb
from views import identity_warning, meanwhile, people_fields, secure
from views.columns import columns
from views.fields import NoControl, field_for
from views.people_fields import PEOPLE
from views.redraw import Form

_FIRST = ("kind", "channel", "received_at", "first_receiver_id", "persons", "anonymous", "about_unit_id")


class ReasonForm(Form):
    """Why."""

    reason = TextAreaField(
        _l("Reason"),
        [Optional(), NoControl()],
        description=_l("It stands in the record beside old and new."),
        render_kw={"rows": 3, "maxlength": corrections.REASON, "aria-required": "true"},
    )
    identities_seen = identity_warning.field()


class VoidForm(ReasonForm):
    """Why a registration is void, and that it is meant: there is no way back."""

    sure = BooleanField(
        _l("I have looked at the record: it is to be void for good."), [DataRequired(_l("Tick this to go on."))]
    )


def shown() -> tuple[str, ...]:
    """The fields in order: the texts first, then what decides about clocks and eyes."""
    texts = tuple(name for name in corrected.FIELDS if name not in _FIRST)
    return (*texts, *_FIRST)


def knows(petition: Petition) -> bool:
    """Whether the actor may know, and so correct, who brought the matter."""
    return secure.allowed("petitioner", Verb.show) and guard.may_know(secure.actor(), petition)


def form_for(row: Petition) -> Any:
    """The form, filled from the record or from the request. ``whole``: the page sent every field, ticks included."""
    known = columns(Petition)
    fields: dict[str, Any] = {name: field_for(known[name], changing=True) for name in shown()}
    fields |= {"version": HiddenField(), "whole": HiddenField(default="1"), "petitioners": HiddenField()}
    if knows(row):
        fields |= people_fields.fields() | {f"id_{n}": HiddenField() for n in range(1, PEOPLE + 1)}
    made = type("CorrectionForm", (ReasonForm,), fields)
    if request.method == "GET":
        form = made(obj=row)
        form["version"].data = str(row.version)
        _fill_people(form, row)
        return form
    return made() if "whole" in request.form else made(formdata=_completed(row))


def _completed(row: Petition) -> MultiDict[str, str]:
    """What a program sent, which means the fields that it names and no others; the rest as the record has it."""
    found: MultiDict[str, str] = MultiDict(request.form)
    for name in shown():
        value = getattr(row, name)
        if name not in found and value is not None and value is not False:
            found[name] = "y" if value is True else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return found


def _fill_people(form: Any, row: Petition) -> None:
    if not knows(row):
        return
    with all_rows():
        rows = corrected.people_of(secure.session(), row)
    for n, one in enumerate(rows[:PEOPLE], 1):
        form[f"id_{n}"].data = str(one.id)
        for part in people_fields.PARTS:
            form[f"{part}_{n}"].process(None, data=getattr(one, part))


def people(form: Any, row: Petition) -> list[list[Any]]:
    """The petitioners' fields, one list for each."""
    if not knows(row):
        return []
    return [[form[f"{part}_{n}"] for part in (*people_fields.PARTS, "id")] for n in range(1, PEOPLE + 1)]


def given(form: Any, row: Petition) -> CorrectionInput:
    """What the form says. A moment that a form shows without its seconds is the same moment."""
    values = {name: form[name].data for name in shown()}
    received: datetime | None = values["received_at"]
    if received is not None and received == row.received_at.replace(second=0, microsecond=0):
        values["received_at"] = row.received_at
    version = form["version"].data or ""
    seen = int(version) if version.isdecimal() and len(version) < 10 else None
    whole = "whole" in request.form and knows(row)
    return CorrectionInput(form["reason"].data or "", values, _typed(form) if whole else None, seen)


def _typed(form: Any) -> list[PersonInput]:
    found = []
    for n in range(1, PEOPLE + 1):
        one, key = people_fields.typed(form, n), form[f"id_{n}"].data or ""
        if one:
            number = int(key) if key.isdecimal() and len(key) < 18 else None
            found.append(PersonInput(number, one["name"] or "", **{p: one[p] for p in people_fields.PARTS[1:]}))
    return found


def beside(form: Any, row: Petition) -> None:
    """After somebody else was faster: their values beside the typed ones; the next attempt is made in their sight."""
    meanwhile.beside(form, {name: getattr(row, name) for name in shown()})
    form["version"].data = str(row.version)
