"""A small county behind the application: accounts that log in, petitions taken through the operations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from models.access import Actor, all_rows
from models.operations import deductions
from models.operations.intake import PetitionerInput, RegisterInput, register
from models.operations.steps import StepInput, perform
from models.tables import Deduction, Petition, Place
from models.terms import Channel, PetitionKind, Role, StepKind
from tests import factories

T0 = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)
LATER = datetime(2025, 12, 31, 4, 0, tzinfo=UTC)
WRITTEN = {"mode": "written", "reason": "属其职责", "letter_number": "1号", "sent_how": "机要"}


@dataclass(frozen=True, slots=True)
class People:
    """Ids only: rows belong to a session that ends with its block."""

    units: dict[str, int]
    staff: dict[str, int]
    actors: dict[str, Actor]
    place: int


def settled(app: Any) -> People:
    """Fill an empty county."""
    with rows(app) as session:
        made = factories.county(session)
        factories.staff(session, made.towns[0], "head1", Role.UnitLeader)
        place = Place(code="P1", name="城关镇", active=True)
        session.add(place)
        session.flush()
        every = [made.bureau, *made.towns, *made.departments, made.office]
        units = {unit.code: unit.id for unit in every}
        return People(units, {name: person.id for name, person in made.staff.items()}, made.actors, place.id)


@contextmanager
def rows(app: Any) -> Iterator[Any]:
    """The application's session on all rows; commits."""
    from app.extensions import db

    with app.app_context(), all_rows():
        yield db.session()
        db.session.commit()
        db.session.remove()


class Desk:
    """What the people of a small county do."""

    def __init__(self, app: Any, people: People) -> None:
        self.app, self.synthetic = app, False
        self._clients: dict[str, Any] = {}
        self.units, self.staff, self.actors = dict(people.units), dict(people.staff), dict(people.actors)
        self.place = people.place

    def rows(self) -> AbstractContextManager[Any]:
        """The application's session on all rows; commits."""
        return rows(self.app)

    def client(self, name: str) -> Any:
        """A browser logged in as ``name``."""
        if name not in self._clients:
            made = self.app.test_client()
            sent = made.post("/login/", data={"username": name, "password": factories.PASSWORD})
            assert sent.status_code == 302, name
            self._clients[name] = made
        return self._clients[name]

    def take(self, name: str = "town1", **changes: Any) -> int:
        """Register a petition at the desk of ``name``; its id."""
        values: dict[str, Any] = {
            "title": "拖欠工资𠮷😀",
            "content": "工资未付",
            "channel": Channel.visit,
            "kind": PetitionKind.request,
            "received_at": T0,
            "place_id": self.place,
            "first_receiver_id": self.staff[name],
            "petitioners": [PetitionerInput("𠮷野", "13800000000", "110101199001011234")],
        }
        with self.rows() as session:
            given = RegisterInput(**values | changes)
            return int(register(session, given, self.actors[name], given.received_at + timedelta(hours=1)).id)

    def act(self, pk: int, name: str, kind: str, at: datetime, **values: Any) -> None:
        """Record a step of the petition ``pk``."""
        with self.rows() as session:
            petition = session.get(Petition, pk)
            perform(session, petition, StepInput(StepKind(kind), at, values), self.actors[name], at)

    def transferred(self, **changes: Any) -> int:
        """A petition that town1 received and dept1 must handle."""
        pk = self.take(**changes)
        self.act(pk, "town1", "route", T0 + timedelta(hours=2), outcome="B")
        self.act(pk, "town1", "transfer", T0 + timedelta(hours=3), to_unit=self.units["D1"], **WRITTEN)
        return pk

    def proposed(self) -> list[int]:
        """Propose every deduction that is due at ``LATER``; all ids."""
        from sqlalchemy import select

        with self.rows() as session:
            deductions.scan(session, LATER)
            return list(session.scalars(select(Deduction.id).order_by(Deduction.id)))
