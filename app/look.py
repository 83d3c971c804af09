"""What every template may use: words, dates, menu, language, the nonce; and the headers every answer carries."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_babel import get_locale, gettext
from flask_wtf.csrf import generate_csrf

from models.access import current_actor
from reports import printing
from views import menu, present, secure

# nothing from another host; inline style attributes alone are allowed
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY"}


def csp_nonce() -> str:
    """One nonce for each request."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


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
        "county_name": printing.county(current_app.config, "zh" if present.chinese() else "en"),
        "actor": actor,
        "actor_name": post.name if post else "",
        "unit_name": present.named(post.unit) if post else "",
    }


def install(app: Flask) -> None:
    """Bind globals and headers to ``app``."""
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
    app.after_request(_headers)
