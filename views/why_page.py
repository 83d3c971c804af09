"""Why a duty is due when it is due: its stored working, in words and as a calendar strip."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import render_template

from models.access import all_rows
from models.rules import strip
from models.terms import Verb
from views import case_page, crud, present, registry, secure, working


def why(pk: int) -> Any:
    """How a duty's due date was counted."""
    secure.require("duty", Verb.show)
    duty: Any = crud.row_of(registry.screen("duty"), pk)
    with all_rows():
        opened_by = duty.opened_by
    state = case_page.clock(duty, present.named(duty.unit), datetime.now(UTC))
    return render_template(
        "pages/why.html",
        duty=duty,
        trace=duty.trace or {},
        clock=state,
        opened_by=opened_by,
        weeks=strip.weeks(duty.trace or {}),
        sentences=working.sentences(duty),
        source=present.source((duty.trace or {}).get("source")),
        calendar=working.calendar((duty.trace or {}).get("calendar_version")),
    )
