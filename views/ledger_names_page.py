"""Names from ledgers: places and first receivers kept as written, mapped to the county's own, with a trace."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _

from models.errors import Invalid
from models.operations.history import mapping
from models.terms import Verb
from models.world import world
from views import present, secure


def page(error: str = "") -> str:
    """Every name that is not mapped, with how many petitions have it."""
    secure.require("import", Verb.add)
    session = secure.session()
    units = world(session).units
    receivers = [(one, present.named(units[one.unit_id or 0])) for one in mapping.receivers(session)]
    return render_template(
        "pages/ledger_names.html", places=mapping.places(session), receivers=receivers, error=error, most=mapping.MOST
    )


def map_one(kind: str) -> Any:
    """Map a place or a first receiver."""
    actor, session, now = secure.require("import", Verb.add), secure.session(), datetime.now(UTC)
    text, chosen = request.form.get("text", ""), _key("chosen")
    try:
        if kind == "place":
            count = mapping.map_place(session, text, chosen, actor.staff_id, now)
        elif kind == "receiver":
            count = mapping.map_receiver(session, text, _key("unit") or 0, chosen, actor.staff_id, now)
        else:
            return secure.missing()
        session.commit()
    except Invalid as found:
        session.rollback()
        return page(f"{text}: {present.problem_text(found.problems[0])}"), 422
    flash(_("%(n)s petitions were mapped.", n=count), "success")
    return redirect("/import/names")


def _key(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else None
