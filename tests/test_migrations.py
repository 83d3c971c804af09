"""The newest revision equals the tables, on both databases, and every way up has a way down."""

from __future__ import annotations

from sqlalchemy import inspect

import migrations
from migrations.check import differences
from tests.conftest import engine_for


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
