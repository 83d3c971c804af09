"""No actor, no rows; identities and deductions only for those who need them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from models.access import ROW_RULES, Actor, acting, all_rows
from models.permissions import MATRIX, may
from models.tables import Petition, Petitioner
from models.terms import Role, Verb
from tests.models.operations.test_steps import taken


@pytest.mark.parametrize("table", ROW_RULES)
def test_without_an_actor_no_rows(session: Session, table: type) -> None:
    assert session.scalars(select(table)).all() == []


@pytest.mark.parametrize(("role", "seen"), [(Role.Auditor, 1), (Role.CountyLeader, 0), (Role.Administrator, 0)])
def test_identities(county: Any, role: Role, seen: int) -> None:
    taken(county)
    with acting(Actor(1, None, None, None, frozenset({role}))):
        assert county.session.scalar(select(func.count()).select_from(Petitioner)) == seen
        assert county.session.scalar(select(func.count()).select_from(aliased(Petition))) == 1


@pytest.mark.both_databases
def test_writes_in_bulk_do_not_reach_foreign_rows(county: Any) -> None:
    taken(county)
    with acting(county.actors["ZJ"]):
        county.session.execute(update(Petition).values(title="x").execution_options(synchronize_session=False))
    with all_rows():
        county.session.expire_all()
        assert county.session.scalar(select(Petition.title)) != "x"


def test_lookers_on_write_nothing() -> None:
    """A county leader decides appeals and serious matters (domain §5), nothing else."""
    changing = (Verb.add, Verb.edit, Verb.delete)
    wrote = {role: {t for t in MATRIX[role] if any(may([role], t, verb) for verb in changing)} for role in Role}
    assert wrote[Role.Auditor] == set()
    assert wrote[Role.CountyLeader] == {"hearing", "accountability"}
    assert not may([Role.Administrator], "step", Verb.add)


def test_every_new_factory_is_restricted() -> None:
    """A factory that took the place of a dead one in memory was once left without row rules."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.orm import sessionmaker

    from models.access import _restrict, install

    engine = create_engine("sqlite://")
    for _ in range(300):
        factory = sessionmaker(engine)
        install(factory)
        with factory() as own:
            assert _restrict in list(own.dispatch.do_orm_execute)
        assert event.contains(factory, "do_orm_execute", _restrict)
        del factory
