"""Every wrong declaration is named at the start: its id, its place and a hint; all at once; ``run.py check``: 1."""

from __future__ import annotations

import enum
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Enum, ForeignKey, Integer, Interval, MetaData, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column

from models.base import Pk, column
from models.permissions import ALL, MATRIX, granted
from models.roles import ROLES, Standing
from models.tables import Unit
from models.terms import Role, Verb
from tests.commands import GOOD
from tests.test_changing import copied
from views import checks, registry
from views.checks import House
from views.columns import columns
from views.screen import Action, Chart, Related, Screen, Tile


class Apart(DeclarativeBase):
    """Wrong tables stay out of the house's own registry."""

    metadata = MetaData()
    __label__ = __plural__ = "Unit"

    def __str__(self) -> str:
        return ""


class Colour(enum.Enum):
    red = "rouge"


class Nameless(Apart):
    __tablename__ = "nameless"
    __label__, __plural__ = "", "Never translated"
    __str__ = object.__str__
    id: Mapped[Pk]
    bare: Mapped[int] = mapped_column(Integer)
    span: Mapped[Any] = column("Kind", Interval)
    colour: Mapped[Any] = column("Kind", Enum(Colour))
    double: Mapped[int] = column_property(func.length("x"))


class Keyless(Apart):
    __tablename__ = "keyless"
    name: Mapped[str] = column("Name", String(20), primary_key=True)


class Odd(Apart):
    """Its key points to the table above; its number cannot be searched."""

    __tablename__ = "odd"
    id: Mapped[Pk]
    other_id: Mapped[int] = column("Unit", ForeignKey("nameless.id"))
    amount: Mapped[int] = column("Length", Integer, search=True)
    name: Mapped[str] = column("Name", String(20))


def screens(**changes: Any) -> dict[str, Screen]:
    """The house's screens, some of them changed: ``unit={"list": …}``."""
    found = dict(registry.load())
    return found | {name: replace(found[name], **change) for name, change in changes.items()}


def found(house: House) -> list[tuple[str, str]]:
    return [(one.id, one.where) for one in checks.contradictions(house)]


def plus(table: type[Any]) -> House:
    """The house with one table more."""
    name = table.__tablename__
    return House(screens() | {name: Screen(table)}, House({}).tables | {name: table})


def rows(role: Role, table: str, *verbs: Verb) -> dict[Role, dict[str, frozenset[Verb]]]:
    """The house's matrix, ``role`` granted ``verbs`` on ``table`` instead."""
    found = {one: dict(row) for one, row in MATRIX.items()}
    found[role][table] = frozenset(verbs)
    return found


# of a unit all but one
REST = tuple(name for name in columns(Unit) if name not in ("id", "phone"))
SCREENS: list[tuple[str, str, dict[str, Any]]] = [
    ("S01", "unit.list", {"unit": {"list": ("code", "nothing")}}),
    ("S01", "unit.filters", {"unit": {"filters": ("nothing",)}}),
    ("S01", "unit.form", {"unit": {"form": ("code", "name", "kind", "nothing")}}),
    ("S01", "unit.show", {"unit": {"show": ("nothing", "phone", *REST)}}),
    ("S02", "unit", {"unit": {"order": "-nothing"}}),
    ("S02", "unit", {"unit": {"order": "name_en"}}),
    ("S02", "petition", {"petition": {"order": "content"}}),
    ("S14", "step", {"step": {"order": "-recorded_at"}}),
    ("S14", "duty", {"duty": {"order": "due_at"}}),
    ("S03", "unit.filters", {"unit": {"filters": ("name",)}}),
    ("S04", "duty.form", {"duty": {"form": ("id",)}}),
    ("S04", "petition.form", {"petition": {"form": ("status",)}}),
    ("S15", "job.media", {"job": {"hidden": {k: v for k, v in registry.load()["job"].hidden.items() if k != "media"}}}),
    ("S15", "unit.phone", {"unit": {"show": REST, "form": ("code", "name", "kind")}}),
    ("S01", "unit.hidden", {"unit": {"hidden": {"nothing": "it is gone"}}}),
    ("S16", "unit", {"unit": {"actions": (Action("show", "Unit", print),)}}),
    ("S16", "unit", {"unit": {"actions": (Action("tell", "Unit", print), Action("tell", "Unit", print))}}),
    ("S17", "unit", {"unit": {"tiles": (Tile("Unit", "nothing=1"),)}}),
    ("S17", "unit", {"unit": {"charts": (Chart("Unit", "kind", "kind=nothing"),)}}),
    ("S18", "unit", {"unit": {"charts": (Chart("Unit", "phone"),)}}),
    ("T03", "unit", {"unit": {"tiles": (Tile("Never translated"),)}}),
    ("S07", "unit", {"unit": {"menu": "nowhere"}}),
    ("S08", "unit", {"unit": {"related": (Related("nothing", "unit_id"),)}}),
    ("S08", "unit", {"unit": {"related": (Related("staff", "nothing"),)}}),
    ("S08", "unit", {"unit": {"related": (Related("place", "parent_id"),)}}),
    ("S11", "unit", {"unit": {"own": {"list": print}}}),
    ("S12", "rulebook_points.form", {"rulebook_points": {"form": ("rule", "points")}}),
]


