"""The one door for texts: characters that nobody sees are taken out of forms, JSON and file names, and told."""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, Response, flash, request
from flask_babel import gettext as _
from werkzeug.datastructures import ImmutableMultiDict

from models.texts import cleaned

TOLD = "X-Characters-Removed"
# a secret is taken as it is typed
_SECRET = ("password", "csrf_token")


class CleanRequest(Request):
    """A request whose texts are free of hidden characters; ``cleaned_fields``: where there were some."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.cleaned_fields: dict[str, None] = {}

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        found = self.__dict__["form"]
        pairs = [(name, self._clean(name, text)) for name, text in found.items(multi=True)]
        if self.cleaned_fields:
            self.__dict__["form"] = ImmutableMultiDict(pairs)
        for name, file in self.__dict__["files"].items(multi=True):
            file.filename = file.filename and self._clean(name, file.filename)

    def get_json(self, *args: Any, **kw: Any) -> Any:
        return self._of_json("", super().get_json(*args, **kw))

    def _of_json(self, name: str, value: Any) -> Any:
        if isinstance(value, str):
            return self._clean(name, value)
        if isinstance(value, list):
            return [self._of_json(name, one) for one in value]
        if isinstance(value, dict):
            return {key: self._of_json(str(key), one) for key, one in value.items()}
        return value

    def _clean(self, name: str, text: str) -> str:
        if any(word in name for word in _SECRET):
            return text
        found = cleaned(text)
        if found != text:
            self.cleaned_fields[name] = None
        return found


def _tell_page() -> None:
    if request.method != "GET" and not request.is_json and request.form is not None and _fields():
        flash(_("Characters that nobody sees were taken out of what you sent."), "info")


def _tell_program(response: Response) -> Response:
    if request.is_json and _fields():
        response.headers[TOLD] = ", ".join(name for name in _fields() if name.isascii())[:400]
    return response


def _fields() -> list[str]:
    found: dict[str, None] = getattr(request, "cleaned_fields", {})
    return list(found)


def install(app: Flask) -> None:
    """Every request of ``app`` comes in through here."""
    app.request_class = CleanRequest
    app.before_request(_tell_page)
    app.after_request(_tell_program)
