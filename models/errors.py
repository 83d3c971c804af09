"""Named refusals. Each carries a msgid and its parameters, never HTML; the edge translates and shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as named
from decimal import Decimal


class DomainError(Exception):
    """A refusal by the rules (HTTP 422, exit code 1).

    Args:
        message: English msgid with ``%(name)s`` parameters.
        field: name of the form field or column it belongs to, if any.
        paragraph: the paragraph that asks for it, e.g. ``§2(2)``.
        params: values for the msgid's parameters; a tuple holds msgids, to be translated one by one and joined.
    """

    def __init__(self, message: str, *, field: str | None = None, paragraph: str = "", **params: object) -> None:
        self.message = message
        self.field = field
        self.paragraph = paragraph
        self.params = params
        plain = {name: ", ".join(text) if isinstance(text, tuple) else text for name, text in params.items()}
        super().__init__(message % plain if plain else message)


class StepRefused(DomainError):
    """The step is not allowed in the petition's present state, or by this unit."""


class Conflict(DomainError):
    """Somebody else changed the record meanwhile, or the same thing was sent twice (HTTP 409)."""


class NotAllowed(DomainError):
    """The actor has no right to do this (HTTP 403)."""


class NotFound(DomainError):
    """No such row, or none that the actor may see (HTTP 404)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field; ``rule`` and ``points``: the deduction it would otherwise lead to.

    ``params``: values for the msgid's parameters, as of a ``DomainError``.
    """

    field: str
    message: str
    paragraph: str = ""
    rule: str = ""
    points: Decimal | None = None
    params: Mapping[str, object] = named(default_factory=dict)


class EvidenceMissing(DomainError):
    """A step without its proof: all that is missing, each with its paragraph and the rule that would bite."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("The step lacks its proof.")


class Invalid(DomainError):
    """Several fields of one form or row are wrong at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("Some fields need your attention.")
