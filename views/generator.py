"""Screen → Flask-AppBuilder view (case work) or Flask-Admin view (reference data), REST API and lookup."""

from __future__ import annotations

from typing import Any

from flask import Flask, jsonify, request
from flask_admin import Admin, AdminIndexView
from flask_admin import BaseView as DeskBase
from flask_admin import expose as desk_expose
from flask_appbuilder import AppBuilder, BaseView, expose
from flask_appbuilder.api import BaseApi
from flask_appbuilder.security.decorators import has_access

from models.terms import Verb
from views import actions, changes, checks, crud, exports, home_page, lookup, openapi, pages, registry, secure
from views.api import CaseApi, api_class
from views.screen import Screen


class CaseView(BaseView):
    """A case table in Flask-AppBuilder: its permissions, our pages."""

    screen: Screen
    default_view = "list"

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        return crud.list_page(self.screen)

    @expose("/show/<int:pk>")
    @has_access
    def show(self, pk: int) -> Any:
        return crud.show_page(self.screen, pk)

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        return crud.form_page(self.screen)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int) -> Any:
        return crud.form_page(self.screen, pk)

    @expose("/delete/<int:pk>", methods=["POST"])
    @has_access
    def delete(self, pk: int) -> Any:
        return crud.delete_page(self.screen, pk)

    @expose("/export.csv")
    @has_access
    def export(self) -> Any:
        return exports.page(self.screen)


class Desk(DeskBase):
    """A reference table in Flask-Admin: open to nobody until the matrix says so."""

    screen: Screen

    def is_accessible(self) -> bool:
        return secure.allowed(self.screen.name, Verb.list)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        secure.require(self.screen.name, Verb.list)

    @desk_expose("/")
    def index(self) -> Any:
        return crud.list_page(self.screen)

    @desk_expose("/show/<int:pk>")
    def show(self, pk: int) -> Any:
        return crud.show_page(self.screen, pk)

    @desk_expose("/add", methods=["GET", "POST"])
    def add(self) -> Any:
        return crud.form_page(self.screen)

    @desk_expose("/edit/<int:pk>", methods=["GET", "POST"])
    def edit(self, pk: int) -> Any:
        return crud.form_page(self.screen, pk)

    @desk_expose("/delete/<int:pk>", methods=["POST"])
    def delete(self, pk: int) -> Any:
        return crud.delete_page(self.screen, pk)

    @desk_expose("/export.csv")
    def export(self) -> Any:
        return exports.page(self.screen)


class DeskIndex(AdminIndexView):
    """The desk has no page of its own; its tables are in the one menu."""

    @desk_expose("/")
    def index(self) -> Any:
        secure.require("unit", Verb.list)
        return crud.list_page(registry.screen("unit"))


def home() -> type[BaseView]:
    """The page at ``/``."""
    return home_page.HomeView


def case_class(screen: Screen) -> type[CaseView]:
    """The view class of a case screen; permissions are named after the table, never after the class."""
    names = {"route_base": screen.base, "class_permission_name": screen.name, "screen": screen}
    return type(f"{screen.table.__name__}View", (CaseView,), names)


def desk_view(screen: Screen) -> Desk:
    """The Flask-Admin view of a reference screen."""
    kind = type(f"{screen.table.__name__}Desk", (Desk,), {"screen": screen})
    return kind(name=screen.name, endpoint=f"desk_{screen.name}", url=screen.base)


def register_all(app: Flask, builder: AppBuilder) -> None:
    """Register every screen and page; a wrong declaration stops the start, all of them named at once."""
    screens = registry.load()
    checks.run(screens)
    desk = Admin(app, name="desk", url="/admin", index_view=DeskIndex(name="desk", endpoint="desk", url="/admin"))
    for screen in screens.values():
        if screen.kind == "case":
            builder.add_view_no_menu(case_class(screen))
        else:
            desk.add_view(desk_view(screen))
        builder.add_api(api_class(screen))
    for api in builder.baseviews:
        if isinstance(api, BaseApi) and not isinstance(api, CaseApi):
            openapi.name_operations(api)
    pages.register(app, builder)
    app.add_url_rule("/lookup/<table>", "lookup", _lookup)
    own = {"record_tabs": crud.tabs, "record_actions": actions.offered, "changes_of": changes.of_record}
    app.jinja_env.globals.update(cell=crud.cell, screens=screens, **own)


def _lookup(table: str) -> Any:
    return jsonify(lookup.find(table, request.args.get("q", "")))
