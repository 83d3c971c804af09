"""docs/changing.md keeps its promises: its rows are followed on one copy of the house, which is visited once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PARTS = ("app", "models", "views", "reports", "migrations", "translations", "config.py", "run.py")

TABLE = '''"""Rooms for hearings."""

from datetime import time
from typing import Any

from sqlalchemy import JSON, Column, Float, ForeignKey, Integer, String, Table, Time
from sqlalchemy.orm import Mapped

from models.base import Base, Pk, choice, column, several
from models.tables.units import Unit
from models.terms import N_, Channel

ROOM_UNITS = Table(
    "room_unit",
    Base.metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("unit_id", ForeignKey("unit.id"), primary_key=True),
)


class Room(Base):
    __tablename__ = "room"
    __label__ = N_("Room")
    __plural__ = N_("Rooms")

    id: Mapped[Pk]
    name: Mapped[str] = column(N_("Name"), String(80), unique=True, search=True)
    seats: Mapped[int] = column(N_("Seats"), Integer, default=10)
    use: Mapped[Channel] = column(N_("Channel"), choice(Channel), default=Channel.visit)
    opens: Mapped[time | None] = column(N_("Opens at"), Time)
    area: Mapped[float | None] = column(N_("Area"), Float)
    plan: Mapped[Any] = column(N_("Plan"), JSON, nullable=True)
    units: Mapped[list[Unit]] = several(N_("Units"), ROOM_UNITS)
'''
SCREEN = '''"""Rooms: where hearings are held."""

from models.errors import Conflict
from models.tables.rooms import Room
from models.terms import N_
from views.screen import Action, Chart, Screen, Tile


def _double(session, row, actor):
    if row.seats > 20:
        raise Conflict(N_("Too large"))
    row.seats *= 2
    return N_("Doubled.")


SCREEN = Screen(
    Room,
    menu="reference",
    list=("name", "seats", "use", "units"),
    filters=("use", "seats"),
    order="name",
    actions=(Action("double", N_("Double the seats"), _double, fits=lambda row: row.seats > 0),),
    tiles=(Tile(N_("Large rooms"), "seats.from=20"),),
    charts=(Chart(N_("Rooms by channel"), "use"),),
)
'''
FIELD = """    street: Mapped[str | None] = column(N_("Street"), String(80), group=MATTER_GROUP)
    lodged_on: Mapped[date | None] = column(N_("Lodged on"), Date, group=_INTAKE)
    urgent_at: """
ROLE = """    TownSupervisor = "TownSupervisor", N_("Town supervisor"), "片区督查员"


class Verb(Term):"""
DUTY = """    THANK = "THANK", N_("Thank the petitioner"), "致谢"


class DutyStatus(Term):"""
OPENED = """            self.board.open(kind.value, kind, first, step, received, occurrence="acceptance", hours=hours)
        self.board.open("THANK", DutyKind.THANK, first, step, received, occurrence="thanks")
"""
ARTICLE = """            Article(D.THANK, N_("Within %(length)s of the receipt the first unit thanks the petitioner.")),
            Article(
                D.INFORM,"""
CHINESE = {
    "Thank the petitioner": "致谢",
    "Within %(length)s of the receipt the first unit thanks the petitioner.": "首接单位自收到起%(length)s内致谢。",
    "Room": "房间",
    "Rooms": "房间",
    "Seats": "座位数",
    "Street": "街道",
    "Lodged on": "提出日期",
    "Opens at": "开放时间",
    "Area": "面积",
    "Plan": "布置",
    "Doubled.": "已加倍。",
    "Double the seats": "座位加倍",
    "Large rooms": "大房间",
    "Rooms by channel": "按渠道统计的房间",
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


def _tab(house: Path) -> None:
    tab = '    related=(Related("involvement", "petition_id"),),\n    own={"show"'
    imported = ("from views.screen import Screen", "from views.screen import Related, Screen")
    _change(house / "views" / "screens" / "petitions.py", imported, ('    own={"show"', tab))


def _role(models: Path) -> None:
    _change(models / "terms.py", ("\n\nclass Verb(Term):", ROLE))
    granted = '    Role.TownSupervisor: _rows((*_MATTER, "overdue", "unit", "staff", "category", "room"), TAKE),\n'
    _change(models / "permissions.py", ("    Role.Clerk: _UNIT_WORK,\n", f"    Role.Clerk: _UNIT_WORK,\n{granted}"))
    standing = "    Role.TownSupervisor: Standing(Scope.subtree),\n"
    _change(models / "roles.py", ("    Role.Clerk: ", f"{standing}    Role.Clerk: "))


def _duty(models: Path) -> None:
    _change(models / "terms.py", ("\n\nclass DutyStatus(Term):", DUTY))
    opened = next(line for line in OPENED.splitlines(keepends=True))
    _change(models / "rules" / "duties.py", (opened, OPENED))
    clock = '    _clock(D.THANK, 2, M.working, R.ACCEPT, "§3"),\n'
    _change(models / "rules" / "defaults.py", ("CLOCKS = (\n", f"CLOCKS = (\n{clock}"))
    _change(models / "rules" / "regulation.py", ("            Article(\n                D.INFORM,", ARTICLE))


def test_the_rows_of_changing_are_followed(tmp_path: Path) -> None:
    house = copied(tmp_path)
    models = house / "models"
    (models / "tables" / "rooms.py").write_text(TABLE, encoding="utf-8")
    (house / "views" / "screens" / "rooms.py").write_text(SCREEN, encoding="utf-8")
    _field(models)
    _tab(house)
    _role(models)
    _duty(models)
    _translate(house, CHINESE)
    shutil.copy(ROOT / "tests" / "changed_house.py", house / "visit.py")
    environment = {**os.environ, "PYTHONPATH": str(house)}
    command = [sys.executable, "-W", "ignore", "visit.py", f"sqlite:///{tmp_path}/house.db"]
    done = subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
