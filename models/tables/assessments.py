"""Assessments: one year's scores of all units, their lines, the inputs they rest on, corrections, and kept papers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, Integer, Numeric, String, Text, text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.office_terms import PaperKind, Tongue
from models.tables.rulebooks import Rulebook
from models.tables.staff import Staff
from models.tables.units import Unit
from models.terms import N_, AssessmentStatus


class Assessment(Base):
    __tablename__ = "assessment"
    __label__ = N_("Assessment")
    __plural__ = N_("Assessments")
    __table_args__ = (
        Index("uq_assessment_revision", "year", "revision", unique=True),
        CheckConstraint("revision > 0", name="revision_positive"),
    )

    id: Mapped[Pk]
    year: Mapped[int] = column(N_("Year"), Integer)
    revision: Mapped[int] = column(N_("Revision"), Integer, default=1)
    status: Mapped[AssessmentStatus] = column(N_("Status"), choice(AssessmentStatus), default=AssessmentStatus.live)
    rulebook_id: Mapped[int] = column(N_("Rulebook"), ForeignKey("rulebook.id"))
    frozen_at: Mapped[datetime | None] = column(N_("Frozen at"), Instant)
    frozen_by_id: Mapped[int | None] = column(
        N_("Frozen by"), ForeignKey("staff.id"), help=N_("Empty: by a command on the server.")
    )
    reason: Mapped[str | None] = column(N_("Reason"), Text)
    manifest: Mapped[dict[str, Any] | None] = column(N_("Manifest"), JSON)
    sha256: Mapped[str | None] = column(N_("Hash of the manifest"), String(64))

    rulebook: Mapped[Rulebook] = relationship()
    frozen_by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{self.year}/{self.revision}"


class AssessmentLine(Base):
    __tablename__ = "assessment_line"
    __label__ = N_("Line of an assessment")
    __plural__ = N_("Lines of assessments")
    __table_args__ = (Index("uq_assessment_line", "assessment_id", "unit_id", unique=True),)

    id: Mapped[Pk]
    assessment_id: Mapped[int] = column(N_("Assessment"), ForeignKey("assessment.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = column(N_("Unit"), ForeignKey("unit.id"), index=True)
    base: Mapped[Decimal] = column(N_("Base score"), Numeric(7, 2))
    final: Mapped[Decimal] = column(N_("Final points"), Numeric(9, 2))
    pending: Mapped[Decimal] = column(N_("Pending points"), Numeric(9, 2))
    score: Mapped[Decimal] = column(N_("Score"), Numeric(7, 2))
    rank: Mapped[int] = column(N_("Rank"), Integer)

    assessment: Mapped[Assessment] = relationship()
    unit: Mapped[Unit] = relationship()

    def __str__(self) -> str:
        return f"{self.assessment_id}/{self.unit_id}"


class AssessmentPart(Base):
    """A piece of a stored input or result: canonical JSON, zlib, base64; the pieces of a part follow one another."""

    __tablename__ = "assessment_part"
    __label__ = N_("Part of an assessment")
    __plural__ = N_("Parts of assessments")
    __table_args__ = (Index("uq_assessment_part", "assessment_id", "name", "number", unique=True),)

    id: Mapped[Pk]
    assessment_id: Mapped[int] = column(N_("Assessment"), ForeignKey("assessment.id"))
    name: Mapped[str] = column(N_("Name"), String(40))
    number: Mapped[int] = column(N_("Piece"), Integer)
    body: Mapped[str] = column(N_("Content"), Text, help=N_("Compressed JSON in base64."), readonly=True)

    assessment: Mapped[Assessment] = relationship()

    def __str__(self) -> str:
        return f"{self.name}/{self.number}"


class AssessmentCorrection(Base):
    """Why the deductions of a frozen year may be moved again: until the next revision, or until it is closed unused."""

    __tablename__ = "assessment_correction"
    __label__ = N_("Correction of a frozen year")
    __plural__ = N_("Corrections of frozen years")
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="correction_has_reason"),
        Index(
            "uq_assessment_correction_open",
            "assessment_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[Pk]
    assessment_id: Mapped[int] = column(N_("Assessment"), ForeignKey("assessment.id"), index=True)
    opened_at: Mapped[datetime] = column(N_("Opened at"), Instant)
    opened_by_id: Mapped[int | None] = column(N_("Opened by"), ForeignKey("staff.id"))
    reason: Mapped[str] = column(N_("Reason"), Text)
    closed_at: Mapped[datetime | None] = column(N_("Closed without a revision at"), Instant)
    closed_by_id: Mapped[int | None] = column(N_("Closed by"), ForeignKey("staff.id"))

    assessment: Mapped[Assessment] = relationship()
    opened_by: Mapped[Staff | None] = relationship(foreign_keys=opened_by_id)
    closed_by: Mapped[Staff | None] = relationship(foreign_keys=closed_by_id)

    def __str__(self) -> str:
        return str(self.assessment_id)


class AssessmentPaper(Base):
    """A paper of a frozen year as it was drawn: its bytes lie in the store under their hash. Append-only."""

    __tablename__ = "assessment_paper"
    __label__ = N_("Kept paper")
    __plural__ = N_("Kept papers")
    __table_args__ = (
        Index("uq_assessment_paper", "assessment_id", "name", "red_head", "signed", unique=True),
        Index("ix_assessment_paper_unit", "unit_id", "assessment_id"),
    )

    id: Mapped[Pk]
    assessment_id: Mapped[int] = column(N_("Assessment"), ForeignKey("assessment.id"))
    name: Mapped[str] = column(N_("File"), String(120), search=True)
    kind: Mapped[PaperKind] = column(N_("Kind"), choice(PaperKind))
    unit_id: Mapped[int | None] = column(N_("Unit"), ForeignKey("unit.id"))
    lang: Mapped[Tongue] = column(N_("Language"), choice(Tongue))
    tagged: Mapped[bool] = column(N_("For screen readers"), Boolean, default=False)
    superseded: Mapped[bool] = column(
        N_("Drawn as superseded"), Boolean, default=False, help=N_("The paper itself says that it is superseded.")
    )
    county: Mapped[str] = column(N_("County"), String(80))
    red_head: Mapped[str] = column(N_("Red head"), String(200), default="")
    signed: Mapped[bool] = column(N_("Signed"), Boolean, default=False)
    sha256: Mapped[str] = column(N_("SHA-256"), String(64))
    size: Mapped[int] = column(N_("Size"), Integer)
    software: Mapped[str] = column(N_("Drawn by the software"), String(80))
    drawn_at: Mapped[datetime] = column(N_("Drawn at"), Instant)
    drawn_by_id: Mapped[int | None] = column(
        N_("Drawn by"), ForeignKey("staff.id"), help=N_("Empty: by a command on the server.")
    )

    assessment: Mapped[Assessment] = relationship()
    unit: Mapped[Unit | None] = relationship()
    drawn_by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return self.name
