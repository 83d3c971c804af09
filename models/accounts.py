"""Flask-AppBuilder's accounts (``ab_*``), in our metadata: one schema, one migration history, keys from ours to theirs.

Whoever needs them imports them from here. The tables themselves do not need the framework, so that a command which only
reads a calendar starts without it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from models.base import Base

_SECURITY = "flask_appbuilder.security.sqla.models"
if _SECURITY in sys.modules:
    raise ImportError(f"{_SECURITY} was imported before models.accounts: its tables are in a metadata of their own")

_console: Any = import_module("flask_appbuilder.models.sqla")
_console.Model.metadata = Base.metadata
_security: Any = import_module(_SECURITY)

Model: Any = _console.Model
User: Any = _security.User
AccountRole: Any = _security.Role
Permission: Any = _security.Permission
PermissionView: Any = _security.PermissionView
ViewMenu: Any = _security.ViewMenu
grants: Any = _security.assoc_permissionview_role
