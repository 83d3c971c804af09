"""Makes the application: settings, database, screens, security, jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

import config
from app import attempts, cleaning, clock, errors, health, kept, language, look, security
from app.extensions import csrf, db
from app.jobs import broker
from app.jobs.crew import Crew
from models import store, vault
from models.files import KINDS
from models.operations.history.columns import configure_words
from models.world import configure_zone
from reports import words
from views import generator

_ROOT = config.ROOT
DEFAULTS: dict[str, Any] = {
    "APP_NAME": "首接 Shoujie",
    "AUTH_ROLE_ADMIN": "Administrator",
    "RATELIMIT_ENABLED": True,
    "BABEL_TRANSLATION_DIRECTORIES": str(_ROOT / "translations"),
    "LANGUAGES": {"zh_Hans_CN": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}},
    # the command ``init`` makes tables and roles; workers make nothing
    "FAB_CREATE_DB": False,
    "FAB_UPDATE_PERMS": False,
    "FAB_BASE_TEMPLATE": "appbuilder/baselayout.html",
    "FAB_API_MAX_PAGE_SIZE": 200,
    "FAB_API_SWAGGER_UI": True,
    "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_HTTPONLY": True,
    "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, "pool_pre_ping": True},
    "WTF_CSRF_CHECK_DEFAULT": False,
    "WTF_CSRF_TIME_LIMIT": None,
}


class _Key(IntegerConverter):
    """A number in an address that a database can be asked for; others are addresses of nothing."""

    def __init__(self, map: Map, *args: Any, **kw: Any) -> None:
        super().__init__(map, *args, **{"max": 2**63 - 1} | kw)


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The application, ready to serve; ``overrides`` win over environment and defaults.

    Raises:
        config.SettingsError: in production without secrets.
        views.checks.Contradictions: a screen is declared wrongly.
    """
    given = dict(overrides or {})
    app = Flask(__name__, instance_path=str(config.INSTANCE))
    app.url_map.converters["int"] = _Key
    app.config.from_mapping(DEFAULTS)
    app.config.from_mapping(given if {"SECRET_KEY", "DATABASE_URL"} <= given.keys() else config.load() | given)
    _settle(app)
    if app.config.get("PROXIES"):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=app.config["PROXIES"])  # type: ignore[method-assign]
    vault.configure(app.config["VAULT_KEY"])
    store.configure(app.config["STORE_URL"])
    configure_zone(app.config["TIMEZONE"])
    db.init_app(app)
    csrf.init_app(app)
    with app.app_context():
        builder = AppBuilder(security_manager_class=security.SecurityManager, indexview=generator.home())
        builder.init_app(app, db.session)
        builder.bm.babel.init_app(app, locale_selector=language.choose)
        generator.register_all(app, builder)
    security.install(app)
    cleaning.install(app)
    clock.install(app)
    kept.install(app)
    language.install(app)
    look.install(app)
    configure_words(words.gettext_for("zh"))
    errors.install(app)
    health.install(app)
    app.extensions["jobs"] = Crew(app, broker.make(app))
    return app


def _settle(app: Flask) -> None:
    """What follows from the settings."""
    app.config.setdefault("TIMEZONE", "Asia/Shanghai")
    app.config.setdefault("COUNTY_NAME", config.value({}, "COUNTY_NAME"))
    app.config.setdefault("COUNTY_NAME_EN", config.county_in_english(app.config["COUNTY_NAME"]))
    app.config.setdefault("DEFAULT_LOCALE", config.value({}, "DEFAULT_LOCALE"))
    app.config.setdefault("STORE_URL", str(config.INSTANCE / "files"))
    for name in config.NUMBERS:
        app.config.setdefault(name, int(config.value({}, name)))
    app.config.setdefault("FILE_KINDS", config.file_kinds(config.value({}, "FILE_KINDS"), app.config["FILE_MB"]))
    unknown = app.config["FILE_KINDS"].keys() - KINDS.keys()
    if unknown:
        raise config.SettingsError(f"FILE_KINDS: {', '.join(sorted(unknown))} cannot be looked through; leave it out.")
    app.config.setdefault("MAX_CONTENT_LENGTH", (app.config["UPLOAD_MB"] + 3) * 1024 * 1024)  # beside the files: text
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    app.config["BABEL_DEFAULT_LOCALE"] = app.config["DEFAULT_LOCALE"]
    app.config["JWT_SECRET_KEY"] = app.config["SECRET_KEY"]
    # cookie and tokens live as long as a session may; whether it still lives its row says
    app.config["PERMANENT_SESSION_LIFETIME"] = app.config["SESSION_HOURS"] * 3600
    app.config["JWT_REFRESH_TOKEN_EXPIRES"] = timedelta(hours=app.config["SESSION_HOURS"])
    app.config["RATELIMIT_STORAGE_URI"] = attempts.storage_uri(app.config.get("BROKER_URL") or "")
    base = app.config.get("BASE_URL") or ""
    if base:
        host = base.split("://", 1)[-1].split("/", 1)[0]
        app.config["TRUSTED_HOSTS"] = [host.split(":")[0], "127.0.0.1", "localhost"]
        app.config["FAB_SAFE_REDIRECT_HOSTS"] = [host]
        app.config["SESSION_COOKIE_SECURE"] = base.startswith("https://")
    else:  # the request's own Host is no witness: after the login nobody is sent to another machine
        app.config.setdefault("FAB_SAFE_REDIRECT_HOSTS", ["localhost", "localhost:*", "127.0.0.1", "127.0.0.1:*"])
