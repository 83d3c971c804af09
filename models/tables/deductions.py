"""Deductions: points proposed against a unit because a duty was missed, with its proof."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, Numeric, String, Text, false
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.tables.duties import Duty
from models.tables.petitions import Petition
from models.tables.rulebooks import Rulebook
from models.tables.staff import Staff
from models.tables.units import Unit
from models.terms import N_, DeductionStatus, Rule


class Deduction(Base):
    __tablename__ = "deduction"
    __label__ = N_("Deduction")
    __plural__ = N_("Deductions")
    __table_args__ = (
        Index("uq_deduction_occurrence", "petition_id", "unit_id", "rule", "occurrence", unique=True),
        Index("ix_deduction_year_unit", "year", "unit_id", "status"),
        Index("ix_deduction_status", "status", "id"),
        Index("ix_deduction_due", "status", "due_at"),
        CheckConstraint("points >= 0", name="points_not_negative"),
        CheckConstraint(
            "(decided_at IS NULL) OR (reason IS NOT NULL AND length(reason) > 0)", name="decision_has_reason"
        ),
    )

    id: Mapped[Pk]
    petition_id: Mapped[int] = column(N_("Petition"), ForeignKey("petition.id"))
    unit_id: Mapped[int] = column(N_("Unit"), ForeignKey("unit.id"), index=True)
    rule: Mapped[Rule] = column(N_("Rule"), choice(Rule))
    occurrence: Mapped[str] = column(N_("Occurrence"), String(60))
    year: Mapped[int] = column(N_("Year"), Integer, help=N_("In which the earliest of its duties that count was due."))
    points: Mapped[Decimal] = column(N_("Points"), Numeric(6, 2), readonly=True)
    status: Mapped[DeductionStatus] = column(
        N_("Status"), choice(DeductionStatus), default=DeductionStatus.proposed, readonly=True
    )
    rulebook_id: Mapped[int] = column(N_("Rulebook"), ForeignKey("rulebook.id"))
    proposed_at: Mapped[datetime] = column(N_("Proposed at"), Instant)
    proposed_by_id: Mapped[int | None] = column(
        N_("Proposed by"), ForeignKey("staff.id"), help=N_("Empty: proposed by the scan.")
    )
    decided_at: Mapped[datetime | None] = column(N_("Decided at"), Instant)
    decided_by_id: Mapped[int | None] = column(N_("Decided by"), ForeignKey("staff.id"))
    reason: Mapped[str | None] = column(N_("Reason"), Text)
    due_at: Mapped[datetime | None] = column(
        N_("Next move due"), Instant, help=N_("By when the side must move that is next in the hearing; empty: nobody.")
    )
    due_on: Mapped[date | None] = column(N_("Next move due on"), Date)
    due_trace: Mapped[dict[str, Any] | None] = column(N_("Working of the due date"), JSON(none_as_null=True))
    version: Mapped[int] = column(N_("Version"), Integer, readonly=True, nullable=False)

    __mapper_args__ = {"version_id_col": version}

    petition: Mapped[Petition] = relationship()
    unit: Mapped[Unit] = relationship()
    rulebook: Mapped[Rulebook] = relationship()
    proposed_by: Mapped[Staff | None] = relationship(foreign_keys=proposed_by_id)
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=decided_by_id)
    duties: Mapped[list[DeductionDuty]] = relationship(back_populates="deduction", cascade="all, delete-orphan")

    def __str__(self) -> str:
        return f"{self.rule} {self.occurrence}"


class DeductionDuty(Base):
    """One missed duty that a deduction rests on, as it stood when proposed."""

    __tablename__ = "deduction_duty"
    __label__ = N_("Missed duty of a deduction")
    __plural__ = N_("Missed duties of deductions")
    __table_args__ = (Index("uq_deduction_duty", "deduction_id", "duty_id", unique=True),)

    id: Mapped[Pk]
    deduction_id: Mapped[int] = column(N_("Deduction"), ForeignKey("deduction.id", ondelete="CASCADE"))
    duty_id: Mapped[int] = column(N_("Duty"), ForeignKey("duty.id"), index=True)
    due_on: Mapped[date] = column(N_("Due"), Date)
    discharged_at: Mapped[datetime | None] = column(N_("Discharged at"), Instant)
    late_days: Mapped[int] = column(N_("Days late when proposed"), Integer)
    trace: Mapped[dict[str, Any]] = column(N_("Working of the due date"), JSON, default=dict)
    excused: Mapped[bool] = column(
        N_("Excused"),
        default=False,
        server_default=false(),
        help=N_("Withdrawn or overturned before another duty of the occurrence was missed: it does not count."),
    )

    deduction: Mapped[Deduction] = relationship(back_populates="duties")
    duty: Mapped[Duty] = relationship()

    def __str__(self) -> str:
        return str(self.duty_id)


class DeductionEvent(Base):
    """One move in the hearing of a deduction: who, when, why. Append-only."""

    __tablename__ = "deduction_event"
    __label__ = N_("Move in a hearing")
    __plural__ = N_("Moves in hearings")

    id: Mapped[Pk]
    deduction_id: Mapped[int] = column(N_("Deduction"), ForeignKey("deduction.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = column(N_("At"), Instant)
    status: Mapped[DeductionStatus] = column(N_("Status"), choice(DeductionStatus))
    staff_id: Mapped[int | None] = column(N_("By"), ForeignKey("staff.id"))
    reason: Mapped[str | None] = column(N_("Reason"), Text)

    deduction: Mapped[Deduction] = relationship()
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return str(self.status)
