"""The product's answer to a generated ledger, in the oracle's words, and where the two differ."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from models.rules.calendar import WorkCalendar, announced
from models.rules.deductions import propose
from models.rules.defaults import default_rulebook
from models.rules.duties import derive
from models.rules.facts import CaseFacts, CaseState, DutyState, StepFact
from models.terms import DutyKind, DutyStatus, StepKind
from tests.oracle.days import ZONE
from tests.oracle.ledger import due_day, work_out
from tests.oracle.moments import DAYS

CODES = ["XF", "T1", "T2", "D1", "D2", "D3", "D4"]
BOOK = default_rulebook()
# §4 asks for the written confirmation of a transfer by phone; it is no row of the table of §2
BESIDE_THE_TABLE = {DutyKind.CONFIRM_TRANSFER}


@cache
def work_calendar() -> WorkCalendar:
    off, on, known = announced(range(2024, 2028))
    return WorkCalendar(off, on, frozenset(known))


def unit_id(code: str | None) -> int | None:
    return None if code is None else CODES.index(code) + 1


def step_fact(step: dict[str, Any], seq: int) -> StepFact:
    """One row of a ledger as the rules are told it."""
    who, to = unit_id(step["unit"]), unit_id(step["to_unit"])
    assert who is not None
    words = {name: step[name] for name in ("mode", "outcome", "days", "until")}
    co_units = tuple(CODES.index(code) + 1 for code in step.get("co_units", ()))
    return StepFact(seq, StepKind(step["step"]), step["at"], who, to, **words, co_units=co_units)


def facts_at(made: dict[str, Any], moment: datetime) -> CaseFacts:
    """What the rules are told at ``moment``: receipt, registration, urgency and the steps up to then."""
    petition = made["petition"]
    first, bureau = unit_id(petition["first_unit"]), unit_id(made["bureau"])
    assert first is not None
    assert bureau is not None
    begun = [("receive", "received_at"), ("register", "registered_at"), ("urgent", "urgent_at")]
    told = [
        StepFact(n, StepKind(kind), petition[name], first) for n, (kind, name) in enumerate(begun) if petition[name]
    ]
    told += [step_fact(step, seq) for seq, step in enumerate(made["steps"], 10)]
    told = sorted((fact for fact in told if fact.at <= moment), key=lambda fact: (fact.at, fact.seq))
    return CaseFacts(petition["received_at"], first, bureau, tuple(told))


def state_at(made: dict[str, Any], moment: datetime) -> CaseState:
    """What follows from the steps up to ``moment``."""
    return derive(facts_at(made, moment), BOOK, work_calendar(), ZONE, moment)


def differences(made: dict[str, Any], moment: datetime) -> list[str]:
    """Where rules and oracle disagree at ``moment``: deductions, and each duty's due moment and discharge."""
    state = state_at(made, moment)
    worked = work_out(made["petition"], made["steps"], made["bureau"], moment, DAYS)
    mine, theirs = said(worked["deductions"]), proposed(state, moment)
    found = [
        f"{key}: oracle {mine.get(key)}, rules {theirs.get(key)}"
        for key in sorted({*mine, *theirs})
        if mine.get(key) != theirs.get(key)
    ]
    return found + _duties(worked["duties"], state)


def said(deductions: list[dict[str, Any]]) -> dict[Any, Any]:
    """The oracle's deductions by (unit, rule, occurrence)."""
    return {
        (row["unit"], row["rule"], row["occurrence"]): (
            row["points"],
            row["year"],
            sorted(_line(duty["kind"], due_day(duty), duty["discharged"], duty["late_days"]) for duty in row["duties"]),
        )
        for row in deductions
    }


def proposed(state: CaseState, moment: datetime) -> dict[Any, Any]:
    """The same of what the rules propose."""
    return {
        (CODES[row.unit - 1], row.rule.value, row.occurrence): (
            row.points,
            row.year,
            sorted(
                _line(duty.kind.value, duty.due.on, duty.discharged_at, duty.late_days(moment, ZONE))
                for duty in row.duties
            ),
        )
        for row in propose(state.duties, BOOK, moment, ZONE)
    }


def _line(kind: str, due: date, discharged: datetime | None, late_days: int) -> tuple[str, str, str, int]:
    done = discharged.astimezone(ZONE).isoformat() if discharged else ""
    return kind, due.isoformat(), done, late_days


def _duties(wanted: list[dict[str, Any]], state: CaseState) -> list[str]:
    found: dict[Any, list[DutyState]] = {}
    for duty in state.duties:
        if duty.kind not in BESIDE_THE_TABLE:
            found.setdefault((duty.kind.value, CODES[duty.unit - 1], duty.occurrence), []).append(duty)
    wrong = []
    for item in wanted:
        key = item["kind"], item["unit"], item["occurrence"]
        if item["ended"] or item["due"] is None:
            continue
        if not any(_same(item, duty) for duty in found.get(key, [])):
            wrong.append(f"{key}: due {item['due']}, discharged {item['discharged']}; rules {found.get(key)}")
    return wrong


def _same(item: dict[str, Any], duty: DutyState) -> bool:
    due = duty.due.at if isinstance(item["due"], datetime) else duty.due.on
    ended = duty.rule is None and duty.status is DutyStatus.lapsed  # by the closing; nobody's points depend on it
    return due == item["due"] and (ended or duty.discharged_at == item["discharged"])


def told(made: dict[str, Any]) -> str:
    """The ledger for a person to read, line by line."""
    petition = made["petition"]
    lines = [" ".join(f"{name}={value}" for name, value in petition.items())]
    for step in made["steps"]:
        more = {name: str(value) for name, value in step.items() if name not in ("step", "at", "unit") and value}
        lines.append(f"{step['at']:%Y-%m-%d %H:%M %a} {step['step']} {step['unit']} {more or ''}")
    return "\n".join([*lines, f"as of {made['as_of']}"])
