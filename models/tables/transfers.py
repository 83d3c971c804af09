"""Transfers: one leg of a matter's way from unit to unit (§2(2)), kept by the operations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.tables.petitions import Petition
from models.tables.steps import Step
from models.tables.units import Unit
from models.terms import N_, Term, TransferMode


class TransferStatus(Term):
    sent = "sent", N_("Sent"), "已发出"
    acknowledged = "acknowledged", N_("Acknowledged"), "已接收"
    objected = "objected", N_("Objected to"), "有异议"
    returned = "returned", N_("Returned"), "已退回"


class Transfer(Base):
    __tablename__ = "transfer"
    __label__ = N_("Transfer")
    __plural__ = N_("Transfers")
    __table_args__ = (
        Index("uq_transfer_leg", "petition_id", "leg", unique=True),
        Index("ix_transfer_to_status", "to_unit_id", "status"),
        CheckConstraint("from_unit_id <> to_unit_id", name="not_to_oneself"),
        CheckConstraint("leg > 0", name="leg_positive"),
    )

    id: Mapped[Pk]
    petition_id: Mapped[int] = column(N_("Petition"), ForeignKey("petition.id"))
    leg: Mapped[int] = column(N_("Leg"), Integer)
    from_unit_id: Mapped[int] = column(N_("From the unit"), ForeignKey("unit.id"), index=True)
    to_unit_id: Mapped[int] = column(N_("To the unit"), ForeignKey("unit.id"))
    mode: Mapped[TransferMode] = column(N_("Mode"), choice(TransferMode))
    sent_at: Mapped[datetime] = column(N_("Sent at"), Instant)
    letter_number: Mapped[str | None] = column(N_("Letter number"), String(60), search=True)
    reason: Mapped[str | None] = column(N_("Reason"), Text)
    status: Mapped[TransferStatus] = column(N_("Status"), choice(TransferStatus), default=TransferStatus.sent)
    answered_at: Mapped[datetime | None] = column(N_("Answered at"), Instant)
    ruled_at: Mapped[datetime | None] = column(N_("Ruled at"), Instant)
    step_id: Mapped[int] = column(N_("Step"), ForeignKey("step.id"))

    petition: Mapped[Petition] = relationship()
    from_unit: Mapped[Unit] = relationship(foreign_keys=from_unit_id)
    to_unit: Mapped[Unit] = relationship(foreign_keys=to_unit_id)
    step: Mapped[Step] = relationship()

    def __str__(self) -> str:
        return f"{self.petition_id}/{self.leg}"
