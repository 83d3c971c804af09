"""Fills in the proof that a step needs, so that a machine can take steps as a person does on the screens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models.evidence import EVIDENCE, Proof
from models.terms import Case, StepKind
from tests.oracle.dice import Dice


def values(dice: Dice, kind: StepKind, at: datetime, units: list[int], first_received: int) -> dict[str, Any]:
    """Every field of ``kind`` with some fitting value."""
    filled = {proof.name: _value(dice, proof, at, units, first_received) for proof in EVIDENCE[kind]}
    if kind is StepKind.route:
        filled["outcome"] = dice.one_of([Case.A, Case.B, Case.D, Case.B, Case.D, Case.E, Case.C]).value
    if kind is StepKind.close and not dice.chance(10):
        filled["outcome"] = None
    return filled


def _value(dice: Dice, proof: Proof, at: datetime, units: list[int], first_received: int) -> Any:
    if proof.choices is not None:
        return dice.one_of([member.value for member in proof.choices])
    if proof.kind == "unit":
        return dice.one_of(units)
    if proof.kind == "units":
        return [dice.one_of(units)]
    if proof.kind == "int":
        return dice.one_of([10, 30, 1, 31])
    if proof.kind == "date":
        return (at + timedelta(days=dice.between(0, 20))).date()
    if proof.kind == "petition":
        return first_received
    return "x"
