"""Papers are drawn in a process of their own, within limits of time and memory: a bad one takes nothing else down."""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from queue import LifoQueue
from threading import Lock
from typing import Any

from models.errors import DomainError
from models.terms import N_
from reports import words
from reports.pdf import Enclosure

ROOT = Path(__file__).parent.parent
PAPERS = 100  # then the process is replaced: whatever it has gathered is gone
ROOM = 256 * 1024  # kB that a process may have needed once and stay; after a larger paper it goes
LACKING = N_(
    "The fonts lack a character of this paper: a box holds its Unicode code point, brackets the name of a picture sign."
)
LOG = logging.getLogger(__name__)


class PaperFailed(DomainError):
    """The paper could not be drawn within its limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one paper may cost: a county of 3,000 units stays well below."""

    cpu: int = 240  # seconds
    wall: float = 600  # seconds
    memory: int = 3 * 1024**3  # bytes of addresses, of which a tenth is used as a rule


class Worker:
    """One warm drawing process; it is born with the first paper."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.owner = limits, os.getpid()
        self.drawn = self.peak = 0  # papers; kB at most
        self.folder = tempfile.mkdtemp(prefix="shoujie-paper-")
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "reports.worker", str(theirs.fileno()), str(limits.memory), self.folder]
        # nothing of our environment but what a program needs to start: the secrets stay here
        known = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if name in os.environ}
        environ = known | {"TMPDIR": self.folder, "HOME": self.folder}
        with theirs:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environ, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )
        self.link = Connection(ours.detach())

    def draw(self, request: bytes, wall: float) -> bytes:
        """The PDF. Raises PaperFailed; then the process is gone."""
        try:
            self.link.send_bytes(request)
            if not self.link.poll(wall):
                raise PaperFailed(N_("The paper took too long to draw and was stopped."))
            told = json.loads(self.link.recv_bytes())
            body = self.link.recv_bytes() if not told["error"] else b""
        except (EOFError, OSError) as error:
            raise PaperFailed(N_("The paper needs more time or memory than one paper may use.")) from error
        self.drawn, self.peak = self.drawn + 1, int(told["peak"])
        if told["message"]:
            raise DomainError(told["message"], **told["params"])
        if told["error"]:
            raise PaperFailed(N_("The paper needs more time or memory than one paper may use."))
        return body

    def end(self) -> None:
        """Hang up and take the process away; only by the process that made it."""
        self.link.close()
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)


class Press:
    """Hands papers to its worker one after the other, and to a new one after a failure or a fork."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits, self.lock = limits or Limits(), Lock()
        self.worker: Worker | None = None

    def draw(
        self,
        html: str,
        enclosures: Sequence[Enclosure],
        made: datetime,
        *,
        tagged: bool = False,
        note: str = "",
        limits: Limits | None = None,
    ) -> bytes:
        """``limits``: of time, where a paper may take less than others."""
        files, most = [asdict(one) for one in enclosures], limits or self.limits
        asked: dict[str, Any] = {"html": html, "enclosures": files, "made": made.isoformat()}
        asked |= {"tagged": tagged, "note": note, "cpu": most.cpu}
        with self.lock:
            worker = self._ready()
            try:
                body = worker.draw(json.dumps(asked).encode(), most.wall)
            except PaperFailed:
                LOG.warning("a paper of %s characters was given up", len(html))
                self.end()
                raise
            if worker.drawn >= PAPERS or worker.peak > ROOM:
                self.end()
            return body

    def _ready(self) -> Worker:
        if self.worker is None or self.worker.owner != os.getpid() or self.worker.process.poll() is not None:
            self.end()
            self.worker = Worker(self.limits)
        return self.worker

    def end(self) -> None:
        """Let the worker go."""
        if self.worker is not None:
            with contextlib.suppress(OSError):
                self.worker.end()
        self.worker = None


class Pool:
    """As many presses as there are processors; one that is warm is taken first, so that one reader needs one."""

    def __init__(self, size: int | None = None) -> None:
        self.size = size or cores()
        self.presses = [Press() for _one in range(self.size)]
        self.idle: LifoQueue[Press] = LifoQueue()
        for one in reversed(self.presses):
            self.idle.put(one)

    def draw(self, html: str, enclosures: Sequence[Enclosure], made: datetime, **how: Any) -> bytes:
        """Waits for a press that is free."""
        press = self.idle.get()
        try:
            return press.draw(html, enclosures, made, **how)
        finally:
            self.idle.put(press)

    def end(self) -> None:
        """Let all workers go."""
        for one in self.presses:
            one.end()


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0))


_pool = Pool()


def _anew() -> None:
    """After a fork: the presses in use belong to threads that are not here."""
    global _pool
    _pool = Pool(_pool.size)


atexit.register(lambda: _pool.end())
os.register_at_fork(after_in_child=_anew)


def render(
    html: str,
    enclosures: Sequence[Enclosure],
    made: datetime,
    *,
    lang: str,
    tagged: bool = False,
    limits: Limits | None = None,
) -> bytes:
    """As ``pdf.render``, in another process; ``lang`` is that of its note on characters that the fonts lack.

    Raises:
        PaperFailed: over the limits. DomainError: system libraries are missing.
    """
    note = words.gettext_for(lang)(LACKING)
    return _pool.draw(html, enclosures, made, tagged=tagged, note=note, limits=limits)
