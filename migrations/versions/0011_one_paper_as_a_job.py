"""jobs: one paper drawn outside the request

Revision: 0011, after 0010
"""

from alembic import op

from migrations.altering import set_check

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BEFORE = (
    *("papers", "export", "freeze", "import_check", "import_load", "what_if", "scan", "recount", "calendar"),
)


def upgrade() -> None:
    _kinds(*BEFORE, "paper")


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE kind = 'paper'")
    _kinds(*BEFORE)


def _kinds(*known: str) -> None:
    set_check("job", "ck_job_jobkind", f"kind IN ({', '.join(repr(one) for one in known)})", replaces=True)
