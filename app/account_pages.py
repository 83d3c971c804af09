"""The pages of the accounts: Flask-AppBuilder's own views, in the words of this console."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.exceptions import PasswordComplexityValidationError
from flask_appbuilder.fields import QuerySelectMultipleField
from flask_appbuilder.fieldwidgets import Select2ManyWidget
from flask_appbuilder.security import views as stock
from flask_appbuilder.security.forms import ResetPasswordForm, UserInfoEdit
from flask_appbuilder.security.sqla.models import Role as AccountRole
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo

from app.extensions import db
from models.terms import Role
from views import present

SHORTEST = 10
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


def check_password(password: str) -> None:
    """The rule for every password, on pages and on the command line.

    Raises:
        PasswordComplexityValidationError: it is too short.
    """
    if len(password) < SHORTEST:
        raise PasswordComplexityValidationError(gettext("A password has at least %(n)s characters.", n=SHORTEST))


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


def _passwords(form: type[Any]) -> dict[str, Any]:
    must = DataRequired(_l("This is required."))
    equal = EqualTo("password", message=_l("The two passwords differ."))
    return {
        "password": PasswordField(
            _l("Password"),
            [must, *form.password.kwargs["validators"][1:]],
            widget=form.password.kwargs["widget"],
            description=_l("At least 10 characters."),
        ),
        "conf_password": PasswordField(_l("Password again"), [must, equal], widget=form.conf_password.kwargs["widget"]),
    }


_NewPassword = type("NewPassword", (ResetPasswordForm,), _passwords(ResetPasswordForm))


class _OwnName(UserInfoEdit):
    first_name = StringField(_l("Given name"), [DataRequired(_l("This is required."))])
    last_name = StringField(_l("Family name"))


class ResetMyPasswordView(stock.ResetMyPasswordView):
    """Everybody's own password."""

    form, form_title, message = _NewPassword, _l("Change the password"), _l("The password is changed.")


class ResetPasswordView(stock.ResetPasswordView):
    """A new password for somebody, given by the administrator."""

    form, form_title, message = _NewPassword, _l("Give a new password"), _l("The password is changed.")


class UserInfoEditView(stock.UserInfoEditView):
    """Everybody's own name."""

    form, form_title, message = _OwnName, _l("Change the name"), _l("Saved.")


class AccountView(stock.UserDBModelView):
    """The accounts. Searches only plain columns: a relation in the search form would load its whole table."""

    class_permission_name = "UserDBModelView"
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
    validators_columns: dict[str, Any] = {}
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
    base_order = ("username", "asc")
    list_title, show_title, user_info_title = _l("Accounts"), _l("Account"), _l("My account")
    add_title, edit_title = _l("Add an account"), _l("Edit the account")
