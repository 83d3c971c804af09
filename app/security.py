"""Who is here and what they may: Flask-AppBuilder keeps the accounts, the matrix answers every question in memory."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click
from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_appbuilder.api import expose, safe
from flask_appbuilder.security.api import SecurityApi as StockApi
from flask_appbuilder.security.sqla.manager import SecurityManager as StockManager
from flask_appbuilder.security.views import AuthDBView
from flask_jwt_extended import JWTManager, jwt_required, verify_jwt_in_request
from flask_jwt_extended import current_user as jwt_user
from flask_login import current_user, logout_user
from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from app import attempts, kept, passwords, sessions
from app.account_pages import AccountView, ResetMyPasswordView, ResetPasswordView, UserInfoEditView, concerned
from app.extensions import csrf, db
from app.stock import hardened
from models.access import Actor, acting, current_actor
from models.accounts import User
from models.permissions import may
from models.roles import Scope, standing
from models.tables import Staff
from models.tables.login_sessions import login_session
from models.terms import Role, Verb
from models.world import world
from views import redraw

PREFIX = "can_"
# What everybody with an account may do with it, and what keeps the accounts; these pages are the framework's own
OWN_ACCOUNT = frozenset({"UserInfoEditView", "ResetMyPasswordView", "OpenApi", "SwaggerView"})
ACCOUNTS = frozenset({"UserDBModelView", "ResetPasswordView", "account"})
OWN_VERBS = frozenset({"can_userinfo", "can_resetmypassword", "resetmypassword", "userinfoedit"})
VERBS = {verb.value: verb for verb in Verb} | {"download": Verb.export, "info": Verb.list, "lookup": Verb.list}

DOORS = frozenset({"LoginView.login", "SecurityApi.login"})


class LoginView(AuthDBView):
    """The login page; logging out changes something, so it is a POST."""

    login_template = "console/login.html"

    @expose("/login/", methods=["GET", "POST"])
    def login(self) -> Any:
        """What a form had typed in it when the last login ended goes along, whatever comes of this one."""
        return (kept.answer() if redraw.asked() else None) or kept.after_login(super().login())

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Any:
        sessions.end(sessions.token(), "logout")
        db.session.commit()
        logout_user()
        session.clear()
        return redirect(url_for(f"{self.endpoint}.login"))


class SecurityApi(StockApi):
    """The API's door; what it hands out ends with its session, which can be ended here too."""

    @expose("/logout", methods=["POST"])
    @jwt_required()
    @safe
    def logout(self) -> Any:
        """End the session of this token.
        ---
        post:
          description: End the session of this token, its access and refresh tokens alike
          responses:
            200:
              description: Ended
            401:
              $ref: '#/components/responses/401'
        """
        sessions.end(sessions.token(), "logout")
        db.session.commit()
        return self.response(200, message="OK")


def _strong(password: str, *about: str) -> None:
    """Pages have asked already; this is for ``flask fab``, which shows such a refusal in one line."""
    try:
        passwords.check(password, [*about, current_app.config["COUNTY_NAME"]])
    except passwords.WeakPassword as error:
        raise click.ClickException(str(error)) from error


