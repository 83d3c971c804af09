"""Units: the bureau, towns, departments and leaders' offices, as a tree."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text, true
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Pk, choice, column
from models.terms import N_, UnitKind


class Unit(Base):
    __tablename__ = "unit"
    __label__ = N_("Unit")
    __plural__ = N_("Units")
    __table_args__ = (
        Index(
            "uq_unit_one_bureau",
            "kind",
            unique=True,
            sqlite_where=text("kind = 'bureau'"),
            postgresql_where=text("kind = 'bureau'"),
        ),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),
        CheckConstraint("length(code) > 0", name="code_not_empty"),
    )

    id: Mapped[Pk]
    code: Mapped[str] = column(
        N_("Code"), String(32), unique=True, search=True, help=N_("Short and permanent; other programs hold on to it.")
    )
    name: Mapped[str] = column(N_("Name"), String(120), unique=True, search=True)
    name_en: Mapped[str | None] = column(
        N_("English name"), String(160), search=True, help=N_("Used in English papers; empty: the Chinese name.")
    )
    kind: Mapped[UnitKind] = column(N_("Kind"), choice(UnitKind), index=True)
    parent_id: Mapped[int | None] = column(N_("Superior unit"), ForeignKey("unit.id"), index=True)
    letter_prefix: Mapped[str | None] = column(
        N_("Prefix of letter numbers"),
        String(24),
        help=N_("Stands before 〔2026〕12号 in the unit's letters; empty: made from its name."),
    )
    phone: Mapped[str | None] = column(N_("Phone"), String(40), group=N_("Contact"))
    address: Mapped[str | None] = column(N_("Address"), String(200), group=N_("Contact"))
    active: Mapped[bool] = column(
        N_("Active"), default=True, server_default=true(), help=N_("An inactive unit receives nothing new.")
    )

    successor_id: Mapped[int | None] = column(
        N_("Taken over by"),
        ForeignKey("unit.id"),
        index=True,
        help=N_("Who takes what the unit still owes when it is dissolved."),
    )

    parent: Mapped[Unit | None] = relationship(remote_side="Unit.id", foreign_keys=parent_id)
    successor: Mapped[Unit | None] = relationship(remote_side="Unit.id", foreign_keys=successor_id)

    def __str__(self) -> str:
        return self.name
