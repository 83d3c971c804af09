"""The live assessment of a year: its inputs read from the record, its document computed by the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from models import frozen, frozen_units
from models.access import Actor, all_rows, current_actor
from models.queries import Group, groups, hearing_lines, late_days, score_lines
from models.rates import figures
from models.rules import assessing, misses
from models.rules.facts import Rulebook
from models.tables import Assessment, Deduction, Duty
from models.terms import AssessmentStatus, DeductionStatus, Rule
from models.world import World, world, zone

# a status that a deduction came into, and what was said of it
Move = tuple[DeductionStatus, str | None]


def assessment(session: Session, year: int, as_of: datetime) -> dict[str, Any]:
    """Live scores of all units as of ``as_of``: the document of interface.md, as the session's user may see it."""
    return assessment_for(current_actor(), session, year, as_of)


def assessment_for(actor: Actor | None, session: Session, year: int, as_of: datetime) -> dict[str, Any]:
    """The same for a named reader."""
    with all_rows():
        found = assessing.document(gather(session, year, as_of))
        return seen_by(session, actor, found)


def official(session: Session, year: int, as_of: datetime) -> dict[str, Any]:
    """What page, paper and command show: the frozen document of the latest revision, else the live one."""
    actor = current_actor()
    with all_rows():
        row = frozen.latest(session, year)
        if row is None:
            return assessment_for(actor, session, year, as_of)
        return seen_by(session, actor, of_revision(session, row), row)


def of_revision(session: Session, row: Assessment, status: AssessmentStatus | None = None) -> dict[str, Any]:
    """The document that a revision froze, and what it is; ``status``: what it was at another time."""
    found: dict[str, Any] = frozen.part(session, row, "results")
    head = {name: found.pop(name) for name in ("year", "as_of", "rulebook")}
    at = row.frozen_at.isoformat() if row.frozen_at else None
    state = {"status": (status or row.status).value, "revision": row.revision, "frozen_at": at, "manifest": row.sha256}
    return head | state | found


def seen_by(
    session: Session, actor: Actor | None, document: dict[str, Any], row: Assessment | None = None
) -> dict[str, Any]:
    """All scores are public inside the county; which petitions lie behind them a unit sees only of itself.

    Args:
        row: the revision that the document is of.
    """
    if actor is None or actor.wide:
        return document
    return open_to(document, *frozen_units.own_codes(session, actor, row))


def open_to(document: dict[str, Any], *codes: str) -> dict[str, Any]:
    """The document as who answers for the units ``codes`` sees it: of others the scores alone."""
    shown = [unit if unit["code"] in codes else unit | {"deductions": []} for unit in document["units"]]
    return document | {"units": shown}


def gather(session: Session, year: int, as_of: datetime, assessed: frozenset[int] | None = None) -> dict[str, Any]:
    """Everything the year's scores rest on, as plain JSON in a stable order (``rules.assessing.document``).

    Args:
        assessed: the units of a year that was frozen before; else those that are active. With them every unit that
            has a deduction.
    """
    here = world(session)
    book = rulebook_of(here, year)
    lines = _lines(session, year, as_of)
    units = sorted(here.units.values(), key=lambda unit: unit.code)
    shown = [one for one in units if (one.active if assessed is None else one.id in assessed) or lines.get(one.id)]
    return {
        "year": year,
        "as_of": as_of.isoformat(),
        "rulebook": scheme(book),
        "units": [
            {"code": unit.code, "name": unit.name, "name_en": unit.name_en, "kind": unit.kind.value} for unit in shown
        ],
        "deductions": [{"unit": unit.code, **line} for unit in shown for line in lines.get(unit.id, [])],
        "figures": figures(session, book.rates, year, as_of),
    }


def rulebook_of(here: World, year: int) -> Rulebook:
    """The last version in force in the year; the newest of all for a year before every version."""
    fitting = [book for book in here.rulebooks if book.effective_from.year <= year]
    return fitting[-1] if fitting else here.rulebooks[-1]


def scheme(book: Rulebook) -> dict[str, Any]:
    """What of a rulebook the scores rest on, as plain JSON."""
    points = {rule.value: assessing.text(value) for rule, value in sorted(book.points.items())}
    caps = {rule.value: assessing.text(value) for rule, value in sorted(book.caps.items())}
    return {
        "version": book.version,
        "base": assessing.text(book.base),
        "floor": assessing.text(book.floor),
        "grace_days": book.grace_days,
        "points": points,
        "caps": caps,
        "sections": [
            {"code": one.code, "title": one.title, "title_en": one.title_en}
            | {"cap": None if one.cap is None else assessing.text(one.cap), "rules": [rule.value for rule in one.rules]}
            for one in book.sections
        ],
        "rates": [
            {"indicator": one.indicator.value, "weight": assessing.text(one.weight)}
            | {"target": assessing.text(one.target), "fewest": one.fewest, "paragraph": one.paragraph}
            for one in book.rates
        ],
        "grades": [
            {"title": one.title, "title_en": one.title_en, "from": assessing.text(one.from_score)}
            for one in book.grades
        ],
        "peers": [
            {"code": one.code, "title": one.title, "title_en": one.title_en, "unit": one.unit}
            | {"kind": one.kind.value if one.kind else None}
            for one in book.peers
        ],
    }


