"""Staff: who works for which unit, and from when to when. A past first receiver need not have an account."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Pk, column
from models.tables.units import Unit
from models.terms import N_

_CURRENT = text("until IS NULL AND user_id IS NOT NULL")


class Staff(Base):
    __tablename__ = "staff"
    __label__ = N_("Staff member")
    __plural__ = N_("Staff")
    __table_args__ = (
        Index("uq_staff_one_post_now", "user_id", unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT),
        CheckConstraint("until IS NULL OR until >= since", name="until_after_since"),
    )

    id: Mapped[Pk]
    name: Mapped[str] = column(N_("Full name"), String(80), search=True, index=True)
    unit_id: Mapped[int] = column(N_("Unit"), ForeignKey("unit.id"), index=True)
    user_id: Mapped[int | None] = column(N_("Account"), ForeignKey("ab_user.id", ondelete="SET NULL"), index=True)
    post: Mapped[str | None] = column(N_("Post"), String(80))
    head: Mapped[bool] = column(N_("Head of the unit"), default=False, server_default=false())
    since: Mapped[date] = column(N_("Since"))
    until: Mapped[date | None] = column(N_("Until"), help=N_("Empty while the person holds the post."))

    unit: Mapped[Unit] = relationship()

    def __str__(self) -> str:
        return self.name
