"""For the machines: is the process alive, is it ready to work, what did it count."""

from __future__ import annotations

import time
from threading import Event

from flask import Blueprint, Flask, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db

_page = Blueprint("health", __name__)
compared = Event()
_registry = CollectorRegistry()
_answers = Counter("shoujie_answers_total", "Answers by status class", ["status"], registry=_registry)
_seconds = Histogram("shoujie_answer_seconds", "Time to answer, in seconds", registry=_registry)


@_page.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@_page.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers, is migrated to the head this code needs, and has the tables of this code."""
    import migrations  # with Alembic, which no page needs

    try:
        db.session.execute(text("SELECT 1"))
        if migrations.pending(db.engine):
            return jsonify(status="not migrated"), 503
        if not compared.is_set() and _schema_differs():
            return jsonify(status="another schema"), 503
    except SQLAlchemyError:
        return jsonify(status="no database"), 503
    return jsonify(status="ok")


def _schema_differs() -> bool:
    """Compared until it is right once: a schema does not change under a running process."""
    from migrations import signature

    with db.engine.connect() as connection:
        if signature.differences(connection):
            return True
    compared.set()
    return False


@_page.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Counts for Prometheus; no names, no numbers of petitions."""
    return Response(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)


def _start() -> None:
    g.started = time.perf_counter()


def _count(response: Response) -> Response:
    if request.endpoint != "static":
        _answers.labels(f"{response.status_code // 100}xx").inc()
        _seconds.observe(time.perf_counter() - g.get("started", time.perf_counter()))
    return response


def install(app: Flask) -> None:
    """Bind the three addresses and the counting to ``app``."""
    app.register_blueprint(_page)
    app.before_request(_start)
    app.after_request(_count)
