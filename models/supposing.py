"""What-if: a year computed again under a supposition, from the steps of the record; nothing is written.

The supposed year is the real one, changed only where the supposition changes something: what was decided, withdrawn or
settled under an older calendar stays, so that the same rulebook changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from models import assessing, frozen, verifying
from models.access import all_rows
from models.errors import Invalid, Problem
from models.operations.case_file import facts_of, kept_of
from models.rederivation import Stored, counted_else, read_batch
from models.rules import supposing
from models.rules.assessing import document, text
from models.rules.calendar import WorkCalendar
from models.rules.duties import derive
from models.rules.facts import Clock, DutyState, Rulebook
from models.rules.supposing import Supposition
from models.tables import Duty, Petition
from models.tables import Rulebook as RulebookRow
from models.terms import N_, DeductionStatus, Measure, Rule
from models.world import World, rulebook_fact, world

LONGEST = 3650
Key = tuple[str, str, str]  # petition, rule, occurrence
Duties = Mapping[str, DutyState]
Heard = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Supposed:
    """The supposition with what it refers to."""

    what: Supposition
    chosen: Rulebook | None
    calendar: WorkCalendar
    clocks: tuple[Clock, ...]

    def plain(self) -> dict[str, Any]:
        """As the result tells it: each clock with its length before and after."""
        clocks = [
            {
                "duty": clock.duty.value,
                "variant": clock.variant,
                "measure": clock.measure.value,
                "before": clock.amount,
                "after": self.what.clock(clock).amount,
            }
            for clock in self.clocks
            if clock.duty is not None
        ]
        return self.what.plain() | {"clocks": clocks}

    def book(self, real: Rulebook) -> Rulebook:
        """The rulebook that would have governed a petition of ``real``."""
        return self.what.book(self.chosen or real)


@dataclass(slots=True)
class _Verdict:
    """One occurrence in both worlds: its missed duties, and the duties behind them by their keys."""

    unit: int
    before: list[DutyState]
    after: list[DutyState]
    why: list[dict[str, Any]]


def suppose(
    session: Session, year: int, as_of: datetime, what: Supposition, heard: Heard = lambda done, total: None
) -> dict[str, Any]:
    """The year under the supposition beside the real one (shape: docs/what-if.md); of a frozen year the frozen one.

    Args:
        as_of: the moment of judgement of a year that is not frozen; a frozen one is judged at its own.
        heard: told how many petitions of how many are done.

    Raises:
        Invalid: nothing is supposed, or it names a rulebook, clock or length that does not exist.
    """
    with all_rows():
        row = frozen.latest(session, year)
        inputs = verifying.inputs_of(session, row) if row else assessing.gather(session, year, as_of)
        moment = datetime.fromisoformat(inputs["as_of"])
        there = checked(session, what, year)
        changed = _changed(session, there, year, moment, heard)
        again = _inputs(world(session), inputs, there, changed, year, moment)
    before, after = document(inputs), document(again)
    found = supposing.compare(before, after)
    for one in found["deductions"]:
        verdict = changed.get(_key(one), {}).get(one["unit"])
        one["why"] = verdict.why if verdict else []
    head = {"official": False, "year": year, "as_of": inputs["as_of"], "rulebook": before["rulebook"]}
    return head | {"frozen": row is not None, "supposed": there.plain()} | found


def _key(line: Mapping[str, Any]) -> Key:
    return line["petition"], line["rule"], line["occurrence"]


def checked(session: Session, what: Supposition, year: int) -> Supposed:
    """The supposition with what it refers to. Raises Invalid as ``suppose`` does."""
    here, problems = world(session), []
    if what.empty:
        problems.append(Problem("rulebook", N_("Suppose at least one thing: another rulebook, a clock or a day.")))
    chosen = _version(session, what.rulebook) if what.rulebook else None
    if what.rulebook and chosen is None:
        problems.append(Problem("rulebook", N_("There is no such version of the rulebook.")))
    clocks = (chosen or assessing.rulebook_of(here, year)).clocks
    known = {(clock.duty, variant) for clock in clocks for variant in ("", clock.variant)}
    for name, amount in what.clocks.items():
        if name not in known:
            problems.append(Problem(supposing.clock_name(name), N_("The rulebook has no such clock.")))
        elif not 0 <= amount <= LONGEST:
            problems.append(Problem(supposing.clock_name(name), N_("Enter a length from 0 to 3650.")))
    if problems:
        raise Invalid(problems)
    return Supposed(what, chosen, what.calendar(here.calendar), tuple(filter(what.covers, clocks)))


def _version(session: Session, version: str) -> Rulebook | None:
    """Any version, a draft too: that is what a trial is for."""
    parts = (selectinload(RulebookRow.clocks), selectinload(RulebookRow.points))
    row = session.scalars(select(RulebookRow).where(RulebookRow.version == version).options(*parts)).first()
    return rulebook_fact(row) if row else None


def _scope(year: int, as_of: datetime) -> Any:
    """Petitions of which a duty falls in the year, or might under other clocks."""
    due = exists().where(
        Duty.petition_id == Petition.id, Duty.due_on >= date(year, 1, 1), Duty.due_on <= date(year, 12, 31)
    )
    early = datetime.combine(date(year - 1, 1, 1), time.min, UTC)
    return and_(Petition.received_at <= as_of, or_(Petition.received_at >= early, due))


def _changed(
    session: Session, there: Supposed, year: int, as_of: datetime, heard: Heard
) -> dict[Key, dict[str, _Verdict]]:
    """Every occurrence that is judged otherwise, by key and unit code; read in batches, only differences are kept."""
    here, scope = world(session), _scope(year, as_of)
    total = session.scalar(select(func.count()).select_from(Petition).where(scope)) or 0
    found: dict[Key, dict[str, _Verdict]] = defaultdict(dict)
    last = done = 0
    while part := read_batch(session, last, scope):
        for one in part:
            for key, verdict in _judged(here, there, one, year, as_of):
                found[key][here.units[verdict.unit].code] = verdict
        last, done = part[-1].petition.id, done + len(part)
        heard(done, total)
    return found


def _judged(here: World, there: Supposed, one: Stored, year: int, as_of: datetime) -> Iterator[tuple[Key, _Verdict]]:
    steps = [step for step in one.steps if step.at <= as_of]
    if not steps:
        return
    book = here.rulebook(one.petition.received_at)
    other = there.book(book)
    if other.clocks == book.clocks and other.grace_days == book.grace_days and there.calendar == here.calendar:
        return
    real, supposed = _both(here, there, one, steps, as_of)
    before, after = _missed(here, real, book, year, as_of), _missed(here, supposed, other, year, as_of)
    for name in sorted({*before, *after}):
        old, new = before.get(name, []), after.get(name, [])
        if [_told(duty) for duty in old] == [_told(duty) for duty in new]:
            continue
        unit, rule, occurrence = name
        keys = dict.fromkeys(duty.key for duty in (*old, *new))
        why = [_why(real.get(key), supposed.get(key), here) for key in keys]
        yield (one.petition.number, rule, occurrence), _Verdict(unit, old, new, why)


def _both(here: World, there: Supposed, one: Stored, steps: list[Any], as_of: datetime) -> tuple[Duties, Duties]:
    """The duties as they are, and as they would be; a date that was settled under an older calendar stays in both."""
    facts = facts_of(here, one.petition, steps)
    book = here.rulebook(facts.received_at)
    fresh = derive(facts, book, here.calendar, here.zone, as_of)
    dues = {duty.key: duty.due for duty in fresh.duties}
    kept = {key: due for key, due in kept_of(one.duties).items() if key in dues and counted_else(due, dues[key])}
    real = derive(facts, book, here.calendar, here.zone, as_of, kept) if kept else fresh
    other = derive(facts, there.book(book), there.calendar, here.zone, as_of)
    moved = {duty.key: duty.due.at for duty in other.duties}
    same = {key: due for key, due in kept.items() if moved.get(key) == dues[key].at}
    if same:
        other = derive(facts, there.book(book), there.calendar, here.zone, as_of, same)
    return {duty.key: duty for duty in real.duties}, {duty.key: duty for duty in other.duties}


def _missed(
    here: World, duties: Duties, book: Rulebook, year: int, as_of: datetime
) -> dict[tuple[int, str, str], list[DutyState]]:
    """What costs points in the year: missed duties by (unit, rule, occurrence), the earliest first."""
    found: dict[tuple[int, str, str], list[DutyState]] = defaultdict(list)
    for duty in duties.values():
        if duty.rule is None or duty.occurrence is None or duty.due.at >= as_of:
            continue
        if duty.missed(as_of) and max(1, duty.late_days(as_of, here.zone)) > book.grace_days:
            found[duty.unit, duty.rule.value, duty.occurrence].append(duty)
    for listed in found.values():
        listed.sort(key=lambda duty: (duty.due.at, duty.key))
    return {name: listed for name, listed in found.items() if listed[0].due.on.year == year}


def _told(duty: DutyState) -> tuple[str, datetime, datetime | None]:
    return duty.key, duty.due.at, duty.discharged_at


def _why(before: DutyState | None, after: DutyState | None, here: World) -> dict[str, Any]:
    """One duty on both sides: when it is due here and there, and when it was done."""
    one = after or before
    assert one is not None
    done = one.discharged_at or (before.discharged_at if before else None)
    return {
        "kind": one.kind.value,
        "paragraph": one.paragraph,
        "due_before": _due(before, here) if before else None,
        "due_after": _due(after, here) if after else None,
        "discharged": done.astimezone(here.zone).isoformat() if done else None,
    }


def _due(duty: DutyState, here: World) -> str:
    hours = duty.measure is Measure.hours
    return duty.due.at.astimezone(here.zone).isoformat() if hours else duty.due.on.isoformat()


def _inputs(
    here: World,
    inputs: Mapping[str, Any],
    there: Supposed,
    changed: Mapping[Key, Mapping[str, _Verdict]],
    year: int,
    as_of: datetime,
) -> dict[str, Any]:
    """The real inputs with what the supposition changes."""
    lines: list[dict[str, Any]] = []
    known: set[tuple[Key, str]] = set()
    for line in inputs["deductions"]:
        key, unit = _key(line), line["unit"]
        known.add((key, unit))
        verdict = changed.get(key, {}).get(unit)
        if verdict is None:
            lines.append(line)
        elif verdict.after:
            lines.append(line | {"duties": _duties(here, verdict, as_of)})
    for key, units in changed.items():
        for unit, verdict in units.items():
            if verdict.after and (key, unit) not in known:
                lines.append(_new(here, there, key, unit, verdict, as_of))
    if there.chosen is None:
        scheme = inputs["rulebook"]
    else:
        scheme = assessing.scheme(there.chosen)
        lines = [_priced(line, inputs["rulebook"]["points"], scheme["points"]) for line in lines]
    lines.sort(key=lambda line: (line["unit"], *_key(line)))
    return {**inputs, "rulebook": scheme, "deductions": lines}


def _new(here: World, there: Supposed, key: Key, unit: str, verdict: _Verdict, as_of: datetime) -> dict[str, Any]:
    petition, rule, occurrence = key
    book = there.chosen or here.rulebook(verdict.after[0].opened_at)
    said = dict.fromkeys(("statement", "decision", "appeal", "ruling"))
    head = {"unit": unit, "petition": petition, "rule": rule, "occurrence": occurrence}
    points = text(book.points.get(Rule(rule), Decimal(0)))
    more = {"points": points, "status": DeductionStatus.proposed.value, "duties": _duties(here, verdict, as_of)}
    return head | more | said


def _priced(line: Mapping[str, Any], was: Mapping[str, str], would: Mapping[str, str]) -> dict[str, Any]:
    """The points of another rulebook; a rule that costs the same keeps what was charged, under older versions too."""
    rule = line["rule"]
    fresh = would.get(rule, text(Decimal(0)))
    return {**line, "points": fresh} if fresh != was.get(rule) else dict(line)


def _duties(here: World, verdict: _Verdict, as_of: datetime) -> list[dict[str, Any]]:
    return [
        {
            "kind": duty.kind.value,
            "paragraph": duty.paragraph,
            "due": _due(duty, here),
            "discharged": duty.discharged_at.astimezone(here.zone).isoformat() if duty.discharged_at else None,
            "late_days": max(1, duty.late_days(as_of, here.zone)),
        }
        for duty in verdict.after
    ]
