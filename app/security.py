"""Who is here and what they may: Flask-AppBuilder keeps the accounts, the matrix answers every question in memory."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import Any

from flask import Flask, current_app, g, redirect, request, url_for
from flask_appbuilder.api import expose
from flask_appbuilder.security.sqla.manager import SecurityManager as StockManager
from flask_appbuilder.security.sqla.models import User
from flask_appbuilder.security.views import AuthDBView
from flask_jwt_extended import current_user as jwt_user
from flask_jwt_extended import verify_jwt_in_request
from flask_login import current_user, logout_user
from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from app.account_pages import AccountView, ResetMyPasswordView, ResetPasswordView, UserInfoEditView
from app.extensions import csrf, db
from app.stock import hardened
from models.access import Actor, acting, current_actor
from models.permissions import may
from models.tables import Staff
from models.terms import Role, Verb

PREFIX = "can_"
# What everybody with an account may do with it, and what keeps the accounts; these pages are the framework's own
OWN_ACCOUNT = frozenset({"UserInfoEditView", "ResetMyPasswordView", "OpenApi", "SwaggerView"})
ACCOUNTS = frozenset({"UserDBModelView", "ResetPasswordView", "account"})
OWN_VERBS = frozenset({"can_userinfo", "can_resetmypassword", "resetmypassword", "userinfoedit"})
VERBS = {verb.value: verb for verb in Verb} | {"download": Verb.export, "info": Verb.list, "lookup": Verb.list}


# Of one account, from whatever address: then the right password is refused as well
FAILED_LOGINS = "10 per 15 minutes"


def _tried() -> str:
    """The account that a login names, however it is sent."""
    body = request.get_json(silent=True) if request.is_json else None
    name = body.get("username") if isinstance(body, dict) else request.form.get("username")
    return f"account:{str(name or '').strip().casefold()[:80]}"


def _in_vain(_response: Any) -> bool:
    return not g.get("logged_in")


class LoginView(AuthDBView):
    """The login page; logging out changes something, so it is a POST."""

    login_template = "console/login.html"

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Any:
        logout_user()
        return redirect(url_for(f"{self.endpoint}.login"))


class SecurityManager(StockManager):
    """Answers from ``permissions.MATRIX``; one statement a request for account and post."""

    authdbview = LoginView
    userdbmodelview = AccountView
    userinfoeditview = UserInfoEditView
    resetpasswordview = ResetPasswordView
    resetmypasswordview = ResetMyPasswordView
    userstatschartview = None

    def register_views(self) -> None:
        """Login, the API's login, accounts and one's own password; no page edits the matrix."""
        builder = self.appbuilder
        builder.add_api(self.security_api)
        for view in (self.userinfoeditview, self.resetpasswordview, self.resetmypasswordview):
            builder.add_view_no_menu(view())
        self.user_view = builder.add_view_no_menu(hardened(self.userdbmodelview)())
        self.auth_view = builder.add_view_no_menu(self.authdbview())
        # one count for both doors: what is shut at the one must not be open at the other
        by_name = self.limiter.shared_limit(
            FAILED_LOGINS, "login", key_func=_tried, methods=["POST"], deduct_when=_in_vain
        )
        for view in (self.auth_view, self.security_api):
            blueprint = builder_blueprint(builder, view)
            self.limiter.limit(self.auth_rate_limit, methods=["POST"])(blueprint)
            by_name(blueprint)

    def on_user_login(self, user: User) -> None:
        g.logged_in = True

    def load_user(self, pk: int) -> User | None:
        """The account with its roles, and the post it holds today (kept in ``g.post``), in one statement."""
        held = and_(Staff.user_id == User.id, Staff.until.is_(None))
        wanted = select(User, Staff).outerjoin(Staff, held).where(User.id == int(pk), User.active.is_(True))
        parts = (joinedload(User.roles), joinedload(Staff.unit))
        found = db.session.execute(wanted.options(*parts)).unique().first()
        g.post = found[1] if found else None
        return found[0] if found else None

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        return False

    def has_access(self, permission_name: str, view_name: str) -> bool:
        actor = current_actor()
        if actor is None or actor.user_id is None:
            return False
        if view_name in OWN_ACCOUNT or permission_name in OWN_VERBS:
            return True
        if view_name in ACCOUNTS:
            return actor.has(Role.Administrator)
        verb = VERBS.get(permission_name.removeprefix(PREFIX))
        return verb is not None and may(actor.roles, view_name, verb)

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        return set()


def builder_blueprint(builder: Any, view: Any) -> Any:
    """The blueprint of a registered view, given as instance or class."""
    wanted = view if isinstance(view, type) else type(view)
    return next(known.blueprint for known in builder.baseviews if isinstance(known, wanted))


def actor_of(user: User) -> Actor:
    """The actor an account stands for: its roles, and the post it holds today."""
    roles = frozenset(Role(role.name) for role in user.roles if role.name in set(Role))
    post = g.get("post")
    if post is None:
        return Actor(user.id, None, None, None, roles)
    return Actor(user.id, post.id, post.unit_id, post.unit.kind, roles)


def actor_of_account(pk: int) -> Actor | None:
    """As whom the account acts today, outside a request; None if it may not log in any more."""
    user = current_app.extensions["appbuilder"].sm.load_user(pk)
    return actor_of(user) if user is not None else None


def _wants_api() -> bool:
    return request.path.startswith("/api/")


def _bearer() -> bool:
    return request.headers.get("Authorization", "").startswith("Bearer ")


def _enter() -> None:
    """Before each request: who acts. Static files and health checks ask nobody."""
    g.rows = ExitStack()
    actor = None
    if request.endpoint not in (None, "static") and request.blueprint not in ("appbuilder", "health"):
        user: Any = current_user
        if _wants_api() and _bearer():
            verify_jwt_in_request()
            user = jwt_user
        if user and user.is_authenticated:
            actor = actor_of(user)
    g.rows.enter_context(acting(actor))


def _guard() -> None:
    """A form without its token is refused; a bearer token cannot be sent by a foreign page."""
    if not (_wants_api() and _bearer()) and request.endpoint != "SecurityApi.login":
        csrf.protect()


def _check(app: Flask) -> None:
    """The stock pages of accounts are asked only what they can answer, once it is clear that they may be asked."""
    view = app.extensions["appbuilder"].sm.user_view
    if request.blueprint == view.blueprint.name and _administers():
        view.guard()


def _administers() -> bool:
    actor = current_actor()
    return actor is not None and actor.has(Role.Administrator)


def _leave(_error: BaseException | None) -> None:
    rows = g.pop("rows", None)
    if rows is not None:
        rows.close()


def install(app: Flask) -> None:
    """Bind actor and form tokens to every request of ``app``."""
    app.before_request(_enter)
    if app.config.get("WTF_CSRF_ENABLED", True):
        app.before_request(_guard)
    app.before_request(partial(_check, app))
    app.teardown_request(_leave)
