"""Frozen years: which there are, their stored parts and documents, and which deductions must not move any more."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, event, exists, func, select
from sqlalchemy.orm import Session, aliased

from models.errors import Conflict
from models.tables import (
    Assessment,
    AssessmentCorrection,
    AssessmentLine,
    AssessmentPaper,
    AssessmentPart,
    Deduction,
    IndicatorFigure,
)
from models.terms import N_, AssessmentStatus

FROZEN = N_("The year %(year)s is frozen. Open a correction with a reason, then revise the year.")
FROZEN_FIGURES = N_("The year %(year)s is frozen: its figures do not change. Open a correction with a reason first.")
SEALED = N_("A frozen assessment never changes; a correction makes a new revision.")


def latest(session: Session, year: int) -> Assessment | None:
    """The newest revision of a frozen year."""
    wanted = select(Assessment).where(Assessment.year == year, Assessment.status == AssessmentStatus.frozen)
    return session.scalars(wanted.order_by(Assessment.revision.desc()).limit(1)).first()


def revisions(session: Session, year: int) -> list[Assessment]:
    """All revisions of a year, the newest first."""
    settled = Assessment.status != AssessmentStatus.live
    wanted = select(Assessment).where(Assessment.year == year, settled)
    return list(session.scalars(wanted.order_by(Assessment.revision.desc())))


def revision(session: Session, year: int, number: int) -> Assessment | None:
    """One revision of a frozen year."""
    settled = Assessment.status != AssessmentStatus.live
    return session.scalar(select(Assessment).where(Assessment.year == year, Assessment.revision == number, settled))


def correction(session: Session, assessment: Assessment) -> AssessmentCorrection | None:
    """The correction that is open on this revision, if any."""
    return session.scalars(select(AssessmentCorrection).where(*_open_on(assessment.id))).first()


def _open_on(assessment: Any) -> tuple[ColumnElement[bool], ...]:
    return AssessmentCorrection.assessment_id == assessment, AssessmentCorrection.closed_at.is_(None)


def closed(year: Any = Deduction.year) -> ColumnElement[bool]:
    """Whether a year is frozen with no correction open: its deductions must not move."""
    settled = aliased(Assessment)
    opened = exists().where(*_open_on(settled.id))
    return exists().where(settled.year == year, settled.status == AssessmentStatus.frozen, ~opened)


def corrections(session: Session, years: Iterable[int]) -> dict[int, bool]:
    """Of the years those that are frozen, each with whether a correction of it is open."""
    opened = exists().where(*_open_on(Assessment.id))
    wanted = select(Assessment.year, opened).where(Assessment.year.in_(sorted(set(years))))
    return dict(session.execute(wanted.where(Assessment.status == AssessmentStatus.frozen)).all())


def closed_years(session: Session, years: Iterable[int]) -> set[int]:
    """Which of the years are closed."""
    return {year for year, opened in corrections(session, years).items() if not opened}


def refuse_closed(session: Session, year: int) -> None:
    """Raises Conflict for a deduction of a frozen year, and names the way."""
    if session.scalar(select(closed(year))):
        raise Conflict(FROZEN, year=year)


def pieces(session: Session, assessment: Assessment, name: str) -> Iterator[bytes]:
    """The canonical JSON of a stored part, piece by piece.

    Raises:
        ValueError: the stored text is no compressed JSON any more.
    """
    wanted = select(AssessmentPart.body).where(
        AssessmentPart.assessment_id == assessment.id, AssessmentPart.name == name
    )
    unpack = zlib.decompressobj()
    try:
        for body in session.scalars(wanted.order_by(AssessmentPart.number), execution_options={"yield_per": 4}):
            yield unpack.decompress(base64.b64decode(body, validate=True))
        yield unpack.flush()
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not unpack.eof:
        raise ValueError("the end is missing")


def part(session: Session, assessment: Assessment, name: str) -> Any:
    """A stored part as a JSON value."""
    return json.loads(b"".join(pieces(session, assessment, name)))


def stored_parts(session: Session, assessment: Assessment) -> dict[str, int]:
    """The names of the stored parts with their number of pieces."""
    wanted = select(AssessmentPart.name, func.count()).where(AssessmentPart.assessment_id == assessment.id)
    return {str(name): int(number) for name, number in session.execute(wanted.group_by(AssessmentPart.name))}


@event.listens_for(Session, "before_flush")
def _sealed(session: Session, _context: object, _instances: object) -> None:
    """The database refuses it as well (``migrations.guards``); this names the way."""
    changed = [row for row in session.dirty if session.is_modified(row)]
    if any(isinstance(row, (AssessmentLine, AssessmentPart, AssessmentPaper)) for row in (*changed, *session.deleted)):
        raise Conflict(SEALED)
    if figures := [row for row in (*session.new, *changed, *session.deleted) if isinstance(row, IndicatorFigure)]:
        kept = select(IndicatorFigure.year).where(IndicatorFigure.id.in_([row.id for row in figures if row.id]))
        years = {*session.connection().scalars(kept), *(row.year for row in figures)}
        for year in sorted(closed_years(session, years)):
            raise Conflict(FROZEN_FIGURES, year=year)
