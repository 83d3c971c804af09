"""Papers of a petition: taken in checked, handed out only to whom the petition is open."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import current_app, flash, redirect, request, send_file
from flask_babel import gettext as _

from models.operations.case_file import world
from models.operations.guard import writing_unit
from models.tables import Attachment
from models.terms import Verb
from views import crud, registry, secure

MOST = 20 * 1024 * 1024
# ending → (media type, how such a file begins)
KINDS = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".png": ("image/png", b"\x89PNG"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ".txt": ("text/plain", b""),
}


def _store() -> Path:
    path = Path(current_app.instance_path) / "files"
    path.mkdir(parents=True, exist_ok=True)
    return path


def _refusal(name: str, body: bytes) -> str | None:
    kind = KINDS.get(Path(name).suffix.lower())
    if not name:
        return _("Choose a file first.")
    if not body:
        return _("The file is empty.")
    if len(body) > MOST:
        return _("A file may have 20 MB at most.")
    if kind is None or not body.startswith(kind[1]) or (kind[0] == "text/plain" and b"\0" in body):
        return _("This kind of file is not taken: PDF, picture, Word, Excel or text.")
    return None


def attach(pk: int) -> Any:
    """Add one file to a petition."""
    actor = secure.require("attachment", Verb.add)
    session = secure.session()
    petition: Any = crud.row_of(registry.screen("petition"), pk)
    writing_unit(actor, None, world(session).bureau)
    given = request.files.get("file")
    name = Path((given.filename if given else "") or "").name.replace("\0", "")[-200:]
    body = given.read(MOST + 1) if given else b""
    problem = _refusal(name, body)
    if problem:
        flash(problem, "danger")
        return redirect(f"/petition/show/{pk}")
    digest = hashlib.sha256(body).hexdigest()
    (_store() / digest).write_bytes(body)
    media = KINDS[Path(name).suffix.lower()][0]
    values = {"filename": name, "media_type": media, "size": len(body), "sha256": digest}
    session.add(Attachment(petition_id=petition.id, added_at=datetime.now(UTC), added_by_id=actor.staff_id, **values))
    session.commit()
    flash(_("Attached."), "success")
    return redirect(f"/petition/show/{pk}")


def file(pk: int) -> Any:
    """Hand out one file, never shown inside our own pages."""
    secure.require("attachment", Verb.show)
    row: Any = crud.row_of(registry.screen("attachment"), pk)
    path = _store() / row.sha256
    if not path.exists():
        return secure.missing()
    return send_file(path, mimetype=row.media_type, as_attachment=True, download_name=row.filename)
