"""A letter goes out: numbered and printed, delivered, declared void. Never commits."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import evidence
from models.access import Actor, all_rows
from models.errors import Conflict, Invalid, Problem
from models.files import File, clean
from models.letters import FORMS, leaks
from models.letters.facts import Content
from models.letters.numbering import default_prefix, number_text
from models.office_terms import Delivery, LetterStatus
from models.operations import attachments
from models.operations.letters import casework, checks
from models.operations.letters.rows import content, flushed, opened, text_of
from models.operations.numbers import next_number
from models.tables import Letter, Unit
from models.terms import N_
from models.world import world, zone

Draw = Callable[[Content], bytes]


@dataclass(frozen=True, slots=True)
class DeliveryInput:
    """How a letter reached whom, and when; ``proof``: the signed receipt or the like."""

    how: Delivery | None
    to: str
    at: datetime | None
    proof: Sequence[File] = ()


def issue(session: Session, letter: Letter, actor: Actor, now: datetime, draw: Draw) -> Letter:
    """Number a draft, print it and keep the paper as an attachment; flushes.

    The number is taken under the lock of its series and given back if anything fails, so that no gap is left.

    Args:
        draw: makes the PDF of a letter (``reports.letters``).

    Raises:
        NotAllowed, NotFound, Conflict; Invalid: what is missing, wrong or out of place.
    """
    with all_rows():
        row, case = opened(session, letter, actor, now)
        text = text_of(row)
        today = now.astimezone(zone()).date()
        problems = checks.missing(text) or checks.promised(text, today, world(session).rulebook(case.facts.received_at))
        problems += checks.leaking(session, text, case, casework.people_of(session, case.petition))
        problems += checks.agreeing(text, case, issuing=True) if row.step_id is None else []
        if problems:
            raise Invalid(problems)
        serial = next_number(session, f"letter:{row.unit_id}:{today.year}")
        unit = session.get_one(Unit, row.unit_id)
        number = number_text(unit.letter_prefix or default_prefix(unit.name), today.year, serial)
        file = _file(f"{number} {row.kind.zh}.pdf", draw(content(row, number, today)))
        marks = {"issued": True, "names": row.names}
        staff = actor.staff_id
        [paper] = attachments.keep(session, row.petition_id, row.step_id, [file], row.unit_id, staff, now, **marks)
        row.attachment_id, row.sha256 = paper.id, paper.sha256
        row.year, row.serial, row.number = today.year, serial, number
        row.status, row.issued_at, row.issued_by_id = LetterStatus.issued, now, staff
        flushed(session)
        return row


def _file(name: str, body: bytes) -> File:
    sha256 = hashlib.sha256(body).hexdigest()
    return File(clean(name), "application/pdf", len(body), sha256, io.BytesIO(body))


def deliver(session: Session, letter: Letter, given: DeliveryInput, actor: Actor, now: datetime) -> Letter:
    """Record how an issued letter reached its addressee; once. Flushes.

    Raises:
        NotAllowed, NotFound, Conflict; Invalid: every wrong field.
    """
    with all_rows():
        row, case = opened(session, letter, actor, now, LetterStatus.issued)
        if row.delivered_at is not None:
            raise Conflict(N_("The delivery was already recorded."))
        problems = [] if given.how is not None else [Problem("how", evidence.REQUIRED)]
        to = given.to.strip()
        if not to or len(to) > checks.RECEIVED:
            problems.append(Problem("to", evidence.TOO_LONG if to else evidence.REQUIRED))
        problems += checks.moment(given.at, row.issued_at, now)
        if problems:
            raise Invalid(problems)
        personal = FORMS[row.kind].to == "petitioner"
        kept = attachments.keep(
            session, row.petition_id, row.step_id, given.proof, row.unit_id, actor.staff_id, now, names=personal
        )
        row.proof_id = kept[0].id if kept else None
        row.delivery, row.delivered_to, row.delivered_at = given.how, to, given.at
        people = casework.people_of(session, case.petition)
        row.names = row.names or leaks.names_in(to, people)
        flushed(session)
        return row


def void(session: Session, letter: Letter, reason: str, actor: Actor, now: datetime) -> Letter:
    """Declare an issued letter void: number and paper stay on record, with who and why. Flushes.

    Raises:
        NotAllowed, NotFound, Conflict; Invalid: no reason.
    """
    with all_rows():
        row, _case = opened(session, letter, actor, now, LetterStatus.issued)
        text = reason.strip()
        if not text or len(text) > checks.REASON:
            raise Invalid([Problem("reason", evidence.TOO_LONG if text else evidence.REQUIRED)])
        row.status, row.voided_at, row.voided_by_id, row.void_reason = LetterStatus.void, now, actor.staff_id, text
        flushed(session)
        return row
