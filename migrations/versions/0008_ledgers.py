"""ledgers: place and first receiver as written, a second phone found again, the words of the county's ledgers

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("petition", sa.Column("place_text", sa.String(length=200), nullable=True))
    op.add_column("petition", sa.Column("receiver_text", sa.String(length=80), nullable=True))
    op.add_column("petitioner", sa.Column("other_phone_hash", sa.String(length=64), nullable=True))
    op.create_index("ix_petitioner_other_phone_hash", "petitioner", ["other_phone_hash"])
    op.create_table(
        "ledger_word",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(length=200), nullable=False),
        sa.Column("meaning", sa.String(length=120), nullable=False),
        sa.CheckConstraint("field IN ('channel', 'kind', 'unit', 'place')", name=op.f("ck_ledger_word_ledgercolumn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_word")),
    )
    op.create_index("uq_ledger_word", "ledger_word", ["field", "word"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_ledger_word", table_name="ledger_word")
    op.drop_table("ledger_word")
    op.drop_index("ix_petitioner_other_phone_hash", table_name="petitioner")
    op.drop_column("petitioner", "other_phone_hash")
    op.drop_column("petition", "receiver_text")
    op.drop_column("petition", "place_text")
