"""The letters' rows: opened for an act of their own unit, locked, and what they say as plain data."""

from __future__ import annotations

import json
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models.access import Actor
from models.errors import Conflict, NotAllowed, NotFound
from models.letters import FORMS
from models.letters.facts import Content, Facts
from models.office_terms import LetterStatus
from models.operations import guard
from models.operations.case_file import CaseFile, file_of, world
from models.operations.letters.checks import Text
from models.operations.steps import CHANGED
from models.tables import Letter
from models.terms import N_


def values_of(row: Letter) -> dict[str, str]:
    """The texts of a letter by the names of their fields."""
    found: dict[str, str] = json.loads(row.parts or "{}")
    return found


def text_of(row: Letter) -> Text:
    """What a letter says, and to whom."""
    form = FORMS[row.kind]
    return Text(form, row.step_kind, row.unit_id, row.to_unit_id, row.title, row.addressee, values_of(row))


def content(row: Letter, number: str = "", on: date | None = None) -> Content:
    """What is printed of a letter; of a draft without number and date."""
    void = row.status is LetterStatus.void
    return Content(row.kind, Facts.of(row.facts), row.title, row.addressee, values_of(row), number, on, void)


def opened(
    session: Session, letter: Letter, actor: Actor, now: datetime, status: LetterStatus = LetterStatus.draft
) -> tuple[Letter, CaseFile]:
    """The letter, locked, as it stands now, for somebody of its unit."""
    unit = guard.writing_unit(actor, None, world(session).bureau)
    locked = select(Letter).where(Letter.id == letter.id).with_for_update(of=Letter)
    row = session.scalar(locked.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(N_("No such letter."))
    case = file_of(session, row.petition, now)
    guard.must_see(actor, case)
    if row.unit_id != unit:
        raise NotAllowed(N_("You may act only for your own unit."))
    if row.status is not status:
        raise Conflict(N_("This letter was issued, voided or changed meanwhile; look at it again."))
    return row, case


def flushed(session: Session) -> None:
    """Write; what somebody else changed meanwhile is a conflict."""
    try:
        session.flush()
    except (StaleDataError, IntegrityError) as error:
        raise Conflict(CHANGED) from error
