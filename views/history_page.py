"""Import a ledger: two files are checked and shown first; the same files are loaded when confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.errors import DomainError, Invalid
from models.operations.history import report
from models.operations.history.load import BadRows, Outcome, load
from models.operations.history.staging import Staging
from models.operations.history.values import Fault
from models.terms import Verb
from models.world import zone
from views import history_uploads, present, secure
from views.history_uploads import PARTS, Upload

MOST_ROWS = 20000  # some ten seconds of work: an answer must come before the browser gives up
SHOWN = 50


def page() -> Any:
    """GET: the form. POST: keep the files, check them, show what would be loaded."""
    actor = secure.require("import", Verb.add)
    if request.method == "GET":
        return _form()
    try:
        given = {part: file for part in PARTS if (file := request.files.get(part)) is not None}
        upload = history_uploads.keep(given, actor.user_id)
    except Invalid as error:
        return _form({one.field: present.problem_text(one) for one in error.problems}), 422
    try:
        _check(upload)
    except DomainError as error:
        upload.drop()
        return _form(general=present.message_of(error)), 422
    return redirect(f"/import/{upload.token}")


def _form(errors: dict[str, str] | None = None, general: str = "") -> str:
    return render_template("pages/import.html", errors=errors or {}, general=general, most=MOST_ROWS)


def _mine(token: str) -> Upload:
    actor = secure.require("import", Verb.add)
    found = history_uploads.find(token, actor.user_id)
    return found if found is not None else secure.missing()


def preview(token: str) -> str:
    """What would be loaded, the first bad rows, and the button that loads."""
    upload = _mine(token)
    problems = [(*row[:3], present.message_of(Fault.heard(row[2:]).error())) for row in upload.problems]
    return render_template("pages/import_preview.html", upload=upload, found=upload.outcome, problems=problems)


def bad_rows(token: str, part: str) -> Any:
    """The file to mend."""
    upload = _mine(token)
    if part not in upload.bad:
        return secure.missing()
    path = upload.home / part / upload.bad[part]
    return send_file(path, mimetype="text/csv", as_attachment=True, download_name=path.name)


def confirm(token: str) -> Any:
    """Load the files that were checked; with ``skip`` without the petitions that have a bad row."""
    upload = _mine(token)
    if upload.loaded:
        return redirect(f"/import/{token}")
    upload.intact()
    with _opened(upload) as (session, ledger):
        try:
            skip = request.form.get("skip") == "1"
            outcome = _load(session, ledger, skip)
            session.commit()
        except BadRows:
            flash(_("Nothing was loaded: some rows are bad."), "danger")
            return redirect(f"/import/{token}")
    upload.outcome, upload.loaded = asdict(outcome), True
    upload.forget_files()
    upload.save()
    told = {"petitions": outcome.petitions, "steps": outcome.steps}
    flash(_("Loaded: %(petitions)s petitions, %(steps)s steps.", **told), "success")
    return redirect(f"/import/{token}")


def drop(token: str) -> Any:
    """Away with the files."""
    _mine(token).drop()
    flash(_("The files were removed; nothing was loaded."), "success")
    return redirect("/import/")


@contextmanager
def _opened(upload: Upload) -> Iterator[tuple[Session, Staging]]:
    """A session of its own, rolled back unless committed: the load forgets all rows it has read."""
    paths = (upload.path(part) for part in PARTS)
    with Staging(*paths, zone(), MOST_ROWS) as ledger, Session(secure.session().get_bind()) as session:
        yield session, ledger


def _load(session: Session, ledger: Staging, skip: bool) -> Outcome:
    staff = secure.actor().staff_id
    return load(session, ledger, as_of=datetime.now(UTC), recorded_by=staff, skip_bad_rows=skip)


def _check(upload: Upload) -> None:
    """Do everything and take it back; keep what it would have done, and the bad rows as files to mend."""
    with _opened(upload) as (session, ledger):
        try:
            outcome = _load(session, ledger, False)
        except BadRows as error:
            outcome = error.outcome
        session.rollback()
        upload.outcome = asdict(outcome)
        for file, part in enumerate(PARTS):
            path = upload.path(part)
            rows = list(_first_problems(ledger, file, path.name)) if path else []
            upload.problems += rows
            if path and outcome.left_out_rows and next(iter(ledger.reported(file)), None):
                target = report.beside(path)
                report.write(ledger, file, target, lambda fault: present.message_of(fault.error()))
                upload.bad[part] = target.name
    upload.save()


def _first_problems(ledger: Staging, file: int, name: str) -> Iterator[list[Any]]:
    found, called = 0, report.names(ledger, file)
    for line, _cells, faults in ledger.reported(file, own_only=True):
        for fault, own in faults:
            if own and found < SHOWN:
                found += 1
                _column, *reason = fault.told()
                yield [name, line, called.get(fault.column, ""), *reason]
