"""What one invariant of the record is: a sentence, and the statement that finds where it does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import CompoundSelect, Select
from sqlalchemy.orm import Session

_STREAM = {"yield_per": 500}


@dataclass(frozen=True, slots=True)
class Invariant:
    """One sentence (msgid) with its paragraph; ``find`` yields (petition number, what is wrong)."""

    id: str
    sentence: str
    paragraph: str
    find: Callable[[Session], Iterator[tuple[str, str]]]


Statement = Select[str, str] | CompoundSelect[str, str]


def asked(made: Callable[[], Statement]) -> Callable[[Session], Iterator[tuple[str, str]]]:
    """Run a statement for (number, detail), streamed."""

    def find(session: Session) -> Iterator[tuple[str, str]]:
        for number, detail in session.execute(made(), execution_options=_STREAM):
            yield str(number), "" if detail is None else str(detail)

    return find
