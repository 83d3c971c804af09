"""Petitioners: who brought the matter. Sealed by the vault; found again only by keyed hashes (domain §6)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Pk, choice, column
from models.tables.petitions import Petition
from models.terms import N_, IdKind
from models.vault import Sealed


class Petitioner(Base):
    __tablename__ = "petitioner"
    __label__ = N_("Petitioner")
    __plural__ = N_("Petitioners")
    __table_args__ = (Index("uq_petitioner_position", "petition_id", "position", unique=True),)

    id: Mapped[Pk]
    petition_id: Mapped[int] = column(N_("Petition"), ForeignKey("petition.id", ondelete="CASCADE"))
    position: Mapped[int] = column(N_("Position"), Integer, default=1, help=N_("1 is the first petitioner."))
    name: Mapped[str] = column(N_("Full name"), Sealed, sensitive=True)
    phone: Mapped[str | None] = column(N_("Phone"), Sealed, sensitive=True)
    id_kind: Mapped[IdKind] = column(
        N_("Kind of document"), choice(IdKind), default=IdKind.resident, server_default=IdKind.resident.value
    )
    id_number: Mapped[str | None] = column(N_("ID number"), Sealed, sensitive=True)
    address: Mapped[str | None] = column(N_("Address"), Sealed, sensitive=True)
    unchecked: Mapped[str | None] = column(
        N_("Kept in spite of a warning"),
        String(40),
        readonly=True,
        help=N_("Which of phone and ID number look wrong and were confirmed as they are."),
    )
    phone_hash: Mapped[str | None] = column(N_("Phone hash"), String(64), index=True, readonly=True)
    other_phone_hash: Mapped[str | None] = column(N_("Hash of a second phone"), String(64), index=True, readonly=True)
    id_hash: Mapped[str | None] = column(N_("ID hash"), String(64), index=True, readonly=True)

    petition: Mapped[Petition] = relationship()

    def __str__(self) -> str:
        return f"P{self.position}"
