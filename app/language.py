"""The reader's language: chosen on any page, kept in a cookie of its own; login and session are not touched by it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, has_request_context, redirect, request, url_for
from flask_babel import refresh
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response as BaseResponse

COOKIE = "language"
LASTS = 365 * 24 * 3600


def choose() -> str:
    """The chosen language, else the browser's, else the county's."""
    if not has_request_context():  # a command speaks the county's language
        return str(current_app.config["DEFAULT_LOCALE"])
    known = current_app.config["LANGUAGES"]
    chosen = g.get("language") or request.cookies.get(COOKIE)
    if chosen in known:
        return str(chosen)
    wanted = request.accept_languages.best_match(["zh-CN", "zh", "en"]) if request.accept_languages else None
    if wanted:
        return "en" if wanted == "en" else "zh_Hans_CN"
    return str(current_app.config["DEFAULT_LOCALE"])


def speak(code: str) -> None:
    """From this answer on the reader is spoken to in ``code``; an unknown language changes nothing."""
    if code in current_app.config["LANGUAGES"]:
        g.language = code
        refresh()


def _switch(locale: str) -> BaseResponse:
    """Change the language, and back to the page where it was chosen."""
    if locale not in current_app.config["LANGUAGES"]:
        raise NotFound
    speak(locale)
    return redirect(came_from() or url_for("HomeView.index"))


def came_from() -> str:
    """The page that was left, if it is one of this host that can be asked for again."""
    left = request.referrer or ""
    if not left.startswith(request.host_url):
        return ""
    # never two slashes in front: that would be another host
    address = "/" + left[len(request.host_url) :].lstrip("/\\")
    try:
        endpoint, _values = current_app.url_map.bind("").match(urlsplit(address).path, method="GET")
    except HTTPException:  # the answer to a form, whose address takes nothing but forms
        return ""
    return "" if endpoint == request.endpoint else address


def _keep(response: Response) -> Response:
    if "language" in g:
        secure = bool(current_app.config.get("SESSION_COOKIE_SECURE"))
        response.set_cookie(COOKIE, g.language, LASTS, secure=secure, httponly=True, samesite="Lax")
    return response


def install(app: Flask) -> None:
    """Take over the framework's switch: its own page leads home and renews the session."""
    app.view_functions["LocaleView.index"] = _switch
    app.after_request(_keep)
