"""Categories of matters, as a tree."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, true
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Pk, column
from models.terms import N_


class Category(Base):
    __tablename__ = "category"
    __label__ = N_("Category")
    __plural__ = N_("Categories")
    __table_args__ = (CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),)

    id: Mapped[Pk]
    code: Mapped[str] = column(N_("Code"), String(32), unique=True, search=True)
    name: Mapped[str] = column(N_("Name"), String(80), search=True)
    name_en: Mapped[str | None] = column(N_("English name"), String(120), search=True)
    parent_id: Mapped[int | None] = column(N_("Belongs to"), ForeignKey("category.id"), index=True)
    active: Mapped[bool] = column(N_("Active"), default=True, server_default=true())

    parent: Mapped[Category | None] = relationship(remote_side="Category.id")

    def __str__(self) -> str:
        return self.name
