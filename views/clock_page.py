"""The clock: what this machine, the newest record and the database say; an administrator confirms that it is right."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _

from models.operations import clock
from models.terms import Verb
from views import secure


def page() -> Any:
    """GET: what the clocks say. POST: the clock is right, from now on it is believed."""
    secure.require("counter", Verb.edit)
    session, now = secure.session(), datetime.now(UTC)
    if request.method == "POST":
        clock.confirm(session, now)
        session.commit()
        flash(_("The clock is confirmed."), "success")
        return redirect("/clock/")
    return render_template("pages/clock.html", reading=clock.read(session, now))
