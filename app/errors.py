"""From refusals to answers: a page for people, a JSON problem for programs; a user's mistake leaves no trace."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_jwt_extended.exceptions import JWTExtendedException
from flask_wtf.csrf import CSRFError
from jwt.exceptions import PyJWTError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from app.extensions import db
from models.errors import Conflict, DomainError, EvidenceMissing, Invalid, NotAllowed, NotFound, Problem
from models.store import Damaged
from models.terms import N_
from views import present

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


def wants_json() -> bool:
    return request.path.startswith(("/api/", "/lookup/")) or request.accept_mimetypes.best == "application/json"


def answer(code: int, message: str = "", problems: list[dict[str, str]] | None = None) -> Any:
    """A page or a JSON problem."""
    title, hint = TITLES.get(code, TITLES[400])
    if wants_json():
        return jsonify({"message": message or gettext(title), "problems": problems or []}), code
    page = render_template("console/error.html", code=code, title=gettext(title), message=message, hint=gettext(hint))
    return page, code


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
    if code == 401 and not wants_json():
        here = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(url_for("LoginView.login", next=here))
    return answer(code)


def _integrity(_error: IntegrityError) -> Any:
    """A constraint that no form foresaw: refused, nothing saved, no SQL shown."""
    db.session.rollback()
    log.warning("refused by a constraint: %s", request.path)
    return answer(422, gettext("The database refused these values: they contradict other records."))


def _failure(error: InternalServerError) -> Any:
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
    app.register_error_handler(CSRFError, lambda _: answer(400, gettext("The form has expired; reload the page.")))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(InternalServerError, _failure)
    _tokens(app)
    app.register_error_handler(JWTExtendedException, _token)
    app.register_error_handler(PyJWTError, _token)
