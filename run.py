"""The one door: ``python run.py <command>``; also the WSGI target ``run:app`` and ``flask --app run``."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

ENVIRONMENT = Path(__file__).resolve().parent / ".venv" / "bin" / "python"


def create_app() -> Flask:
    """For ``flask --app run`` and WSGI servers."""
    from app import create_app as make
    from app.cli import cli

    made = make()
    made.cli = cli
    return made


def serving() -> Flask:
    """The application of a server: it also works off the jobs that its pages are asked for."""
    app = create_app()
    app.extensions["jobs"].start()
    return app


def __getattr__(name: str) -> Any:
    """``run:app`` for WSGI servers; made only when asked for."""
    if name == "app":
        return create_app()
    raise AttributeError(name)


def _enter_environment() -> None:
    """Any Python may be typed: what the console needs is in ``.venv``, where ``make setup`` put it."""
    if find_spec("click") is not None and find_spec("flask_appbuilder") is not None:
        return
    if not ENVIRONMENT.exists():
        sys.exit("The console is not set up: run `make setup` first.")
    os.execv(ENVIRONMENT, [str(ENVIRONMENT), *sys.argv])


if __name__ == "__main__":
    _enter_environment()
    from app.cli import main

    sys.exit(main())
