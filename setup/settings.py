"""Writes docs/settings.md from config.SETTINGS: ``python -m setup.settings``."""

from __future__ import annotations

from pathlib import Path

import config

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
HEAD = """# Settings

All settings are environment variables. Written by `python -m setup.settings` from `config.py`; a test holds the two
together. With `DATABASE_URL` set the console counts as in production: `SECRET_KEY` and `VAULT_KEY` must then be real
secrets, or it refuses to start.

| name | default | what it does |
|---|---|---|
"""


def page() -> str:
    """The whole page as it must be."""
    rows = [f"| `{row.name}` | {f'`{row.default}`' if row.default else '–'} | {row.text} |" for row in config.SETTINGS]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
