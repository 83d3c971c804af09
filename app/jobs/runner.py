"""Runs one job: as the one who asked for it and in their language; its end and its work are one transaction."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_babel import force_locale
from sqlalchemy.exc import InterfaceError, OperationalError

from app.extensions import db
from app.jobs.kinds import WORK
from app.jobs.pulse import Pulse, Stopped
from app.jobs.task import Task
from app.security import actor_of_account
from models.access import acting, all_rows
from models.errors import DomainError, NotAllowed
from models.operations import clock, jobs
from models.operations.jobs import Claim
from models.permissions import job_right, may
from models.tables import Job
from models.terms import N_

log = logging.getLogger(__name__)
HOST = socket.gethostname()
PATIENCE = (1, 2, 4, 8, 15, 30, 60)  # seconds between two looks whether a lost database is back
_NAMES: dict[int, str] = {}
UNEXPECTED = N_("The console failed at this. The failure was recorded; tell your administrator.")


def me() -> str:
    """This process's name as a worker, told apart from an earlier process with the same number."""
    return _NAMES.setdefault(os.getpid(), f"{HOST}:{os.getpid()}:{secrets.token_hex(4)}")


def is_dead(worker: str) -> bool:
    """Whether the process behind a worker's name is known to be gone; of other machines nothing is known."""
    host, pid, _ = worker.rsplit(":", 2)
    if host != HOST or worker == me():
        return False
    if int(pid) == os.getpid():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def recover(app: Flask) -> int:
    """Let what dead workers left wait again."""
    with app.app_context(), all_rows():
        moved = jobs.recover(db.session(), is_dead, datetime.now(UTC))
        db.session.commit()
        return moved


def watch_clock(app: Flask) -> None:
    """While this process works, its clock is watched: a quiet week is no silence. One that jumps is not believed."""
    with app.app_context(), all_rows():
        try:
            clock.believe(db.session(), datetime.now(UTC))
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            log.warning("%s", error)


def claim(app: Flask, pk: int | None = None) -> Claim | None:
    """Take the job ``pk``, or the oldest that waits."""
    with app.app_context(), all_rows():
        found = jobs.claim(db.session(), me(), datetime.now(UTC), pk)
        db.session.commit()
        return found


def run(app: Flask, mine: Claim) -> None:
    """Do the work of a claimed job; whatever happens, the row says how it ended."""
    with app.app_context():
        try:
            with Pulse(db.engine, mine) as pulse:
                _work(mine, pulse)
        except (Stopped, jobs.Lost):
            _end(mine, lambda now: jobs.stopped(db.session(), mine, now))
        except DomainError as error:
            told = error
            _end(mine, lambda now: jobs.fail(db.session(), mine, told, now))
        except (OperationalError, InterfaceError) as error:
            log.error("job %s was interrupted: %s", mine.id, error.orig)
            _put_back(mine)
        except Exception:
            log.exception("job %s failed", mine.id)
            _end(mine, lambda now: jobs.fail(db.session(), mine, DomainError(UNEXPECTED), now))


def _work(mine: Claim, pulse: Pulse) -> None:
    with all_rows():
        job = db.session.get_one(Job, mine.id)
        actor = actor_of_account(job.user_id)
        kind, args, lang = job.kind, dict(job.args), job.lang
        db.session.commit()
    if actor is None or not may(actor.roles, *job_right(kind, args)):
        raise NotAllowed(N_("Your role does not include this."))
    with acting(actor), force_locale(lang):
        outcome = WORK[kind](Task(db.session(), actor, lang, args, pulse.heard))
        pulse.check()
        with all_rows():
            jobs.finish(db.session(), mine, outcome, datetime.now(UTC))
            db.session.commit()


def _end(mine: Claim, end: Callable[[datetime], Any]) -> None:
    db.session.rollback()
    try:
        with all_rows():
            end(datetime.now(UTC))
            db.session.commit()
    except jobs.Lost:
        db.session.rollback()
        log.warning("job %s was ended or taken over by another", mine.id)


def _put_back(mine: Claim) -> None:
    """Once the database answers again; when that takes too long, the silence of the job lets another take it over."""
    for seconds in PATIENCE:
        try:
            _end(mine, lambda now: jobs.put_back(db.session(), mine, now))
        except (OperationalError, InterfaceError):
            time.sleep(seconds)
        else:
            return


def run_waiting(app: Flask) -> int:
    """Work off everything that waits, one after the other; returns how many."""
    done = 0
    while (mine := claim(app)) is not None:
        run(app, mine)
        done += 1
    return done
