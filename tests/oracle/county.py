"""Plays a generated ledger through the real operations on a database, and reads back what they made of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import all_rows
from models.operations import deductions
from models.operations.intake import PetitionerInput, RegisterInput, register
from models.operations.steps import StepInput, perform
from models.reference import ensure_reference
from models.tables import Deduction, DeductionDuty, Duty, Petition, Place, Staff, Step, Unit
from models.terms import Channel, PetitionKind, StepKind, UnitKind
from tests.oracle.days import ZONE
from tests.oracle.engine import CODES
from tests.oracle.ledger import POINTS

IMPORTED = datetime(2027, 6, 1, tzinfo=UTC)


class County:
    """The units that ledgers name, in one database session. Everything runs inside ``all_rows``."""

    def __init__(self, session: Session) -> None:
        self.session = session
        with all_rows():
            ensure_reference(session)
            kinds = {"X": UnitKind.bureau, "T": UnitKind.town, "D": UnitKind.department}
            rows = [Unit(code=code, name=f"单位{code}", kind=kinds[code[0]], active=True) for code in CODES]
            self.place = Place(code="P", name="城关", active=True)
            session.add_all([*rows, self.place])
            session.flush()
            self.ids = {row.code: row.id for row in rows}
            self.codes = {row.id: row.code for row in rows}
            people = [Staff(name="王", unit_id=row.id, since=date(2020, 1, 1)) for row in rows]
            session.add_all(people)
            session.flush()
            self.people = {self.codes[person.unit_id]: person.id for person in people}

    def receive(self, petition: dict[str, Any], now: datetime | None = None) -> Petition:
        """Enter the petition of a ledger; ``now``: when it is entered (default: long afterwards)."""
        given = RegisterInput(
            title="题",
            content="文",
            channel=Channel.visit,
            kind=PetitionKind.request,
            place_id=self.place.id,
            first_unit_id=self.ids[petition["first_unit"]],
            first_receiver_id=self.people[petition["first_unit"]],
            petitioners=[PetitionerInput("某")],
            **{name: petition[name] for name in ("received_at", "registered_at", "urgent_at")},
        )
        with all_rows():
            return register(self.session, given, None, now or IMPORTED, ledger=True)

    def take(self, row: Petition, step: dict[str, Any], now: datetime | None = None, **proof: Any) -> Step:
        """Enter one step; ``proof``: given when it is entered on a screen, which asks for it."""
        values = {name: step[name] for name in ("mode", "outcome", "days", "until") if step[name] is not None}
        if step["to_unit"] is not None:
            values["to_unit"] = self.ids[step["to_unit"]]
        if step.get("co_units"):
            values["co_units"] = [self.ids[code] for code in step["co_units"]]
        given = StepInput(StepKind(step["step"]), step["at"], values | proof, unit_id=self.ids[step["unit"]])
        with all_rows():
            return perform(self.session, row, given, None, now or IMPORTED, ledger=not proof)

    def deductions(self, row: Petition, as_of: datetime) -> dict[Any, Any]:
        """What a scan at ``as_of`` proposes, in the form of ``engine.said``."""
        with all_rows():
            deductions.scan(self.session, as_of)
            found = self.session.scalars(select(Deduction).where(Deduction.petition_id == row.id)).all()
            return {
                (self.codes[one.unit_id], one.rule.value, one.occurrence): (
                    POINTS[one.rule.value] if one.points == POINTS[one.rule.value] else one.points,
                    one.year,
                    self._proofs(one),
                )
                for one in found
            }

    def _proofs(self, one: Deduction) -> list[tuple[str, str, str, int]]:
        wanted = select(DeductionDuty, Duty).join(Duty, DeductionDuty.duty_id == Duty.id)
        return sorted(
            (
                duty.kind.value,
                proof.due_on.isoformat(),
                proof.discharged_at.astimezone(ZONE).isoformat() if proof.discharged_at else "",
                proof.late_days,
            )
            for proof, duty in self.session.execute(wanted.where(DeductionDuty.deduction_id == one.id))
        )

    def snapshot(self, row: Petition) -> list[Any]:
        """Everything recorded about one petition."""
        with all_rows():
            self.session.expire_all()
            rows = [row]
            for table in (Step, Duty):
                rows += self.session.scalars(select(table).where(table.petition_id == row.id).order_by(table.id)).all()
            return [[getattr(one, column.key) for column in one.__table__.columns] for one in rows]
