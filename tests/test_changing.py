"""docs/changing.md keeps its promises: its rows are followed on one copy of the house, which is visited once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PARTS = ("app", "models", "views", "reports", "migrations", "translations", "config.py", "run.py")

TABLE = '''"""Rooms for hearings."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped

from models.base import Base, Pk, column
from models.terms import N_


class Room(Base):
    __tablename__ = "room"
    __label__ = N_("Room")
    __plural__ = N_("Rooms")

    id: Mapped[Pk]
    name: Mapped[str] = column(N_("Name"), String(80), unique=True, search=True)
    seats: Mapped[int] = column(N_("Seats"), Integer, default=10)
'''
FIELD = """    street: Mapped[str | None] = column(N_("Street"), String(80), group=MATTER_GROUP)
    lodged_on: Mapped[date | None] = column(N_("Lodged on"), Date, group=_INTAKE)
    urgent_at: """
ROLE = """    TownSupervisor = "TownSupervisor", N_("Town supervisor"), "片区督查员"


class Verb(Term):"""
CHINESE = {
    "Room": "房间",
    "Rooms": "房间",
    "Seats": "座位数",
    "Street": "街道",
    "Lodged on": "提出日期",
    "Town supervisor": "片区督查员",
}


def copied(tmp_path: Path) -> Path:
    """A copy of the house that a test may change."""
    house = tmp_path / "house"
    house.mkdir()
    ignore = shutil.ignore_patterns("node_modules", "__pycache__")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, house / part, ignore=ignore)
        else:
            shutil.copy(source, house / part)
    return house


def _change(path: Path, *pairs: tuple[str, str]) -> None:
    """Write each second text in the place of the first, which must be there."""
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, (path.name, old)
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def _translate(house: Path, chinese: dict[str, str]) -> None:
    """What ``make translations`` and a translator do."""
    path = house / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f'\nmsgid "{english}"\nmsgstr "{text}"\n' for english, text in chinese.items())


def _field(models: Path) -> None:
    dates = ("from datetime import datetime", "from datetime import date, datetime")
    types = ("from sqlalchemy import ", "from sqlalchemy import Date, ")
    _change(models / "tables" / "petitions.py", dates, types, ("    urgent_at: ", FIELD))


def _role(models: Path) -> None:
    _change(models / "terms.py", ("\n\nclass Verb(Term):", ROLE))
    granted = '    Role.TownSupervisor: _rows((*_MATTER, "overdue", "unit", "staff", "category", "room"), TAKE),\n'
    _change(models / "permissions.py", ("    Role.Clerk: _UNIT_WORK,\n", f"    Role.Clerk: _UNIT_WORK,\n{granted}"))
    standing = "    Role.TownSupervisor: Standing(Scope.subtree),\n"
    _change(models / "roles.py", ("    Role.Clerk: ", f"{standing}    Role.Clerk: "))


def test_the_rows_of_changing_are_followed(tmp_path: Path) -> None:
    house = copied(tmp_path)
    models = house / "models"
    (models / "tables" / "rooms.py").write_text(TABLE, encoding="utf-8")
    _field(models)
    _role(models)
    _translate(house, CHINESE)
    shutil.copy(ROOT / "tests" / "changed_house.py", house / "visit.py")
    environment = {**os.environ, "PYTHONPATH": str(house)}
    command = [sys.executable, "-W", "ignore", "visit.py", str(tmp_path / "house.db")]
    done = subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
