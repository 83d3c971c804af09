"""Somebody else saved first: what a form saw, what changed since, and both values side by side."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from wtforms import Field

from views import present
from views.fields import LookupField, texts
from views.redraw import Form

SHORT = 8  # digits of a hash: a form saw a few values, not a library


def _plain(value: Any) -> str:
    """Equal texts are equal values, whether from a row, from a form or from a program; forms know no seconds."""
    if value in (None, "", []):
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    return str(value)


def _hash(value: Any) -> str:
    """Keyed: from the hash of a phone number nobody finds the number."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, _plain(value).encode(), hashlib.sha256).hexdigest()[:SHORT]


def fingerprint(values: Mapping[str, Any]) -> str:
    """What a form saw: a piece for each value, in order."""
    return "".join(_hash(value) for value in values.values())


def _pieces(seen: str, names: Mapping[str, Any]) -> dict[str, str]:
    """The piece of each name; none of a fingerprint that does not fit (another release, or no fingerprint)."""
    if len(seen) != SHORT * len(names):
        return {}
    return {name: seen[at * SHORT : (at + 1) * SHORT] for at, name in enumerate(names)}


def beside(form: Form, now: Mapping[str, Any], seen: str = "") -> None:
    """Put what stands on record now beside what was typed.

    A value that only the other changed is taken over; one that both changed stays as typed, with theirs beside it.

    Args:
        now: the values on record, by field.
        seen: the fingerprint that the form carried; without one every difference is shown.
    """
    pieces = _pieces(seen, now)
    for name, value in now.items():
        field = form[name]
        before = pieces.get(name, "")
        if _plain(field.data) == _plain(value) or _hash(value) == before:
            continue
        if _hash(field.data) == before:
            field.process(None, data=value)
            _note(field, _("Changed meanwhile by somebody else; this is the new value."))
        else:
            text = _shown(field, value) or _("nothing")
            _note(field, _("Saved meanwhile by somebody else: %(value)s", value=text))


def _note(field: Field, text: str) -> None:
    field.render_kw = {**(field.render_kw or {}), "data-meanwhile": text}


def _shown(field: Field, value: Any) -> str:
    if isinstance(field, LookupField) and value:
        keys = value if field.many else [value]
        return _(", ").join(text for _key, text in texts(field.target, keys))
    return present.value_of(value)
