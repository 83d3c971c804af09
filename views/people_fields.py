"""The fields of petitioners, at the counter and in a correction: kind of document, and a warning for odd numbers."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField
from wtforms.validators import Length, Optional

from models.rules.identification import doubts
from models.tables import Petitioner
from models.terms import IdKind
from views.fields import NoControl, TermField

PEOPLE = 5
PARTS = ("name", "phone", "id_kind", "id_number", "address")
SEEN = "numbers_seen"


def _line(label: Any, most: int, **kw: Any) -> StringField:
    return StringField(label, [Optional(), Length(max=most, message=_l("This is too long.")), NoControl()], **kw)


def fields(asks: dict[str, str] | None = None) -> dict[str, Field]:
    """The fields of all petitioners and the tick that keeps an odd number; ``asks``: what a changed number triggers."""
    kw, found = asks or {}, {}
    for n in range(1, PEOPLE + 1):
        found[f"name_{n}"] = _line(_l("Full name"), 80)
        found[f"phone_{n}"] = _line(_l("Phone"), 40, render_kw=kw | {"inputmode": "tel"})
        found[f"id_kind_{n}"] = TermField(
            _l("Kind of document"), [Optional()], terms=IdKind, blank=False, default=IdKind.resident
        )
        found[f"id_number_{n}"] = _line(_l("ID number"), 40, render_kw=kw)
        found[f"address_{n}"] = _line(_l("Address"), 200)
    found[SEEN] = BooleanField(_l("I have compared the numbers with the document; keep them as they are."))
    return found


def typed(form: Any, n: int) -> dict[str, Any]:
    """The n-th petitioner as typed; nothing where nothing was."""
    found = {part: (form[f"{part}_{n}"].data or "").strip() or None for part in PARTS if part != "id_kind"}
    return found | {"id_kind": form[f"id_kind_{n}"].data or IdKind.resident} if any(found.values()) else {}


def unchecked(person: Petitioner) -> str:
    """Which numbers were kept although they look wrong, in words."""
    labels = {"phone": gettext("Phone"), "id_number": gettext("ID number")}
    return gettext(", ").join(labels[part] for part in (person.unchecked or "").split(",") if part)


def held_back(form: Any) -> bool:
    """Whether the form goes back: a number looks wrong, and no tick says that it was compared."""
    seen, found = bool(form[SEEN].data), False
    for n in range(1, PEOPLE + 1):
        one = typed(form, n)
        for part, message in doubts(one["id_kind"], one["id_number"], one["phone"]).items() if one else ():
            field, found = form[f"{part}_{n}"], True
            if not seen:
                field.errors = (*field.errors, gettext(message))
    form[SEEN].asked = found
    return found and not seen
