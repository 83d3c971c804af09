"""The bureau's recommendations to units: to improve work, to mend a policy, to hold to account (arts. 38, 41)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Pk, choice, column
from models.office_terms import Adoption, RecommendationKind
from models.tables.units import Unit
from models.terms import N_


class Recommendation(Base):
    __tablename__ = "recommendation"
    __label__ = N_("Recommendation of the bureau")
    __plural__ = N_("Recommendations of the bureau")
    __table_args__ = (CheckConstraint("answered_on IS NULL OR answered_on >= made_on", name="answered_after"),)

    id: Mapped[Pk]
    made_on: Mapped[date] = column(N_("Made on"), Date, index=True)
    unit_id: Mapped[int] = column(N_("To the unit"), ForeignKey("unit.id"), index=True)
    kind: Mapped[RecommendationKind] = column(N_("What for"), choice(RecommendationKind))
    subject: Mapped[str] = column(
        N_("Recommendation"), String(300), search=True, help=N_("As it is printed in the annual report; no names.")
    )
    grounds: Mapped[str | None] = column(N_("Grounds"), Text, help=N_("What it rests on; not printed."))
    adoption: Mapped[Adoption] = column(
        N_("Adopted"), choice(Adoption), default=Adoption.awaited, server_default=Adoption.awaited.value
    )
    answered_on: Mapped[date | None] = column(N_("Answered on"), Date)
    answer: Mapped[str | None] = column(N_("Answer of the unit"), Text)

    unit: Mapped[Unit] = relationship()

    def __str__(self) -> str:
        return self.subject
