"""Petitions: one matter, received once. Identity lives in ``petitioners``, apart from the matter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, false, text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Instant, Pk, choice, column
from models.tables.categories import Category
from models.tables.places import Place
from models.tables.staff import Staff
from models.tables.units import Unit
from models.terms import N_, Case, Channel, PetitionKind, PetitionStatus

MATTER_GROUP, _INTAKE, _STATE = N_("The matter"), N_("Intake"), N_("State")
_ABOUT = text("about_unit_id IS NOT NULL")


class Petition(Base):
    __tablename__ = "petition"
    __label__ = N_("Petition")
    __plural__ = N_("Petitions")
    __table_args__ = (
        CheckConstraint("registered_at IS NULL OR registered_at >= received_at", name="registered_after_received"),
        CheckConstraint("urgent_at IS NULL OR urgent_at >= received_at", name="urgent_after_received"),
        CheckConstraint("closed_at IS NULL OR closed_at >= received_at", name="closed_after_received"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_has_date"),
        CheckConstraint("length(title) > 0", name="title_not_empty"),
        CheckConstraint("voided_at IS NULL OR status = 'closed'", name="void_is_closed"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_merged_into_itself"),
        Index("ix_petition_first_unit_received", "first_unit_id", "received_at", "id"),
        Index("ix_petition_responsible_received", "responsible_unit_id", "received_at", "id"),
        Index("ix_petition_received", "received_at", "id"),
        Index("ix_petition_status_received", "status", "received_at", "id"),
        Index("ix_petition_about", "about_unit_id", sqlite_where=_ABOUT, postgresql_where=_ABOUT),
    )

    id: Mapped[Pk]
    number: Mapped[str] = column(
        N_("Number"), String(40), unique=True, search=True, readonly=True, help=N_("Given by the console.")
    )
    title: Mapped[str] = column(
        N_("Title"), String(200), search=True, group=MATTER_GROUP, help=N_("The matter in one line, without names.")
    )
    content: Mapped[str] = column(
        N_("Content"), Text, group=MATTER_GROUP, help=N_("What happened and what is asked for, recorded faithfully.")
    )
    kind: Mapped[PetitionKind] = column(N_("Kind"), choice(PetitionKind), group=MATTER_GROUP)
    category_id: Mapped[int | None] = column(N_("Category"), ForeignKey("category.id"), group=MATTER_GROUP)
    place_id: Mapped[int | None] = column(
        N_("Place"), ForeignKey("place.id"), group=MATTER_GROUP, help=N_("Where the matter arose.")
    )
    place_text: Mapped[str | None] = column(
        N_("Place as written"),
        String(200),
        readonly=True,
        group=MATTER_GROUP,
        help=N_("As a ledger has it; it can be mapped to a place of the county."),
    )
    about_unit_id: Mapped[int | None] = column(
        N_("About the unit"),
        ForeignKey("unit.id"),
        group=MATTER_GROUP,
        help=N_("If the matter is about a unit or its staff: that unit will not see it anywhere."),
    )
    channel: Mapped[Channel] = column(N_("Channel"), choice(Channel), group=_INTAKE)
    received_at: Mapped[datetime] = column(N_("Received at"), Instant, group=_INTAKE)
    registered_at: Mapped[datetime | None] = column(N_("Registered at"), Instant, readonly=True, group=_INTAKE)
    first_unit_id: Mapped[int] = column(
        N_("First unit"),
        ForeignKey("unit.id"),
        group=_INTAKE,
        help=N_("Answers for the matter to the end; never changes."),
    )
    first_receiver_id: Mapped[int | None] = column(N_("First receiver"), ForeignKey("staff.id"), group=_INTAKE)
    receiver_text: Mapped[str | None] = column(
        N_("First receiver as written"),
        String(80),
        readonly=True,
        group=_INTAKE,
        help=N_("As a ledger has it; it can be mapped to somebody of the first unit."),
    )
    keeper_id: Mapped[int | None] = column(
        N_("Looked after by"),
        ForeignKey("staff.id"),
        readonly=True,
        group=_INTAKE,
        help=N_("The first receiver, until a signed handover names a colleague of the first unit."),
    )
    anonymous: Mapped[bool] = column(N_("Anonymous"), default=False, server_default=false(), group=_INTAKE)
    persons: Mapped[int] = column(
        N_("Persons"),
        Integer,
        default=1,
        server_default="1",
        group=_INTAKE,
        help=N_("How many people came; a group sends at most five representatives."),
    )
    urgent_at: Mapped[datetime | None] = column(
        N_("Known to be major or urgent at"), Instant, readonly=True, group=_STATE
    )
    case: Mapped[Case | None] = column(N_("Case"), choice(Case), readonly=True, group=_STATE)
    status: Mapped[PetitionStatus] = column(
        N_("Status"), choice(PetitionStatus), readonly=True, default=PetitionStatus.received, group=_STATE
    )
    responsible_unit_id: Mapped[int | None] = column(
        N_("Responsible unit"), ForeignKey("unit.id"), readonly=True, group=_STATE
    )
    closed_at: Mapped[datetime | None] = column(N_("Closed at"), Instant, readonly=True, group=_STATE)
    voided_at: Mapped[datetime | None] = column(
        N_("Void since"),
        Instant,
        readonly=True,
        group=_STATE,
        help=N_("Registered by mistake: the number stays, nothing is owed and nothing is counted."),
    )
    merged_into_id: Mapped[int | None] = column(
        N_("Merged into"),
        ForeignKey("petition.id"),
        readonly=True,
        group=_STATE,
        help=N_("The matter first received, in which this one lives on."),
    )
    version: Mapped[int] = column(N_("Version"), Integer, readonly=True, nullable=False)

    __mapper_args__ = {"version_id_col": version}

    category: Mapped[Category | None] = relationship()
    place: Mapped[Place | None] = relationship()
    about_unit: Mapped[Unit | None] = relationship(foreign_keys=about_unit_id)
    first_unit: Mapped[Unit] = relationship(foreign_keys=first_unit_id)
    first_receiver: Mapped[Staff | None] = relationship(foreign_keys=first_receiver_id)
    keeper: Mapped[Staff | None] = relationship(foreign_keys=keeper_id)
    responsible_unit: Mapped[Unit | None] = relationship(foreign_keys=responsible_unit_id)
    merged_into: Mapped[Petition | None] = relationship(remote_side="Petition.id")

    def __str__(self) -> str:
        return self.number


class Involvement(Base):
    """Which units may see a petition and why: the one source of the row rule, kept by the operations."""

    __tablename__ = "involvement"
    __label__ = N_("Involved unit")
    __plural__ = N_("Involved units")
    __table_args__ = (
        Index("uq_involvement", "petition_id", "unit_id", unique=True),
        Index("ix_involvement_unit_petition", "unit_id", "petition_id"),
    )

    id: Mapped[Pk]
    petition_id: Mapped[int] = column(N_("Petition"), ForeignKey("petition.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = column(N_("Unit"), ForeignKey("unit.id"))

    petition: Mapped[Petition] = relationship()
    unit: Mapped[Unit] = relationship()

    def __str__(self) -> str:
        return f"{self.petition_id}/{self.unit_id}"
