"""The REST API of a table: the same rows, rights, filters and forms as the pages, as JSON with OpenAPI."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import abort, request
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.security.decorators import protect

from models.base import Base
from models.errors import Invalid, Problem
from models.terms import N_, Verb
from views import crud, forms, listing, present, secure
from views.columns import Col, columns
from views.screen import Screen

_NAMES = {"get_list": "list", "get": "show", "post": "add", "put": "edit", "info": "list"}


class CaseApi(BaseApi):
    """One table at ``/api/v1/<table>/``."""

    screen: Screen
    allow_browser_login = True
    csrf_exempt = False
    method_permission_name = _NAMES

    @expose("/", methods=["GET"])
    @protect(allow_browser_login=True)
    def get_list(self) -> Any:
        """A page of records
        ---
        get:
          parameters:
          - {in: query, name: q, schema: {type: string}, description: words to search for}
          - {in: query, name: sort, schema: {type: string}, description: a column; - before it for descending}
          - {in: query, name: size, schema: {type: integer}}
          - {in: query, name: after, schema: {type: string}, description: the cursor of the page before}
          responses:
            200:
              description: count (null above 1000), result, next (cursor or null)
              content: {application/json: {schema: {type: object}}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
        """
        asked = listing.read(self.screen, request.args)
        if asked.wrong:
            raise Invalid([Problem(name, N_("This filter was not understood.")) for name in asked.wrong])
        page = listing.fetch(secure.session(), self.screen, asked)
        rows = [as_json(self.screen, row, self.screen.list) for row in page.rows]
        return self.response(200, count=page.total, ids=[row["id"] for row in rows], result=rows, next=page.later)

    @expose("/<int:pk>", methods=["GET"])
    @protect(allow_browser_login=True)
    def get(self, pk: int) -> Any:
        """One record
        ---
        get:
          parameters:
          - {in: path, name: pk, schema: {type: integer}, required: true}
          responses:
            200:
              description: the record
              content: {application/json: {schema: {type: object}}}
            404: {$ref: '#/components/responses/404'}
        """
        row = crud.row_of(self.screen, pk)
        return self.response(200, id=pk, result=as_json(self.screen, row, tuple(columns(self.screen.table))))

    @expose("/_info", methods=["GET"])
    @protect(allow_browser_login=True)
    def info(self) -> Any:
        """Columns, filters and what the user may do
        ---
        get:
          responses:
            200:
              description: columns, filters, verbs
              content: {application/json: {schema: {type: object}}}
        """
        known = columns(self.screen.table)
        cols = [
            {"name": c.name, "kind": c.kind, "label": str(_label(c)), "required": not c.nullable}
            for c in known.values()
        ]
        verbs = [verb.value for verb in Verb if verb in self.screen.verbs and secure.allowed(self.screen.name, verb)]
        return self.response(200, columns=cols, filters=list(self.screen.filters), verbs=verbs)

    @expose("/", methods=["POST"])
    @protect(allow_browser_login=True)
    def post(self) -> Any:
        """Add a record
        ---
        post:
          requestBody: {required: true, content: {application/json: {schema: {type: object}}}}
          responses:
            201:
              description: added
              content: {application/json: {schema: {type: object}}}
            422: {$ref: '#/components/responses/422'}
        """
        if Verb.add not in self.screen.verbs or "add" in self.screen.own:
            abort(405)
        return self.response(201, id=self._save(None).id)

    @expose("/<int:pk>", methods=["PUT"])
    @protect(allow_browser_login=True)
    def put(self, pk: int) -> Any:
        """Change the plain fields of a record
        ---
        put:
          parameters:
          - {in: path, name: pk, schema: {type: integer}, required: true}
          requestBody: {required: true, content: {application/json: {schema: {type: object}}}}
          responses:
            200:
              description: changed
              content: {application/json: {schema: {type: object}}}
            422: {$ref: '#/components/responses/422'}
        """
        if Verb.edit not in self.screen.verbs or "edit" in self.screen.own:
            abort(405)
        self._save(crud.row_of(self.screen, pk))
        return self.response(200, id=pk)

    def _save(self, row: Base | None) -> Any:
        """Through the same form and the same save as the pages."""
        form = forms.from_json(self.screen, _body(), row)
        if not form.validate():
            raise Invalid([Problem(name, str(text)) for name, texts in form.errors.items() for text in texts])
        saved = forms.save(self.screen, form, row)
        secure.session().commit()
        if self.screen.after:
            self.screen.after(saved)
        return saved


def _label(col: Col) -> str:
    return present.gettext(col.info.label)


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
            value.isoformat()
            if isinstance(value, date | datetime)
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
    return type(f"{screen.table.__name__}Api", (CaseApi,), names | {"openapi_spec_tag": screen.table.__label__})
