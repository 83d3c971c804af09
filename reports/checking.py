"""Do the kept papers of a frozen year still say what was frozen? Bytes, enclosed data, and, if asked, drawn anew."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.store import Damaged
from models.tables import Assessment, AssessmentPaper
from models.terms import AssessmentStatus
from reports import official
from reports.official import Source
from reports.printing import Made, Style

AT_ONCE = 100
DOCUMENT = "assessment.json"


@dataclass(frozen=True, slots=True)
class Papers:
    """How many kept papers were looked at up to the first bad one, and what is wrong with it; empty: nothing is."""

    count: int
    difference: str
    skipped: int = 0  # drawn by other software: not drawn anew


def check(session: Session, row: Assessment, *, redraw: bool = False) -> Papers:
    """Every kept paper of a revision, oldest first. Run inside ``all_rows``."""
    read: dict[bool, Source] = {}
    count = skipped = 0
    for paper in _papers(session, row):
        status = AssessmentStatus.superseded if paper.superseded else AssessmentStatus.frozen
        if paper.superseded not in read:
            read[paper.superseded] = Source.read(session, row, status)
        made = read[paper.superseded].made(official.wanted_of(session, row, paper), paper.county)
        count += 1
        if wrong := _difference(paper, made, redraw=redraw):
            return Papers(count, f"paper {paper.name}: {wrong}", skipped)
        skipped += redraw and paper.software != official.software()
    return Papers(count, "", skipped)


def _papers(session: Session, row: Assessment) -> Iterator[AssessmentPaper]:
    """By key, some at a time."""
    wanted = select(AssessmentPaper).where(AssessmentPaper.assessment_id == row.id).order_by(AssessmentPaper.id)
    last = 0
    while found := session.scalars(wanted.where(AssessmentPaper.id > last).limit(AT_ONCE)).all():
        yield from found
        last = found[-1].id


def _difference(paper: AssessmentPaper, made: Made, *, redraw: bool) -> str:
    try:
        body = b"".join(official.content(paper))
    except Damaged:
        return "its bytes are not in the store, or others"
    ours = paper.software == official.software()
    if told := _enclosed(body, made, whole=ours):
        return told
    if not redraw or not ours:
        return ""
    again = made.drawn(Style(paper.tagged, paper.red_head))
    # a signature has its time, and is appended to what was drawn
    same = body.startswith(again) if paper.signed else body == again
    return "" if same else "drawn anew it is another"


def _enclosed(body: bytes, made: Made, *, whole: bool) -> str:
    """Whether the data inside the file are those that the frozen year gives; what other software wrote as a value."""
    known = {one.name: one.text.encode() for one in made.enclosures}
    try:
        with pikepdf.open(io.BytesIO(body)) as file:
            found = {name: spec.get_file().read_bytes() for name, spec in file.attachments.items()}
    except pikepdf.PdfError:
        return "it cannot be read"
    if not whole:
        return "" if _value(known.get(DOCUMENT)) == _value(found.get(DOCUMENT)) else f"enclosed {DOCUMENT}"
    return next((f"enclosed {name}" for name in sorted({*known, *found}) if known.get(name) != found.get(name)), "")


def _value(text: bytes | None) -> Any:
    try:
        return json.loads(text or b"")
    except ValueError:
        return text
