"""The working calendar: only the days that differ from the week, and which years are still provisional."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, Integer, String, true
from sqlalchemy.orm import Mapped

from models.base import Base, Pk, choice, column
from models.terms import N_, DayKind


class CalendarDay(Base):
    __tablename__ = "calendar_day"
    __label__ = N_("Calendar day")
    __plural__ = N_("Calendar")

    id: Mapped[Pk]
    day: Mapped[date] = column(N_("Day"), Date, unique=True)
    kind: Mapped[DayKind] = column(N_("Kind"), choice(DayKind))
    name: Mapped[str] = column(N_("Name"), String(80), search=True)
    source: Mapped[str] = column(N_("Source"), String(120), help=N_("The number of the notice that announced it."))

    def __str__(self) -> str:
        return self.day.isoformat()


class CalendarYear(Base):
    """``version`` grows with every change of the year's days; a stored trace names what it was counted with."""

    __tablename__ = "calendar_year"
    __label__ = N_("Calendar year")
    __plural__ = N_("Calendar years")
    __table_args__ = (CheckConstraint("year BETWEEN 1990 AND 2200", name="year_sensible"),)

    id: Mapped[Pk]
    year: Mapped[int] = column(N_("Year"), Integer, unique=True)
    provisional: Mapped[bool] = column(
        N_("Provisional"),
        default=True,
        server_default=true(),
        help=N_("The make-up working days are not announced yet."),
    )
    version: Mapped[int] = column(N_("Version"), Integer, default=1, server_default="1", readonly=True)

    def __str__(self) -> str:
        return str(self.year)
