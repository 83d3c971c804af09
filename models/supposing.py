"""What-if: a year computed again under a supposition, from the steps of the record; nothing is written.

The supposed year is the real one, changed only where the supposition changes something: what was decided, withdrawn or
settled under an older calendar stays, so that the same rulebook changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models import assessing, frozen, frozen_units, rulebooks, supposed_rates, verifying
from models.access import all_rows
from models.errors import Invalid, NotFound, Problem
from models.operations.case_file import facts_of, kept_of
from models.rederivation import Stored, counted_else, read_batch
from models.rules import misses, supposing
from models.rules.assessing import document, text
from models.rules.calendar import WorkCalendar
from models.rules.duties import derive
from models.rules.facts import Clock, DutyState, Rulebook
from models.rules.misses import Duties
from models.rules.supposing import Supposition
from models.tables import Assessment, Duty, Petition
from models.terms import N_, DeductionStatus, Rule
from models.world import World, world

LONGEST = 3650
Key = tuple[str, str, str]  # petition, rule, occurrence
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


@dataclass(slots=True)
class _Changed:
    """Every occurrence that is judged otherwise, by key and unit code, and what changes in the counts of rates."""

    verdicts: dict[Key, dict[str, _Verdict]]
    counts: Counter[tuple[str, str, str]]


def suppose(
    session: Session, year: int, as_of: datetime, what: Supposition, heard: Heard = lambda done, total: None
) -> dict[str, Any]:
    """The year under the supposition beside the real one (shape: docs/what-if.md); of a frozen year the frozen one.

    Args:
        as_of: the moment of judgement of a year that is not frozen; a frozen one is judged at its own.
        heard: told how many petitions of how many are done.

    Raises:
        Invalid: it names a rulebook, clock or length that does not exist.
    """
    with all_rows():
        row = frozen.latest(session, year)
        inputs = _frozen_inputs(session, row) if row else assessing.gather(session, year, as_of)
        moment = datetime.fromisoformat(inputs["as_of"])
        there = checked(session, what, year)
        changed = _changed(session, there, year, moment, heard)
        again = _inputs(session, inputs, there, changed, moment)
    before, after = document(inputs), document(again)
    found = supposing.compare(before, after)
    for one in found["deductions"]:
        verdict = changed.verdicts.get(_key(one), {}).get(one["unit"])
        one["why"] = verdict.why if verdict else []
    head = {"official": False, "year": year, "as_of": inputs["as_of"], "rulebook": before["rulebook"]}
    return head | {"frozen": row is not None, "supposed": there.plain()} | found


def _frozen_inputs(session: Session, row: Assessment) -> dict[str, Any]:
    """Under today's codes, for the record it is compared with is read today."""
    return frozen_units.inputs_under_codes(verifying.inputs_of(session, row), frozen_units.renames(session, row))


def _key(line: Mapping[str, Any]) -> Key:
    return line["petition"], line["rule"], line["occurrence"]


def checked(session: Session, what: Supposition, year: int) -> Supposed:
    """The supposition with what it refers to. Raises Invalid as ``suppose`` does."""
    here, problems = world(session), []
    chosen = _version(session, what.rulebook) if what.rulebook else None
    if what.rulebook and chosen is None:
        problems.append(Problem("rulebook", N_("There is no such version of the rulebook.")))
    clocks = (chosen or assessing.rulebook_of(here, year)).all_clocks
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
    try:
        return rulebooks.facts(rulebooks.named(session, version))
    except NotFound:
        return None


def _scope(year: int, as_of: datetime) -> Any:
    """Petitions of which a duty falls in the year, or might under other clocks."""
    due = exists().where(
        Duty.petition_id == Petition.id, Duty.due_on >= date(year, 1, 1), Duty.due_on <= date(year, 12, 31)
    )
    early = datetime.combine(date(year - 1, 1, 1), time.min, UTC)
    return and_(Petition.received_at <= as_of, or_(Petition.received_at >= early, due))


def _changed(session: Session, there: Supposed, year: int, as_of: datetime, heard: Heard) -> _Changed:
    """Read in batches; only differences are kept."""
    here, scope = world(session), _scope(year, as_of)
    total = session.scalar(select(func.count()).select_from(Petition).where(scope)) or 0
    found = _Changed(defaultdict(dict), Counter())
    last = done = 0
    while part := read_batch(session, last, scope):
        for one in part:
            _compare(here, there, one, year, as_of, found)
        last, done = part[-1].petition.id, done + len(part)
        heard(done, total)
    return found


