"""The set-wise load and the step-by-step operations leave the same rows in every table, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import all_rows
from models.base import Base
from models.errors import DomainError, EvidenceMissing, Invalid
from models.operations.case_file import file_of, state_of, world
from models.operations.history import replay
from models.operations.history.judge import NOT_A_ROW
from models.operations.history.load import BadRows, load
from models.operations.history.rows import matter_of, step_of
from models.operations.history.staging import STEP, Staging
from models.operations.history.values import Cells
from models.operations.history.words import Words
from models.operations.intake import register
from models.operations.reconcile import reconcile
from models.operations.steps import perform
from models.tables import Petition, Place, Staff, Step
from models.terms import StepKind
from models.world import zone
from tests import factories, ledgers

AS_OF = datetime(2026, 3, 1, 4, tzinfo=UTC)
OFFICES = ledgers.Offices("XFJ", ("T1", "T2"), ("D1", "D2"), ("P1",))
SEED = 3  # one with every kind of step


@pytest.fixture
def county(session: Session) -> Session:
    factories.county(session)
    session.add(Place(code="P1", name="城关镇", active=True))
    session.flush()
    session.commit()
    return session


def words(session: Session) -> Words:
    here = world(session)
    places = [(row.id, row.code, row.name) for row in session.scalars(select(Place))]
    return Words.of(list(here.units.values()), places, here.zone)


def receiver(session: Session, unit: int, name: str) -> int | None:
    """The staff record of a first receiver; none is made."""
    return session.scalar(select(Staff.id).where(Staff.unit_id == unit, Staff.name == name)) if name else None


def one_by_one(session: Session, ledger: Staging) -> dict[int, str]:
    """Every petition and every step through the operations that the screens use, each at its own moment.

    Returns what was refused: line → reason.
    """
    ledger.read()
    known, refused = words(session), {}
    for group in ledger.groups():
        matter = matter_of(Cells(group.petitions[0].cells, known))
        given = matter.given
        given.recorded_at = AS_OF
        given.first_receiver_id = receiver(session, given.first_unit_id or 0, matter.receiver)
        given.receiver_text = matter.receiver or None if given.first_receiver_id is None else None
        petition = register(session, given, None, replay.first_moment(matter), ledger=True)
        for row in group.steps:
            told = step_of(Cells(row.cells, known))
            assert told is not None
            step = told.step
            step.recorded_at = AS_OF
            case = file_of(session, petition)
            try:
                for act in filter(None, (replay.implied_route(case.facts, case.state, step), step)):
                    perform(session, petition, act, None, act.at, ledger=True)
            except (Invalid, EvidenceMissing) as error:
                refused[row.line] = error.problems[0].message
            except DomainError as error:
                refused[row.line] = error.message
        case = file_of(session, petition)
        state = state_of(session, case.facts, case.kept, AS_OF)
        if {duty.key for duty in state.duties} - case.duties.keys():
            case.state = state
            reconcile(session, case, AS_OF)
    return refused


def dump(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours; keys of rows that are made here as what they stand for."""
    session.flush()
    link = session.connection()
    numbers = dict(link.execute(select(Petition.id, Petition.number)).all())
    acts = {
        key: (numbers[petition], seq)
        for key, petition, seq in link.execute(select(Step.id, Step.petition_id, Step.seq))
    }
    people = {key: (unit, name) for key, unit, name in link.execute(select(Staff.id, Staff.unit_id, Staff.name))}
    keys = {"petition": numbers, "step": acts, "staff": people}
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name.startswith("ab_") or table.name == "alembic_version":
            continue
        rows = []
        for row in link.execute(select(table)).mappings():
            values = {name: value for name, value in row.items() if name != "id"}
            for column in table.c:
                for key in column.foreign_keys:
                    known = keys.get(key.column.table.name, {})
                    values[column.name] = known.get(values[column.name], values[column.name])
            rows.append(values)
        found[table.name] = sorted(rows, key=repr)
    return found


def test_both_ways_leave_the_same_rows(county: Session, tmp_path: Path) -> None:
    paths = ledgers.write(tmp_path, 60, OFFICES, seed=SEED)
    with all_rows():
        with Staging(*paths, zone()) as ledger:
            one_by_one(county, ledger)
        slow = dump(county)
        county.rollback()
        with Staging(*paths, zone()) as ledger:
            outcome = load(county, ledger, as_of=AS_OF)
        fast = dump(county)
    assert outcome.petitions == 60 == len(fast["petition"])
    assert {row["kind"] for row in fast["step"]} >= {StepKind.extend, StepKind.pause, StepKind.uphold, StepKind.reopen}
    for name, rows in slow.items():
        assert len(fast[name]) == len(rows), name
        for mine, theirs in zip(fast[name], rows, strict=True):
            assert mine == theirs, name


OUTCOMES = {
    "route": "ABCDE",
    "inform": ("accepted", "transferred", "legal_route"),
    "reply": ("resolved", "explained"),
    "report_result": ("bureau", "first_unit"),
    "report_urgent": ("bureau", "unit_leader"),
    "close": ("", "withdrawn"),
}


def nonsense(seed: int) -> list[ledgers.Row]:
    """Steps in an order that nobody would take them."""
    rng, units = Random(seed), ("XFJ", "T1", "D1", "D2")
    kinds = [kind.value for kind in StepKind if kind.value not in NOT_A_ROW]
    moment, rows = datetime(2025, 3, 3, 9, tzinfo=zone()), []
    for minute in range(12):
        kind = rng.choice((*kinds, "route", "transfer", "reply", "close", "reopen"))
        moment += rng.choice((-1, 1, 1, 1, 3, 20)) * ledgers.DAY + timedelta(minutes=minute)
        row = {"number": f"N{seed:03}", "step": kind, "at": ledgers.written(moment), "unit": rng.choice(units)}
        row |= {"to_unit": rng.choice(units), "outcome": rng.choice(OUTCOMES.get(kind, ("",)))}
        rows.append(row | {"days": "20" if kind == "extend" else "", "until": "2025-06-01" if kind == "reply" else ""})
    return rows


def test_both_ways_refuse_the_same_steps(county: Session, tmp_path: Path) -> None:
    rows = [
        (
            petition
            | {
                "number": f"N{seed:03}",
                "first_unit": "T1",
                "received_at": "2025-03-01 09:00",
                "registered_at": "2025-03-01 10:00",
                "urgent_at": "",
            },
            nonsense(seed),
        )
        for seed, (petition, _) in enumerate(ledgers.tales(40, OFFICES))
    ]
    paths = ledgers.write_rows(tmp_path, rows)
    with all_rows():
        with Staging(*paths, zone()) as ledger:
            slow = one_by_one(county, ledger)
        county.rollback()
        with Staging(*paths, zone()) as ledger:
            with pytest.raises(BadRows):
                load(county, ledger, as_of=AS_OF)
            fast = {line: faults[0][0].message for line, _, faults in ledger.reported(STEP) if faults}
    assert len(slow) > 100
    assert fast == slow
