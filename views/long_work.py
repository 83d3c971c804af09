"""Asking for long work, and its pages: progress, result, cancellation. It can be left and found again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _

from models.errors import NotFound
from models.office_terms import JobKind, JobStatus
from models.operations import jobs
from models.permissions import job_right, may
from models.store import store
from models.tables import Job
from models.terms import N_, Verb
from views import crud, listing, present, registry, secure

# what is said where the work leads on to a page that does not show by itself what was done
SUCCESS = {JobKind.calendar: N_("The notice is now the calendar of %(year)s.")}


def start(kind: JobKind, args: dict[str, Any]) -> Any:
    """Queue the work for the actor, and show it."""
    return redirect(f"/job/show/{queue(kind, args)}")


def queue(kind: JobKind, args: dict[str, Any]) -> int:
    """Queue the work for the actor; commits; returns the job's key."""
    session = secure.session()
    row = jobs.ask(session, kind, args, str(get_locale()), secure.actor(), datetime.now(UTC))
    pk = row.id
    session.commit()
    current_app.extensions["jobs"].wake(pk)
    return pk


def show(row: Job) -> str:
    """The page of one job."""
    return render_template("pages/job.html", **_shown(row))


def progress(pk: int) -> Any:
    """The part of the page that changes; once there is something to go on to, the browser goes there."""
    row = _row(pk)
    answer = Response(render_template("pages/job_progress.html", **_shown(row)))
    if row.status is JobStatus.done and row.leads_to and _mine(row):
        if success := _success(row):
            flash(success, "success")
        answer.headers["HX-Redirect"] = row.leads_to
    elif not row.live:
        answer.headers["HX-Refresh"] = "true"
    return answer


def cancel(pk: int) -> Any:
    """Stop the work; what it did so far is taken back."""
    row = _row(pk)
    jobs.cancel(secure.session(), row, secure.actor(), datetime.now(UTC))
    secure.session().commit()
    flash(_("Cancelled.") if not row.live else _("It will stop in a moment."), "success")
    return redirect(f"/job/show/{pk}")


def result(pk: int) -> Any:
    """The file that the work left: for who asked for it, as long as the role includes it."""
    row = _row(pk)
    if not _mine(row) or row.sha256 is None or row.size is None:
        return secure.missing()
    secure.require(*job_right(row.kind, row.args))
    headers = {"Content-Disposition": f"attachment; filename={row.file}", "Content-Length": str(row.size)}
    return Response(store().read(row.sha256, row.size), content_type=row.media, headers=headers)


def export(table: str, form: str) -> Any:
    """The filtered list as a file made outside the request."""
    screen = registry.load().get(table)
    if screen is None or form not in ("csv", "xlsx") or Verb.export not in screen.verbs:
        return secure.missing()
    secure.require(table, Verb.export)
    query = {name: value for name, value in request.args.items() if name not in ("after", "before", "sort")}
    listing.sure(listing.read(screen, request.args))
    return start(JobKind.export, {"table": table, "query": query, "format": form})


def scan() -> Any:
    """Look for missed duties now, without waiting for the nightly run."""
    secure.require("deduction", Verb.edit)
    return start(JobKind.scan, {})


def papers(year: int) -> Any:
    """All papers of a year that are open to the actor."""
    secure.require("report", Verb.export)
    return start(JobKind.papers, {"year": year})


def _row(pk: int) -> Job:
    secure.require("job", Verb.show)
    row: Any = crud.row_of(registry.screen("job"), pk)
    return row  # type: ignore[no-any-return]


def _mine(row: Job) -> bool:
    return row.user_id == secure.actor().user_id


def _shown(row: Job) -> dict[str, Any]:
    mine = _mine(row)
    may_fetch = mine and may(secure.actor().roles, *job_right(row.kind, row.args))
    return {
        "row": row,
        "mine": mine,
        "fetch": may_fetch and row.sha256 is not None,
        "share": min(100, row.done * 100 // row.total) if row.total else None,
        "asked": asked(row),
        "message": told(row),
        "success": _success(row),
        "screen": registry.screen("job"),
    }


def _success(row: Job) -> str:
    """What was done, where that needs words."""
    if row.status is not JobStatus.done or row.kind not in SUCCESS:
        return ""
    return _(SUCCESS[row.kind], year=row.args["year"])


def asked(row: Job) -> str:
    """What was asked, in words."""
    if "paper" in row.args:
        return " ".join(filter(None, (row.args["of"], row.args["code"], row.args["form"].upper())))
    if "year" in row.args:
        return str(row.args["year"])
    if "table" in row.args:
        found = registry.load().get(row.args["table"])
        return f"{_(found.table.__plural__)} · {row.args['format'].upper()}" if found else ""
    return ""


def told(row: Job) -> str:
    """Why it failed, or what of it could not be done, in the reader's language."""
    if not row.message:
        return ""
    params = {name: tuple(v) if isinstance(v, list) else v for name, v in row.message.get("params", {}).items()}
    return present.message_of(NotFound(row.message["message"], paragraph=row.message.get("paragraph", ""), **params))
