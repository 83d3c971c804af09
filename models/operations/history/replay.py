"""Replay a petition in memory: the checks and rules of the screens, step by step, before anything is written.

What ``intake.register``, ``steps.perform`` and ``reconcile`` would leave behind after each step is kept here as plain
values; ``writing`` puts many petitions into the tables at once. ``tests/models/operations/test_history_same.py`` holds
the two ways together, row by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from models.operations import intake, steps
from models.operations.case_file import CaseFile, fact_of, facts_of, file_of, state_of, world
from models.operations.history.rows import Matter
from models.operations.reconcile import concerned
from models.operations.steps import StepInput
from models.rules.facts import CaseFacts, CaseState, Due, DutyState
from models.tables import Petition
from models.terms import Case, DutyStatus, InformOutcome, StepKind

IMPLIED = "台账未载明分流决定，由所载办理步骤推定。"  # a note in the county's record, as an office writes it


@dataclass(slots=True)
class Telling(CaseFile):
    """A petition in memory, as its ledger has it. ``settled``: its duties as ``reconcile`` left them at ``judged``."""

    matter: Matter | None = None
    settled: dict[str, DutyState] = field(default_factory=dict)
    before: Mapping[str, Due] = field(default_factory=dict)
    judged: datetime | None = None

    @property
    def kept(self) -> dict[str, Due]:
        """Due moments of discharged duties, never counted again (domain §3)."""
        done = {key: duty.due for key, duty in self.settled.items() if duty.status is DutyStatus.discharged}
        return {**self.before, **done}


def first_moment(matter: Matter) -> datetime:
    """When registration is replayed: when all of its own times have come."""
    given = matter.given
    return max(moment for moment in (given.received_at, given.registered_at, given.urgent_at) if moment)


def begin(session: Session, matter: Matter) -> Telling:
    """A petition of the ledger that is not on record; nothing is written."""
    given = matter.given
    assert given.number is not None
    assert given.first_unit_id is not None
    petition = intake.petition_of(given, given.number, given.first_unit_id, given.registered_at)
    now = first_moment(matter)
    told = intake.first_steps(petition, given, given.first_unit_id, None, given.registered_at, now)
    facts = facts_of(world(session), petition, told)
    case = Telling(petition, facts, state_of(session, facts, {}, now), told, {}, set(), 1, matter)
    _settle(case, now)
    return case


def resume(session: Session, petition: Petition, now: datetime) -> Telling:
    """A petition on record, to try further steps on; nothing of it is changed."""
    case = file_of(session, petition, now)
    told, involved = list(case.steps), set(case.involved)
    return Telling(petition, case.facts, case.state, told, {}, involved, case.version, before=case.kept)


def copied(case: Telling) -> Telling:
    """The petition as it stands, apart from what is taken afterwards."""
    return replace(case, steps=list(case.steps), involved=set(case.involved), settled=dict(case.settled))


def put_back(case: Telling, before: Telling) -> None:
    """Make ``case`` again what it was when ``copied`` was asked; the copy can be used again."""
    fresh = copied(before)
    for name in ("facts", "state", "steps", "duties", "involved", "version", "settled", "judged"):
        setattr(case, name, getattr(fresh, name))


def take(session: Session, case: Telling, step: StepInput, now: datetime) -> None:
    """Take ``step`` as ``steps.perform`` would at ``now``; its values must be checked already.

    Raises:
        StepRefused: it contradicts what the ledger says before.
    """
    if route := implied_route(case.facts, case.state, step):
        take(session, case, route, now)
    assert step.unit_id is not None
    row = steps.row_of(case, step, step.unit_id, None, now)
    fact = fact_of(row)
    steps.check_rules(session, case, fact, now, True)
    case.steps.append(row)
    told = sorted((*case.facts.steps, fact), key=lambda one: (one.at, one.seq))
    case.facts = replace(case.facts, steps=tuple(told))
    case.state = state_of(session, case.facts, case.kept, now)
    _settle(case, now)


def lay_out(session: Session, case: Telling, now: datetime) -> None:
    """Lay the follow-up periods out up to ``now``, as a scan would."""
    state = state_of(session, case.facts, case.kept, now)
    if {duty.key for duty in state.duties} - case.settled.keys():
        case.state = state
        _settle(case, now)


def _settle(case: Telling, now: datetime) -> None:
    """What ``reconcile`` does to the rows: new and changed duties, those that no longer follow, units concerned."""
    wanted = {duty.key: duty for duty in case.state.duties}
    for key in case.settled.keys() - wanted.keys():
        gone = case.settled[key]
        if gone.due.at > now:
            del case.settled[key]
        else:
            ended = replace(gone, status=DutyStatus.cancelled, ended_at=gone.opened_at)
            case.settled[key] = replace(ended, discharged_at=None, discharged_by=None)
    case.settled |= wanted
    case.involved |= concerned(case)
    case.version += 1
    case.judged = now


def implied_route(facts: CaseFacts, state: CaseState, step: StepInput) -> StepInput | None:
    """The routing decision that a ledger left out, where an act leaves no doubt which it was (§2(1)–(5))."""
    if state.case is not None or state.closed_at is not None:
        return None
    first = step.unit_id == facts.first_unit
    letter = {
        StepKind.transfer: Case.B if first else None,
        StepKind.reply: Case.A if first else None,
        StepKind.extend: Case.A if first else None,
        StepKind.pause: Case.A if first else None,
        StepKind.report_multi: Case.D if first else None,
        StepKind.designate: Case.D if step.unit_id == facts.bureau else None,
        StepKind.inform: Case.E if first and step.values.get("outcome") == InformOutcome.legal_route else None,
    }.get(step.kind)
    if letter is None:
        return None
    values: dict[str, object] = {"outcome": letter.value, "note": IMPLIED}
    return replace(step, kind=StepKind.route, values=values, unit_id=facts.first_unit)
