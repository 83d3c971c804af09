"""Tiles and charts that screens declare (``Screen.tiles``, ``Screen.charts``): counts of what the reader may list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import func, select

from reports import charts as drawing
from views import listing, present, registry, secure
from views.columns import columns
from views.fields import texts
from views.screen import Chart, Screen, Tile

MOST = 12  # bars of one chart


@dataclass(frozen=True, slots=True)
class Count:
    """A tile as the page shows it."""

    label: str
    number: str
    href: str
    tone: str


def tiles() -> list[Count]:
    """The tiles of every table that the reader may list: one statement each."""
    return [_tile(screen, one) for screen in _open() for one in screen.tiles]


def charts() -> list[tuple[str, Markup]]:
    """The charts with their titles likewise; those that have nothing to show are left out."""
    drawn = ((_(one.label), _chart(screen, one)) for screen in _open() for one in screen.charts)
    return [(title, picture) for title, picture in drawn if picture is not None]


def asked(screen: Screen, text: str) -> listing.Question:
    """The part of a list that a tile or chart counts, written like the list's own address."""
    return listing.read(screen, dict(parse_qsl(text)))


def _open() -> list[Screen]:
    shown = (screen for screen in registry.load().values() if screen.tiles or screen.charts)
    return [screen for screen in shown if secure.allowed(screen.name, "list")]


def _tile(screen: Screen, tile: Tile) -> Count:
    session = secure.session()
    n = listing.total(session, screen, listing.conditions(session, screen, asked(screen, tile.filter)))
    number = str(n) if n is not None else f"{listing.CAP}+"
    href = screen.url("list") + (f"?{tile.filter}" if tile.filter else "")
    return Count(_(tile.label), number, href, tile.tone if n != 0 else "")


def _chart(screen: Screen, chart: Chart) -> Markup | None:
    session, col = secure.session(), columns(screen.table)[chart.by]
    by: Any = getattr(screen.table, chart.by)
    counted = select(by, func.count()).where(*listing.conditions(session, screen, asked(screen, chart.filter)))
    found = session.execute(counted.group_by(by).order_by(func.count().desc()).limit(MOST)).all()
    names = dict(texts(col.target or "", [key for key, _n in found if key is not None])) if col.kind == "key" else {}
    bars = [(names.get(key, "") or present.value_of(key) or "—", int(n)) for key, n in found]
    return drawing.numbers(bars, _(chart.label))
