"""Who takes what a dissolved unit still owes

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

from migrations.altering import alter_table

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with alter_table("unit") as batch:
        batch.add_column(sa.Column("successor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch.create_foreign_key(op.f("fk_unit_successor_id"), "unit", ["successor_id"], ["id"])
        batch.create_index("ix_unit_successor_id", ["successor_id"])


def downgrade() -> None:
    with alter_table("unit") as batch:
        batch.drop_index("ix_unit_successor_id")
        batch.drop_constraint(op.f("fk_unit_successor_id"), type_="foreignkey")
        batch.drop_column("successor_id")
