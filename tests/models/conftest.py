"""A small county under its row rules: bureau, town, two departments, one clerk each; all must be well at the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import store
from models.access import Actor, all_rows
from models.tables import Place, Staff, Unit
from models.terms import Role, UnitKind
from tests.well import assert_well

T0 = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[None]:
    """A store of files of the test's own."""
    before = dict(store._chosen)
    store.configure(str(tmp_path / "files"))
    yield
    store._chosen.clear()
    store._chosen.update(before)


@pytest.fixture
def county(reference: str, session: Session, shelf: None) -> Any:
    with all_rows():
        kinds = {"XFJ": UnitKind.bureau, "CG": UnitKind.town, "RS": UnitKind.department, "ZJ": UnitKind.department}
        units = {code: Unit(code=code, name=f"单位{code}", kind=kind, active=True) for code, kind in kinds.items()}
        place = Place(code="P1", name="城关镇", active=True)
        session.add_all([*units.values(), place])
        session.flush()
        staff = {code: Staff(name="王", unit_id=unit.id, since=T0.date()) for code, unit in units.items()}
        session.add_all(staff.values())
        session.flush()
        actors = {
            code: Actor(
                None,
                staff[code].id,
                unit.id,
                unit.kind,
                frozenset({Role.BureauOfficer if code == "XFJ" else Role.Clerk}),
            )
            for code, unit in units.items()
        }
        yield SimpleNamespace(session=session, units=units, place=place, staff=staff, actors=actors)
        assert_well(session)
