"""The rules against the oracle: a second working-out of domain §2–§5 that shares no line with them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import assessing
from models.access import all_rows
from models.errors import DomainError
from models.operations.history.load import load
from models.operations.history.staging import Staging
from models.rules.routing import refuse
from models.tables import Petition
from tests.oracle.county import IMPORTED, County
from tests.oracle.days import ZONE, calendar_days, working_days
from tests.oracle.dice import drawn, seeded
from tests.oracle.engine import differences, facts_at, said, state_at, step_fact, told
from tests.oracle.files import write
from tests.oracle.illegal import SCREENS_ONLY, illegal_step
from tests.oracle.ledger import work_out
from tests.oracle.ledgers import begun, ledgers, seeded_ledger
from tests.oracle.moments import DAYS

QUICK = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def test_the_oracle_counts_the_examples_of_the_text() -> None:
    assert working_days(date(2026, 2, 13), 5, *DAYS) == date(2026, 2, 27)
    assert working_days(date(2025, 12, 31), 5, *DAYS) == date(2026, 1, 8)
    assert calendar_days(date(2026, 1, 30), 15, *DAYS) == date(2026, 2, 14)
    assert calendar_days(date(2026, 8, 2), 60, *DAYS) == date(2026, 10, 8)


def agree(made: dict[str, Any], moment: datetime) -> None:
    wrong = differences(made, moment)
    assert not wrong, "\n".join([told(made), f"at {moment}", *wrong])


def test_rules_and_oracle_agree_on_many_seeds() -> None:
    for seed in range(1500):
        made = seeded_ledger(seed)
        agree(made, made["as_of"])


@given(ledgers())
@settings(QUICK, max_examples=300)
def test_rules_and_oracle_agree(made: dict[str, Any]) -> None:
    agree(made, made["as_of"])


@given(ledgers())
@settings(QUICK, max_examples=60)
def test_they_agree_at_every_step_of_the_way(made: dict[str, Any]) -> None:
    for step in made["steps"]:
        for moment in (step["at"], step["at"] + timedelta(days=1)):
            agree(made, moment)


@given(ledgers())
@settings(QUICK, max_examples=100)
def test_a_ledger_may_tell_what_was_late_or_forgotten(made: dict[str, Any]) -> None:
    for place, step in enumerate(made["steps"]):
        before = made | {"steps": made["steps"][:place]}
        fact = step_fact(step, 1000)
        refused = refuse(state_at(before, step["at"]), facts_at(before, step["at"]), fact, from_ledger=True)
        assert refused is None, f"{told(made)}\n{step}\n{refused}"


@given(st.data())
@settings(QUICK, max_examples=300)
def test_contradictions_are_refused(data: st.DataObject) -> None:
    made = data.draw(ledgers())
    why, step = illegal_step(drawn(data.draw), made)
    past = made | {"steps": [done for done in made["steps"] if done["at"] <= step["at"]]}
    state, facts, fact = state_at(past, step["at"]), facts_at(past, step["at"]), step_fact(step, 1000)
    assert refuse(state, facts, fact) is not None, f"{told(past)}\n{why}: {step}"
    if why not in SCREENS_ONLY:
        assert refuse(state, facts, fact, from_ledger=True) is not None, f"{told(past)}\n{why} (ledger): {step}"


def worked(made: dict[str, Any]) -> list[dict[str, Any]]:
    return work_out(made["petition"], made["steps"], made["bureau"], made["as_of"], DAYS)["deductions"]


@pytest.fixture
def county(session: Session) -> County:
    """The units of the ledgers; each ledger is rolled back, the units stay."""
    made = County(session)
    session.commit()
    return made


def examples(county: County) -> range:
    """More on the quick database than on the slow one."""
    return range(50) if county.session.get_bind().dialect.name == "sqlite" else range(100, 120)


@pytest.mark.both_databases
@pytest.mark.slow
def test_entered_long_afterwards_it_leads_to_the_same_deductions_and_scores(county: County) -> None:
    for seed in examples(county):
        made = seeded_ledger(seed)
        row = county.receive(made["petition"])
        for step in made["steps"]:
            county.take(row, step)
        wanted = worked(made)
        assert points(county, wanted, made["as_of"]) == owed(wanted), told(made)
        assert county.deductions(row, made["as_of"]) == said(wanted), told(made)
        county.session.rollback()


@pytest.mark.both_databases
@pytest.mark.slow
def test_entered_as_it_happens_it_leads_to_the_same_deductions(county: County) -> None:
    for seed in examples(county):
        made = seeded_ledger(seed)
        petition = made["petition"]
        now = max(begun(petition), petition["urgent_at"] or petition["received_at"])
        row = county.receive(petition, now)
        for step in made["steps"]:
            county.take(row, step, max(now, step["at"]))
        assert county.deductions(row, made["as_of"]) == said(worked(made)), told(made)
        county.session.rollback()


@pytest.mark.both_databases
@pytest.mark.slow
def test_loaded_from_files_they_lead_to_the_same_deductions(county: County, tmp_path: Path) -> None:
    """All at once, set-wise, and judged on one day by one scan."""
    made = {f"L-{seed}": seeded_ledger(seed) for seed in examples(county)}
    with Staging(*write(tmp_path, made), ZONE) as files:
        load(county.session, files, as_of=IMPORTED)
    with all_rows():
        rows = {row.number: row for row in county.session.scalars(select(Petition))}
    assert rows.keys() == made.keys()
    for number, one in made.items():
        wanted = said(worked(one | {"as_of": IMPORTED}))
        assert county.deductions(rows[number], IMPORTED) == wanted, told(one)


@pytest.mark.both_databases
@pytest.mark.slow
def test_a_contradiction_leaves_no_trace(county: County) -> None:
    for seed in examples(county):
        made, dice = seeded_ledger(seed), seeded(seed + 1_000_000)
        why, wrong = illegal_step(dice, made)
        if why in SCREENS_ONLY:
            continue
        row = county.receive(made["petition"])
        for step in [step for step in made["steps"] if step["at"] <= wrong["at"]]:
            county.take(row, step)
        before = county.snapshot(row)
        with pytest.raises(DomainError):
            county.take(row, wrong)
        assert county.snapshot(row) == before, f"{told(made)}\n{why}: {wrong}"
        county.session.rollback()


def owed(deductions: list[dict[str, Any]]) -> dict[tuple[str, int], Decimal]:
    """Points by unit and year."""
    sums: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for row in deductions:
        sums[row["unit"], row["year"]] += row["points"]
    return dict(sums)


def points(county: County, deductions: list[dict[str, Any]], as_of: datetime) -> dict[tuple[str, int], Decimal]:
    """The same as the assessment shows it before any scan."""
    found = {}
    for year in {row["year"] for row in deductions}:
        with all_rows():
            units = assessing.assessment(county.session, year, as_of)["units"]
        found |= {(unit["code"], year): Decimal(unit["pending"]) for unit in units if Decimal(unit["pending"])}
    return found
