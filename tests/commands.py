"""``run.py`` as a user meets it, inside the test's own process: what a real start costs is paid by a dozen tests only.

The file itself is run, with the arguments, the environment and the streams that a process would have. Only the
application is kept between commands that have the same settings: making it is most of what a command costs.
"""

from __future__ import annotations

import contextlib
import io
import os
import runpy
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from typing import Any
from unittest import mock

import app
import config
from models import store, vault, world

GOOD = "0123456789abcdef-fedcba9876543210"
Done = subprocess.CompletedProcess[str]

_made: dict[str, Any] = {}
_make = app.create_app


def environment(url: str, **more: str) -> dict[str, str]:
    """The settings of a command on a database, and nothing else of this process but where programs lie."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"DATABASE_URL": url, "SECRET_KEY": GOOD, "VAULT_KEY": GOOD, "DEFAULT_LOCALE": "en"} | more


def run(url: str, *arguments: str, **more: str) -> Done:
    """``python run.py …`` in this process."""
    return run_in(environment(url, **more), *arguments)


def started(url: str, *arguments: str, **more: str) -> Done:
    """``python run.py …`` in a process of its own."""
    command = [sys.executable, str(config.ROOT / "run.py"), *arguments]
    return subprocess.run(
        command, env=environment(url, **more), capture_output=True, text=True, encoding="utf-8", cwd=config.ROOT
    )


def run_in(environ: Mapping[str, str], *arguments: str) -> Done:
    """``python run.py …`` in this process, which looks as before when it is done."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with _surroundings(environ, arguments), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = _exit_code()
    told = (stream.buffer.getvalue().decode().replace("\r\n", "\n") for stream in (out, err))  # as subprocess does
    return subprocess.CompletedProcess(["run.py", *arguments], code, *told)


def _exit_code() -> int:
    try:
        runpy.run_path(str(config.ROOT / "run.py"), run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except Exception:  # what nobody caught ends a process so
        traceback.print_exc()
        return 1
    finally:
        _disconnect()
    return 0


@contextlib.contextmanager
def _surroundings(environ: Mapping[str, str], arguments: tuple[str, ...]) -> Iterator[None]:
    """What a command reads and changes of its process, put back at the end."""
    settings = (vault._keys, store._chosen, world._zone)
    before = [dict(held) for held in settings]
    with (
        mock.patch.dict(os.environ, dict(environ), clear=True),
        mock.patch.object(sys, "argv", [str(config.ROOT / "run.py"), *arguments]),
        mock.patch.object(sys, "stdin", io.StringIO()),
        mock.patch.object(app, "create_app", _application),
        contextlib.chdir(config.ROOT),
    ):
        try:
            yield
        finally:
            for held, then in zip(settings, before, strict=True):
                held.clear()
                held.update(then)


def _application(overrides: Mapping[str, Any] | None = None) -> Any:
    """The application for the settings of the environment, as ``create_app`` made it the first time."""
    key = repr((config.load(), overrides))
    if key not in _made:
        _made[key] = _make(overrides)
    made = _made[key]
    vault.configure(made.config["VAULT_KEY"])
    store.configure(made.config["STORE_URL"])
    world.configure_zone(made.config["TIMEZONE"])
    return made


def _disconnect() -> None:
    """A process that ends holds no connection."""
    from app.extensions import db

    for made in _made.values():
        with made.app_context():
            db.session.remove()
            db.engine.dispose()
