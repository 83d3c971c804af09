"""The one stock list of Flask-AppBuilder, the accounts, with its traps closed (the design's notes on the frameworks).

As it comes, it keeps the filters of all requests in one object, sorts by any column (the password too), fails on a page
that is no number, takes any page size, reads the roles of each account in a statement of its own, and deletes by GET.
"""

from __future__ import annotations

from typing import Any

from flask import abort, g, has_request_context, request
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import func
from sqlalchemy.orm import selectinload

MOST, LONGEST = 200, 300


class Rows(SQLAInterface):
    """Accounts in a stable order, their roles read together."""

    def query(
        self,
        filters: Any = None,
        order_column: str = "",
        order_direction: str = "",
        page: int | None = None,
        page_size: int | None = None,
        *_rest: Any,
        **_more: Any,
    ) -> tuple[int, list[Any]]:
        asked = self.session.query(self.obj)
        asked = filters.apply_all(asked) if filters else asked
        count = asked.with_entities(func.count(self.obj.id)).scalar()
        column = getattr(self.obj, order_column or "id")
        first = column.desc() if order_direction == "desc" else column.asc()
        size = min(page_size or MOST, MOST)
        rows = asked.options(selectinload(self.obj.roles)).order_by(first, self.obj.id)
        return count, rows.limit(size).offset((page or 0) * size).all()

    def get_related_interface(self, col_name: str) -> SQLAInterface:
        return SQLAInterface(self.get_related_model(col_name))


class Hardened:
    """Goes before a stock ModelView: filters of its own for each request, and questions that make sense."""

    search_columns: list[str]
    list_columns: list[str]
    datamodel: Any
    actions: dict[str, Any]
    _made: Any = None

    @property
    def _filters(self) -> Any:
        if not has_request_context():
            return self._made
        if "filters" not in g:
            g.filters = self.datamodel.get_filters(self.search_columns)
        return g.filters

    @_filters.setter
    def _filters(self, value: Any) -> None:
        self._made = value

    def update_redirect(self) -> None:
        """The way back lives in the cookie, of which a browser keeps four kilobytes: long addresses are left out."""
        if len(request.url) < LONGEST:
            super().update_redirect()  # type: ignore[misc]  # the stock view comes after this class

    def guard(self) -> None:
        """Before each of its requests. 404: no such page, column, record or action; 405: a change by GET."""
        page = (request.endpoint or "").rpartition(".")[2]
        given = request.view_args or {}
        pks = [given.get("pk", 0), *request.form.getlist("rowid")]
        if page in ("delete", "action") and request.method != "POST":
            abort(405)
        action = self.action_asked()
        if not all(_number(str(pk)) for pk in pks) or (action is not None and action not in self.actions):
            abort(404)
        if any("\0" in text for text in (*request.args.values(), *request.form.values())):
            abort(400)
        if not all(self._known(page, name, text) for name, text in request.args.items()):
            abort(404)

    def action_asked(self) -> str | None:
        """The name of the action that this request asks for; None: of none."""
        page = (request.endpoint or "").rpartition(".")[2]
        name = (request.view_args or {}).get("name")
        return name or (request.form.get("action", "") if page == "action_post" else None)

    def _known(self, page: str, name: str, text: str) -> bool:
        """Whether the stock view can answer this argument."""
        if name.startswith(("page_", "psize_")):
            return _number(text)
        if name.startswith("_oc_"):
            return text in self.search_columns
        if name.startswith("_flt_"):
            index, _, column = name.removeprefix("_flt_").partition("_")
            known = self._filters.get_search_filters().get(column, ())
            return page == "list" and index.isdecimal() and int(index) < len(known)
        return True


def _number(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 10


def hardened(view: type[Any]) -> type[Any]:
    """A stock view class of accounts with its traps closed; same name, same addresses."""
    names = {"datamodel": Rows(view.datamodel.obj), "order_columns": view.search_columns}
    return type(view.__name__, (Hardened, view), names)
