"""From refusals to answers: a page for people, a JSON problem for programs; a user's mistake leaves no trace."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from flask import Flask, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_jwt_extended.exceptions import JWTExtendedException
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from jwt.exceptions import PyJWTError
from markupsafe import Markup
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from app import kept, language
from app.extensions import db
from models.access import current_actor
from models.errors import Conflict, DomainError, EvidenceMissing, Invalid, NotAllowed, NotFound, Problem
from models.store import Damaged
from models.terms import N_
from views import present, redraw

log = logging.getLogger(__name__)
STATUS: dict[type[DomainError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Damaged: 503}
TITLES = {
    400: (N_("The request was not understood"), N_("Go back, reload the page and try again.")),
    401: (N_("Please log in"), N_("This needs an account.")),
    403: (N_("Not allowed"), N_("Your role does not include this. Ask the administrator if it should.")),
    404: (N_("Not found"), N_("There is no such page or record, or it is not yours to see.")),
    405: (N_("Not possible this way"), N_("Use the buttons of the page.")),
    409: (N_("Somebody was faster"), N_("Look at the record again and repeat what is still needed.")),
    413: (N_("Too large"), N_("Attach fewer or smaller files at once.")),
    422: (N_("This step was refused"), N_("Nothing was changed.")),
    429: (N_("Too many attempts"), N_("Wait a minute, then try again.")),
    500: (N_("The console failed"), N_("Nothing was changed. The failure was recorded; tell your administrator.")),
    503: (
        N_("The store of files failed"),
        N_("Nothing was changed. The failure was recorded; tell your administrator."),
    ),
}

AWAY = N_("The database does not answer")
AGAIN = N_("Nothing was changed. Try again in a moment; you stay logged in.")
AGAIN_SENT = N_("Nothing was changed. Reload this page in a moment: what you typed is then sent again.")
UNCERTAIN = N_("Whether this was recorded is not certain. Look first, then send it again if it is missing.")


def wants_json() -> bool:
    return request.path.startswith(("/api/", "/lookup/")) or request.accept_mimetypes.best == "application/json"


def answer(code: int, message: str = "", problems: list[dict[str, str]] | None = None) -> Any:
    """A page or a JSON problem."""
    title, hint = TITLES.get(code, TITLES[400])
    if wants_json():
        return jsonify({"message": message or gettext(title), "problems": problems or []}), code
    if kept.in_background():  # no page may stand inside of a page
        return Markup('<p class="text-danger" role="alert">{}</p>').format(message or gettext(title)), code
    told = {"code": code, "title": gettext(title), "message": message, "hint": gettext(hint)}
    try:
        return render_template("console/error.html", **told, typed=kept.again(), redrawn=redraw.asked()), code
    except SQLAlchemyError as error:  # the page asks who reads it
        return _away(error)


def _domain(error: DomainError) -> Any:
    db.session.rollback()
    code = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 422)
    if isinstance(error, Damaged):
        log.error("the store of files: %s", request.path)
    found = error.problems if isinstance(error, EvidenceMissing | Invalid) else ()
    problems = [_told(one) for one in found]
    return answer(code, present.message_of(error), problems)


def _told(one: Problem) -> dict[str, str]:
    points = present.number(one.points)
    return {"field": one.field, "message": present.problem_text(one), "rule": one.rule, "points": points}


def _http(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400 or isinstance(error, SecurityError):  # for a host that is not ours no page of ours can be drawn
        return error
    if wants_json() or kept.in_background():
        return answer(code)
    if code == 401:
        here = request.full_path.rstrip("?") if request.method == "GET" else language.came_from()
        return kept.answer() or redirect(url_for("LoginView.login", next=here or "/"))
    if code == 429 and kept.SEALED in request.form:  # a login; what its page keeps is kept on
        return kept.answer(gettext(TITLES[429][1])) or answer(code)
    return answer(code)


def _expired(_error: CSRFError) -> Any:
    """The form's token belongs to a login that is over; what was typed comes back."""
    if wants_json():
        return answer(400, gettext("The form has expired; reload the page."))
    if kept.in_background():  # the whole form, once it is sent, finds its way back
        return answer(401)
    if found := kept.answer():
        return found
    if current_actor() is None and (here := language.came_from()):
        return redirect(url_for("LoginView.login", next=here))
    return answer(400, gettext("The form has expired; reload the page."))


def _contradiction(_error: DBAPIError) -> Any:
    """A constraint that no form foresaw: refused, nothing saved, no SQL shown."""
    db.session.rollback()
    log.warning("refused by a constraint: %s", request.path)
    return answer(422, gettext("The database refused these values: they contradict other records."))


def _database(error: DBAPIError) -> Any:
    """Values that it cannot hold are the sender's mistake; that it is gone or busy is nobody's, and passes."""
    if isinstance(error, DataError) and request.method in ("GET", "HEAD"):
        db.session.rollback()
        return answer(404)  # asked for by a number or a text that no row can have
    if isinstance(error, IntegrityError | DataError):
        return _contradiction(error)
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return _away(error)
    return _failure(error)


def _away(error: SQLAlchemyError) -> Any:
    """The database does not answer: a page that asks it nothing, in the reader's language."""
    log.error("the database does not answer: %s: %s", request.path, getattr(error, "orig", error))
    with suppress(SQLAlchemyError):
        db.session.rollback()
    lost = isinstance(error, DBAPIError) and error.connection_invalidated and error.statement is None
    hint = UNCERTAIN if lost else AGAIN_SENT if request.method == "POST" else AGAIN
    if wants_json():
        told: Any = jsonify({"message": f"{gettext(AWAY)}. {gettext(hint)}", "problems": []})
    else:
        g._login_user = AnonymousUserMixin()  # else Flask-Login would ask the database who is here
        told = render_template("console/away.html", title=gettext(AWAY), hint=gettext(hint))
    return told, 503, {"Retry-After": "10"}


def _failure(error: Exception) -> Any:
    if not isinstance(error, HTTPException):
        log.error("failed: %s", request.path, exc_info=error)
    with suppress(SQLAlchemyError):
        db.session.rollback()
    return answer(500)


def _token(*_why: object) -> Any:
    """A token that is missing, damaged, too old or of nobody: there is no account behind it."""
    return answer(401)


def _tokens(app: Flask) -> None:
    """The tokens' own library would answer 422 in English, whatever the reader reads."""
    jwt = app.extensions["flask-jwt-extended"]
    for loader in (
        jwt.unauthorized_loader,
        jwt.invalid_token_loader,
        jwt.expired_token_loader,
        jwt.revoked_token_loader,
        jwt.needs_fresh_token_loader,
        jwt.user_lookup_error_loader,
        jwt.token_verification_failed_loader,
    ):
        loader(_token)


def install(app: Flask) -> None:
    """Bind the table to ``app``."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _away)
    app.register_error_handler(InternalServerError, _failure)
    _tokens(app)
    app.register_error_handler(JWTExtendedException, _token)
    app.register_error_handler(PyJWTError, _token)
