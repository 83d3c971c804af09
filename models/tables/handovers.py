"""Handovers: a clerk who changes post hands the open matters over with a signed list. The first receiver stays (§1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.office_terms import HandoverStatus
from models.tables.petitions import Petition
from models.tables.staff import Staff
from models.tables.units import Unit
from models.terms import N_

_WAITING = text("status = 'proposed'")


class Handover(Base):
    """Who gives the list to whom, and when each of them signed it."""

    __tablename__ = "handover"
    __label__ = N_("Handover")
    __plural__ = N_("Handovers")
    __table_args__ = (
        CheckConstraint("from_staff_id <> to_staff_id", name="not_to_oneself"),
        CheckConstraint("(status = 'signed') = (handed_at IS NOT NULL)", name="signed_has_date"),
        CheckConstraint(
            "handed_at IS NULL OR (from_signed_at IS NOT NULL AND to_signed_at IS NOT NULL)", name="signed_by_both"
        ),
        CheckConstraint("(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_date"),
        Index("uq_handover_waiting", "from_staff_id", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_handover_unit", "unit_id", "status", "id"),
    )

    id: Mapped[Pk]
    unit_id: Mapped[int] = column(N_("Unit"), ForeignKey("unit.id"))
    from_staff_id: Mapped[int] = column(N_("Handed over by"), ForeignKey("staff.id"))
    to_staff_id: Mapped[int] = column(N_("Taken over by"), ForeignKey("staff.id"), index=True)
    status: Mapped[HandoverStatus] = column(
        N_("Status"), choice(HandoverStatus), default=HandoverStatus.proposed, readonly=True
    )
    proposed_at: Mapped[datetime] = column(N_("Proposed at"), Instant)
    proposed_by_id: Mapped[int | None] = column(N_("Proposed by"), ForeignKey("staff.id"))
    from_signed_at: Mapped[datetime | None] = column(
        N_("Signed by the giver at"),
        Instant,
        help=N_("If the person has left already, the leader of the unit signs instead by proposing."),
    )
    to_signed_at: Mapped[datetime | None] = column(N_("Signed by the successor at"), Instant)
    handed_at: Mapped[datetime | None] = column(
        N_("Handed over at"), Instant, help=N_("With the second signature the successor looks after the matters.")
    )
    withdrawn_at: Mapped[datetime | None] = column(N_("Withdrawn at"), Instant)
    withdrawn_by_id: Mapped[int | None] = column(N_("Withdrawn by"), ForeignKey("staff.id"))
    note: Mapped[str | None] = column(N_("Note"), Text)
    version: Mapped[int] = column(N_("Version"), Integer, readonly=True, nullable=False)

    __mapper_args__ = {"version_id_col": version}

    unit: Mapped[Unit] = relationship()
    from_staff: Mapped[Staff] = relationship(foreign_keys=from_staff_id)
    to_staff: Mapped[Staff] = relationship(foreign_keys=to_staff_id)
    proposed_by: Mapped[Staff | None] = relationship(foreign_keys=proposed_by_id)
    withdrawn_by: Mapped[Staff | None] = relationship(foreign_keys=withdrawn_by_id)

    def __str__(self) -> str:
        return f"{self.from_staff} → {self.to_staff}"


class HandoverItem(Base):
    """One matter of the list, with what its unit owed when the list was made."""

    __tablename__ = "handover_item"
    __label__ = N_("Matter handed over")
    __plural__ = N_("Matters handed over")
    __table_args__ = (
        Index("uq_handover_item", "handover_id", "petition_id", unique=True),
        Index("ix_handover_item_petition", "petition_id"),
    )

    id: Mapped[Pk]
    handover_id: Mapped[int] = column(N_("Handover"), ForeignKey("handover.id", ondelete="CASCADE"))
    petition_id: Mapped[int] = column(N_("Petition"), ForeignKey("petition.id"))
    duties: Mapped[str] = column(N_("Open duties"), Text, default="", help=N_("One in each line: duty and due date."))

    handover: Mapped[Handover] = relationship()
    petition: Mapped[Petition] = relationship()

    def __str__(self) -> str:
        return f"{self.handover_id}/{self.petition_id}"
