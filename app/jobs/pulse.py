"""A running job's signs of life: progress, heard cancellation; on a connection of its own, never in the way."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from models.operations import jobs
from models.operations.jobs import Claim

EVERY = 0.5  # seconds between two written progresses
ALIVE = 20.0  # seconds between two signs of life of silent work


class Stopped(Exception):
    """The job was cancelled, or taken over: put everything back."""


class Pulse:
    """While its block runs the row is kept alive, even through work that tells no progress."""

    def __init__(self, engine: Engine, mine: Claim) -> None:
        self.engine, self.mine = engine, mine
        self.done = self.total = 0
        self.last = monotonic()
        self.gone = False
        self._over, self._lock = Event(), Lock()
        self._thread = Thread(target=self._tick, daemon=True, name=f"pulse-{mine.id}")

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._over.set()
        self._thread.join()

    def heard(self, done: int, total: int) -> None:
        """Progress of the work. Raises Stopped when it should end."""
        self.done, self.total = done, total
        if monotonic() - self.last >= EVERY:
            self._beat()
        if self.gone:
            raise Stopped

    def check(self) -> None:
        """Before the end: write the last progress; Stopped if it should not count."""
        self._beat()
        if self.gone:
            raise Stopped

    def _tick(self) -> None:
        while not self._over.wait(1):
            if monotonic() - self.last >= ALIVE:
                self._beat()

    def _beat(self) -> None:
        # SQLite has one writer: while that is the work itself, the sign of life is left out rather than waited for
        with self._lock, suppress(OperationalError, InterfaceError), self.engine.connect() as link:
            self.last = monotonic()
            hasty = link.dialect.name == "sqlite"
            if hasty:
                link.exec_driver_sql("PRAGMA busy_timeout=0")
            try:
                self.gone |= not jobs.beat(link, self.mine, datetime.now(UTC), self.done, self.total)
                link.commit()
            finally:
                if hasty:
                    link.rollback()
                    link.exec_driver_sql("PRAGMA busy_timeout=10000")
