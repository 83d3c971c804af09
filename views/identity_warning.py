"""Names, ID and phone numbers in free text are pointed out once; the writer then sends the text, or changes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField

from models.access import all_rows
from models.free_text import pointed_out
from models.letters.leaks import Person
from models.operations import guard
from models.operations.letters.casework import people_of
from models.tables import Petition
from views import secure

FIELD = "identities_seen"


def field() -> BooleanField:
    """The box that a form carries; drawn once something was pointed out."""
    return BooleanField(_l("I have looked at what is pointed out; the text is to be sent as it is."))


def held_back(form: Any, people: Iterable[Person], *, knows: bool, plain: Iterable[str] = ()) -> bool:
    """Whether the form goes back to its writer: something in its free text says who somebody is, and no tick says that
    it was seen. ``plain``: fields that are meant to hold identities.
    """
    persons, seen, found = list(people), bool(form[FIELD].data), False
    for one in form:
        if not isinstance(one, StringField) or isinstance(one, HiddenField) or one.name in plain or not one.data:
            continue
        for message in pointed_out(str(one.data), persons, knows=knows):
            found = True
            if not seen:
                one.errors = (*one.errors, gettext(message))
    form[FIELD].asked = found
    return found and not seen


def held_back_about(form: Any, petition_id: int | None) -> bool:
    """The same for a text about the petition with this key, if there is one that the writer may see."""
    petition = secure.session().get(Petition, petition_id) if petition_id is not None else None
    return held_back_of(form, petition) if petition is not None else held_back(form, (), knows=False)


def held_back_of(form: Any, petition: Petition, *, plain: Iterable[str] = ()) -> bool:
    """The same for a text about ``petition``."""
    with all_rows():
        people = people_of(secure.session(), petition)
    return held_back(form, people, knows=guard.may_know(secure.actor(), petition), plain=plain)