def _lines(session: Session, year: int, as_of: datetime) -> dict[int, list[dict[str, Any]]]:
    """Deductions of each unit: recorded ones, and what a scan would add now."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    fresh = groups(session, as_of)
    more = {group.known.id: group for group in fresh if group.known}
    told = _told(session, year, list(more), as_of)
    for row in session.scalars(score_lines(year, list(more))):
        if line := _recorded(row, more.get(row.id), told.get(row.id, []), year, as_of):
            found[row.unit_id].append(line)
    proposed = DeductionStatus.proposed
    for group in fresh:
        if group.year == year and not group.known:
            listed = [_duty(duty, as_of) for duty in _by_due(group.duties)]
            line = _line(group.number, group.rule, group.occurrence, group.points, proposed, listed)
            found[group.unit].append(line)
    for lines in found.values():
        lines.sort(key=lambda line: (line["petition"], line["rule"], line["occurrence"]))
    return found


def _told(session: Session, year: int, also: Sequence[int], as_of: datetime) -> dict[int, list[Move]]:
    """Deduction → what was said in its hearing up to ``as_of``, in order: (status, reason)."""
    found: dict[int, list[Move]] = defaultdict(list)
    for key, status, reason in session.execute(hearing_lines(year, as_of, also)):
        found[key].append((status, reason))
    return found


def _recorded(
    row: Deduction, group: Group | None, told: list[Move], year: int, as_of: datetime
) -> dict[str, Any] | None:
    """How the year tells of a deduction as it stood at ``as_of``; None if it does not.

    What was proposed anew begins anew, in the year of what it rests on now; the year of what was excused before tells
    how that ended.
    """
    past = [item for item in row.duties if item.duty.due_at < as_of]
    hearings = _hearings(told)
    if group is not None and group.known is not None and group.known.excused:  # a scan would propose it anew
        counting, excused, hearings = list(group.duties), [item.duty for item in past], [*hearings, []]
    else:
        counting = [item.duty for item in past if not item.excused] + list(group.duties if group else ())
        excused = [item.duty for item in past if item.excused]
    counts_in = row.year if group is None else group.year
    if excused and len(hearings) < 2:  # at ``as_of`` it had not been proposed anew yet
        counting, excused, hearings = (counting, excused, [*hearings, []]) if counting else (excused, [], hearings)
        counts_in = min(duty.due_on for duty in counting).year
    ended = [duty for duty in excused if duty.due_on.year == year]
    if counts_in != year:
        hearings, duties = hearings[:-1], ended
    else:
        duties = [*ended, *counting] if counting else []
    if not duties:
        return None
    said = hearings[-1] if hearings else []
    status = said[-1][0] if said else DeductionStatus.proposed
    listed = [_duty(duty, as_of) for duty in _by_due(duties)]
    return _line(row.petition.number, row.rule, row.occurrence, row.points, status, listed, dict(said))


def _hearings(told: list[Move]) -> list[list[Move]]:
    """The moves from each proposal to the next."""
    found: list[list[Move]] = []
    for move in told:
        if move[0] is DeductionStatus.proposed or not found:
            found.append([])
        found[-1].append(move)
    return found


def _by_due(duties: Iterable[Duty]) -> list[Duty]:
    return sorted(duties, key=lambda duty: (duty.due_at, duty.id))


def _line(
    number: str,
    rule: Rule,
    occurrence: str,
    points: Decimal,
    status: DeductionStatus,
    duties: list[dict[str, Any]],
    said: Mapping[DeductionStatus, str | None] = MappingProxyType({}),
) -> dict[str, Any]:
    """``said``: what was said last in each status; a reason of the console's own is a msgid."""
    return {
        "petition": number,
        "rule": rule.value,
        "occurrence": occurrence,
        "points": assessing.text(points),
        "status": status.value,
        "duties": duties,
        "statement": said.get(DeductionStatus.answered),
        "decision": said.get(DeductionStatus.confirmed) or said.get(DeductionStatus.withdrawn),
        "appeal": said.get(DeductionStatus.appealed),
        "ruling": said.get(DeductionStatus.upheld) or said.get(DeductionStatus.overturned),
    }


def _duty(duty: Duty, as_of: datetime) -> dict[str, Any]:
    """``due``: a date, of an hour clock a moment. What happened after ``as_of`` had not happened yet."""
    done = duty.discharged_at if duty.discharged_at and duty.discharged_at <= as_of else None
    return {
        "kind": duty.kind.value,
        "paragraph": duty.paragraph,
        "due": misses.due_text(duty.measure, duty.due_at, duty.due_on, zone()),
        "discharged": done.astimezone(zone()).isoformat() if done else None,
        "late_days": late_days(duty, as_of),
    }
