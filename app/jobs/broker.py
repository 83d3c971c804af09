"""Celery: the same jobs on several machines, and what is due by the clock. Results stay in our own table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.jobs import runner
from models.access import all_rows
from models.office_terms import JobStatus
from models.operations import clock, deductions
from models.tables import Job

SETTINGS: dict[str, Any] = {
    "task_ignore_result": True,
    "task_acks_late": True,  # a killed worker's message is given to another; the claim keeps it from being done twice
    "worker_prefetch_multiplier": 1,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,  # a broker that is away for a night finds its workers waiting
    # whoever asks for a job is not kept waiting: the job is a row, and the next sweep tells a worker of it
    "broker_transport_options": {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.5},
    "worker_hijack_root_logger": False,
}

SWEEP = 20.0  # seconds that a message may be lost


def make(app: Flask) -> Celery | None:
    """The queue behind BROKER_URL; None on one machine."""
    url = app.config.get("BROKER_URL")
    if not url:
        return None
    queue = Celery("shoujie", broker=url, set_as_current=False)
    queue.conf.update(SETTINGS, timezone=app.config["TIMEZONE"])
    if url.startswith("redis"):
        queue.conf.broker_transport_options = SETTINGS["broker_transport_options"] | {"socket_connect_timeout": 3}
    queue.conf.beat_schedule = {
        "sweep": {"task": "shoujie.sweep", "schedule": SWEEP},
        "scan": {"task": "shoujie.scan", "schedule": crontab(hour=1, minute=10)},
    }

    @queue.task(name="shoujie.job")
    def job(pk: int) -> None:
        mine = runner.claim(app, pk)
        if mine is not None:
            runner.run(app, mine)

    @queue.task(name="shoujie.sweep")
    def sweep() -> None:
        runner.recover(app)
        for pk in _waiting(app):
            job.delay(pk)

    @queue.task(name="shoujie.scan")
    def scan() -> None:
        with app.app_context(), all_rows():
            clock.believe(db.session(), datetime.now(UTC))
            deductions.scan(db.session(), datetime.now(UTC))
            db.session.commit()

    @worker_process_init.connect(weak=False)
    def _own_connections(**_: Any) -> None:
        with app.app_context():
            db.engine.dispose(close=False)

    return queue


def _waiting(app: Flask) -> list[int]:
    with app.app_context(), all_rows():
        return list(db.session.scalars(select(Job.id).where(Job.status == JobStatus.queued).order_by(Job.id)))