def test_the_house_itself_is_sound() -> None:
    assert found(House(registry.load(), twice=registry.twice())) == []


@pytest.mark.parametrize(("id", "where", "changes"), SCREENS)
def test_a_wrong_screen_is_named(id: str, where: str, changes: dict[str, Any]) -> None:
    assert found(House(screens(**changes))) == [(id, where)]


def test_a_wrong_table_is_named_with_all_that_is_wrong() -> None:
    assert sorted(found(plus(Nameless))) == [
        ("T01", "nameless"),
        ("T02", "nameless.bare"),
        ("T02", "nameless.colour"),
        ("T02", "nameless.double"),
        ("T02", "nameless.span"),
        ("T03", "nameless"),
        ("T04", "nameless"),
        ("T05", "nameless.colour"),
    ]


def test_a_natural_key_is_refused() -> None:
    assert found(plus(Keyless)) == [("T06", "keyless")]


def test_keys_and_searched_columns_of_a_new_table() -> None:
    named = found(plus(Odd))
    assert named == [("S10", "odd.amount"), ("S05", "odd.other_id"), ("S06", "odd.other_id")]


def test_names_clash() -> None:
    twin = type("Counter", (Apart,), {"__tablename__": "lookup", "__annotations__": {"id": Mapped[Pk]}})
    named = found(plus(twin))
    assert ("S09", "lookup") in named
    assert ("S09", "counter") in named
    assert found(House(screens(), twice=("unit",))) == [("S13", "unit")]


def test_rights_are_checked_against_the_matrix() -> None:
    assert found(House(screens(), matrix=rows(Role.Clerk, "nothing", Verb.list))) == [("P01", "Clerk: nothing")]
    assert found(House(screens(), matrix=rows(Role.Clerk, "category"))) == [("P04", "petition.category_id")]
    nobody_exports = rows(Role.Administrator, "counter", Verb.list, Verb.show)
    assert found(House(screens(), matrix=nobody_exports)) == [("P02", "counter")]
    rules = dict.fromkeys(set(House(screens()).rules) - {House(screens()).tables["step"]})
    assert found(House(screens(), rules=rules)) == [("P03", "step")]


def test_a_role_declared_by_halves_is_named() -> None:
    without = {role: row for role, row in MATRIX.items() if role is not Role.Clerk}
    assert found(House(screens(), matrix=without)) == [("P06", "Clerk")]
    assert found(House(screens(), roles={r: s for r, s in ROLES.items() if r is not Role.Clerk})) == [("P05", "Clerk")]
    assert found(House(screens(), matrix=rows(Role.Clerk, "overdue"))) == [("P08", "Clerk")]
    nothing = found(House(screens(), roles={**ROLES, Role.Clerk: Standing()}))
    assert {id for id, _where in nothing} == {"P07"}
    named = checks.contradictions(House(screens(), roles={**ROLES, Role.Clerk: Standing()}))
    assert ("petition",) in [one.words for one in named]


def test_naming_a_table_for_a_role_leaves_it_to_the_administrator() -> None:
    """It was taken away without a word: the administrator had only what no row named."""
    for table in ("room", "petitioner"):
        before = granted(Role.Administrator, table)
        assert granted(Role.Administrator, table, rows(Role.Clerk, table, Verb.list)) == before
    assert granted(Role.Administrator, "room") == ALL
    assert granted(Role.Administrator, "petitioner") == frozenset()


def test_every_id_has_its_test_and_its_hint() -> None:
    here = Path(__file__)
    source = here.read_text(encoding="utf-8") + (here.parent / "test_columns.py").read_text(encoding="utf-8")
    assert [id for id in checks.HINTS if f'"{id}"' not in source] == []


def test_all_are_reported_at_once_and_stop_the_start() -> None:
    wrong = screens(unit={"list": ("nothing",), "menu": "nowhere"}, place={"order": "nothing"})
    with pytest.raises(checks.Contradictions) as caught:
        checks.run(wrong)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["S01 unit.list", "S07 unit", "S02 place"]
    assert all(line.partition(": ")[2] for line in lines)


WRONG = '''"""Wrong on purpose."""

from models.tables import Category, Place
from views.screen import Screen

SCREENS = (Screen(Place, list=("nothing",), menu="nowhere"), Screen(Category, order="name_en"))
'''


@pytest.mark.slow
def test_the_command_names_all_and_exits_with_one(tmp_path: Path) -> None:
    house = copied(tmp_path)
    (house / "views" / "screens" / "wrong.py").write_text(WRONG, encoding="utf-8")
    secrets = {"DATABASE_URL": f"sqlite:///{tmp_path}/x.db", "SECRET_KEY": GOOD, "VAULT_KEY": GOOD}
    done = subprocess.run(
        [sys.executable, "run.py", "check"], cwd=house, env=secrets, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert [line.split(" ")[0] for line in lines] == ["S13", "S13", "S01", "S07", "S02"]
