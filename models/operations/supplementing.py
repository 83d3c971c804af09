"""Supplement a published rulebook: a clock that it lacks, from a day on, never backwards (domain §2). Never commits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import rulebooks, sealed_rulebooks
from models.access import Actor
from models.errors import Conflict, Invalid, NotAllowed, Problem
from models.permissions import may
from models.rules import linting
from models.rules.facts import Clock
from models.rules.parts import clock_place
from models.tables import RulebookSupplement
from models.terms import N_, RulebookStatus, Verb
from models.world import zone

_CLOCK = ("duty", "variant", "amount", "measure", "rolled", "extension", "rule", "paragraph", "source")


def supplement(
    session: Session, row: RulebookSupplement | None, values: Mapping[str, Any], actor: Actor | None, now: datetime
) -> RulebookSupplement:
    """Add the clock of a duty that the rulebook has none for; flushes. Duties that began before its day stay unopened.

    Raises:
        NotAllowed: no administrator. Conflict: a supplement never changes. Invalid: each wrong field.
    """
    if actor is None or not may(actor.roles, "rulebook_supplement", Verb.add):
        raise NotAllowed(N_("Only an administrator supplements a rulebook."))
    if row is not None:
        raise Conflict(sealed_rulebooks.SUPPLEMENTED)
    given = {**values, "variant": (values.get("variant") or "").strip()}
    if problems := list(_problems(session, given, now)):
        raise Invalid(problems)
    made = RulebookSupplement(**given, added_at=now, added_by_id=actor.staff_id)
    session.add(made)
    session.flush()
    session.expire(made.rulebook, ["supplements"])
    return made


def _problems(session: Session, given: Mapping[str, Any], now: datetime) -> Iterator[Problem]:
    book = rulebooks.whole(session, given["rulebook_id"])
    if book.status is not RulebookStatus.published:
        yield Problem("rulebook_id", N_("This rulebook is a draft: add the clock to it."))
        return
    facts = rulebooks.facts(book)
    known = [row.variant for row in facts.all_clocks if row.duty is given["duty"]]
    if given["variant"] in known or "" in known:
        yield Problem("duty", N_("This rulebook has a clock for it; a supplement adds, it changes nothing."))
    today = now.astimezone(zone()).date()
    if given["effective_from"] < max(today, book.effective_from):
        text = N_("Choose today or a later day on which the rulebook is in force: a supplement never works backwards.")
        yield Problem("effective_from", text)
    clock = Clock(*(given[name] for name in _CLOCK))
    for found in linting.errors(replace(facts, clocks=(*facts.clocks, clock))):
        if found.place == clock_place(clock):
            yield Problem("duty", found.message, params=found.params)
