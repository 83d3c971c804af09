"""Import a ledger: two files are checked and shown first; the same files are loaded when confirmed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, send_file
from flask_babel import gettext as _

from models.errors import Invalid
from models.office_terms import JobKind
from models.operations.history.notes import Note
from models.operations.history.values import Fault
from models.terms import Verb
from views import history_uploads, long_work, present, secure
from views.history_uploads import PARTS, Upload
from views.ledger_work import MOST_ROWS


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
    return long_work.start(JobKind.import_check, {"token": upload.token})


def _form(errors: dict[str, str] | None = None) -> str:
    return render_template("pages/import.html", errors=errors or {}, most=MOST_ROWS)


def _mine(token: str) -> Upload:
    actor = secure.require("import", Verb.add)
    found = history_uploads.find(token, actor.user_id)
    return found if found is not None else secure.missing()


def preview(token: str) -> Any:
    """What would be loaded, the first bad rows, and the button that loads."""
    upload = _mine(token)
    if not upload.checked:  # the work was cancelled, or still goes on
        return redirect("/job/list/")
    problems = [(*row[:3], present.message_of(Fault.heard(row[2:]).error())) for row in upload.problems]
    notes = [present.message_of(Note.heard(told).error()) for told in upload.notes]
    shown = {"found": upload.outcome, "problems": problems, "notes": notes}
    return render_template("pages/import_preview.html", upload=upload, **shown)


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
    return long_work.start(JobKind.import_load, {"token": token, "skip": request.form.get("skip") == "1"})


def drop(token: str) -> Any:
    """Away with the files."""
    _mine(token).drop()
    flash(_("The files were removed; nothing was loaded."), "success")
    return redirect("/import/")
