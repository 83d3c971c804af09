"""The extensions, made once and bound to each application by ``create_app``."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.models.sqla.base import SQLA
from flask_wtf import CSRFProtect
from sqlalchemy import event
from sqlalchemy.engine import Engine

from models import access
from models.accounts import Model
from views import redraw

db = SQLA(model_class=Model)
csrf = CSRFProtect()

# the rows of every session of the application follow the row rules
access.install(db.session)
redraw.guard(db.session)


@event.listens_for(Engine, "connect")
def _manners(raw: Any, _record: object) -> None:
    """SQLite checks foreign keys only when asked, and waits for a writer instead of failing at once.

    PostgreSQL plans each statement for its own values: a prepared one forgets the partial indexes.
    """
    if hasattr(raw, "prepare_threshold"):
        raw.prepare_threshold = None
    if type(raw).__module__.startswith("sqlite3"):
        cursor = raw.cursor()
        for pragma in ("foreign_keys=ON", "busy_timeout=10000", "journal_mode=WAL", "synchronous=NORMAL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
