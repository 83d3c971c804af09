"""Assessments: one year's scores of all units, and their lines."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, Numeric
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.tables.rulebooks import Rulebook
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
    manifest: Mapped[dict[str, Any] | None] = column(N_("Manifest"), JSON)

    rulebook: Mapped[Rulebook] = relationship()

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
