"""docs/changing.md keeps its promise: one file more is a table with list, form, API, export and permissions."""

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

VISIT = """
import sys

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from werkzeug.security import generate_password_hash

import models.tables
from app import create_app
from app.extensions import db
from app.roles import sync_roles
from models.access import all_rows
from models.base import Base
from models.reference import ensure_reference

secrets = {"SECRET_KEY": "x" * 32, "VAULT_KEY": "y" * 32}
where = {"DATABASE_URL": "sqlite:///" + sys.argv[1]}
app = create_app(secrets | where | {"WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})
with app.app_context(), all_rows():
    Base.metadata.create_all(db.engine)
    sync_roles(db.session)
    ensure_reference(db.session)
    for name, role in (("boss", "Administrator"), ("clerk", "Clerk")):
        made = User(username=name, first_name=name, last_name="", email=name + "@example.org", active=True,
                    password=generate_password_hash("pw", method="pbkdf2:sha256:1"))
        made.roles = [db.session.scalar(select(Role).where(Role.name == role))]
        db.session.add(made)
    db.session.commit()

def enter(name):
    client = app.test_client()
    client.post("/login/", data={"username": name, "password": "pw"})
    client.get("/lang/en")
    return client

boss, clerk = enter("boss"), enter("clerk")
assert boss.get("/admin/room/").status_code == 200
assert "Seats" in boss.get("/admin/room/add").text
added = boss.post("/admin/room/add", data={"name": "East", "seats": "12"})
assert added.status_code == 302, added.text
assert boss.post("/admin/room/add", data={"name": "East", "seats": "many"}).status_code == 422
assert "East" in boss.get("/admin/room/?q=eas").text
assert boss.get("/api/v1/room/").json["result"][0]["seats"] == 12
assert boss.post("/api/v1/room/", json={"name": "West"}).status_code == 201
assert "West" in boss.get("/admin/room/export.csv").text
assert boss.get("/lookup/room?q=west").json[0]["text"] == "West"
assert [clerk.get(url).status_code for url in ("/admin/room/", "/api/v1/room/", "/lookup/room")] == [403, 403, 403]
assert app.test_client().get("/admin/room/").status_code == 302
assert "Rooms" in boss.get("/").text and "Rooms" not in clerk.get("/").text
"""


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


def _translate(house: Path, chinese: dict[str, str]) -> None:
    """What ``make translations`` and a translator do."""
    path = house / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f'\nmsgid "{english}"\nmsgstr "{text}"\n' for english, text in chinese.items())


def test_one_file_makes_a_table(tmp_path: Path) -> None:
    house = copied(tmp_path)
    (house / "models" / "tables" / "rooms.py").write_text(TABLE, encoding="utf-8")
    _translate(house, {"Room": "房间", "Rooms": "房间", "Seats": "座位数"})
    (house / "visit.py").write_text(VISIT, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(house)}
    command = [sys.executable, "-W", "ignore", "visit.py", str(tmp_path / "house.db")]
    done = subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
