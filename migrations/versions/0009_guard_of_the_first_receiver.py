"""The guard of the first receiver names its columns, which PostgreSQL asks for.

Revision: 0009, after 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

GUARD = "keep_petition_first_receiver_id"
AFTER = {
    "sqlite": ["CREATE TRIGGER keep_petition_first_receiver_id BEFORE UPDATE OF first_receiver_id ON petition WHEN OLD.first_receiver_id IS NOT NULL AND NEW.first_receiver_id IS NOT OLD.first_receiver_id AND COALESCE((SELECT told.old || '>' || told.new FROM record_change AS told WHERE told.table_name = 'petition' AND told.row_id = OLD.id AND told.field = 'first_receiver_id' AND told.reason IS NOT NULL ORDER BY told.id DESC LIMIT 1), '') <> CAST(OLD.first_receiver_id AS TEXT) || '>' || COALESCE(CAST(NEW.first_receiver_id AS TEXT), '') BEGIN SELECT RAISE(ABORT, 'petition.first_receiver_id changes by a correction only'); END"],
    "postgresql": ["CREATE OR REPLACE FUNCTION keep_traced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF COALESCE((SELECT told.old || '>' || told.new FROM record_change AS told WHERE told.table_name = 'petition' AND told.row_id = OLD.id AND told.field = 'first_receiver_id' AND told.reason IS NOT NULL ORDER BY told.id DESC LIMIT 1), '') <> CAST(OLD.first_receiver_id AS TEXT) || '>' || COALESCE(CAST(NEW.first_receiver_id AS TEXT), '') THEN RAISE EXCEPTION USING MESSAGE = 'petition.first_receiver_id changes by a correction only', ERRCODE = '23514'; END IF; RETURN NEW; END $$", 'CREATE TRIGGER keep_petition_first_receiver_id BEFORE UPDATE OF first_receiver_id ON petition FOR EACH ROW WHEN (OLD.first_receiver_id IS NOT NULL AND NEW.first_receiver_id IS DISTINCT FROM OLD.first_receiver_id) EXECUTE FUNCTION keep_traced()'],
}
BEFORE = {
    "sqlite": ["CREATE TRIGGER keep_petition_first_receiver_id BEFORE UPDATE OF first_receiver_id ON petition WHEN OLD.first_receiver_id IS NOT NULL AND NEW.first_receiver_id IS NOT OLD.first_receiver_id AND COALESCE((SELECT old || '>' || new FROM record_change WHERE table_name = 'petition' AND row_id = OLD.id AND field = 'first_receiver_id' AND reason IS NOT NULL ORDER BY id DESC LIMIT 1), '') <> CAST(OLD.first_receiver_id AS TEXT) || '>' || COALESCE(CAST(NEW.first_receiver_id AS TEXT), '') BEGIN SELECT RAISE(ABORT, 'petition.first_receiver_id changes by a correction only'); END"],
    "postgresql": ["CREATE OR REPLACE FUNCTION keep_traced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF COALESCE((SELECT old || '>' || new FROM record_change WHERE table_name = 'petition' AND row_id = OLD.id AND field = 'first_receiver_id' AND reason IS NOT NULL ORDER BY id DESC LIMIT 1), '') <> CAST(OLD.first_receiver_id AS TEXT) || '>' || COALESCE(CAST(NEW.first_receiver_id AS TEXT), '') THEN RAISE EXCEPTION USING MESSAGE = 'petition.first_receiver_id changes by a correction only', ERRCODE = '23514'; END IF; RETURN NEW; END $$", 'CREATE TRIGGER keep_petition_first_receiver_id BEFORE UPDATE OF first_receiver_id ON petition FOR EACH ROW WHEN (OLD.first_receiver_id IS NOT NULL AND NEW.first_receiver_id IS DISTINCT FROM OLD.first_receiver_id) EXECUTE FUNCTION keep_traced()'],
}


def _replace(made: dict[str, list[str]]) -> None:
    product = op.get_context().dialect.name
    op.execute(f"DROP TRIGGER {GUARD}" + (" ON petition" if product == "postgresql" else ""))
    for statement in made[product]:
        op.execute(statement)


def upgrade() -> None:
    _replace(AFTER)


def downgrade() -> None:
    _replace(BEFORE)
