"""A form drawn once more with what was typed, nothing recorded: after a new login, or in another language.

A page that shows its form again when something is wrong can do so without anything being wrong: the request says
``redraw``, ``Form`` fails no field and passes none, and whatever would be recorded all the same is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, has_request_context
from flask_wtf import FlaskForm
from sqlalchemy import event

from models.errors import Conflict
from models.terms import N_

ARGUMENT = "redraw"
FILES = "files"  # the value of the argument when chosen files did not survive the way


def asked() -> bool:
    """Whether this request only wants its form back."""
    return has_request_context() and bool(g.get(ARGUMENT))


def files_lost() -> bool:
    """Whether files that were chosen before are gone."""
    return asked() and g.get(ARGUMENT) == FILES


class Redrawn:
    """Goes before any form: one that is only drawn again is neither right nor wrong."""

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        parent: Any = super()
        return not asked() and bool(parent.validate(extra_validators))


class Form(Redrawn, FlaskForm):
    """A form of the console."""


def guard(session: Any) -> None:
    """Nothing that ``session`` holds is recorded by a request that only wants its form back."""
    event.listen(session, "before_commit", _refuse)


def _refuse(_session: Any) -> None:
    if asked():
        raise Conflict(N_("This page cannot show its form again; open it anew."))
