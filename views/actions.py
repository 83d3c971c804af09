"""What can be done to one row beside changing it (``Screen.actions``): the buttons of its page, and their doing."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask_babel import gettext as _

from models.base import Base
from models.errors import Conflict, DomainError
from models.terms import N_
from views import crud, present, registry, secure
from views.screen import Action, Screen


def offered(screen: Screen, row: Base) -> list[Action]:
    """The actions that the actor may take with this row now."""
    if screen.locked and screen.locked(row):
        return []
    return [one for one in screen.actions if secure.allowed(screen.name, one.verb) and one.fits(row)]


def named(screen: Screen, name: str) -> Action | None:
    return next((one for one in screen.actions if one.name == name), None)


def take(screen: Screen, action: Action, pk: int) -> str:
    """Do it and commit; what is to be told, in the reader's language.

    Raises:
        Conflict: it cannot be done to this row now. DomainError: what the action itself refuses.
    """
    row = crud.row_of(screen, pk)
    if action not in offered(screen, row):
        raise Conflict(N_("This cannot be done to the record now."))
    told = action.run(secure.session(), row, secure.actor())
    secure.session().commit()
    return _(told) if told else ""


def page(table: str, pk: int, name: str) -> Any:
    """The button was pressed: done, or why not, on the page of the row."""
    screen = registry.load().get(table)
    action = named(screen, name) if screen else None
    if screen is None or action is None:
        return secure.missing()
    secure.require(table, action.verb)
    try:
        flash(take(screen, action, pk) or _("Saved."), "success")
    except DomainError as error:
        secure.session().rollback()
        flash(present.message_of(error), "danger")
    return redirect(screen.url("show", pk))
