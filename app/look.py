"""What every template may use: words, dates, menu, language, the nonce; and the headers every answer carries."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, redirect, request, session, url_for
from flask_babel import get_locale, gettext
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from models.access import current_actor
from views import menu, present, secure

# nothing from another host; inline style attributes alone are allowed
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY"}


def choose_locale() -> str:
    """The session's language, else the browser's, else the county's."""
    if not has_request_context():  # a command speaks the county's language
        return str(current_app.config["DEFAULT_LOCALE"])
    known = list(current_app.config["LANGUAGES"])
    chosen = session.get("locale")
    if chosen in known:
        return str(chosen)
    wanted = request.accept_languages.best_match(["zh-CN", "zh", "en"]) if request.accept_languages else None
    if wanted:
        return "en" if wanted == "en" else "zh_Hans_CN"
    return str(current_app.config["DEFAULT_LOCALE"])


def csp_nonce() -> str:
    """One nonce for each request."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _switch(code: str) -> BaseResponse:
    """Change the language and go back to the page one came from (on this host only)."""
    if code in current_app.config["LANGUAGES"]:
        session["locale"] = code
    back = request.referrer or ""
    own = back.startswith(request.host_url)
    # never two slashes in front: that would be another host
    return redirect("/" + back[len(request.host_url) :].lstrip("/\\") if own else url_for("HomeView.index"))


def _headers(response: Response) -> Response:
    for name, text in _HEADERS.items():
        response.headers.setdefault(name, text)
    response.headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=csp_nonce()))
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _shared() -> dict[str, Any]:
    actor = current_actor()
    post = g.get("post")
    locale = get_locale()
    return {
        "locale": str(locale) if locale else "en",
        "lang": "zh-CN" if present.chinese() else "en",
        "languages": current_app.config["LANGUAGES"],
        "county_name": current_app.config["COUNTY_NAME"],
        "actor": actor,
        "actor_name": post.name if post else "",
        "unit_name": present.named(post.unit) if post else "",
    }


def install(app: Flask) -> None:
    """Bind globals, language switch and headers to ``app``."""
    app.jinja_env.globals.update(
        csp_nonce=csp_nonce,
        csrf_token=generate_csrf,
        menu=menu.groups,
        may=secure.allowed,
        account_links=lambda: [
            (gettext("My account"), "/users/userinfo/"),
            (gettext("Change the password"), "/resetmypassword/form"),
        ],
        term=present.term,
        term_of=present.term_of,
        named=present.named,
        titled=present.titled,
        cited=present.cited,
        occurrence=present.occurrence,
        number=present.number,
        paragraph=present.paragraph,
        fmt_date=present.fmt_date,
        fmt_time=present.fmt_time,
        value_of=present.value_of,
        problem_text=present.problem_text,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_shared)
    app.add_url_rule("/lang/<code>", "lang", _switch)
    app.after_request(_headers)
