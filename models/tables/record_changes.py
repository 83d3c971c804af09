"""What was changed in the record: field by field, old and new, by whom, when and why. Only ever added to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, BigId, Instant, Pk, choice, column
from models.office_terms import RecordAct
from models.tables.petitions import Petition
from models.tables.staff import Staff
from models.terms import N_
from models.vault import Sealed


class RecordChange(Base):
    __tablename__ = "record_change"
    __label__ = N_("Change of the record")
    __plural__ = N_("Changes of the record")
    __table_args__ = (Index("ix_record_change_row", "table_name", "row_id", "id"),)

    id: Mapped[Pk]
    at: Mapped[datetime] = column(N_("At"), Instant)
    table_name: Mapped[str] = column(N_("Table"), String(64))
    row_id: Mapped[int] = column(N_("Changed record"), BigId)
    petition_id: Mapped[int | None] = column(N_("Petition"), ForeignKey("petition.id"), index=True)
    act: Mapped[RecordAct] = column(N_("What was done"), choice(RecordAct))
    field: Mapped[str] = column(N_("Changed field"), String(64), default="")
    old: Mapped[str | None] = column(N_("Before"), Text)
    new: Mapped[str | None] = column(N_("After"), Text)
    old_sealed: Mapped[str | None] = column(N_("Before"), Sealed, sensitive=True)
    new_sealed: Mapped[str | None] = column(N_("After"), Sealed, sensitive=True)
    staff_id: Mapped[int | None] = column(N_("By"), ForeignKey("staff.id"), index=True)
    account: Mapped[str | None] = column(N_("Account"), String(128), help=N_("Empty: a command or the console."))
    reason: Mapped[str | None] = column(N_("Reason"), Text)

    petition: Mapped[Petition | None] = relationship()
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"
