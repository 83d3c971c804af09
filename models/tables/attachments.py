"""Attachments: files of a petition or a step, never edited. The bytes lie in the store under their SHA-256."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, false
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, column
from models.tables.petitions import Petition
from models.tables.staff import Staff
from models.tables.steps import Step
from models.tables.units import Unit
from models.terms import N_


class Attachment(Base):
    __tablename__ = "attachment"
    __label__ = N_("Attachment")
    __plural__ = N_("Attachments")
    __table_args__ = (
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_with_reason"),
    )

    id: Mapped[Pk]
    petition_id: Mapped[int] = column(N_("Petition"), ForeignKey("petition.id"), index=True)
    step_id: Mapped[int | None] = column(N_("Step"), ForeignKey("step.id"), index=True)
    filename: Mapped[str] = column(N_("File name"), String(200), search=True)
    media_type: Mapped[str] = column(N_("Type"), String(100))
    size: Mapped[int] = column(N_("Size in bytes"), Integer)
    sha256: Mapped[str] = column(N_("SHA-256"), String(64), index=True)
    added_at: Mapped[datetime] = column(N_("Added at"), Instant)
    added_by_id: Mapped[int | None] = column(N_("Added by"), ForeignKey("staff.id"))
    unit_id: Mapped[int] = column(N_("Unit"), ForeignKey("unit.id"), help=N_("The unit that added it."))
    issued: Mapped[bool] = column(
        N_("Issued letter"),
        default=False,
        server_default=false(),
        readonly=True,
        help=N_("Made by the console as the paper of a letter; never withdrawn."),
    )
    names: Mapped[bool] = column(
        N_("Names the petitioner"),
        default=False,
        server_default=false(),
        readonly=True,
        help=N_("Seen only by those who may see the petitioner's identity."),
    )
    withdrawn_at: Mapped[datetime | None] = column(N_("Withdrawn at"), Instant)
    withdrawn_by_id: Mapped[int | None] = column(N_("Withdrawn by"), ForeignKey("staff.id"))
    withdrawn_reason: Mapped[str | None] = column(N_("Reason of the withdrawal"), String(500))

    petition: Mapped[Petition] = relationship()
    step: Mapped[Step | None] = relationship()
    added_by: Mapped[Staff | None] = relationship(foreign_keys=added_by_id)
    unit: Mapped[Unit] = relationship()
    withdrawn_by: Mapped[Staff | None] = relationship(foreign_keys=withdrawn_by_id)

    def __str__(self) -> str:
        return self.filename
