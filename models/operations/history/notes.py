"""What the preview tells of a ledger beside its bad rows: what was passed over, understood, kept as written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from models.errors import DomainError


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence: a msgid with its parameters."""

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def error(self) -> DomainError:
        """As the edge puts messages into words."""
        return DomainError(self.message, **self.params)

    def told(self) -> list[Any]:
        """JSON-ready; ``heard`` reads it again."""
        return [self.message, dict(self.params)]

    @classmethod
    def heard(cls, told: Sequence[Any]) -> Self:
        message, params = told
        return cls(message, {name: tuple(one) if isinstance(one, list) else one for name, one in params.items()})
