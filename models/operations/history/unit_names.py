"""Which unit a ledger means: by code, by name, or by a short name that fits one unit alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from models.operations.history.vocabulary import plain
from models.world import UnitFact


@dataclass(frozen=True, slots=True)
class Named:
    """The unit that a text names. ``short``: it was understood, not written so; ``several``: codes that it may mean."""

    unit: UnitFact | None
    short: bool = False
    several: tuple[str, ...] = ()


@dataclass(slots=True)
class UnitNames:
    """Finds units by what a ledger calls them; remembers what it found."""

    units: Sequence[UnitFact]
    own: dict[str, str] = field(default_factory=dict)  # the county's own words → code
    _known: dict[str, Named] = field(default_factory=dict)

    def named(self, text: str) -> Named:
        """The unit, or none; a short name that fits several units names none of them."""
        key = plain(text)
        if key not in self._known:
            self._known[key] = self._find(key)
        return self._known[key]

    def _find(self, key: str) -> Named:
        for field_name in ("code", "name", "name_en"):
            if found := [one for one in self.units if plain(getattr(one, field_name) or "") == key]:
                return Named(found[0])
        if (code := self.own.get(key)) is not None:
            return Named(next((one for one in self.units if one.code == code), None), short=True)
        if len(key) < 2 or key.isascii():
            return Named(None)
        fits: tuple[Callable[[str], bool], ...] = (
            lambda name: _bare(name) == _bare(key),
            lambda name: _bare(key) in name,
            lambda name: _shortened(_bare(key), _bare(name)),
        )
        for fit in fits:
            for units in ([one for one in self.units if one.active], self.units):
                if found := [one for one in units if fit(plain(one.name))]:
                    several = tuple(f"{one.code} {one.name}" for one in found[:8]) if len(found) > 1 else ()
                    return Named(None if several else found[0], short=True, several=several)
        return Named(None)


def _bare(name: str) -> str:
    """Without the county in front: 县教育局, 清源县教育局."""
    head, county, rest = name.partition("县")
    return rest if county and len(head) <= 3 and len(rest) >= 2 else name


def _shortened(short: str, name: str) -> bool:
    """人社局 of 人力资源和社会保障局: its characters in their order, first and last the same."""
    if len(short) < 3 or (short[0], short[-1]) != (name[0], name[-1]):
        return False
    rest = iter(name)
    return all(char in rest for char in short)
