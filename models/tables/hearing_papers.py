"""Papers handed in with a move, of a deduction's hearing or of an accountability file. Never edited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, column
from models.tables.accountability import AccountabilityEvent
from models.tables.deductions import DeductionEvent
from models.tables.staff import Staff
from models.tables.units import Unit
from models.terms import N_


class HearingPaper(Base):
    __tablename__ = "hearing_paper"
    __label__ = N_("Paper of a hearing")
    __plural__ = N_("Papers of hearings")
    __table_args__ = (
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
        CheckConstraint("(deduction_event_id IS NULL) <> (accountability_event_id IS NULL)", name="of_one_move"),
    )

    id: Mapped[Pk]
    deduction_event_id: Mapped[int | None] = column(
        N_("Move in a hearing"), ForeignKey("deduction_event.id"), index=True
    )
    accountability_event_id: Mapped[int | None] = column(
        N_("Move of an accountability file"), ForeignKey("accountability_event.id"), index=True
    )
    filename: Mapped[str] = column(N_("File name"), String(200))
    media_type: Mapped[str] = column(N_("Type"), String(100))
    size: Mapped[int] = column(N_("Size in bytes"), Integer)
    sha256: Mapped[str] = column(N_("SHA-256"), String(64), index=True)
    added_at: Mapped[datetime] = column(N_("Added at"), Instant)
    added_by_id: Mapped[int | None] = column(N_("Added by"), ForeignKey("staff.id"))
    unit_id: Mapped[int | None] = column(
        N_("Unit"), ForeignKey("unit.id"), index=True, help=N_("The unit that added it.")
    )

    deduction_event: Mapped[DeductionEvent | None] = relationship()
    accountability_event: Mapped[AccountabilityEvent | None] = relationship()
    added_by: Mapped[Staff | None] = relationship()
    unit: Mapped[Unit | None] = relationship()

    def __str__(self) -> str:
        return self.filename
