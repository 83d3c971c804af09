"""The newest revision equals the tables, on both databases, and every way up has a way down."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Column, Connection, Integer, String, Table, create_engine, inspect, text

import migrations
from migrations import guards, revise, signature
from migrations.altering import alter_table, set_check
from migrations.check import differences
from models.base import Base, choice
from models.terms import DayKind
from tests.conftest import engine_for

pytestmark = pytest.mark.both_databases


def test_tables_equal_newest_revision(engine_url: str) -> None:
    with engine_for(engine_url).connect() as connection:
        assert migrations.current(connection) == migrations.head()
        assert differences(connection) == []


def test_down_and_up_again(engine_url: str) -> None:
    engine = engine_for(engine_url)
    migrations.downgrade(engine)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(engine)
    assert {"ab_user", "ab_api_key", "petition"} <= set(inspect(engine).get_table_names())


def test_a_second_upgrade_changes_nothing(engine_url: str) -> None:
    migrations.upgrade(engine_url)
    with engine_for(engine_url).connect() as connection:
        assert differences(connection) == []


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE petition DROP COLUMN title",
        "DROP INDEX ix_petition_received",
        "ALTER TABLE unit ADD COLUMN of_before INTEGER",
    ],
)
def test_another_schema_is_seen_whatever_its_revision_says(engine_url: str, change: str) -> None:
    engine = engine_for(engine_url)
    with engine.begin() as connection:
        if "title" in change:  # what depends on the column goes first
            connection.execute(text("DROP INDEX IF EXISTS ix_petition_words"))
            connection.execute(text("ALTER TABLE petition RENAME COLUMN title TO heading"))
        else:
            connection.execute(text(change))
        assert migrations.current(connection) == migrations.head()
        assert signature.differences(connection)


@pytest.fixture
def newest() -> Any:
    """A connection to a database at head, on SQLite."""
    with create_engine("sqlite://").connect() as connection:
        migrations.upgrade(connection)
        yield connection


def _operations(connection: Connection) -> Any:
    return Operations.context(MigrationContext.configure(connection))


def _triggers(connection: Connection) -> set[str]:
    return {line for line in signature.actual(connection) if " trigger " in line}


def test_an_altered_table_keeps_its_triggers_and_rows(newest: Connection) -> None:
    newest.execute(text("INSERT INTO counter (series, value) VALUES ('petition:2026', 4)"))
    before = _triggers(newest)
    with _operations(newest), alter_table("petition") as batch:
        batch.alter_column("title", existing_type=String(200), type_=String(300))
    assert _triggers(newest) == before
    with _operations(newest):
        set_check("counter", "ck_counter_value_not_negative", "value >= 4", replaces=True)
    assert newest.execute(text("SELECT value FROM counter")).scalar() == 4
    assert "ck_counter_value_not_negative CHECK (value >= 4)" in str(
        newest.execute(text("SELECT sql FROM sqlite_master WHERE name = 'counter'")).scalar()
    )


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Any:
    """As a person who follows docs/changing.md would write them: table, column, condition, member, guard."""
    tables = dict(Base.metadata.tables)
    unit, channel = tables["unit"], tables["petition"].c.channel
    room = Table("room", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String(80)))
    floor: Column[int] = Column("floor", Integer)
    door: Column[Any] = Column("door", choice(DayKind))
    unit.append_column(floor)
    unit.append_column(door)
    condition = CheckConstraint("length(code) < 40", name="code_short")
    unit.append_constraint(condition)
    check = next(row for row in tables["petition"].constraints if str(row.name) == "ck_petition_channel")
    monkeypatch.setattr(check, "sqltext", text("channel IN ('broadcast', 'call', 'letter', 'online', 'visit')"))
    monkeypatch.setattr(channel.type, "enums", [*channel.type.enums, "broadcast"])
    monkeypatch.setattr(guards, "KEPT", (*guards.KEPT, ("unit", "code")))
    yield
    Base.metadata.remove(room)
    unit._columns.remove(floor)
    unit._columns.remove(door)
    unit.constraints -= {row for row in unit.constraints if str(row.name) == "ck_unit_daykind"}
    unit.constraints.discard(condition)


def test_a_revision_is_written_from_the_tables(tmp_path: Path, declared: None) -> None:
    path = revise.write("rooms for hearings", tmp_path)
    assert path is not None
    module = _loaded(path)
    with create_engine("sqlite://").connect() as connection:
        migrations.upgrade(connection)
        with _operations(connection):
            module.upgrade()
        assert differences(connection) == []
        with _operations(connection):
            module.downgrade()
        lines = " ".join(differences(connection))
        assert all(word in lines for word in ("room", "floor", "broadcast", "ck_unit_code_short", "keep_unit_code"))


def _loaded(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("revision", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
