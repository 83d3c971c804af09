"""Letters: what a unit sends out on paper about a petition; numbered when issued, voided but never taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, false
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.office_terms import Delivery, LetterKind, LetterStatus, Tongue
from models.tables.attachments import Attachment
from models.tables.petitions import Petition
from models.tables.staff import Staff
from models.tables.steps import Step
from models.tables.units import Unit
from models.terms import N_, StepKind
from models.vault import Sealed


class Letter(Base):
    __tablename__ = "letter"
    __label__ = N_("Outgoing letter")
    __plural__ = N_("Letters")
    __table_args__ = (
        Index("uq_letter_serial", "unit_id", "year", "serial", unique=True),
        Index("ix_letter_petition", "petition_id", "id"),
        CheckConstraint("(status = 'draft') = (serial IS NULL)", name="numbered_when_issued"),
        CheckConstraint(
            "(serial IS NULL) = (number IS NULL) AND (serial IS NULL) = (year IS NULL)", name="number_is_whole"
        ),
        CheckConstraint(
            "(serial IS NULL) = (issued_at IS NULL) AND (serial IS NULL) = (attachment_id IS NULL)",
            name="issued_with_its_paper",
        ),
        CheckConstraint("(attachment_id IS NULL) = (sha256 IS NULL)", name="paper_has_its_hash"),
        CheckConstraint("serial IS NULL OR serial > 0", name="serial_positive"),
        CheckConstraint("(status = 'void') = (voided_at IS NOT NULL)", name="void_has_date"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void_with_reason"),
        CheckConstraint("delivered_at IS NULL OR serial IS NOT NULL", name="delivered_after_issue"),
        CheckConstraint(
            "(delivered_at IS NULL) = (delivery IS NULL) AND (delivered_at IS NULL) = (delivered_to IS NULL)",
            name="delivery_is_whole",
        ),
    )

    id: Mapped[Pk]
    petition_id: Mapped[int] = column(N_("Petition"), ForeignKey("petition.id"))
    kind: Mapped[LetterKind] = column(N_("Kind"), choice(LetterKind))
    status: Mapped[LetterStatus] = column(N_("Status"), choice(LetterStatus), default=LetterStatus.draft, index=True)
    number: Mapped[str | None] = column(
        N_("Letter number"), String(60), search=True, readonly=True, help=N_("Taken when the letter is issued.")
    )
    title: Mapped[str] = column(N_("Title"), String(240), search=True)
    unit_id: Mapped[int] = column(N_("Unit"), ForeignKey("unit.id"), help=N_("The unit that issues it."))
    to_unit_id: Mapped[int | None] = column(N_("To the unit"), ForeignKey("unit.id"), index=True)
    step_id: Mapped[int | None] = column(N_("Step"), ForeignKey("step.id"), index=True)
    step_kind: Mapped[StepKind | None] = column(
        N_("For the step"), choice(StepKind), help=N_("The step that it belongs to, whether taken already or not.")
    )
    lang: Mapped[Tongue] = column(N_("Language"), choice(Tongue), default=Tongue.chinese)
    addressee: Mapped[str] = column(N_("Addressee"), Sealed, sensitive=True, default="")
    parts: Mapped[str] = column(N_("Text"), Sealed, sensitive=True, default="{}")
    facts: Mapped[dict[str, Any]] = column(N_("Facts"), JSON, default=dict)
    names: Mapped[bool] = column(
        N_("Names the petitioner"),
        default=False,
        server_default=false(),
        readonly=True,
        help=N_("Read only by those who may see the petitioner's identity."),
    )
    year: Mapped[int | None] = column(N_("Year"), Integer)
    serial: Mapped[int | None] = column(N_("Serial number"), Integer)
    attachment_id: Mapped[int | None] = column(N_("Paper"), ForeignKey("attachment.id"), unique=True)
    sha256: Mapped[str | None] = column(N_("SHA-256"), String(64))
    drafted_at: Mapped[datetime] = column(N_("Drafted at"), Instant)
    drafted_by_id: Mapped[int | None] = column(N_("Drafted by"), ForeignKey("staff.id"))
    issued_at: Mapped[datetime | None] = column(N_("Issued at"), Instant)
    issued_by_id: Mapped[int | None] = column(N_("Issued by"), ForeignKey("staff.id"))
    voided_at: Mapped[datetime | None] = column(N_("Voided at"), Instant)
    voided_by_id: Mapped[int | None] = column(N_("Voided by"), ForeignKey("staff.id"))
    void_reason: Mapped[str | None] = column(N_("Why it is void"), String(500))
    delivery: Mapped[Delivery | None] = column(N_("Delivered how"), choice(Delivery))
    delivered_to: Mapped[str | None] = column(N_("Received by"), Sealed, sensitive=True)
    delivered_at: Mapped[datetime | None] = column(N_("Delivered at"), Instant)
    proof_id: Mapped[int | None] = column(N_("Proof of delivery"), ForeignKey("attachment.id"))
    version: Mapped[int] = column(N_("Version"), Integer, readonly=True, nullable=False)

    __mapper_args__ = {"version_id_col": version}

    petition: Mapped[Petition] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=unit_id)
    to_unit: Mapped[Unit | None] = relationship(foreign_keys=to_unit_id)
    step: Mapped[Step | None] = relationship()
    attachment: Mapped[Attachment | None] = relationship(foreign_keys=attachment_id)
    proof: Mapped[Attachment | None] = relationship(foreign_keys=proof_id)
    drafted_by: Mapped[Staff | None] = relationship(foreign_keys=drafted_by_id)
    issued_by: Mapped[Staff | None] = relationship(foreign_keys=issued_by_id)
    voided_by: Mapped[Staff | None] = relationship(foreign_keys=voided_by_id)

    def __str__(self) -> str:
        return self.number or self.title
