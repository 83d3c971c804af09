"""A rulebook's way: copied into a draft, then published for good by an administrator. Never commits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import rulebooks, sealed_rulebooks
from models.access import Actor
from models.errors import Conflict, Invalid, NotAllowed, Problem
from models.permissions import may
from models.rules import linting
from models.rules.facts import Rulebook as Facts
from models.tables import Assessment, Rulebook, RulebookClock, RulebookSupplement
from models.terms import N_, AssessmentStatus, RulebookStatus, Verb
from models.world import zone

PUBLISHED = N_("This rulebook is published already.")
CHANGED = N_("The draft was changed meanwhile; look at its changes again.")
_PLAIN = (
    *("base_score", "floor_score", "grace_days", "answer_days", "decision_days", "appeal_days", "ruling_days"),
    *("promise_days", "clock_days", *sealed_rulebooks.HOURS),
)
_KEYS = ("id", "rulebook_id", "section_id")
_WHOLE = ("title", "source", *_PLAIN)


def draft_from(session: Session, source: Rulebook, actor: Actor | None, now: datetime) -> Rulebook:
    """A draft with everything that ``source`` has, in force from the next year on; flushes. Raises NotAllowed."""
    _administrator(actor)
    year = now.astimezone(zone()).year + 1
    draft = Rulebook(version=_version(session, year), effective_from=date(year, 1, 1), status=RulebookStatus.draft)
    for name in _WHOLE:
        setattr(draft, name, getattr(source, name))
    sections: dict[int | None, Any] = {one.id: _copy(one) for one in source.sections}
    draft.sections = list(sections.values())
    for part in ("clocks", "points", "indicators", "grades", "peers"):
        setattr(draft, part, [_copy(one) for one in sorted(getattr(source, part), key=lambda one: one.id)])
    draft.clocks += [_clock(one) for one in sorted(source.supplements, key=lambda one: one.id)]
    for old, new in zip(sorted(source.points, key=lambda one: one.id), draft.points, strict=True):
        new.section = sections.get(old.section_id)
    session.add(draft)
    session.flush()
    return draft


def _copy(row: Any) -> Any:
    """A part without its keys of its own: rulebook and section are set by their objects."""
    names = [attribute.key for attribute in inspect(type(row)).column_attrs if attribute.key not in _KEYS]
    return type(row)(**{name: getattr(row, name) for name in names})


def _clock(supplement: RulebookSupplement) -> RulebookClock:
    """What was added to the version before is a clock of the next like any other."""
    names = [one.key for one in inspect(RulebookClock).column_attrs if one.key not in _KEYS]
    return RulebookClock(**{name: getattr(supplement, name) for name in names})


def _version(session: Session, year: int) -> str:
    """The first free one of a year: 2027-1, 2027-2 …"""
    taken = set(session.scalars(select(Rulebook.version).where(Rulebook.version.startswith(f"{year}-"))))
    return next(name for number in range(1, len(taken) + 2) if (name := f"{year}-{number}") not in taken)


def fingerprint(book: Facts) -> str:
    """What somebody saw of a draft: equal texts mean nobody changed it meanwhile."""
    return hashlib.sha256(repr(book).encode()).hexdigest()[:16]


def obstacles(session: Session, book: Facts) -> list[Problem]:
    """Why the draft's date does not do: between published versions, or inside a frozen year."""
    return list(_obstacles(session, book))


def _obstacles(session: Session, book: Facts) -> Iterator[Problem]:
    start = Rulebook.effective_from
    wanted = select(func.min(start), func.max(start)).where(Rulebook.status == RulebookStatus.published)
    first, latest = session.execute(wanted).one()
    # a version for the time before all others governs what none governed, and nothing else
    if latest is not None and first <= book.effective_from < latest:
        yield Problem(
            "effective_from", N_("A published rulebook is in force from a later day; choose that day or later.")
        )
    settled = Assessment.status != AssessmentStatus.live
    frozen = session.scalar(select(func.max(Assessment.year)).where(settled))
    if frozen is not None and book.effective_from.year <= frozen:
        yield Problem("effective_from", N_("This day lies in a frozen year or before one; choose a later year."))


def publish(session: Session, pk: int, actor: Actor | None, now: datetime, seen: str | None = None) -> Rulebook:
    """Make a draft the rule from its day on; it never changes again; flushes. What is open follows by a recount.

    Args:
        seen: the ``fingerprint`` of what was shown before.

    Raises:
        NotAllowed, NotFound. Conflict: published already, or another draft than was shown. Invalid: its date does not
        do, or the linter found an error; all of them at once.
    """
    who = _administrator(actor)
    session.scalar(select(Rulebook.id).where(Rulebook.id == pk).with_for_update())
    row = rulebooks.whole(session, pk)
    if row.status is not RulebookStatus.draft:
        raise Conflict(PUBLISHED)
    book = rulebooks.facts(row)
    if seen is not None and seen != fingerprint(book):
        raise Conflict(CHANGED)
    problems = obstacles(session, book)
    if linting.errors(book):
        problems.append(Problem("", N_("The rulebook has errors; mend them first.")))
    if problems:
        raise Invalid(problems)
    sealed_rulebooks.allow(session, row)
    row.status, row.published_at, row.published_by_id = RulebookStatus.published, now, who.staff_id
    try:
        session.flush()
    except IntegrityError as error:  # somebody was faster, on a database that locks no row
        session.rollback()
        raise Conflict(PUBLISHED) from error
    session.expire(row, ["published_by"])
    return row


def _administrator(actor: Actor | None) -> Actor:
    if actor is None or not may(actor.roles, "rulebook", Verb.edit):
        raise NotAllowed(N_("Only an administrator drafts and publishes rulebooks."))
    return actor
