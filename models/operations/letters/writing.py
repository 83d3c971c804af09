"""A letter is written: drafted from a case, changed, thrown away. Never commits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import evidence
from models.access import Actor, all_rows
from models.errors import Conflict, Invalid, NotAllowed, NotFound, Problem, StepRefused
from models.letters import FORMS, Form, leaks, plain
from models.letters.facts import CODES, Facts
from models.office_terms import LetterKind, Tongue
from models.operations import guard
from models.operations.case_file import CaseFile, file_of, world
from models.operations.letters import casework, checks
from models.operations.letters.rows import flushed, opened, values_of
from models.operations.steps import CHANGED
from models.rules import routing
from models.tables import Letter, Petition, Step
from models.terms import N_, StepKind


@dataclass(frozen=True, slots=True)
class DraftInput:
    """Which letter is wanted. ``step_id``: of a step taken already; else ``step_kind`` is the one it is meant for.

    ``values``: what the caller knows of its parts; a circulated notice is drafted from these alone.
    """

    kind: LetterKind
    step_kind: StepKind | None = None
    step_id: int | None = None
    lang: Tongue = Tongue.chinese
    to_unit: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LetterInput:
    """What the form of a draft says. ``version``: the one it saw."""

    title: str
    addressee: str
    values: Mapping[str, Any]
    to_unit: int | None = None
    version: int | None = None


def draft(session: Session, petition: Petition, given: DraftInput, actor: Actor, now: datetime) -> Letter:
    """A new draft, prefilled from the case; flushes. What may not be in the letter is left out.

    Raises:
        NotAllowed, NotFound; StepRefused: the letter belongs to no step that is taken or may be taken;
        Invalid: it would go to the unit that the matter is about.
    """
    form = FORMS[given.kind]
    unit = guard.writing_unit(actor, None, world(session).bureau)
    with all_rows():
        case = file_of(session, petition, now)
        guard.must_see(actor, case)
        step, kind = _occasion(case, form, given, unit, world(session).bureau)
        to_unit = step.to_unit_id if step is not None and form.to == "unit" else given.to_unit
        if form.to == "unit" and to_unit is not None and to_unit == petition.about_unit_id:
            raise Invalid([Problem("to_unit", checks.ABOUT)])
        lang = CODES[given.lang]
        facts = casework.facts_of(session, case, unit, kind, step, lang, to_unit, actor.staff_id)
        people = casework.people_of(session, petition)
        told = casework.told_of(session, case, step, lang) | dict(given.values)
        text = _prefilled(session, checks.Text(form, kind, unit, to_unit, "", "", {}), facts, told, case, people)
        row = Letter(petition_id=petition.id, kind=given.kind, unit_id=unit, lang=given.lang, step_kind=kind)
        row.step_id = step.id if step is not None else None
        row.drafted_at, row.drafted_by_id = now, actor.staff_id
        _keep(row, text, facts, people)
        session.add(row)
        session.flush()
        return row


def _occasion(
    case: CaseFile, form: Form, given: DraftInput, unit: int, bureau: int
) -> tuple[Step | None, StepKind | None]:
    """The step taken already, or the kind of step that it is meant for."""
    if form.bureau and unit != bureau:
        raise NotAllowed(N_("Only the bureau issues this letter."))
    if not form.steps:
        return None, None
    if given.step_id is not None:
        step = next((row for row in case.steps if row.id == given.step_id), None)
        if step is None or step.kind not in form.steps:
            raise NotFound(N_("No such step."))
        if step.unit_id != unit:
            raise NotAllowed(N_("You may act only for your own unit."))
        return step, step.kind
    if given.step_kind not in form.steps or given.step_kind not in routing.allowed(case.state, case.facts, unit):
        raise StepRefused(N_("The step that this letter belongs to cannot be taken now."))
    return None, given.step_kind


def _prefilled(
    session: Session,
    blank: checks.Text,
    facts: Facts,
    told: Mapping[str, Any],
    case: CaseFile,
    people: list[leaks.Person],
) -> checks.Text:
    """The first text of a letter, without what its readers may not know."""
    form, here = blank.form, world(session)
    values = form.filled(blank.step, facts, told)
    values |= {name: text for name, text in plain(told, form.proofs(blank.step)).items() if name in told and text}
    helpers = casework.helpers_of(case)
    reading = casework.receivers(here, form, blank.unit, blank.to_unit, values, helpers)
    known = casework.readers(here, case.petition, blank.unit, reading)
    values = {name: leaks.hidden(text, people, known) for name, text in values.items()}
    title = " ".join(leaks.hidden(form.title(facts, values), people, known).split())[: checks.TITLE]
    addressee = casework.addressee_of(form, facts, values, people, know=known.writer_knows)
    return replace(blank, title=title, addressee=addressee, values=values)


def _keep(row: Letter, text: checks.Text, facts: Facts, people: list[leaks.Person]) -> None:
    """Write the text into the row, and whether it names a petitioner."""
    row.title, row.addressee, row.to_unit_id = text.title, text.addressee, text.to_unit
    row.parts, row.facts = json.dumps(dict(text.values), ensure_ascii=False), facts.json()
    row.names = leaks.names_in(text.whole, people)


def edit(session: Session, letter: Letter, given: LetterInput, actor: Actor, now: datetime) -> Letter:
    """Change a draft; flushes. It may still be incomplete, but nothing in it may be wrong or out of place.

    Raises:
        NotAllowed, NotFound, Conflict; Invalid: every wrong field.
    """
    with all_rows():
        row, case = opened(session, letter, actor, now)
        if given.version is not None and given.version != row.version:
            raise Conflict(CHANGED)
        people = casework.people_of(session, case.petition)
        text, facts = _changed(session, row, given, people)
        problems = evidence.complaints(text.form.proofs(text.step), given.values, lambda proof: False)
        if text.to_unit != row.to_unit_id:
            problems += checks.receiver(session, text.to_unit, row.unit_id)
        problems += checks.lengths(text) + checks.leaking(session, text, case, people)
        problems += checks.agreeing(text, case, issuing=False) if row.step_id is None else []
        if problems:
            raise Invalid(problems)
        _keep(row, text, facts, people)
        flushed(session)
        return row


def _changed(
    session: Session, row: Letter, given: LetterInput, people: list[leaks.Person]
) -> tuple[checks.Text, Facts]:
    """What the letter would say. A title that nobody touched follows what is filled in."""
    form, old = FORMS[row.kind], Facts.of(row.facts)
    values = plain(given.values, form.proofs(row.step_kind))
    facts, to_unit = old, row.to_unit_id
    if form.to == "unit" and given.to_unit != to_unit:
        to_unit = given.to_unit
        facts = replace(old, to_unit=casework.unit_name(world(session), to_unit, old.lang))
    title = " ".join(given.title.split())
    if title == form.title(old, values_of(row)):
        title = form.title(facts, values)
    fixed = form.to in ("unit", "report")
    addressee = casework.addressee_of(form, facts, values, people, know=True) if fixed else given.addressee.strip()
    return checks.Text(form, row.step_kind, row.unit_id, to_unit, title, addressee, values), facts


def discard(session: Session, letter: Letter, actor: Actor, now: datetime) -> None:
    """Throw a draft away: it had no number. Flushes."""
    with all_rows():
        row, _case = opened(session, letter, actor, now)
        session.delete(row)
        flushed(session)
