"""Verify a frozen year from what is stored alone: hashes, the recomputed document, lines, the chain of revisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import frozen, frozen_units
from models.rules import freezing
from models.rules.assessing import document
from models.tables import Assessment, AssessmentLine
from models.terms import AssessmentStatus


@dataclass(frozen=True, slots=True)
class Verdict:
    """``difference`` names the first thing that does not agree; empty: all of it does."""

    year: int
    revision: int
    sha256: str
    difference: str


def verify_all(session: Session, year: int | None = None) -> Iterator[Verdict]:
    """Every revision of a year, or of all years, oldest first. Run inside ``all_rows``."""
    wanted = select(Assessment).order_by(Assessment.year, Assessment.revision)
    if year is not None:
        wanted = wanted.where(Assessment.year == year)
    before: Assessment | None = None
    rows = list(session.scalars(wanted))
    for place, row in enumerate(rows, 1):
        last = place == len(rows) or rows[place].year != row.year
        previous = before if before is not None and before.year == row.year else None
        difference = _chain(row, previous, last=last) or verify(session, row)
        yield Verdict(row.year, row.revision, row.sha256 or "", difference)
        before = row


def _chain(row: Assessment, previous: Assessment | None, *, last: bool) -> str:
    wanted = AssessmentStatus.frozen if last else AssessmentStatus.superseded
    if row.status is not wanted:
        return f"status: {row.status.value} / {wanted.value}"
    if row.revision != (previous.revision + 1 if previous else 1):
        return f"revision: {row.revision}"
    told, found = (row.manifest or {}).get("previous"), previous.sha256 if previous else None
    return "" if told == found else f"manifest.previous: {told} / {found}"


def verify(session: Session, row: Assessment) -> str:
    """The first difference of one frozen assessment; empty if there is none."""
    manifest = row.manifest
    if not isinstance(manifest, dict) or freezing.digest(manifest) != row.sha256:
        return "manifest: its hash is another"
    if told := _columns(row, manifest):
        return told
    stored, named = frozen.stored_parts(session, row), manifest["parts"]
    if stored.keys() != named.keys():
        return f"parts: {', '.join(sorted(stored.keys() ^ named.keys()))}"
    for name in sorted(named):
        if difference := _part(session, row, name, named[name]):
            return f"part {name}: {difference}"
    return _results(session, row)


def _columns(row: Assessment, manifest: dict[str, Any]) -> str:
    by = manifest["by"]
    pairs = {
        "year": (manifest["year"], row.year),
        "revision": (manifest["revision"], row.revision),
        "frozen_at": (manifest["frozen_at"], row.frozen_at.isoformat() if row.frozen_at else None),
        "frozen_by": (by["staff"] if by else None, row.frozen_by_id),
        "reason": (manifest["reason"], row.reason),
        "rulebook": (manifest["rulebook"]["id"], row.rulebook_id),
    }
    return next((f"{name}: {told} / {found}" for name, (told, found) in pairs.items() if told != found), "")


def _part(session: Session, row: Assessment, name: str, told: dict[str, Any]) -> str:
    digest, size = hashlib.sha256(), 0
    try:
        for piece in frozen.pieces(session, row, name):
            digest.update(piece)
            size += len(piece)
    except ValueError as error:
        return f"cannot be read ({error})"
    if size != told["size"]:
        return f"size: {told['size']} / {size}"
    return "" if digest.hexdigest() == told["sha256"] else "its hash is another"


def inputs_of(session: Session, row: Assessment) -> dict[str, Any]:
    """What ``rules.assessing.document`` was given, from the stored parts."""
    return {**frozen.part(session, row, "frame"), "deductions": frozen.part(session, row, "deductions")}


def _results(session: Session, row: Assessment) -> str:
    results = b"".join(frozen.pieces(session, row, "results"))
    again = document(inputs_of(session, row))
    if freezing.canonical(again).encode() != results:
        return f"results.{freezing.first_difference(json.loads(results), again)}"
    names = ("base", "final", "pending", "score")
    columns = [getattr(AssessmentLine, name) for name in names]
    wanted = select(AssessmentLine.unit_id, AssessmentLine.rank, *columns)
    units = frozen_units.named(session, row)  # the live units may be called otherwise by now
    stored = sorted(
        (units[key].code if key in units else f"unit {key}", *line)
        for key, *line in session.execute(wanted.where(AssessmentLine.assessment_id == row.id))
    )
    told = sorted((one["code"], one["rank"], *(Decimal(one[name]) for name in names)) for one in freezing.ranked(again))
    return f"lines.{where}" if (where := freezing.first_difference([*map(list, told)], [*map(list, stored)])) else ""
