"""The parts of a rulebook by name: where a finding or a difference stands, and every text that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.rules.facts import Clock, Rulebook
from models.rules.scheme import Grade, Peer, Section
from models.terms import N_


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a rulebook: ``part`` is a msgid, ``names`` terms or texts, ``case`` the variant of a clock.

    ``english``: the title in English, where somebody gave one.
    """

    part: str
    names: tuple[str, ...] = ()
    case: str = ""
    english: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """The name of another part, in Chinese and, where somebody gave one, in English."""

    title: str
    english: str | None


def clock_place(clock: Clock) -> Place:
    """Where a clock stands."""
    return Place(N_("Clock"), (clock.duty,) if clock.duty else (), clock.variant)


def titled(part: str, row: Section | Grade | Peer) -> Place:
    """Where a part with a title stands."""
    return Place(part, (row.title,), english=row.title_en or "")


def texts(book: Rulebook) -> Iterator[tuple[Place, str]]:
    """Every written text of a rulebook with its place."""
    whole = Place(N_("Rulebook"))
    yield from ((whole, text) for text in (book.version, book.title, book.source))
    for clock in book.all_clocks:
        yield from ((clock_place(clock), text) for text in (clock.paragraph, clock.source))
    for rule, paragraph in book.paragraphs.items():
        yield Place(N_("Points"), (rule,)), paragraph
    for section in book.sections:
        place = titled(N_("Section"), section)
        yield from ((place, text) for text in (section.code, section.title, section.title_en or ""))
    for rate in book.rates:
        yield from ((Place(N_("Indicator"), (rate.indicator,)), text) for text in (rate.paragraph, rate.source))
    for grade in book.grades:
        yield from ((titled(N_("Grade"), grade), text) for text in (grade.title, grade.title_en or ""))
    for peer in book.peers:
        place = titled(N_("Peer group"), peer)
        yield from ((place, text) for text in (peer.code, peer.title, peer.title_en or ""))
