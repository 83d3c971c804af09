"""The REST API of a table: the same rows, rights, filters and forms as the pages, as JSON with OpenAPI."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from flask import abort, request
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.security.decorators import protect

from models.base import Base
from models.errors import Invalid, Problem
from models.terms import N_, Verb
from models.tracing import because
from views import actions, crud, forms, listing, openapi, present, secure
from views.columns import columns
from views.screen import Screen

_NAMES = {"get_list": "list", "get": "show", "post": "add", "put": "edit", "info": "list", "act": "show"}


class CaseApi(BaseApi):
    """One table at ``/api/v1/<table>/``."""

    screen: Screen
    allow_browser_login = True
    csrf_exempt = False
    method_permission_name = _NAMES

    def add_api_spec(self, api_spec: Any) -> None:
        """Its part of ``/swagger/v1``, made from the columns."""
        self.add_apispec_components(api_spec)
        openapi.describe(self.screen, api_spec)

    def response_403(self) -> Any:
        abort(403)

    @expose("/", methods=["GET"])
    @protect(allow_browser_login=True)
    def get_list(self) -> Any:
        """A page of records."""
        asked = listing.sure(listing.read(self.screen, request.args))
        page = listing.fetch(secure.session(), self.screen, asked)
        rows = [as_json(self.screen, row, self.screen.list) for row in page.rows]
        return self.response(200, count=page.total, ids=[row["id"] for row in rows], result=rows, next=page.later)

    @expose("/<int:pk>", methods=["GET"])
    @protect(allow_browser_login=True)
    def get(self, pk: int) -> Any:
        """One record."""
        row = crud.row_of(self.screen, pk)
        found = as_json(self.screen, row, tuple(columns(self.screen.table)))
        return self.response(200, id=pk, result=found, **self._seen(row))

    @expose("/_info", methods=["GET"])
    @protect(allow_browser_login=True)
    def info(self) -> Any:
        """Columns, filters and what the user may do."""
        verbs = [verb.value for verb in Verb if verb in self.screen.verbs and secure.allowed(self.screen.name, verb)]
        return self.response(200, **openapi.info(self.screen), verbs=verbs)

    @expose("/", methods=["POST"])
    @protect(allow_browser_login=True)
    def post(self) -> Any:
        """Add a record."""
        if not openapi.adds(self.screen):
            abort(405)
        return self.response(201, id=self._save(None).id)

    @expose("/<int:pk>", methods=["PUT"])
    @protect(allow_browser_login=True)
    def put(self, pk: int) -> Any:
        """Change the plain fields of a record."""
        if not openapi.changes(self.screen):
            abort(405)
        saved = self._save(crud.row_of(self.screen, pk))
        return self.response(200, id=pk, **self._seen(saved))

    @expose("/<int:pk>/<name>", methods=["POST"])
    @protect(allow_browser_login=True)
    def act(self, pk: int, name: str) -> Any:
        """Do one of the table's actions to a record."""
        action = actions.named(self.screen, name)
        if action is None:
            abort(404)
        secure.require(self.screen.name, action.verb)
        return self.response(200, id=pk, message=actions.take(self.screen, action, pk))

    def _seen(self, row: Base) -> dict[str, str]:
        """For who may change the record: what was seen of it."""
        may = openapi.changes(self.screen) and secure.allowed(self.screen.name, Verb.edit)
        return {"seen": forms.fingerprint(self.screen, row)} if may else {}

    def _save(self, row: Base | None) -> Any:
        """Through the same form and the same save as the pages."""
        body = _body()
        reason = "" if "reason" in forms.names_of(self.screen) else str(body.pop("reason", None) or "")
        form = forms.from_json(self.screen, body, row)
        if not form.validate():
            raise Invalid([Problem(name, str(text)) for name, texts in form.errors.items() for text in texts])
        with because(reason, datetime.now(UTC), secure.actor().staff_id):
            saved = forms.save(self.screen, form, row)
        secure.session().commit()
        if self.screen.after:
            self.screen.after(saved)
        return saved


def _body() -> dict[str, Any]:
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise Invalid([Problem("", N_("Send one JSON object."))])
    return found


def as_json(screen: Screen, row: Base, names: tuple[str, ...]) -> dict[str, Any]:
    """A row for programs: stored values, ISO dates, decimals as strings; what a key points to by name beside it."""
    known = columns(screen.table)
    found: dict[str, Any] = {"id": vars(row).get("id")}
    for name in names:
        col, value = known[name], getattr(row, name)
        if col.info.sensitive:
            continue
        found[name] = (
            forms.stored(col, row)
            if col.kind == "many"
            else value.isoformat()
            if isinstance(value, date | datetime | time)
            else str(value)
            if isinstance(value, Decimal)
            else value
        )
        if col.relation and value is not None:
            found[col.relation] = present.value_of(getattr(row, col.relation))
    return found


def api_class(screen: Screen) -> type[CaseApi]:
    """The API class of a case screen."""
    names = {"resource_name": screen.name, "class_permission_name": screen.name, "screen": screen}
    return type(f"{screen.table.__name__}Api", (CaseApi,), names)
