"""The one door: ``python run.py <command>``; also the WSGI target ``run:app`` and ``flask --app run``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> Flask:
    """For ``flask --app run`` and WSGI servers."""
    from app import create_app as make

    return make()


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


if __name__ == "__main__":
    from app.cli import main

    sys.exit(main())
