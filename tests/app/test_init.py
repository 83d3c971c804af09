"""``run.py init`` on two machines at once, then once more: all succeed, and every row is there once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, text

import config
from app import health
from app.commands.service import refuse_another_schema
from app.extensions import db
from models.errors import DomainError
from models.permissions import MATRIX
from models.terms import Role
from tests.commands import environment
from tests.databases import Backend

pytestmark = pytest.mark.both_databases

ONCE = ("ab_role", "ab_permission", "ab_view_menu", "ab_permission_view", "ab_permission_view_role", "rulebook")
ONCE += ("rulebook_clock", "rulebook_points", "calendar_day", "calendar_year", "category")


@pytest.fixture
def empty(backend: Backend) -> Iterator[str]:
    """The address of a database without a single table."""
    backend.fresh("initial")
    yield backend.url("initial")
    backend.drop("initial")


def _init(url: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(config.ROOT / "run.py"), "init"]
    return subprocess.Popen(command, env=environment(url), cwd=config.ROOT, stderr=subprocess.PIPE, text=True)


def _rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    engine = create_engine(url)
    with engine.connect() as link:
        found = {
            name: [tuple(row) for row in link.execute(text(f"SELECT * FROM {name} ORDER BY 1, 2"))] for name in ONCE
        }
        found["alembic_version"] = [tuple(row) for row in link.execute(text("SELECT * FROM alembic_version"))]
    engine.dispose()
    return found


@pytest.mark.slow
def test_two_at_once_and_a_third(empty: str) -> None:
    running = [_init(empty) for _ in range(2)]
    ended = [(process.communicate()[1], process.returncode) for process in running]
    assert ended == [("", 0)] * 2
    first = _rows(empty)
    again = _init(empty)
    assert (again.communicate()[1], again.returncode) == ("", 0)
    assert _rows(empty) == first
    assert [len(first["ab_role"]), len(first["rulebook"]), len(first["alembic_version"])] == [len(Role), 1, 1]
    grants = {(role, table, verb) for role, row in MATRIX.items() for table, verbs in row.items() for verb in verbs}
    assert len(first["ab_permission_view_role"]) == len(grants)


def test_a_schema_of_another_build_is_told(app: Any) -> None:
    """It bears the right revision: ``/readyz``, ``init`` and ``check`` compare the tables themselves."""
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE place RENAME COLUMN name TO heading"))
        health.compared.clear()
        answer = app.test_client().get("/readyz")
        assert (answer.status_code, answer.json) == (503, {"status": "another schema"})
        with pytest.raises(DomainError, match="missing: place column name"):
            refuse_another_schema(db.engine)


def test_ready_with_the_schema_of_this_version(client: Any) -> None:
    health.compared.clear()
    assert client.get("/readyz").json == {"status": "ok"}
