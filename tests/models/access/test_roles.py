"""What a role sees is said in one place, ``models.roles``; each scope shows its rows and no others."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import roles
from models.access import Actor, acting, all_rows
from models.operations.guard import sees
from models.roles import Names, Office, Scope, Standing
from models.tables import Involvement, Petition, Step, Unit
from models.terms import Role
from models.world import forget_world, world
from tests.models.operations.test_steps import taken

ROOT = Path(__file__).parents[3]
# roles by name: the word itself, its rights, its standing, the demo's accounts, and the actor of a command
NAMED = {"models/terms.py", "models/permissions.py", "models/roles.py", "models/operations/freezing.py"}


def _count(session: Session, actor: Actor, table: type[Any]) -> int:
    with acting(actor):
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("scope", "under", "seen"),
    [
        (Scope.none, False, 0),
        (Scope.none, True, 0),
        (Scope.unit, False, 0),
        (Scope.unit, True, 0),
        (Scope.subtree, False, 0),
        (Scope.subtree, True, 1),
        (Scope.county, False, 1),
    ],
)
def test_a_scope_shows_its_rows(
    county: Any, monkeypatch: pytest.MonkeyPatch, scope: Scope, under: bool, seen: int
) -> None:
    """Of a matter of the unit CG as the unit above it, or as a stranger."""
    petition = taken(county)
    session, units = county.session, county.units
    monkeypatch.setitem(roles.ROLES, Role.Auditor, Standing(scope))
    stranger = Unit(code="ELSE", name="Elsewhere", kind=units["ZJ"].kind)
    with all_rows():
        session.add(stranger)
        session.flush()
        units["CG"].parent_id = stranger.id if under else units["CG"].parent_id
        session.flush()
        forget_world(session)
        below = world(session).below(stranger.id)
        involved = set(session.scalars(select(Involvement.unit_id).where(Involvement.petition_id == petition.id)))
    assert (units["CG"].id in below) is under
    actor = Actor(None, None, stranger.id, stranger.kind, frozenset({Role.Auditor}), below)
    assert [_count(session, actor, table) > 0 for table in (Petition, Step, Involvement)] == [bool(seen)] * 3
    assert sees(actor, petition, involved) is bool(seen)


def test_a_subtree_has_no_end_and_no_circle(county: Any) -> None:
    here = world(county.session)
    a, b, c = list(here.units.values())[:3]
    chain = {a.id: replace(a, parent=c.id), b.id: replace(b, parent=a.id), c.id: replace(c, parent=b.id)}
    assert replace(here, units=chain).below(a.id) == {b.id, c.id}


def test_several_roles_are_the_widest_of_each() -> None:
    both = Actor(1, None, 1, None, frozenset({Role.Clerk, Role.CountyLeader}))
    assert both.wide
    assert both.standing.names is Names.work
    assert both.acts_for(Office.unit)
    assert both.acts_for(Office.county)
    nobody = Actor(1, None, 1, None, frozenset())
    assert nobody.standing == Standing()
    assert not nobody.writes
    assert nobody.units == frozenset()


def test_no_other_file_says_what_a_role_is() -> None:
    """A new role is a row; whatever asks for a role by name would not know it."""
    asked = re.compile(r"\bRole\.[A-Z]\w+")
    files = [path for part in ("models", "views", "reports", "app") for path in (ROOT / part).rglob("*.py")]
    named = {str(path.relative_to(ROOT)) for path in files if asked.search(path.read_text(encoding="utf-8"))}
    assert {name for name in named if not name.startswith("models/demo/")} <= NAMED
