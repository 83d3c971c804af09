"""The parts of a rulebook by name: where a finding or a difference stands, and every text that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.rules.facts import Clock, Rulebook
from models.terms import N_


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a rulebook: ``part`` is a msgid, ``names`` terms or texts, ``case`` the variant of a clock."""

    part: str
    names: tuple[str, ...] = ()
    case: str = ""


def clock_place(clock: Clock) -> Place:
    """Where a clock stands."""
    return Place(N_("Clock"), (clock.duty,) if clock.duty else (), clock.variant)


def texts(book: Rulebook) -> Iterator[tuple[Place, str]]:
    """Every written text of a rulebook with its place."""
    whole = Place(N_("Rulebook"))
    yield from ((whole, text) for text in (book.version, book.title, book.source))
    for clock in book.clocks:
        yield from ((clock_place(clock), text) for text in (clock.paragraph, clock.source))
    for rule, paragraph in book.paragraphs.items():
        yield Place(N_("Points"), (rule,)), paragraph
    for section in book.sections:
        place = Place(N_("Section"), (section.title,))
        yield from ((place, text) for text in (section.code, section.title, section.title_en or ""))
    for rate in book.rates:
        yield from ((Place(N_("Rate"), (rate.indicator,)), text) for text in (rate.paragraph, rate.source))
    for grade in book.grades:
        yield from ((Place(N_("Grade"), (grade.title,)), text) for text in (grade.title, grade.title_en or ""))
    for peer in book.peers:
        place = Place(N_("Peer group"), (peer.title,))
        yield from ((place, text) for text in (peer.code, peer.title, peer.title_en or ""))
