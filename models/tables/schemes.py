"""A county's own scheme in a rulebook: sections of the deductions, rates that earn points, grades, peer groups."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, String
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Pk, choice, column
from models.scheme_terms import Indicator
from models.tables.rulebooks import Rulebook, RulebookPoints
from models.tables.units import Unit
from models.terms import N_, UnitKind

_BOOK, _ENGLISH = N_("Rulebook"), N_("Used in English papers; empty: the Chinese title.")


class RulebookSection(Base):
    """Rules of deduction that share a yearly cap."""

    __tablename__ = "rulebook_section"
    __label__ = N_("Section of the deductions")
    __plural__ = N_("Sections")
    __table_args__ = (
        Index("uq_rulebook_section", "rulebook_id", "code", unique=True),
        CheckConstraint("cap > 0", name="section_cap_positive"),
    )

    id: Mapped[Pk]
    rulebook_id: Mapped[int] = column(_BOOK, ForeignKey("rulebook.id", ondelete="CASCADE"))
    code: Mapped[str] = column(N_("Code"), String(20), help=N_("Short, e.g. 1 or A; sorts the sections."))
    title: Mapped[str] = column(N_("Title"), String(80))
    title_en: Mapped[str | None] = column(N_("English title"), String(120), help=_ENGLISH)
    cap: Mapped[Decimal | None] = column(
        N_("Cap of the section"),
        Numeric(7, 2),
        help=N_("The most all its rules together take off a unit in a year; empty: no cap."),
    )

    rulebook: Mapped[Rulebook] = relationship(back_populates="sections")
    points: Mapped[list[RulebookPoints]] = relationship(back_populates="section")

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class RulebookIndicator(Base):
    """A rate: points = weight × min(1, rate / target), rounded half up to two places at its line."""

    __tablename__ = "rulebook_indicator"
    __label__ = N_("Indicator")
    __plural__ = N_("Indicators")
    __table_args__ = (
        Index("uq_rulebook_indicator", "rulebook_id", "indicator", unique=True),
        CheckConstraint("weight > 0", name="weight_positive"),
        CheckConstraint("target > 0 AND target <= 100", name="target_is_percent"),
        CheckConstraint("fewest > 0", name="fewest_positive"),
    )

    id: Mapped[Pk]
    rulebook_id: Mapped[int] = column(_BOOK, ForeignKey("rulebook.id", ondelete="CASCADE"))
    indicator: Mapped[Indicator] = column(N_("Indicator"), choice(Indicator))
    weight: Mapped[Decimal] = column(N_("Weight"), Numeric(6, 2), help=N_("The points that the full rate earns."))
    target: Mapped[Decimal] = column(
        N_("Target in per cent"),
        Numeric(5, 2),
        default=Decimal(100),
        help=N_("The rate, in per cent, from which the full weight is earned."),
    )
    fewest: Mapped[int] = column(
        N_("Fewest cases"),
        Integer,
        default=1,
        help=N_("With fewer cases the rate is not judged, and the full weight is given."),
    )
    paragraph: Mapped[str] = column(N_("Paragraph"), String(40), help=N_("Of the county notice, e.g. §2(2)."))
    source: Mapped[str] = column(N_("Source"), String(120), help=N_("The article, or “county parameter”."))

    rulebook: Mapped[Rulebook] = relationship(back_populates="indicators")

    def __str__(self) -> str:
        return str(self.indicator)


class RulebookGrade(Base):
    """From which score on a unit has which grade."""

    __tablename__ = "rulebook_grade"
    __label__ = N_("Grade")
    __plural__ = N_("Grades")
    __table_args__ = (Index("uq_rulebook_grade", "rulebook_id", "position", unique=True),)

    id: Mapped[Pk]
    rulebook_id: Mapped[int] = column(_BOOK, ForeignKey("rulebook.id", ondelete="CASCADE"))
    position: Mapped[int] = column(N_("Order of the grade"), Integer, help=N_("1 is the best grade."))
    title: Mapped[str] = column(N_("Title"), String(40))
    title_en: Mapped[str | None] = column(N_("English title"), String(60), help=_ENGLISH)
    from_score: Mapped[Decimal] = column(
        N_("From score"), Numeric(7, 2), help=N_("The lowest score of this grade; of the last grade, the floor.")
    )

    rulebook: Mapped[Rulebook] = relationship(back_populates="grades")

    def __str__(self) -> str:
        return self.title


class RulebookPeer(Base):
    """Who is compared with whom: a kind of units, or one unit, which goes before its kind."""

    __tablename__ = "rulebook_peer"
    __label__ = N_("Peer group")
    __plural__ = N_("Peer groups")
    __table_args__ = (
        Index("uq_rulebook_peer_kind", "rulebook_id", "kind", unique=True),
        Index("uq_rulebook_peer_unit", "rulebook_id", "unit_id", unique=True),
        CheckConstraint("(kind IS NULL) <> (unit_id IS NULL)", name="peer_kind_or_unit"),
    )

    id: Mapped[Pk]
    rulebook_id: Mapped[int] = column(_BOOK, ForeignKey("rulebook.id", ondelete="CASCADE"))
    code: Mapped[str] = column(N_("Code"), String(20), help=N_("Rows of one code are one group."))
    title: Mapped[str] = column(N_("Title"), String(80))
    title_en: Mapped[str | None] = column(N_("English title"), String(120), help=_ENGLISH)
    kind: Mapped[UnitKind | None] = column(
        N_("Kind of units"), choice(UnitKind), help=N_("Either a kind or one unit; a unit in no group is not assessed.")
    )
    unit_id: Mapped[int | None] = column(
        N_("Named unit"), ForeignKey("unit.id"), help=N_("One unit for itself; it goes before its kind.")
    )

    rulebook: Mapped[Rulebook] = relationship(back_populates="peers")
    unit: Mapped[Unit | None] = relationship()

    def __str__(self) -> str:
        return self.title
