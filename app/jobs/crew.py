"""Who works: a thread of each server process on one machine, or Celery's workers where a broker is set."""

from __future__ import annotations

import logging
from threading import Event, Thread
from time import monotonic
from typing import Any

from celery import Celery
from flask import Flask, current_app
from kombu.exceptions import OperationalError as BrokerError
from sqlalchemy.exc import DBAPIError

from app.jobs import runner

log = logging.getLogger(__name__)
LOOK = 2.0  # seconds between two looks for work that another process was asked for
SWEEP = 30.0  # seconds between two looks for what dead workers left


class Crew:
    """Told of every new job; knows who will do it."""

    def __init__(self, app: Flask, queue: Celery | None) -> None:
        self.app, self.queue = app, queue
        self._new = Event()

    def wake(self, pk: int) -> None:
        """There is a new job. If the broker does not answer, the job waits and is found by the next sweep."""
        self._new.set()
        if self.queue is not None:
            try:
                self.queue.send_task("shoujie.job", [pk], retry=False)
            except BrokerError:
                log.error("the broker does not answer: job %s waits for the next sweep", pk)

    def start(self) -> None:
        """On one machine: work in this process, beside its pages. With a broker its workers do."""
        if self.queue is None:
            Thread(target=self._work, daemon=True, name="jobs").start()

    def _work(self) -> None:
        swept = -SWEEP
        while True:
            try:
                if monotonic() - swept >= SWEEP:
                    runner.recover(self.app)
                    runner.watch_clock(self.app)
                    swept = monotonic()
                runner.run_waiting(self.app)
            except DBAPIError:  # no database yet, or not for a while: it may come back
                log.exception("the jobs cannot be read")
            self._new.wait(LOOK)
            self._new.clear()


def crew() -> Crew:
    """Of the application at work."""
    found: Any = current_app.extensions["jobs"]
    return found  # type: ignore[no-any-return]
