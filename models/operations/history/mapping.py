"""Places and first receivers that a ledger names and the county did not know: mapped afterwards. Never commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.access import all_rows
from models.errors import Invalid, Problem
from models.office_terms import LedgerColumn
from models.tables import LedgerWord, Petition, Place, Staff
from models.terms import N_
from models.tracing import because

MOST = 200
CHUNK = 500
AS_LEDGER = N_("A name of the ledger, mapped afterwards.")


@dataclass(frozen=True, slots=True)
class Written:
    """A name as ledgers have it, in how many petitions; ``unit_id``: of a first receiver."""

    text: str
    count: int
    unit_id: int | None = None


def places(session: Session) -> list[Written]:
    """The places that are not mapped, the most frequent first."""
    with all_rows():
        wanted = select(Petition.place_text, func.count()).where(*_unplaced()).group_by(Petition.place_text)
        rows = session.execute(wanted.order_by(func.count().desc(), Petition.place_text).limit(MOST)).all()
        return [Written(text or "", count) for text, count in rows]


def receivers(session: Session) -> list[Written]:
    """The first receivers that are not mapped, with their units."""
    with all_rows():
        columns = (Petition.receiver_text, Petition.first_unit_id)
        wanted = select(*columns, func.count()).where(*_unreceived()).group_by(*columns)
        rows = session.execute(wanted.order_by(func.count().desc(), *columns).limit(MOST)).all()
        return [Written(text or "", count, unit) for text, unit, count in rows]


def map_place(session: Session, text: str, place_id: int | None, staff_id: int | None, now: datetime) -> int:
    """Every petition with this text has the place from now on, and so has the next ledger; returns how many.

    Raises:
        Invalid: no such place.
    """
    with all_rows(), because(AS_LEDGER, now, staff_id):
        place = session.get(Place, place_id) if place_id is not None else None
        if place is None:
            raise Invalid([Problem("place_id", N_("No such place."))])
        word = select(LedgerWord.id).where(LedgerWord.field == LedgerColumn.place, LedgerWord.word == text)
        if session.scalar(word) is None:
            session.add(LedgerWord(field=LedgerColumn.place, word=text, meaning=place.code))
        count = 0
        wanted = select(Petition).where(*_unplaced(), Petition.place_text == text).limit(CHUNK)
        while rows := session.scalars(wanted).all():
            for row in rows:
                row.place_id = place.id
            session.flush()
            count += len(rows)
        return count


def map_receiver(
    session: Session, text: str, unit_id: int, person_id: int | None, staff_id: int | None, now: datetime
) -> int:
    """Every petition of the unit with this text was received by the person, who also looks after it if nobody does.

    Raises:
        Invalid: nobody of this unit.
    """
    with all_rows(), because(AS_LEDGER, now, staff_id):
        person = session.get(Staff, person_id) if person_id is not None else None
        if person is None or person.unit_id != unit_id:
            raise Invalid([Problem("staff_id", N_("The first receiver must belong to the first unit."))])
        count = 0
        mine = (Petition.first_unit_id == unit_id, Petition.receiver_text == text)
        wanted = select(Petition).where(*_unreceived(), *mine).limit(CHUNK)
        while rows := session.scalars(wanted).all():
            for row in rows:
                row.first_receiver_id = person.id
                row.keeper_id = row.keeper_id or person.id
            session.flush()
            count += len(rows)
        return count


def _unplaced() -> tuple[ColumnElement[bool], ...]:
    return Petition.place_text.is_not(None), Petition.place_id.is_(None)


def _unreceived() -> tuple[ColumnElement[bool], ...]:
    return Petition.receiver_text.is_not(None), Petition.first_receiver_id.is_(None)
