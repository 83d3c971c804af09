"""Corrections of a petition that wait for the bureau's consent, what they would relieve, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, Text, false, text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.office_terms import CorrectionStatus
from models.tables.petitions import Petition
from models.tables.staff import Staff
from models.tables.units import Unit
from models.terms import N_
from models.vault import Sealed

_WAITS = text("status = 'asked'")


class Correction(Base):
    __tablename__ = "correction"
    __label__ = N_("Correction")
    __plural__ = N_("Corrections")
    __table_args__ = (
        Index("ix_correction_petition", "petition_id", "id"),
        Index("ix_correction_waiting", "asked_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
        CheckConstraint("(status = 'asked') = (decided_at IS NULL)", name="decided_has_date"),
    )

    id: Mapped[Pk]
    petition_id: Mapped[int] = column(N_("Petition"), ForeignKey("petition.id"))
    unit_id: Mapped[int] = column(N_("Asked by the unit"), ForeignKey("unit.id"))
    status: Mapped[CorrectionStatus] = column(N_("Status"), choice(CorrectionStatus))
    voids: Mapped[bool] = column(N_("Declares the petition void"), default=False, server_default=false())
    wanted: Mapped[str] = column(
        N_("What is to be corrected"),
        Sealed,
        sensitive=True,
        help=N_("Names of columns and their new values."),
    )
    relief: Mapped[list[dict[str, Any]]] = column(
        N_("What it relieves"), JSON, default=list, help=N_("Duties that would be lifted, later, or no longer missed.")
    )
    reason: Mapped[str] = column(N_("Reason"), Text)
    asked_at: Mapped[datetime] = column(N_("Asked at"), Instant)
    asked_by_id: Mapped[int | None] = column(N_("Asked by"), ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None] = column(N_("Decided at"), Instant)
    decided_by_id: Mapped[int | None] = column(N_("Decided by"), ForeignKey("staff.id"))
    decision: Mapped[str | None] = column(N_("Reason of the decision"), Text)
    version: Mapped[int] = column(N_("Version"), Integer, readonly=True, nullable=False)

    __mapper_args__ = {"version_id_col": version}

    petition: Mapped[Petition] = relationship()
    unit: Mapped[Unit] = relationship()
    asked_by: Mapped[Staff | None] = relationship(foreign_keys=asked_by_id)
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=decided_by_id)

    def __str__(self) -> str:
        return f"{self.petition_id}"
