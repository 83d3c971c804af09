"""Supplements: a clock that a published rulebook lacks, added to it from a day on; never changed afterwards."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, true
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.tables.rulebooks import Rulebook
from models.tables.staff import Staff
from models.terms import N_, DutyKind, Measure, Rule


class RulebookSupplement(Base):
    __tablename__ = "rulebook_supplement"
    __label__ = N_("Supplement to a rulebook")
    __plural__ = N_("Supplements")
    __table_args__ = (
        Index("uq_rulebook_supplement", "rulebook_id", "duty", "variant", unique=True),
        CheckConstraint("amount >= 0", name="supplement_not_negative"),
    )

    id: Mapped[Pk]
    rulebook_id: Mapped[int] = column(N_("Rulebook"), ForeignKey("rulebook.id"))
    effective_from: Mapped[date] = column(
        N_("Effective from"), Date, help=N_("For duties that begin on this day or later; never a day that has passed.")
    )
    duty: Mapped[DutyKind] = column(
        N_("Duty"), choice(DutyKind), help=N_("One for which this published rulebook has no clock.")
    )
    variant: Mapped[str] = column(
        N_("Variant"), String(8), default="", server_default="", help=N_("The case it applies to; empty: every case.")
    )
    amount: Mapped[int] = column(N_("Length"), Integer)
    measure: Mapped[Measure] = column(N_("Counted in"), choice(Measure))
    rolled: Mapped[bool] = column(N_("Rolled to a working day"), default=True, server_default=true())
    extension: Mapped[int] = column(
        N_("Longest extension"),
        Integer,
        default=0,
        server_default="0",
        help=N_("Days that may be added once; 0: none."),
    )
    rule: Mapped[Rule | None] = column(
        N_("Rule"), choice(Rule), help=N_("The deduction rule; empty: shown, but costs nothing.")
    )
    paragraph: Mapped[str] = column(N_("Paragraph"), String(40), help=N_("Of the county notice, e.g. §2(2)."))
    source: Mapped[str] = column(N_("Source"), String(120), help=N_("The article, or “county parameter”."))
    added_at: Mapped[datetime] = column(N_("Added at"), Instant, readonly=True)
    added_by_id: Mapped[int | None] = column(
        N_("Added by"), ForeignKey("staff.id"), readonly=True, help=N_("Empty: by an account without a post.")
    )

    rulebook: Mapped[Rulebook] = relationship(back_populates="supplements")
    added_by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{self.duty}{self.variant and '/' + self.variant}"
