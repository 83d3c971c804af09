"""Small worlds for tests. Every function flushes and returns the row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from models.access import Actor, all_rows
from models.accounts import AccountRole, User
from models.tables import Staff, Unit
from models.terms import Role, UnitKind

PASSWORD = "county-test"
_HASH = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1")  # cheap on purpose: tests log in often
_serial = count(1)


def unit(session: Session, name: str = "", kind: UnitKind = UnitKind.department, code: str = "") -> Unit:
    number = next(_serial)
    made = Unit(code=code or f"U{number:03}", name=name or f"单位{number}", kind=kind, active=True)
    session.add(made)
    session.flush()
    return made


def account(session: Session, username: str, role: Role) -> User:
    """A user who may log in with ``PASSWORD``."""
    found = session.scalar(select(AccountRole).where(AccountRole.name == role.value))
    found = found or AccountRole(name=role.value)
    made = User(
        username=username,
        first_name=username,
        last_name="测试",
        email=f"{username}@example.org",
        password=_HASH,
        active=True,
        roles=[found],
    )
    session.add(made)
    session.flush()
    return made


def staff(session: Session, of: Unit, username: str = "", role: Role = Role.Clerk, name: str = "") -> Staff:
    """A person in a post; with an account when ``username`` is given."""
    user = account(session, username, role) if username else None
    made = Staff(name=name or username or f"某{next(_serial)}", unit_id=of.id, since=date(2020, 1, 1), head=False)
    made.user_id = user.id if user else None
    session.add(made)
    session.flush()
    return made


def actor(person: Staff, of: Unit, *roles: Role) -> Actor:
    return Actor(person.user_id, person.id, of.id, of.kind, frozenset(roles or {Role.Clerk}))


@dataclass(slots=True)
class County:
    """Units, one account each (named as the field), and the actors."""

    bureau: Unit
    towns: list[Unit]
    departments: list[Unit]
    office: Unit
    staff: dict[str, Staff]
    actors: dict[str, Actor]


def county(session: Session) -> County:
    """Bureau, two towns, two departments, leaders' office; accounts bureau, town1, town2, dept1, dept2, leader,
    auditor, admin; reference data."""
    from models.reference import ensure_reference

    with all_rows():
        ensure_reference(session)
        bureau = unit(session, "县信访局", UnitKind.bureau, "XFJ")
        towns = [unit(session, f"{name}镇", UnitKind.town, f"T{i}") for i, name in enumerate(("清河", "柳林"), 1)]
        departments = [unit(session, name, code=f"D{i}") for i, name in enumerate(("县人社局", "县住建局"), 1)]
        office = unit(session, "县领导办公室", UnitKind.leaders_office, "LD")
        posts = [
            ("bureau", bureau, Role.BureauOfficer),
            ("town1", towns[0], Role.Clerk),
            ("town2", towns[1], Role.Clerk),
            ("dept1", departments[0], Role.Clerk),
            ("dept2", departments[1], Role.Clerk),
            ("leader", office, Role.CountyLeader),
            ("auditor", office, Role.Auditor),
            ("admin", bureau, Role.Administrator),
        ]
        people = {name: staff(session, of, name, role) for name, of, role in posts}
        actors = {name: actor(people[name], of, role) for name, of, role in posts}
        session.flush()
    return County(bureau, towns, departments, office, people, actors)
