"""Figures handed in: what the bureau's own evaluation counted of each unit in a year."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.scheme_terms import HandedIn
from models.tables.staff import Staff
from models.tables.units import Unit
from models.terms import N_


class IndicatorFigure(Base):
    __tablename__ = "indicator_figure"
    __label__ = N_("Figure of an indicator")
    __plural__ = N_("Figures of indicators")
    __table_args__ = (
        Index("uq_indicator_figure", "year", "unit_id", "indicator", unique=True),
        CheckConstraint("counted >= 0 AND counted <= total", name="counted_of_total"),
    )

    id: Mapped[Pk]
    year: Mapped[int] = column(N_("Year"), Integer)
    unit_id: Mapped[int] = column(N_("Unit"), ForeignKey("unit.id"), index=True)
    indicator: Mapped[HandedIn] = column(N_("Indicator"), choice(HandedIn))
    counted: Mapped[int] = column(N_("Counted"), Integer, help=N_("E.g. the replies that were satisfied."))
    total: Mapped[int] = column(N_("Of"), Integer, help=N_("E.g. all replies of the evaluation."))
    source: Mapped[str] = column(N_("Source"), String(200), help=N_("Where the figures come from."))
    entered_at: Mapped[datetime] = column(N_("Entered at"), Instant, readonly=True)
    entered_by_id: Mapped[int | None] = column(N_("Entered by"), ForeignKey("staff.id"), readonly=True)

    unit: Mapped[Unit] = relationship()
    entered_by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{self.year} {self.indicator}"
