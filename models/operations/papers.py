"""Papers of a frozen year: kept as they were drawn, handed out again, never edited. Never commits."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.office_terms import PaperKind, Tongue
from models.operations.numbers import insert_for
from models.store import store
from models.tables import AssessmentPaper

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What a kept paper is: of which revision and unit, in which language and form, under which head."""

    assessment_id: int
    name: str
    kind: PaperKind
    unit_id: int | None
    lang: Tongue
    tagged: bool
    superseded: bool
    county: str
    red_head: str
    signed: bool


def find(session: Session, facts: Facts) -> AssessmentPaper | None:
    """The paper as it was kept. The county's name at that time stays on it."""
    wanted = select(AssessmentPaper).where(
        AssessmentPaper.assessment_id == facts.assessment_id,
        AssessmentPaper.name == facts.name,
        AssessmentPaper.red_head == facts.red_head,
        AssessmentPaper.signed == facts.signed,
    )
    return session.scalar(wanted)


def shelved(facts: Facts, body: bytes, software: str, staff: int | None, now: datetime) -> dict[str, Any]:
    """Put the bytes into the store; returns the row that is to be written."""
    sha256 = hashlib.sha256(body).hexdigest()
    store().put(io.BytesIO(body), sha256, len(body))
    told = {"sha256": sha256, "size": len(body), "software": software}
    return asdict(facts) | told | {"drawn_at": now, "drawn_by_id": staff}


def keep(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows of drawn papers; of two that drew the same paper at once the first is kept."""
    session.flush()
    table: Any = AssessmentPaper.__table__
    unique = ["assessment_id", "name", "red_head", "signed"]
    for start in range(0, len(rows), AT_ONCE):
        fresh = insert_for(session, table).values(list(rows[start : start + AT_ONCE]))
        session.connection().execute(fresh.on_conflict_do_nothing(index_elements=unique))
