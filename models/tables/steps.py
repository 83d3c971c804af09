"""Steps: acts that really happened, with their evidence. Append-only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.tables.petitions import Petition
from models.tables.staff import Staff
from models.tables.units import Unit
from models.terms import N_, StepKind
from models.vault import Sealed


class Step(Base):
    __tablename__ = "step"
    __label__ = N_("Step")
    __plural__ = N_("Steps")
    __table_args__ = (
        Index("uq_step_seq", "petition_id", "seq", unique=True),
        Index("ix_step_unit_at", "unit_id", "at"),
        CheckConstraint("days IS NULL OR days > 0", name="days_positive"),
        CheckConstraint("seq > 0", name="seq_positive"),
    )

    id: Mapped[Pk]
    petition_id: Mapped[int] = column(N_("Petition"), ForeignKey("petition.id"))
    seq: Mapped[int] = column(
        N_("Sequence"), Integer, help=N_("1, 2, 3 … in the order in which the steps were recorded.")
    )
    kind: Mapped[StepKind] = column(N_("Step"), choice(StepKind))
    at: Mapped[datetime] = column(N_("Happened at"), Instant)
    unit_id: Mapped[int] = column(N_("Unit"), ForeignKey("unit.id"), help=N_("The unit that did it."))
    staff_id: Mapped[int | None] = column(N_("Person"), ForeignKey("staff.id"))
    to_unit_id: Mapped[int | None] = column(N_("To the unit"), ForeignKey("unit.id"))
    mode: Mapped[str | None] = column(N_("Mode"), String(20))
    outcome: Mapped[str | None] = column(N_("Outcome"), String(40))
    days: Mapped[int | None] = column(N_("Days"), Integer)
    until: Mapped[date | None] = column(N_("Until"), Date)
    note: Mapped[str | None] = column(N_("Note"), Text)
    evidence: Mapped[dict[str, Any]] = column(N_("Evidence"), JSON, default=dict)
    identities: Mapped[str | None] = column(
        N_("Identities in the evidence"),
        Sealed,
        sensitive=True,
        readonly=True,
        help=N_("Who was told: shown to those who may see who brought the matter."),
    )
    token: Mapped[str | None] = column(
        N_("Form token"), String(64), unique=True, readonly=True, help=N_("Stops one form from being recorded twice.")
    )
    recorded_at: Mapped[datetime] = column(N_("Recorded at"), Instant)
    recorded_by_id: Mapped[int | None] = column(N_("Recorded by"), ForeignKey("staff.id"))

    petition: Mapped[Petition] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=unit_id)
    to_unit: Mapped[Unit | None] = relationship(foreign_keys=to_unit_id)
    staff: Mapped[Staff | None] = relationship(foreign_keys=staff_id)
    recorded_by: Mapped[Staff | None] = relationship(foreign_keys=recorded_by_id)

    def __str__(self) -> str:
        return f"{self.seq}. {self.kind.label}"
