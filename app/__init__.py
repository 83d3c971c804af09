"""The application: plugs models, screens and papers into Flask. Importing this package loads none of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The application, ready to serve; ``overrides`` win over environment and defaults.

    Raises:
        config.SettingsError: in production without secrets.
        views.checks.Contradictions: a screen is declared wrongly.
    """
    import models.accounts  # noqa: F401 -- before anything of Flask-AppBuilder: its tables join our metadata
    from app import factory

    return factory.create_app(overrides)
