"""The console as a user starts it: ``run.py serve`` in a process of its own, and the commands beside it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.commands import run_in

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60.0


class Console:
    """One county on one database; ``url`` is where it is served."""

    def __init__(self, database: str, log: Path) -> None:
        self.log = log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DATABASE_URL": database,
            "SECRET_KEY": "a-secret-for-browser-tests-only",
            "VAULT_KEY": "a-vault-for-browser-tests-only",
            "BASE_URL": self.url,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, *words: str) -> str:
        """``python run.py …``; what it printed."""
        done = run_in(self.environment, *words)
        assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Serve, and return when the console says that it is ready."""
        command = [sys.executable, "run.py", "serve"]
        with self.log.open("wb") as file:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=file, stderr=subprocess.STDOUT
            )
        end = time.monotonic() + LIMIT
        while not self._ready():
            assert self._process.poll() is None, f"ended with {self._process.returncode}: {self.log.read_text()}"
            assert time.monotonic() < end, f"not ready after {LIMIT} s: {self.log.read_text()}"
            time.sleep(0.1)

    def stop(self) -> None:
        """End the server; a failure in its log is a failure of the test."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)  # at once: no waiting for connections that browsers keep
        self._process.wait(LIMIT)
        written = self.log.read_text()
        assert "Traceback" not in written, written

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
