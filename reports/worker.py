"""The process that draws papers: HTML in, PDF out, over one socket. It knows no secrets and no database."""

from __future__ import annotations

import json
import resource
import shutil
import sys
from contextlib import suppress
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from models.errors import DomainError
from reports import pdf


def main() -> None:
    """Serve one parent until it hangs up: a JSON request, then a JSON answer and, if it went well, the paper."""
    link, memory = Connection(int(sys.argv[1])), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            asked = json.loads(link.recv_bytes())
        except EOFError:  # also when the parent was killed, which then could not clear up
            shutil.rmtree(sys.argv[3], ignore_errors=True)
            return
        _allow(asked["cpu"])
        try:
            files = [pdf.Enclosure(**one) for one in asked["enclosures"]]
            made = datetime.fromisoformat(asked["made"])
            body = pdf.render(asked["html"], files, made, tagged=asked["tagged"], note=asked["note"])
        except DomainError as error:
            _answer(link, type(error).__name__, error.message, error.params)
        except (MemoryError, RecursionError) as error:
            _answer(link, type(error).__name__, "", {})
            return  # what is left of this process is not to be trusted
        else:
            _answer(link, "", "", {})
            link.send_bytes(body)


def _allow(seconds: int) -> None:
    """The processor time of the next paper; the system ends this process when it is used up."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    most = int(usage.ru_utime + usage.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _answer(link: Connection, error: str, message: str, params: object) -> None:
    link.send_bytes(json.dumps({"error": error, "message": message, "params": params, "peak": _peak()}).encode())


def _peak() -> int:
    """The most memory that this process has held, in kB. (``ru_maxrss`` would begin with the parent's.)"""
    rows = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next((int(row.split()[1]) for row in rows if row.startswith("VmHWM")), 0)


if __name__ == "__main__":
    # a parent that was killed hears no answer any more
    with suppress(BrokenPipeError, ConnectionResetError):
        main()
