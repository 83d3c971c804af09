"""All screens by table name: the declared ones, and a plain one for every table that has none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from views.columns import columns, tables
from views.screen import Screen

_screens: dict[str, Screen] = {}
_declared: Counter[str] = Counter()


def load() -> dict[str, Screen]:
    """Read ``views/screens/*.py`` once; each names one ``SCREEN`` or several ``SCREENS``."""
    if _screens:
        return _screens
    from views import screens

    for module in iter_modules(screens.__path__):
        found = import_module(f"views.screens.{module.name}")
        for screen in getattr(found, "SCREENS", None) or (found.SCREEN,):
            _declared[screen.name] += 1
            _screens[screen.name] = _complete(screen)
    for name, table in sorted(tables().items()):
        if name not in _screens:
            _screens[name] = _complete(Screen(table, menu="system"))
    return _screens


def twice() -> tuple[str, ...]:
    """The tables that have more than one declared screen."""
    return tuple(name for name, n in _declared.items() if n > 1)


def _complete(screen: Screen) -> Screen:
    """The columns of a list that names none: the first few that fit a line."""
    if screen.list:
        return screen
    try:
        known = columns(screen.table).values()
    except LookupError:  # the start-up checks will name it, together with all else that is wrong
        return screen
    fit = [c.name for c in known if c.kind not in ("long", "json", "sealed")]
    return replace(screen, list=tuple(fit[:8]))


def screen(table: str) -> Screen:
    """The screen of a table."""
    return load()[table]
