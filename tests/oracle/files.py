"""Writes generated ledgers as the two files of a history import (interface: history files)."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

PETITION = {"channel": "visit", "kind": "request", "title": "题", "content": "文", "petitioner": "某"}
STEPS = ["step", "at", "unit", "to_unit", "mode", "outcome", "days", "until"]


def write(folder: Path, made: dict[str, dict[str, Any]]) -> tuple[Path, Path]:
    """The ledgers by number: one file of petitions, one of steps."""
    petitions = [
        {"number": number, **PETITION, **{name: _text(value) for name, value in one["petition"].items()}}
        for number, one in made.items()
    ]
    steps = [
        {"number": number, **{name: _text(step[name]) for name in STEPS}}
        for number, one in made.items()
        for step in one["steps"]
    ]
    return _file(folder / "petitions.csv", petitions), _file(folder / "steps.csv", steps)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return "" if value is None else str(value)


def _file(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
