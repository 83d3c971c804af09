"""What the cells of a ledger may name: the county's units and places, and its own words for our terms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from zoneinfo import ZoneInfo

from models.operations.history.unit_names import UnitNames
from models.operations.history.vocabulary import plain
from models.world import UnitFact


@dataclass(slots=True)
class Words:
    """What a cell may name: units and places, by code or by name, and the county's own words for terms.

    ``understood``: (column, text) → what was made of a text that is no code, name or term of ours, and how often.
    """

    zone: ZoneInfo
    units: UnitNames
    places: Mapping[str, int | None]
    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    understood: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    @classmethod
    def of(
        cls,
        units: Sequence[UnitFact],
        places: Sequence[tuple[int, str, str]],
        zone: ZoneInfo,
        own: Iterable[tuple[str, str, str]] = (),
        rows: Mapping[str, Mapping[str, int]] | None = None,
    ) -> Self:
        """``places``: id, code, name; ``own``: column, word, meaning (``ledger_word``); ``rows``: of other tables."""
        told: dict[str, dict[str, str]] = defaultdict(dict)
        for column, word, meaning in own:
            told[column][plain(word)] = meaning
        known: dict[str, int | None] = {}
        for row, _code, name in places:
            known[plain(name)] = None if plain(name) in known else row
        known |= {plain(code): row for row, code, _name in places}
        known |= {word: known.get(plain(code)) for word, code in told["place"].items()}
        return cls(zone, UnitNames(units, told["unit"]), known, told, rows or {})

    def place(self, text: str) -> int | None:
        """The place; None: the county has none of this name, or several, and it is kept as written."""
        return self.places.get(plain(text))
