"""Where a clock decides (petitions, hearings, years), no write of a browser or a program goes on by a wrong one."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, request

from app.extensions import db
from models.access import all_rows
from models.operations import clock

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_DECIDES = ("petition", "step", "letter", "handover", "hearing", "deduction", "accountability", "assessment")


def install(app: Flask) -> None:
    """Ask before every request that writes where a clock decides."""
    app.before_request(_believed)


def _believed() -> None:
    parts = request.path.removeprefix("/api/v1").split("/")
    if request.method in _SAFE or len(parts) < 2 or parts[1] not in _DECIDES:
        return
    with all_rows():
        clock.believe(db.session(), datetime.now(UTC))
        db.session.commit()
