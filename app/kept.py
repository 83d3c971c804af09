"""What was typed when the login had ended: sealed into the login page, and shown again to the account that typed it.

It is kept in that answer and nowhere else: no row, no file, no cookie. On a shared machine the next one who logs in is
shown nothing, and reads nothing in the page's source.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, Response, current_app, flash, g, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from app import language
from models.access import current_actor
from views import redraw

MARK = "typed_by"  # every form with something to type names the account that it was drawn for
SEALED = "kept"
LASTS = timedelta(hours=12)
_OURS = frozenset({"csrf_token", MARK, SEALED, redraw.ARGUMENT})
_RETURNS = frozenset({redraw.ARGUMENT, redraw.FILES})


@dataclass(frozen=True, slots=True)
class Kept:
    """One form as it was sent: by whom, to which address, its fields, and whether files went with it."""

    by: str
    address: str
    fields: tuple[tuple[str, str], ...]
    files: bool

    @property
    def texts(self) -> list[str]:
        """What a reader would want to copy."""
        return [text for _name, text in self.fields if len(text.strip()) > 1 and not text.strip().isdecimal()]


def of_request() -> Kept | None:
    """What this request would record, if it comes from a form of ours with something typed in it."""
    if request.method != "POST" or _unread() or MARK not in request.form or in_background() or not _from_here():
        return None
    given = ((name, text) for name, texts in request.form.lists() for text in texts)
    fields = tuple((name, text) for name, text in given if name not in _OURS and "password" not in name)
    files = any(file.filename for file in request.files.values()) or request.form.get(redraw.ARGUMENT) == redraw.FILES
    return Kept(request.form[MARK], request.full_path.rstrip("?"), fields, files)


def _unread() -> bool:
    """Whether the body is larger than is taken: reading the form would refuse it again, in the midst of the answer."""
    try:
        return not request.form
    except RequestEntityTooLarge:
        return True


def in_background() -> bool:
    """Whether a part of an open page asks: its answer goes into that page, and a page of its own cannot."""
    return "HX-Request" in request.headers


def _from_here() -> bool:
    """No other site can have its own words shown in a form of ours."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _fernet() -> Fernet:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"kept form" + secret).digest()))


def sealed(kept: Kept) -> str:
    """For a page that anybody may look at."""
    return _fernet().encrypt(zlib.compress(json.dumps(asdict(kept)).encode())).decode()


def opened(text: str) -> Kept | None:
    """What was sealed; None for anything else, and for what is too old."""
    try:
        plain = _fernet().decrypt(text.encode(), ttl=int(LASTS.total_seconds()))
    except InvalidToken:
        return None
    found = json.loads(zlib.decompress(plain))
    return Kept(found["by"], found["address"], tuple((name, value) for name, value in found["fields"]), found["files"])


def answer(told: str = "") -> Any:
    """Instead of a refusal: the way back to the form with what was typed. None if nothing was.

    Args:
        told: why the login was not tried.
    """
    kept = opened(request.form[SEALED]) if SEALED in request.form else of_request()
    if kept is None:
        return None
    actor = current_actor()
    return _login(kept, told) if actor is None else _way_back(kept, actor.user_id)


def after_login(otherwise: Any) -> Any:
    """The answer to a login from a page that keeps something."""
    kept = opened(request.form.get(SEALED, ""))
    if kept is None:
        return otherwise
    return _way_back(kept, current_user.id) if current_user.is_authenticated else _login(kept, "")


def _login(kept: Kept, told: str) -> Any:
    return render_template("console/login.html", kept=sealed(kept), told=told), 401


def _way_back(kept: Kept, user_id: int | None) -> Any:
    if kept.by != str(user_id):
        return render_template("console/kept.html", kept=None), 403
    returns = redraw.FILES if kept.files else redraw.ARGUMENT
    return render_template("console/kept.html", kept=kept, returns=returns), 200


def again() -> Kept | None:
    """For an error page: what was typed, if it is its reader's own."""
    kept, actor = of_request(), current_actor()
    return kept if kept is not None and actor is not None and kept.by == str(actor.user_id) else None


def _redraw() -> None:
    """A form that is sent only to be drawn again: after a login, after a failure, or in another language."""
    asked = request.form.get(redraw.ARGUMENT, "") if request.method == "POST" else ""
    if asked in current_app.config["LANGUAGES"]:
        language.speak(asked)
    elif asked in _RETURNS:
        flash(_("Nothing is recorded yet: look over what you typed, and send it again."), "info")
    if asked:
        setattr(g, redraw.ARGUMENT, asked)


def _fine(response: Response) -> Response:
    """A form that was only drawn again was not refused."""
    if redraw.asked() and response.status_code == 422:
        response.status_code = 200
    return response


def install(app: Flask) -> None:
    """Bind the mark of forms and their way back to ``app``; after the doors, which say who is here."""
    app.jinja_env.globals["typed_by"] = lambda: actor.user_id if (actor := current_actor()) else ""
    app.before_request(_redraw)
    app.after_request(_fine)
