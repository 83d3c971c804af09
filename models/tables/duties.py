"""Duties: what a unit owes by a moment. Derived by ``rules.duties``, stored with due moment and trace."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.tables.petitions import Petition
from models.tables.rulebooks import Rulebook
from models.tables.steps import Step
from models.tables.units import Unit
from models.terms import N_, DutyKind, DutyStatus, Measure, Rule

_OPEN = text("status = 'open'")
# what a scan still has to look at: the index and the query say it in the same words, or no index is used
UNCHARGED = text("rule IS NOT NULL AND NOT charged AND (status = 'open' OR late)")


class Duty(Base):
    __tablename__ = "duty"
    __label__ = N_("Duty")
    __plural__ = N_("Duties")
    __table_args__ = (
        Index("uq_duty_key", "petition_id", "key", unique=True),
        Index("ix_duty_open_unit_due", "unit_id", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_duty_open_due", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_duty_due", "due_on", "id"),
        Index("ix_duty_missed", "due_on", "unit_id", sqlite_where=text("late"), postgresql_where=text("late")),
        Index("ix_duty_uncharged", "due_at", sqlite_where=UNCHARGED, postgresql_where=UNCHARGED),
        CheckConstraint("(status = 'discharged') = (discharged_at IS NOT NULL)", name="discharged_has_date"),
        CheckConstraint("discharged_at IS NULL OR discharged_by_id IS NOT NULL", name="discharged_by_a_step"),
    )

    id: Mapped[Pk]
    petition_id: Mapped[int] = column(N_("Petition"), ForeignKey("petition.id"))
    key: Mapped[str] = column(N_("Key"), String(60), help=N_("Unique in the petition, e.g. FOLLOW_UP:1.3."))
    kind: Mapped[DutyKind] = column(N_("Duty"), choice(DutyKind))
    unit_id: Mapped[int] = column(N_("Owed by"), ForeignKey("unit.id"), index=True)
    rule: Mapped[Rule | None] = column(N_("Rule"), choice(Rule))
    occurrence: Mapped[str | None] = column(N_("Occurrence"), String(60))
    paragraph: Mapped[str] = column(N_("Paragraph"), String(40))
    opened_at: Mapped[datetime] = column(N_("Owed from"), Instant)
    opened_by_id: Mapped[int] = column(N_("Opened by the step"), ForeignKey("step.id"))
    measure: Mapped[Measure] = column(N_("Counted in"), choice(Measure))
    due_at: Mapped[datetime] = column(
        N_("Due moment"), Instant, help=N_("The last moment in time: of a day clock, the end of the due date.")
    )
    due_on: Mapped[date] = column(N_("Due"), Date)
    status: Mapped[DutyStatus] = column(N_("Status"), choice(DutyStatus), default=DutyStatus.open)
    discharged_at: Mapped[datetime | None] = column(N_("Discharged at"), Instant)
    discharged_by_id: Mapped[int | None] = column(N_("Discharged by the step"), ForeignKey("step.id"))
    ended_at: Mapped[datetime | None] = column(
        N_("Ended at"), Instant, help=N_("When it was discharged, cancelled or lapsed.")
    )
    late: Mapped[bool] = column(N_("Done late"), default=False, server_default=text("false"))
    late_days: Mapped[int | None] = column(
        N_("Days late"), Integer, help=N_("Of a duty done late; of an open one it is counted when shown.")
    )
    charged: Mapped[bool] = column(
        N_("Listed in a deduction"),
        default=False,
        server_default=text("false"),
        help=N_("A missed duty that a deduction already lists."),
    )
    rulebook_id: Mapped[int] = column(N_("Rulebook"), ForeignKey("rulebook.id"))
    trace: Mapped[dict[str, Any]] = column(N_("Working of the due date"), JSON, default=dict)

    petition: Mapped[Petition] = relationship()
    unit: Mapped[Unit] = relationship()
    rulebook: Mapped[Rulebook] = relationship()
    opened_by: Mapped[Step] = relationship(foreign_keys=opened_by_id)
    discharged_by: Mapped[Step | None] = relationship(foreign_keys=discharged_by_id)

    def __str__(self) -> str:
        return self.key
