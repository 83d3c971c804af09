"""rulebooks: supplements and further parameters; deductions: excused duties; jobs: dates and calendars

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

from migrations.altering import alter_table, set_check

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DUTIES = (
    *("REGISTER", "INFORM", "TRANSFER", "FILE", "CONFIRM_TRANSFER", "ANSWER_TRANSFER", "RULE_ON_OBJECTION", "HANDLE"),
    *("REPORT_RESULT", "KEEP_PROMISE", "FOLLOW_UP", "REPORT_URGENT_UNIT_LEADER", "REPORT_URGENT_LEADER_IN_CHARGE"),
    *("REPORT_URGENT_BUREAU", "REPORT_MULTI", "DESIGNATE", "CONVENE", "REVIEW", "RE_REVIEW"),
)
HOURS = ("hours_visit", "hours_letter", "hours_call", "hours_online")
PARAMETERS = {"promise_days": "180", "clock_days": "7"}
JOBS = "'papers', 'export', 'freeze', 'import_check', 'import_load', 'what_if', 'scan'"
REFUSAL = "a published rulebook never changes"


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "rulebook_supplement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("rulebook_id", KEY, nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("duty", choice("dutykind", *DUTIES), nullable=False),
        sa.Column("variant", sa.String(length=8), server_default="", nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("measure", choice("measure", "working", "calendar", "hours"), nullable=False),
        sa.Column("rolled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("extension", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rule", choice("rule", "ACCEPT", "TRANSFER", "HANDLE", "FOLLOW_UP"), nullable=True),
        sa.Column("paragraph", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", KEY, nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_rulebook_supplement_supplement_not_negative")),
        sa.ForeignKeyConstraint(["added_by_id"], ["staff.id"], name=op.f("fk_rulebook_supplement_added_by_id")),
        sa.ForeignKeyConstraint(["rulebook_id"], ["rulebook.id"], name=op.f("fk_rulebook_supplement_rulebook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_supplement")),
    )
    op.create_index("uq_rulebook_supplement", "rulebook_supplement", ["rulebook_id", "duty", "variant"], unique=True)
    with alter_table("deduction_duty") as batch:
        batch.add_column(sa.Column("excused", sa.Boolean(), server_default=sa.false(), nullable=False))
    with alter_table("rulebook") as batch:
        for name, value in PARAMETERS.items():
            batch.add_column(sa.Column(name, sa.Integer(), server_default=value, nullable=False))
        for name in HOURS:
            batch.add_column(sa.Column(name, sa.String(length=60), nullable=True))
    set_check("rulebook", "ck_rulebook_parameters_positive", "promise_days > 0 AND clock_days > 0")
    set_check("job", "ck_job_jobkind", f"kind IN ({JOBS}, 'recount', 'calendar')", replaces=True)
    _guard()
    # the marks say what is to be counted again, and go when it is done: nothing else need be remembered
    op.execute("DELETE FROM counter WHERE series = 'recounted'")


def _guard() -> None:
    """What was added to a published rulebook stays as it was added."""
    ends = {
        "sqlite": f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        "postgresql": "FOR EACH ROW EXECUTE FUNCTION keep_rulebook()",
    }
    for event in ("UPDATE", "DELETE"):
        head = f"CREATE TRIGGER keep_rulebook_supplement_{event.lower()} BEFORE {event} ON rulebook_supplement"
        op.execute(f"{head} {ends[op.get_context().dialect.name]}")


def downgrade() -> None:
    set_check("job", "ck_job_jobkind", f"kind IN ({JOBS})", replaces=True)
    set_check("rulebook", "ck_rulebook_parameters_positive", None, replaces=True)
    with alter_table("rulebook") as batch:
        for name in (*HOURS, *PARAMETERS):
            batch.drop_column(name)
    with alter_table("deduction_duty") as batch:
        batch.drop_column("excused")
    op.drop_table("rulebook_supplement")
