"""Counters: the next number in a series, taken under a row lock."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped

from models.base import Base, Pk, column
from models.terms import N_


class Counter(Base):
    __tablename__ = "counter"
    __label__ = N_("Number series")
    __plural__ = N_("Number series")
    __table_args__ = (CheckConstraint("value >= 0", name="value_not_negative"),)

    id: Mapped[Pk]
    series: Mapped[str] = column(N_("Series"), String(60), unique=True, search=True)
    value: Mapped[int] = column(N_("Last number"), Integer, default=0)

    def __str__(self) -> str:
        return self.series
