"""The fixtures of all tests: a fresh copy of a template for each; on PostgreSQL as well where a test declares it.

A test marked ``both_databases`` runs on both. Where the products cannot differ SQLite is enough (see CONTRIBUTING.md).
"""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

import migrations
from models import access, vault
from models.operations import clock
from models.reference import ensure_reference
from tests.databases import BOTH, PRODUCTS, Backend, Postgres, engine_for
from tests.well import assert_well

__all__ = ["Backend", "Postgres", "engine_for"]

PASSWORD = "county-test"
ROOT = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--databases",
        choices=("declared", "sqlite", "rest"),
        default="declared",
        help="declared: on PostgreSQL too what says both_databases. sqlite: nothing on PostgreSQL. "
        "rest: on PostgreSQL what 'declared' runs on SQLite alone, and nothing else.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """One directory for a run. Not pytest's own: the server may run as another user, who must be able to reach it."""
    given = getattr(config, "workerinput", {}).get("root")
    config.stash[ROOT] = Path(given or tempfile.mkdtemp(prefix="shoujie-test-"))
    config.stash[ROOT].chmod(0o755)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """A process of pytest-xdist works in the directory of the run."""
    node.workerinput["root"] = str(node.config.stash[ROOT])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[ROOT], ignore_errors=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Which database a test runs on, unless it says so itself."""
    own = any(mark.args[0] == "backend" for mark in metafunc.definition.iter_markers("parametrize"))
    if "backend" not in metafunc.fixturenames or own:
        return
    both = metafunc.definition.get_closest_marker("both_databases") is not None
    which = metafunc.config.getoption("--databases")
    products = {
        "declared": BOTH if both else BOTH[:1],
        "sqlite": BOTH[:1],
        "rest": BOTH[:1] if both else BOTH[1:],
    }[which]
    metafunc.parametrize("backend", products, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what ``--databases`` asks for."""
    unwanted = {"declared": set(), "sqlite": {"postgresql"}, "rest": {"sqlite", None}}[config.getoption("--databases")]
    gone = [item for item in items if unwanted and _product(item) in unwanted]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in set(gone)]


def _product(item: pytest.Item) -> str | None:
    return item.callspec.params.get("backend") if hasattr(item, "callspec") else None


def pytest_collection_finish() -> None:
    """What was imported stays: to look through it for garbage again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _vault() -> None:
    vault.configure("test-vault-key")


@pytest.fixture(scope="session")
def _root(pytestconfig: pytest.Config) -> Path:
    """The directory of the run, shared by its processes."""
    return pytestconfig.stash[ROOT]


@pytest.fixture(scope="session")
def _products(_root: Path, worker_id: str) -> Iterator[Callable[[str], Backend]]:
    """The database products in use, each started once."""
    known: dict[str, Backend] = {}

    def product(name: str) -> Backend:
        if name not in known:
            known[name] = PRODUCTS[name](_root, worker_id)
            known[name].template("blank", migrations.upgrade)
        return known[name]

    yield product
    for made in known.values():
        made.stop()


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest, _products: Callable[[str], Backend]) -> Backend:
    """A database product with the migrated template ``blank``."""
    return _products(request.param)


@pytest.fixture(scope="session")
def reference(backend: Backend) -> str:
    """A template with rulebook, calendar and categories: the databases of a test that asks for it begin with it."""
    return backend.template("reference", _reference, "blank")


def _reference(url: str) -> None:
    engine = engine_for(url)
    with access.all_rows(), Session(engine) as session:
        ensure_reference(session)
        clock.confirm(session, datetime.now(UTC))  # records of tests are older than a believed clock allows
        session.commit()
    engine.dispose()


@pytest.fixture
def engine_url(backend: Backend, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    asked = "reference" in request.fixturenames
    backend.fresh("fresh", request.getfixturevalue("reference") if asked else "blank")
    yield backend.url("fresh")
    backend.drop("fresh")


@pytest.fixture
def session(engine_url: str, backend: Backend) -> Iterator[Session]:
    """A domain session under the row rules: say ``with all_rows():`` or ``with acting(actor):``."""
    engine = backend.engine("fresh")
    # the test's own: what it listens to ends with it
    factory = sessionmaker(engine.execution_options())
    access.install(factory)
    with factory() as opened:
        yield opened
        opened.rollback()
    engine.dispose()


@pytest.fixture(scope="session")
def _app(backend: Backend, reference: str, _root: Path, worker_id: str) -> Any:
    """The application once per database; its start state (roles, reference data) is the template ``ready``."""
    from app import create_app
    from app.roles import sync_roles

    backend.fresh("work", reference)
    made = create_app(
        {
            "TESTING": True,
            "DATABASE_URL": backend.url("work"),
            "SQLALCHEMY_ENGINE_OPTIONS": {},
            "DEFAULT_LOCALE": "en",
            "SECRET_KEY": "test-secret-key-of-sufficient-length",
            "VAULT_KEY": "test-vault-key",
            "STORE_URL": str(_root / f"files-{worker_id}"),
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": False,
            "PROPAGATE_EXCEPTIONS": False,  # a failure is a page, as for users
        }
    )
    made.instance_path = str(_root / f"instance-{worker_id}")  # no test writes into the machine's own directory
    with made.app_context(), access.all_rows():
        from app.extensions import db

        sync_roles(db.session)
        db.session.commit()
    _disconnect(made)
    backend.fresh("ready", "work")
    return made


def _disconnect(app: Any) -> None:
    """The database can be copied or replaced."""
    from app.extensions import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(_app: Any, backend: Backend, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The application on a fresh database with roles and reference data."""
    if "desk" in request.fixturenames:
        request.getfixturevalue("_people")
    backend.fresh("work", "peopled" if "desk" in request.fixturenames else "ready")
    yield _app
    _disconnect(_app)


@pytest.fixture
def client(app: Any) -> Any:
    return app.test_client()


@pytest.fixture
def login() -> Callable[..., Any]:
    """``login(client, username)``: through the real form."""

    def enter(client: Any, username: str, password: str = PASSWORD) -> Any:
        return client.post("/login/", data={"username": username, "password": password}, follow_redirects=False)

    return enter


@pytest.fixture(scope="session")
def _people(_app: Any, backend: Backend) -> Any:
    """Who is who in the template ``peopled``: the small county with its accounts."""
    from tests.views.world import settled

    backend.fresh("work", "ready")
    people = settled(_app)
    _disconnect(_app)
    backend.fresh("peopled", "work")
    return people


@pytest.fixture
def desk(_people: Any, app: Any) -> Iterator[Any]:
    """The application with a small county, accounts and what tests do there; all must be well at the end."""
    from tests.views.world import Desk

    made = Desk(app, _people)
    yield made
    if made.synthetic:
        return
    with made.rows() as session:
        assert_well(session)
