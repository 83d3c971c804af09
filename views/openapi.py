"""What the REST API says of itself, made from the columns: schemas, operations, filters, choices and lengths."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from models.terms import N_, Verb
from views import forms, present
from views.columns import Col, columns
from views.fields import LONGEST, required
from views.listing import MOST, PAGE, RANGED, sorts
from views.screen import Screen

Spec = dict[str, Any]

_KINDS: dict[str, Spec] = {
    "text": {"type": "string"},
    "long": {"type": "string", "maxLength": LONGEST},
    "sealed": {"type": "string"},
    "number": {"type": "integer"},
    "key": {"type": "integer"},
    "decimal": {"type": "string", "format": "decimal"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "choice": {"type": "string"},
    "json": {},
    "float": {"type": "number"},
    "time": {"type": "string", "format": "time"},
    "many": {"type": "array", "items": {"type": "integer"}},
}
_PROBLEM: Spec = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("field", "message", "rule", "points")},
}
_SEEN = N_("What the answer before showed; sent back, the change is refused (409) if somebody else changed it.")
PROBLEMS: Spec = {
    "type": "object",
    "properties": {"message": {"type": "string"}, "problems": {"type": "array", "items": _PROBLEM}},
}
_REFUSALS = {
    "401": N_("This needs an account."),
    "403": N_("Your role does not include this. Ask the administrator if it should."),
    "404": N_("There is no such page or record, or it is not yours to see."),
    "409": N_("Somebody else changed the record meanwhile; look at it again."),
    "422": N_("Nothing was changed."),
}


def adds(screen: Screen) -> bool:
    """Whether the API can add a row at all, whatever the matrix grants."""
    return Verb.add in screen.verbs and "add" not in screen.own


def changes(screen: Screen) -> bool:
    """Whether the API can change a row at all."""
    return Verb.edit in screen.verbs and ("edit" not in screen.own or screen.save is not None)


def column(screen: Screen, col: Col) -> Spec:
    """A column for programs: what a form of theirs would need."""
    found: Spec = {
        "name": col.name,
        "kind": col.kind,
        "label": _(col.info.label),
        "required": required(col),
        "editable": col.name in forms.names_of(screen) and (adds(screen) or changes(screen)),
    }
    if col.info.help:
        found["help"] = _(col.info.help)
    if most := _KINDS[col.kind].get("maxLength", col.length):
        found["length"] = most
    if col.terms:
        found["choices"] = [{"value": one.value, "label": present.term(one)} for one in col.terms]
    if col.target:
        found["target"] = col.target
    return found


def info(screen: Screen) -> Spec:
    """Columns, filters and orders of a table. Identity is in no answer, so it is not told of here."""
    cols = [column(screen, col) for col in _open(screen)]
    return {"columns": cols, "filters": list(filters(screen)), "sorts": list(sorts(screen))}


def filters(screen: Screen) -> dict[str, Spec]:
    """Every argument that narrows the list, with its schema."""
    known, found = columns(screen.table), {}
    for name in screen.filters:
        col = known[name]
        found[name] = _filter(col)
        if col.kind in RANGED:
            bound = {"type": "string", "format": "date"} if col.kind == "instant" else _filter(col)
            found |= {f"{name}.from": bound, f"{name}.to": bound}
    return found


def _filter(col: Col) -> Spec:
    if col.terms:  # several at once, with commas between
        one = "|".join(term.value for term in col.terms)
        return {"type": "string", "pattern": f"^({one})(,({one}))*$"}
    return dict(_KINDS[col.kind])


def describe(screen: Screen, spec: Any) -> None:
    """Put the table's schemas and operations into an APISpec."""
    name, base = screen.table.__name__, f"/api/v1/{screen.name}"
    spec.components.schema(name, _row(screen))
    seen = _seen() if changes(screen) else {}
    one: dict[str, Spec] = {"get": _operation(screen, "get", _answer(name, seen), [_KEY])}
    many: dict[str, Spec] = {"get": _operation(screen, "list", _page(name), _arguments(screen))}
    if adds(screen) or changes(screen):
        spec.components.schema(f"{name}Write", _write(screen))
    if adds(screen):
        many["post"] = _operation(screen, "add", _object(id=_KINDS["number"]), body=f"{name}Write", status="201")
    if changes(screen):
        one["put"] = _operation(screen, "change", _object(id=_KINDS["number"], **seen), [_KEY], body=f"{name}Write")
    spec.path(path=f"{base}/", operations=many)
    spec.path(path=f"{base}/{{pk}}", operations=one)
    for action in screen.actions:
        done = _operation(screen, action.name, _object(id=_KINDS["number"], message=_KINDS["text"]), [_KEY])
        done["summary"] = _(action.label)
        spec.path(path=f"{base}/{{pk}}/{action.name}", operations={"post": done})
    spec.path(path=f"{base}/_info", operations={"get": _operation(screen, "describe", {"type": "object"})})


