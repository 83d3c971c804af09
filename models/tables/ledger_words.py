"""Words of ledgers: what the county's own ledgers write for a channel, a kind, a unit or a place."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped

from models.base import Base, Pk, choice, column
from models.office_terms import LedgerColumn
from models.terms import N_


class LedgerWord(Base):
    __tablename__ = "ledger_word"
    __label__ = N_("Word of ledgers")
    __plural__ = N_("Words of ledgers")
    __table_args__ = (Index("uq_ledger_word", "field", "word", unique=True),)

    id: Mapped[Pk]
    field: Mapped[LedgerColumn] = column(N_("Column"), choice(LedgerColumn))
    word: Mapped[str] = column(N_("Word in the ledger"), String(200), search=True)
    meaning: Mapped[str] = column(
        N_("Means"),
        String(120),
        search=True,
        help=N_("One of the console's own words (来访, visit), or the code of a unit or a place."),
    )

    def __str__(self) -> str:
        return self.word
