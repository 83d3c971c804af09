"""Every paper of the small county in one list, for the tests that hold all of them to the same rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from reports import annual, builders, register, what_if
from reports.lines import More
from reports.printing import PLAIN, Style
from tests.reports import small

Print = Callable[[Session, str, Style], bytes]


def _more() -> More:
    return More(small.kept(), small.before(), small.serious(), small.points())


def _county(document: dict[str, Any], more: More) -> Print:
    return lambda session, lang, style: builders.county_pdf(session, document, lang, small.NAMES[lang], more, style)


def _unit(document: dict[str, Any], code: str, more: More) -> Print:
    return lambda session, lang, style: builders.unit_pdf(session, document, code, lang, small.NAMES[lang], more, style)


PAPERS: dict[str, Print] = {
    "county": _county(small.frozen(), _more()),
    "county-live": _county(small.document(), More(small.kept(), points=small.points())),
    "unit": _unit(small.frozen(), "D1", _more()),
    "unit-superseded": _unit(small.frozen(status="superseded"), "T2", More(points=small.points())),
    "annual": lambda _session, lang, style: annual.printed(small.annual(), lang, small.NAMES[lang], style),
    "register": lambda _session, lang, style: register.printed(small.day(), lang, small.NAMES[lang], style),
    "what-if": lambda _session, lang, style: what_if.printed(small.what_if(), lang, small.NAMES[lang], style),
}


_drawn: dict[tuple[str, str, Style], bytes] = {}


def printed(name: str, session: Session, lang: str, style: Style = PLAIN) -> bytes:
    """Drawn now."""
    return PAPERS[name](session, lang, style)


def drawn(name: str, session: Session, lang: str, style: Style = PLAIN) -> bytes:
    """Drawn once by this process: what is on these papers never changes."""
    key = (name, lang, style)
    if key not in _drawn:
        _drawn[key] = printed(name, session, lang, style)
    return _drawn[key]