class SecurityManager(StockManager):
    """Answers from ``permissions.MATRIX``; one statement a request for account and post."""

    authdbview = LoginView
    security_api = SecurityApi
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

    def create_jwt_manager(self, app: Flask) -> JWTManager:
        """A token carries its session."""
        made = super().create_jwt_manager(app)
        made.additional_claims_loader(lambda _identity: {sessions.KEY: sessions.token()})
        return made

    def auth_user_db(self, username: str, password: str) -> User | None:
        """No name has a control character; a database may not even be asked for one."""
        return None if "\0" in username else super().auth_user_db(username, password)

    def auth_user_ldap(self, _username: str, _password: str) -> None:
        """The accounts are ours alone."""

    def reset_password(self, userid: int, password: str) -> None:
        _strong(password)
        super().reset_password(userid, password)

    def add_user(self, username: str, *names: Any, **more: Any) -> Any:
        """Given name, family name, e-mail, role and password may follow in this order, as ``flask fab`` gives them."""
        _strong(more.get("password") or "".join(names[4:5]), username, *names[:3])
        return super().add_user(username, *names, **more)

    def on_user_login(self, user: User) -> None:
        """A session begins; its token goes into the cookie or the API's tokens."""
        attempts.succeeded()
        if _wants_api():
            g.api_session = sessions.begin(user.id, "api")
        else:
            session[sessions.KEY] = sessions.begin(user.id, "web")
        db.session.commit()

    def load_user(self, pk: int) -> User | None:
        """The account behind the cookie, while its session lives."""
        return self._inside(pk, session.get(sessions.KEY))

    def load_user_jwt(self, _header: Any, claims: dict[str, Any]) -> User | None:
        """The account behind an API token, while its session lives."""
        g.api_session = claims.get(sessions.KEY)
        g.user = self._inside(claims["sub"], g.api_session)
        return g.user

    def _inside(self, pk: int, token: Any) -> User | None:
        now, row = datetime.now(UTC), login_session.c
        if not isinstance(token, str):
            return None
        found = self.account(pk, row.id, row.seen_at, where=and_(row.user_id == User.id, sessions.alive(token, now)))
        if found is None:
            return None
        sessions.seen(found[2], found[3], now)
        return found[0]

    def account(self, pk: int, *more: Any, where: Any = True) -> Any:
        """The account with its roles, and the post it holds today (kept in ``g.post``), in one statement."""
        held = and_(Staff.user_id == User.id, Staff.until.is_(None))
        wanted = select(User, Staff, *more).outerjoin(Staff, held).where(User.id == int(pk), User.active.is_(True))
        parts = (joinedload(User.roles), joinedload(Staff.unit))
        found = db.session.execute(wanted.where(where).options(*parts)).unique().first()
        g.post = found[1] if found else None
        return found

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        return False

    def has_access(self, permission_name: str, view_name: str) -> bool:
        actor = current_actor()
        if actor is None or actor.user_id is None:
            return False
        if view_name in OWN_ACCOUNT or permission_name in OWN_VERBS:
            return True
        if view_name in ACCOUNTS:
            return may(actor.roles, "account", Verb.edit)
        verb = VERBS.get(permission_name.removeprefix(PREFIX))
        return verb is not None and may(actor.roles, view_name, verb)

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        return set()


def actor_of(user: User) -> Actor:
    """The actor an account stands for: its roles, and the post it holds today."""
    roles = frozenset(Role(role.name) for role in user.roles if role.name in set(Role))
    post = g.get("post")
    if post is None:
        return Actor(user.id, None, None, None, roles)
    reaches = standing(roles).scope is Scope.subtree
    below = world(db.session).below(post.unit_id) if reaches else frozenset()
    return Actor(user.id, post.id, post.unit_id, post.unit.kind, roles, below)


def actor_of_account(pk: int) -> Actor | None:
    """As whom the account acts today, outside a request; None if it may not log in any more."""
    found = current_app.extensions["appbuilder"].sm.account(pk)
    return actor_of(found[0]) if found is not None else None


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
            verify_jwt_in_request(refresh=request.endpoint == "SecurityApi.refresh")
            user = jwt_user
        if user and user.is_authenticated:
            actor = actor_of(user)
    g.rows.enter_context(acting(actor))


def _guard() -> None:
    """A form without its token is refused; a bearer token cannot be sent by a foreign page."""
    if not (_wants_api() and _bearer()) and request.endpoint != "SecurityApi.login":
        csrf.protect()


def _shape() -> None:
    """The forms of pages are forms: their libraries would stumble over JSON."""
    if request.is_json and not _wants_api():
        abort(415)


def _count() -> None:
    """A login counts before it is tried."""
    if request.method == "POST" and request.endpoint in DOORS and not attempts.login_allowed():
        abort(429)


def _check(app: Flask) -> None:
    """The stock pages of accounts are asked only what they can answer, once it is clear that they may be asked."""
    view = app.extensions["appbuilder"].sm.user_view
    if request.blueprint == view.blueprint.name:
        acts = request.endpoint in (f"{request.blueprint}.action", f"{request.blueprint}.action_post")
        if acts and not _administers() and view.action_asked() not in OWN_VERBS:
            abort(401 if current_actor() is None else 403)
        if acts or _administers():
            view.guard()
    if request.blueprint == "ResetPasswordView" and _administers() and db.session.get(User, concerned()) is None:
        abort(404)


def _administers() -> bool:
    actor = current_actor()
    return actor is not None and may(actor.roles, "account", Verb.edit)


def _leave(_error: BaseException | None) -> None:
    rows = g.pop("rows", None)
    if rows is not None:
        rows.close()


def install(app: Flask) -> None:
    """Bind actor and form tokens to every request of ``app``."""
    app.before_request(_enter)
    if app.config.get("WTF_CSRF_ENABLED", True):
        app.before_request(_guard)
    app.before_request(_shape)
    app.before_request(_count)
    app.before_request(partial(_check, app))
    app.teardown_request(_leave)