def name_operations(api: Any) -> None:
    """The framework's own operations (login, this description) get names too."""
    methods: dict[str, dict[str, Spec]] = {}
    for attribute in (name for name in dir(api) if hasattr(getattr(api, name), "_urls")):
        for _url, verbs in getattr(api, attribute)._urls:
            named = {"operationId": f"{attribute}_{type(api).__name__}"}
            methods.setdefault(attribute, {}).update({verb.lower(): named for verb in verbs})
    api.openapi_spec_methods = methods


_KEY: Spec = {"in": "path", "name": "pk", "schema": {"type": "integer"}, "required": True}
_SUMMARIES = {
    "list": N_("A page of records"),
    "get": N_("One record"),
    "add": N_("Add a record"),
    "change": N_("Change the plain fields of a record"),
    "describe": N_("Columns, filters and what the user may do"),
}


def _operation(
    screen: Screen, act: str, answer: Spec, arguments: list[Spec] | None = None, *, body: str = "", status: str = "200"
) -> Spec:
    refused = ["401", "403", *(["404"] if arguments == [_KEY] else []), *(["409"] if act == "change" else [])]
    refused += ["422"] if body or act == "list" else []
    found: Spec = {
        "operationId": f"{act}_{screen.name}",
        "summary": _(_SUMMARIES.get(act, "")),
        "tags": [_(screen.table.__plural__)],
        "security": [{"jwt": []}],
        "responses": {status: {"description": _(_SUMMARIES.get(act, "")), "content": _json(answer)}}
        | {code: {"description": _(_REFUSALS[code]), "content": _json(PROBLEMS)} for code in refused},
    }
    if arguments:
        found["parameters"] = arguments
    if body:
        found["requestBody"] = {"required": True, "content": _json(_ref(body))}
    return found


def _json(schema: Spec) -> Spec:
    return {"application/json": {"schema": schema}}


def _ref(name: str) -> Spec:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(**properties: Spec) -> Spec:
    return {"type": "object", "properties": properties}


def _answer(name: str, seen: Spec) -> Spec:
    return _object(id=_KINDS["number"], result=_ref(name), **seen)


def _seen() -> Spec:
    return {"seen": {"type": "string", "description": _(_SEEN)}}


def _page(name: str) -> Spec:
    cursor = {"type": "string", "nullable": True}
    count = {"type": "integer", "nullable": True}
    rows = {"type": "array", "items": _ref(name)}
    return _object(count=count, ids={"type": "array", "items": _KINDS["number"]}, result=rows, next=cursor)


def _arguments(screen: Screen) -> list[Spec]:
    orders = [*sorts(screen), *(f"-{name}" for name in sorts(screen))]
    found = {"q": _KINDS["text"]} if screen.searched else {}
    found |= {"sort": {"type": "string", "enum": orders}, "after": _KINDS["text"], "before": _KINDS["text"]}
    found["size"] = {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE}
    return [{"in": "query", "name": name, "schema": schema} for name, schema in (found | filters(screen)).items()]


def _open(screen: Screen) -> list[Col]:
    return [col for col in columns(screen.table).values() if not col.info.sensitive]


def _row(screen: Screen) -> Spec:
    """A record as the API answers it: the columns, and beside each key what it points to is called."""
    found: dict[str, Spec] = {}
    for col in _open(screen):
        found[col.name] = _property(col)
        if col.relation:
            found[col.relation] = {"type": "string", "readOnly": True}
    return {"type": "object", "properties": found}


def _write(screen: Screen) -> Spec:
    known = columns(screen.table)
    named = [known[name] for name in forms.names_of(screen)]
    found: Spec = _object(**{col.name: _property(col) for col in named}, **_seen())
    if must := [col.name for col in named if required(col)]:
        found["required"] = must
    return found | {"additionalProperties": False}


def _property(col: Col) -> Spec:
    words = f"{_(col.info.label)}. {_(col.info.help)}" if col.info.help else _(col.info.label)
    found: Spec = dict(_KINDS[col.kind]) | {"description": words}
    if col.length:
        found["maxLength"] = col.length
    if col.terms:
        found["enum"] = [term.value for term in col.terms]
    if col.nullable:
        found["nullable"] = True
        if "enum" in found:
            found["enum"].append(None)
    return found
