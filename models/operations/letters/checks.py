"""What is wrong with a letter: what it lacks, what is too long, and what its readers may not know (domain §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import evidence
from models.errors import Problem
from models.letters import Form, leaks
from models.office_terms import LetterKind
from models.operations.case_file import CaseFile, world
from models.operations.letters import casework
from models.rules import promises
from models.rules.facts import Rulebook
from models.terms import N_, Case, NoticeOutcome, ReplyOutcome, StepKind
from models.world import zone

ABOUT = N_("The matter is about this unit; it is not to learn of it.")
NOT_ROUTED_SO = N_("This does not agree with how the matter was routed.")
TITLE, ADDRESSEE, REASON, RECEIVED = 240, 300, 500, 200
_FIXED = ("unit", "report")
# where the readers of a letter are named
_PLACES = {"unit": "to_unit", "report": "outcome", "units": "present"}


@dataclass(frozen=True, slots=True)
class Text:
    """What a letter of ``unit`` says, and to whom."""

    form: Form
    step: StepKind | None
    unit: int
    to_unit: int | None
    title: str
    addressee: str
    values: Mapping[str, str]

    @property
    def whole(self) -> str:
        return "\n".join((self.title, self.addressee, *self.values.values()))


def lengths(text: Text) -> list[Problem]:
    """What does not fit its column."""
    limits = (("title", text.title, TITLE), ("addressee", text.addressee, ADDRESSEE))
    return [Problem(name, evidence.TOO_LONG) for name, given, limit in limits if len(given) > limit]


def receiver(session: Session, unit: int | None, own: int) -> list[Problem]:
    """Another unit that takes part, or none yet."""
    if unit is None:
        return []
    fact = world(session).units.get(unit)
    wrong = fact is None or not fact.active or unit == own
    return [Problem("to_unit", N_("No such active unit."))] if wrong else []


def missing(text: Text) -> list[Problem]:
    """What a letter still lacks before it can be issued."""
    proofs, values = text.form.proofs(text.step), dict[str, Any](text.values)
    for proof in proofs:
        if proof.kind == "date" and values.get(proof.name):
            values[proof.name] = date.fromisoformat(values[proof.name])
    problems = evidence.complaints(proofs, values)
    if not text.title:
        problems.append(Problem("title", evidence.REQUIRED))
    if text.form.to == "unit" and text.to_unit is None:
        problems.append(Problem("to_unit", evidence.REQUIRED))
    if text.form.to in ("petitioner", "public") and not text.addressee:
        problems.append(Problem("addressee", evidence.REQUIRED))
    return problems


def promised(text: Text, today: date, book: Rulebook) -> list[Problem]:
    """A letter promises no date that the reply of it could not."""
    until = text.values.get("until")
    if text.values.get("outcome") != ReplyOutcome.explained or not until:
        return []
    found = promises.refusal(date.fromisoformat(until), today, book)
    return [Problem("until", found.message, found.paragraph, params=found.params)] if found else []


def agreeing(text: Text, case: CaseFile, *, issuing: bool) -> list[Problem]:
    """A notice says what was decided; when it goes out, what it tells of has happened (domain §7, routing)."""
    routed, outcome = case.state.case, text.values.get("outcome", "")
    if text.form.kind is LetterKind.legal_route:
        return [Problem("route", NOT_ROUTED_SO)] if routed not in (None, Case.E) else []
    if text.form.kind is not LetterKind.notice or not outcome:
        return []
    if routed is not None and outcome not in _outcomes(routed, first=text.unit == case.facts.first_unit):
        return [Problem("outcome", NOT_ROUTED_SO)]
    sent = any(leg.from_unit == text.unit and leg.status != "returned" for leg in case.state.legs)
    if issuing and outcome == NoticeOutcome.transferred and not sent:
        return [Problem("outcome", N_("The matter has not been transferred yet; take that step first."))]
    if issuing and outcome == NoticeOutcome.led_by and case.state.lead is None:
        return [Problem("outcome", N_("No lead unit has been designated yet."))]
    return []


def _outcomes(routed: Case, *, first: bool) -> set[str]:
    """What a unit may tell of a matter that was routed so: the first unit its decision, others that they have it."""
    if not first:
        return {NoticeOutcome.accepted, *([NoticeOutcome.led_by] if routed is Case.D else [])}
    decided = {Case.A: NoticeOutcome.accepted, Case.B: NoticeOutcome.transferred, Case.D: NoticeOutcome.led_by}
    return {decided[routed]} if routed in decided else set()


def leaking(session: Session, text: Text, case: CaseFile, people: list[leaks.Person]) -> list[Problem]:
    """Every field that tells its readers what they may not know; and units that are not to learn of it at all."""
    here, petition = world(session), case.petition
    helpers = casework.helpers_of(case) if text.form.to == "units" else set()
    reading = casework.receivers(here, text.form, text.unit, text.to_unit, text.values, helpers)
    problems, about = [], petition.about_unit_id
    if about is not None and about in reading and text.form.to != "public":
        copied = about in casework.units_in(here, text.values.get("cc", ""))
        problems.append(Problem("cc" if copied else _PLACES[text.form.to], ABOUT))
    known = casework.readers(here, petition, text.unit, reading if about is None else reading - {about})
    fields = {"title": text.title, **text.values}
    if text.form.to not in _FIXED:
        fields["addressee"] = text.addressee
    for name, given in fields.items():
        if message := leaks.found(given, people, known):
            problems.append(Problem(name, message))
    return problems


def moment(at: datetime | None, issued: datetime | None, now: datetime) -> list[Problem]:
    """When a letter was delivered: not before its day, not in the future."""
    if at is None:
        return [Problem("at", evidence.REQUIRED)]
    if at > now:
        return [Problem("at", N_("This lies in the future."))]
    if issued is not None and at.astimezone(zone()).date() < issued.astimezone(zone()).date():
        return [Problem("at", N_("This is before the letter was issued."))]
    return []
