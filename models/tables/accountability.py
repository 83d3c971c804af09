"""Accountability files: serious matters (§3), opened by hand, heard, decided; they carry no points."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.office_terms import AccountabilityGround, AccountabilityStatus
from models.tables.petitions import Petition
from models.tables.staff import Staff
from models.tables.units import Unit
from models.terms import N_


class Accountability(Base):
    __tablename__ = "accountability"
    __label__ = N_("Accountability file")
    __plural__ = N_("Accountability files")
    __table_args__ = (
        Index("ix_accountability_unit", "unit_id", "status"),
        Index("ix_accountability_due", "status", "due_at"),
        CheckConstraint("length(facts) > 0", name="has_facts"),
    )

    id: Mapped[Pk]
    unit_id: Mapped[int] = column(N_("Unit concerned"), ForeignKey("unit.id"))
    petition_id: Mapped[int | None] = column(
        N_("Petition"), ForeignKey("petition.id"), index=True, help=N_("The matter it came to light in, if any.")
    )
    ground: Mapped[AccountabilityGround] = column(N_("What is investigated"), choice(AccountabilityGround))
    facts: Mapped[str] = column(N_("Facts"), Text, help=N_("What happened, when, and how it is known."))
    status: Mapped[AccountabilityStatus] = column(
        N_("Status"), choice(AccountabilityStatus), default=AccountabilityStatus.investigation, readonly=True
    )
    opened_at: Mapped[datetime] = column(N_("Opened at"), Instant, index=True)
    opened_by_id: Mapped[int | None] = column(N_("Opened by"), ForeignKey("staff.id"))
    due_at: Mapped[datetime | None] = column(N_("Statement due"), Instant)
    due_on: Mapped[date | None] = column(N_("Statement due on"), Date)
    due_trace: Mapped[dict[str, Any] | None] = column(N_("Working of the due date"), JSON(none_as_null=True))
    version: Mapped[int] = column(N_("Version"), Integer, readonly=True, nullable=False)

    __mapper_args__ = {"version_id_col": version}

    unit: Mapped[Unit] = relationship()
    petition: Mapped[Petition | None] = relationship()
    opened_by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return str(self.ground)


class AccountabilityEvent(Base):
    """One move of an accountability file: who, when, why. Append-only."""

    __tablename__ = "accountability_event"
    __label__ = N_("Move of an accountability file")
    __plural__ = N_("Moves of accountability files")
    __table_args__ = (CheckConstraint("length(reason) > 0", name="has_reason"),)

    id: Mapped[Pk]
    accountability_id: Mapped[int] = column(N_("Accountability file"), ForeignKey("accountability.id"), index=True)
    at: Mapped[datetime] = column(N_("At"), Instant)
    status: Mapped[AccountabilityStatus] = column(N_("Status"), choice(AccountabilityStatus))
    staff_id: Mapped[int | None] = column(N_("By"), ForeignKey("staff.id"))
    reason: Mapped[str] = column(N_("Reason"), Text)

    accountability: Mapped[Accountability] = relationship()
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return str(self.status)
