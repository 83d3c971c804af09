"""The form of a step, made from the proof it needs (``models.evidence``): what is asked is what is checked."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Optional

from models.errors import DomainError, EvidenceMissing, Invalid
from models.evidence import EVIDENCE, LENGTHS, Proof
from models.operations.steps import StepInput
from models.terms import StepKind, Term
from views import forms, identity_warning, present, upload
from views.fields import DayField, LookupField, MomentField, NoControl, TermField
from views.redraw import Form


def field_of(proof: Proof) -> Any:
    """The form field of one proof."""
    help_ = proof.help
    asked = proof.required_if or proof.asked_if
    show = {"data-show-when": "=".join(asked)} if asked else {}
    needed = {"aria-required": "true"} if proof.required or proof.required_if else {}
    kw: dict[str, Any] = {
        "label": _l(proof.label),
        "description": _l(help_) if help_ else "",
        "validators": [Optional()],
        "render_kw": show | needed,
    }
    match proof.kind:
        case "longtext":
            kw["render_kw"] |= {"rows": 4, "maxlength": LENGTHS["longtext"]}
            return TextAreaField(**kw | {"validators": [Optional(), NoControl()]})
        case "choice":
            return TermField(**kw, terms=proof.choices or Term, blank=True)
        case "date":
            return DayField(**kw)
        case "int":
            return IntegerField(**kw)
        case "unit":
            return LookupField(**kw, target="unit")
        case "petition":
            return LookupField(**kw, target="petition")
        case "units":
            return LookupField(**kw, target="unit", many=True)
        case _:
            kw["render_kw"] |= {"maxlength": LENGTHS["text"]}
            return StringField(**kw | {"validators": [Optional(), NoControl()]})


def form_for(kind: StepKind, version: int) -> Form:
    """The form of a step, filled from the request; ``token`` stops a second recording, ``version`` a stale one."""
    fields: dict[str, Any] = {
        "at": MomentField(_l("Happened at"), description=_l("When it really happened, not when it is recorded."))
    }
    fields |= {proof.name: field_of(proof) for proof in EVIDENCE[kind]}
    fields |= {"papers": upload.papers(), "token": HiddenField(), "version": HiddenField()}
    fields[identity_warning.FIELD] = identity_warning.field()
    made: Form = type("StepForm", (Form,), fields)()
    if request.method == "GET":
        made["at"].process_data(datetime.now(UTC))
        made["token"].data, made["version"].data = secrets.token_hex(16), str(version)
    return made


def step_input(kind: StepKind, form: Form) -> StepInput:
    """What the form says, as the operation wants it."""
    values = {}
    for proof in EVIDENCE[kind]:
        data = form[proof.name].data
        if data not in (None, "", []):
            values[proof.name] = data.value if isinstance(data, Term) else data
    version = form["version"].data or ""
    at = form["at"].data or datetime.now(UTC)
    seen = int(version) if version.isdecimal() else None
    token = (form["token"].data or "")[:64]
    return StepInput(kind, at, values, token, version=seen, papers=form["papers"].files)


def refused(form: Form, error: DomainError) -> list[str]:
    """Put a refusal beside its fields; returns what belongs to none."""
    if isinstance(error, EvidenceMissing | Invalid):
        return forms.show_problems(form, error.problems)
    text = present.message_of(error)
    if error.field and error.field in form:
        form[error.field].errors = (*form[error.field].errors, text)
        return []
    return [text]


def told(kind: StepKind, values: dict[str, Any]) -> list[tuple[str, str]]:
    """A recorded step's proof as (label, text) for the timeline."""
    found = []
    for proof in EVIDENCE[kind]:
        value = values.get(proof.name)
        if value in (None, "", []) or proof.kind == "petition":  # the page's head links to that matter
            continue
        text = present.term_of(proof.choices, value) if proof.choices else present.value_of(value)
        found.append((gettext(proof.label), text))
    return found
