"""The rulebook: versioned clocks, points, base score, and which duty falls under which deduction rule."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Numeric, String, Text, true
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.tables.staff import Staff
from models.terms import N_, DutyKind, Measure, Rule, RulebookStatus

if TYPE_CHECKING:
    from models.tables.schemes import RulebookGrade, RulebookIndicator, RulebookPeer, RulebookSection
    from models.tables.supplements import RulebookSupplement

_PARAMETERS = N_("Further parameters")
_HOURS = N_(
    "E.g. 08:30-12:00, 14:00-17:30: what arrives outside counts from the next opening. Empty: every moment counts."
)


class Rulebook(Base):
    __tablename__ = "rulebook"
    __label__ = N_("Rulebook")
    __plural__ = N_("Rulebooks")
    __table_args__ = (
        CheckConstraint("base_score >= floor_score", name="base_above_floor"),
        CheckConstraint("grace_days >= 0", name="grace_not_negative"),
        CheckConstraint(
            "answer_days > 0 AND decision_days > 0 AND appeal_days > 0 AND ruling_days > 0",
            name="hearing_days_positive",
        ),
        CheckConstraint("promise_days > 0 AND clock_days > 0", name="parameters_positive"),
    )

    id: Mapped[Pk]
    version: Mapped[str] = column(N_("Version"), String(40), unique=True, search=True)
    title: Mapped[str] = column(N_("Title"), String(160), search=True)
    status: Mapped[RulebookStatus] = column(N_("Status"), choice(RulebookStatus), default=RulebookStatus.draft)
    effective_from: Mapped[date] = column(N_("Effective from"), Date, index=True)
    source: Mapped[str] = column(N_("Source"), Text, help=N_("The notice or regulation it rests on."))
    base_score: Mapped[Decimal] = column(
        N_("Base score"),
        Numeric(7, 2),
        default=Decimal(100),
        help=N_("Deductions are taken from it; the points of the indicators come on top."),
    )
    floor_score: Mapped[Decimal] = column(
        N_("Floor"), Numeric(7, 2), default=Decimal(0), help=N_("No score falls below it.")
    )
    grace_days: Mapped[int] = column(
        N_("Grace days"), Integer, default=0, help=N_("A duty late by no more days than these costs nothing.")
    )
    answer_days: Mapped[int] = column(
        N_("Days to answer"), Integer, default=5, help=N_("Working days for the unit's statement once it is notified.")
    )
    decision_days: Mapped[int] = column(
        N_("Days to decide"), Integer, default=5, help=N_("Working days for the bureau's decision after the statement.")
    )
    appeal_days: Mapped[int] = column(
        N_("Days to appeal"), Integer, default=5, help=N_("Working days for the unit's appeal after the decision.")
    )
    ruling_days: Mapped[int] = column(
        N_("Days to rule on an appeal"), Integer, default=5, help=N_("Working days for the ruling on an appeal.")
    )

    promise_days: Mapped[int] = column(
        N_("Longest promise"),
        Integer,
        default=180,
        server_default="180",
        group=_PARAMETERS,
        help=N_("Days after the reply within which a promised date must lie."),
    )
    clock_days: Mapped[int] = column(
        N_("Clock ahead at most"),
        Integer,
        default=7,
        server_default="7",
        group=_PARAMETERS,
        help=N_("Days by which the console's clock may be ahead of the newest record; beyond, it is not believed."),
    )
    hours_visit: Mapped[str | None] = column(N_("Office hours for visits"), String(60), group=_PARAMETERS, help=_HOURS)
    hours_letter: Mapped[str | None] = column(
        N_("Office hours for letters"), String(60), group=_PARAMETERS, help=_HOURS
    )
    hours_call: Mapped[str | None] = column(N_("Office hours for calls"), String(60), group=_PARAMETERS, help=_HOURS)
    hours_online: Mapped[str | None] = column(
        N_("Office hours for online petitions"), String(60), group=_PARAMETERS, help=_HOURS
    )

    published_at: Mapped[datetime | None] = column(
        N_("Published at"), Instant, readonly=True, help=N_("Empty: a draft, or the rulebook of the set-up.")
    )
    published_by_id: Mapped[int | None] = column(
        N_("Published by"),
        ForeignKey("staff.id"),
        readonly=True,
        help=N_("Empty: by a command, or an account without a post."),
    )

    published_by: Mapped[Staff | None] = relationship()
    clocks: Mapped[list[RulebookClock]] = relationship(back_populates="rulebook", cascade="all, delete-orphan")
    sections: Mapped[list[RulebookSection]] = relationship(back_populates="rulebook", cascade="all, delete-orphan")
    points: Mapped[list[RulebookPoints]] = relationship(back_populates="rulebook", cascade="all, delete-orphan")
    indicators: Mapped[list[RulebookIndicator]] = relationship(back_populates="rulebook", cascade="all, delete-orphan")
    grades: Mapped[list[RulebookGrade]] = relationship(back_populates="rulebook", cascade="all, delete-orphan")
    peers: Mapped[list[RulebookPeer]] = relationship(back_populates="rulebook", cascade="all, delete-orphan")
    supplements: Mapped[list[RulebookSupplement]] = relationship(back_populates="rulebook")

    def __str__(self) -> str:
        return self.version


class RulebookClock(Base):
    """One clock and the rule its miss falls under. ``variant``: the case (A, B, D) or empty for all."""

    __tablename__ = "rulebook_clock"
    __label__ = N_("Clock")
    __plural__ = N_("Clocks")
    __table_args__ = (
        Index("uq_rulebook_clock", "rulebook_id", "duty", "variant", unique=True),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )

    id: Mapped[Pk]
    rulebook_id: Mapped[int] = column(N_("Rulebook"), ForeignKey("rulebook.id", ondelete="CASCADE"))
    duty: Mapped[DutyKind] = column(N_("Duty"), choice(DutyKind))
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

    rulebook: Mapped[Rulebook] = relationship(back_populates="clocks")

    def __str__(self) -> str:
        return f"{self.duty}{self.variant and '/' + self.variant}"


class RulebookPoints(Base):
    __tablename__ = "rulebook_points"
    __label__ = N_("Points of a rule")
    __plural__ = N_("Points")
    __table_args__ = (
        Index("uq_rulebook_points", "rulebook_id", "rule", unique=True),
        CheckConstraint("points >= 0", name="points_not_negative"),
        CheckConstraint("cap >= points", name="cap_not_below_one"),
    )

    id: Mapped[Pk]
    rulebook_id: Mapped[int] = column(N_("Rulebook"), ForeignKey("rulebook.id", ondelete="CASCADE"))
    rule: Mapped[Rule] = column(N_("Rule"), choice(Rule))
    points: Mapped[Decimal] = column(N_("Points"), Numeric(6, 2), help=N_("Taken off for each occurrence."))
    cap: Mapped[Decimal | None] = column(
        N_("Yearly cap"),
        Numeric(7, 2),
        help=N_("The most this rule takes off a unit in a year, at least the points of one occurrence; empty: no cap."),
    )
    section_id: Mapped[int | None] = column(
        N_("Section"),
        ForeignKey("rulebook_section.id"),
        help=N_("The section of the same rulebook whose cap it shares; empty: none."),
    )
    paragraph: Mapped[str] = column(N_("Paragraph"), String(40), default="§3", server_default="§3")

    rulebook: Mapped[Rulebook] = relationship(back_populates="points")
    section: Mapped[RulebookSection | None] = relationship(back_populates="points")

    def __str__(self) -> str:
        return str(self.rule)