def _compare(here: World, there: Supposed, one: Stored, year: int, as_of: datetime, found: _Changed) -> None:
    """One petition on both sides."""
    steps = [step for step in one.steps if step.at <= as_of]
    book = here.rulebook(one.petition.received_at)
    other = there.book(book)
    same = other.judges_like(book) and there.calendar == here.calendar
    if same or not steps:
        return
    real, supposed = _both(here, there, one, steps, as_of)
    for key, verdict in _judged(here, one.petition.number, (real, book), (supposed, other), year, as_of):
        found.verdicts[key][here.units[verdict.unit].code] = verdict
    after, before = (
        supposed_rates.counts(duties.values(), year, as_of, one.petition.about_unit_id) for duties in (supposed, real)
    )
    after.subtract(before)
    for (unit, indicator, name), more in after.items():
        found.counts[here.units[unit].code, indicator, name] += more


def _judged(
    here: World, number: str, real: tuple[Duties, Rulebook], there: tuple[Duties, Rulebook], year: int, as_of: datetime
) -> Iterator[tuple[Key, _Verdict]]:
    """What is missed on one side and not, or on another day, on the other."""
    before, after = (misses.missed(*side, year, as_of, here.zone) for side in (real, there))
    for name in sorted({*before, *after}):
        old, new = before.get(name, []), after.get(name, [])
        if [misses.told(duty) for duty in old] == [misses.told(duty) for duty in new]:
            continue
        unit, rule, occurrence = name
        keys = dict.fromkeys(duty.key for duty in (*old, *new))
        why = [misses.why(real[0].get(key), there[0].get(key), here.zone) for key in keys]
        yield (number, rule, occurrence), _Verdict(unit, old, new, why)


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


def _inputs(
    session: Session, inputs: Mapping[str, Any], there: Supposed, changed: _Changed, as_of: datetime
) -> dict[str, Any]:
    """The real inputs with what the supposition changes."""
    here = world(session)
    lines, scheme = _lines(here, inputs, there, changed.verdicts, as_of), inputs["rulebook"]
    rates = (there.chosen or assessing.rulebook_of(here, inputs["year"])).rates
    figures = supposed_rates.supposed(session, inputs, rates, changed.counts, as_of)
    if there.chosen is not None:
        scheme = assessing.scheme(there.chosen)
        lines = [_priced(line, inputs["rulebook"]["points"], scheme["points"]) for line in lines]
    return {**inputs, "rulebook": scheme, "deductions": lines, "figures": figures}


def _lines(
    here: World,
    inputs: Mapping[str, Any],
    there: Supposed,
    changed: Mapping[Key, Mapping[str, _Verdict]],
    as_of: datetime,
) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    known: set[tuple[Key, str]] = set()
    for line in inputs["deductions"]:
        key, unit = _key(line), line["unit"]
        known.add((key, unit))
        verdict = changed.get(key, {}).get(unit)
        if verdict is None:
            lines.append(line)
        elif verdict.after:
            lines.append(line | {"duties": [misses.line(duty, as_of, here.zone) for duty in verdict.after]})
    for key, units in changed.items():
        for unit, verdict in units.items():
            if verdict.after and (key, unit) not in known:
                lines.append(_new(here, there, key, unit, verdict, as_of))
    return sorted(lines, key=lambda line: (line["unit"], *_key(line)))


def _new(here: World, there: Supposed, key: Key, unit: str, verdict: _Verdict, as_of: datetime) -> dict[str, Any]:
    petition, rule, occurrence = key
    book = there.chosen or here.rulebook(verdict.after[0].opened_at)
    said = dict.fromkeys(("statement", "decision", "appeal", "ruling"))
    head = {"unit": unit, "petition": petition, "rule": rule, "occurrence": occurrence}
    points = text(book.points.get(Rule(rule), Decimal(0)))
    more = {
        "points": points,
        "status": DeductionStatus.proposed.value,
        "duties": [misses.line(duty, as_of, here.zone) for duty in verdict.after],
    }
    return head | more | said


def _priced(line: Mapping[str, Any], was: Mapping[str, str], would: Mapping[str, str]) -> dict[str, Any]:
    """The points of another rulebook; a rule that costs the same keeps what was charged, under older versions too."""
    rule = line["rule"]
    fresh = would.get(rule, text(Decimal(0)))
    return {**line, "points": fresh} if fresh != was.get(rule) else dict(line)
