"""The pages of the accounts: Flask-AppBuilder's own views, in the words of this console."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, request
from flask_appbuilder.fields import QuerySelectMultipleField
from flask_appbuilder.fieldwidgets import BS3PasswordFieldWidget, Select2ManyWidget
from flask_appbuilder.security import views as stock
from flask_appbuilder.security.forms import ResetPasswordForm, UserInfoEdit
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from werkzeug.security import check_password_hash
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, StopValidation, ValidationError

from app import attempts, passwords
from app.extensions import db
from models.accounts import AccountRole, User
from models.terms import Role
from views import present, redraw

_LABELS = {
    "username": _l("User name"),
    "first_name": _l("Given name"),
    "last_name": _l("Family name"),
    "email": _l("E-mail"),
    "active": _l("Active"),
    "roles": _l("Role"),
    "login_count": _l("Logins"),
    "last_login": _l("Last login"),
}


class _Strong:
    """Asks ``app.passwords``, with the names of the account concerned, and shows its refusal beside the field."""

    def __call__(self, form: Any, field: Any) -> None:
        try:
            passwords.check(field.data or "", _names(form))
        except passwords.WeakPassword as error:
            raise StopValidation(present.message_of(error)) from error


def _names(form: Any) -> list[str]:
    """What somebody who knows the account would try first: from its form, or from its row."""
    source = form if hasattr(form, "username") else db.session.get(User, concerned())
    parts = (getattr(source, name) for name in ("username", "email", "first_name", "last_name"))
    return [str(getattr(part, "data", part) or "") for part in parts] + [current_app.config["COUNTY_NAME"]]


def concerned() -> int:
    """The account whose password a page is about: the one that an administrator names (0: none), or one's own."""
    if request.blueprint != "ResetPasswordView":
        return int(g.user.id)
    given = request.args.get("pk", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


def _own(form: Any, field: Any) -> None:
    """The password in use, asked for once more: an open desk is not enough to take an account over."""
    user = db.session.get(User, g.user.id)
    if not attempts.password_allowed(user.id):
        raise StopValidation(gettext("Too many attempts; wait a quarter of an hour."))
    if not check_password_hash(user.password or "", field.data or ""):
        raise StopValidation(gettext("This is not the password in use."))
    attempts.succeeded()


def _another(form: Any, field: Any) -> None:
    if field.data and field.data == form.in_use.data:
        raise StopValidation(gettext("This is the password in use; take another one."))


def _unlike_others(form: Any, field: Any) -> None:
    """What is typed to log in must name one account, in whichever case; a user name is nobody else's address."""
    typed, pk = (field.data or "").strip().casefold(), (request.view_args or {}).get("pk")
    named = or_(func.lower(User.username) == typed, func.lower(User.email) == typed)
    same = select(User.id).where(named, User.id != (int(pk) if pk else 0)).limit(1)
    if typed and db.session.scalar(same):
        raise ValidationError(gettext("Another account has this name or address."))


def _role_names(roles: Any) -> str:
    return gettext(", ").join(present.term_of(Role, role.name) for role in roles)


def _roles() -> Any:
    return db.session.scalars(select(AccountRole).where(AccountRole.name.in_([role.value for role in Role])))


def _roles_field() -> Any:
    return QuerySelectMultipleField(
        _l("Role"),
        [DataRequired(_l("This is required."))],
        query_func=_roles,
        get_pk_func=lambda role: role.id,
        get_label=lambda role: present.term_of(Role, role.name),
        widget=Select2ManyWidget(),
        description=_l("What the account may do. The unit is given under Staff: without a post it sees no petition."),
    )


def _passwords(form: type[Any], *more: Any) -> dict[str, Any]:
    must = DataRequired(_l("This is required."))
    equal = EqualTo("password", message=_l("The two passwords differ."))
    return {
        "password": PasswordField(
            _l("Password"),
            [must, *more, _Strong()],
            widget=form.password.kwargs["widget"],
            description=_l("At least 10 characters, nothing that others would guess."),
        ),
        "conf_password": PasswordField(_l("Password again"), [must, equal], widget=form.conf_password.kwargs["widget"]),
    }


_NewPassword = type("NewPassword", (ResetPasswordForm,), _passwords(ResetPasswordForm))
_in_use = PasswordField(
    _l("Password in use"), [DataRequired(_l("This is required.")), _own], widget=BS3PasswordFieldWidget()
)
_OwnPassword = type("OwnPassword", (ResetPasswordForm,), {"in_use": _in_use} | _passwords(ResetPasswordForm, _another))


class _OwnName(redraw.Redrawn, UserInfoEdit):
    first_name = StringField(_l("Given name"), [DataRequired(_l("This is required.")), Length(max=64)])
    last_name = StringField(_l("Family name"), [Length(max=64)])


class ResetMyPasswordView(stock.ResetMyPasswordView):
    """Everybody's own password."""

    form, form_title = _OwnPassword, _l("Change the password")
    message = _l("The password is changed; whoever was logged in with the old one elsewhere is not any more.")


class ResetPasswordView(stock.ResetPasswordView):
    """A new password for somebody, given by the administrator."""

    form, form_title, message = _NewPassword, _l("Give a new password"), _l("The password is changed.")


class UserInfoEditView(stock.UserInfoEditView):
    """Everybody's own name."""

    form, form_title, message = _OwnName, _l("Change the name"), _l("Saved.")


class AccountView(stock.UserDBModelView):
    """The accounts. Searches only plain columns: a relation in the search form would load its whole table."""

    class_permission_name = "UserDBModelView"

    def _init_forms(self) -> None:
        super()._init_forms()
        self.add_form, self.edit_form = (
            type(form.__name__, (redraw.Redrawn, form), {}) for form in (self.add_form, self.edit_form)
        )

    exclude_route_methods = {"download"}  # accounts have no files; without a folder for them it fails
    search_columns = ["username", "first_name", "last_name", "email", "active"]
    list_columns = ["username", "first_name", "last_name", "email", "active", "roles"]
    add_columns = ["username", "first_name", "last_name", "email", "active", "roles", "password", "conf_password"]
    edit_columns = ["username", "first_name", "last_name", "email", "active", "roles"]
    label_columns = _LABELS
    description_columns = {
        "username": _l("What is typed to log in."),
        "active": _l("An account that is no longer used is closed, not deleted: its steps keep their author."),
    }
    # the framework's own check asks for a field of groups, which these forms do not have
    validators_columns: dict[str, Any] = {"username": [_unlike_others], "email": [_unlike_others]}
    formatters_columns = {"roles": _role_names}
    add_form_extra_fields = _passwords(ResetPasswordForm) | {"roles": _roles_field()}
    edit_form_extra_fields = {"roles": _roles_field()}
    show_fieldsets = [
        (
            _l("Account"),
            {
                "fields": [
                    "username",
                    "first_name",
                    "last_name",
                    "email",
                    "active",
                    "roles",
                    "login_count",
                    "last_login",
                ]
            },
        )
    ]
    user_show_fieldsets = show_fieldsets
    show_template = "console/account.html"
    base_order = ("username", "asc")
    list_title, show_title, user_info_title = _l("Accounts"), _l("Account"), _l("My account")
    add_title, edit_title = _l("Add an account"), _l("Edit the account")
