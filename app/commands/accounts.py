"""user create, set-password, list."""

from __future__ import annotations

from datetime import datetime

import click
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload
from werkzeug.security import generate_password_hash

from app import passwords
from app.cli import inside
from models.accounts import AccountRole, User
from models.errors import DomainError
from models.tables import Staff, Unit
from models.terms import Role
from models.world import zone


def _session() -> Session:
    from app.extensions import db

    return db.session  # a scoped session stands for one


def _hash(password: str, of: User) -> str:
    names = (of.username, of.email, of.first_name, of.last_name)
    passwords.check(password, [name or "" for name in names] + [current_app.config["COUNTY_NAME"]])
    return generate_password_hash(password)


def _named(session: Session, name: str) -> User | None:
    """The account with this user name, in whichever case: that is how a login finds it."""
    return session.scalar(select(User).where(func.lower(User.username) == name.lower()))


@click.group()
def user() -> None:
    """Accounts: create, set-password, list."""


@user.command("create")
@click.argument("username")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What it may do.")
@click.option("--unit", "code", help="Code of the unit the person works for.")
@click.option("--name", help="The person's name; the username if left out.")
@click.password_option(help="Asked for when it is left out; at least 10 characters, hard to guess.")
@inside
def create(username: str, role: str, code: str | None, name: str | None, password: str) -> None:
    """Create an account, and the person's post when --unit is given."""
    session = _session()
    if _named(session, username) is not None:
        raise DomainError(f"There is already an account {username}.")
    granted = session.scalar(select(AccountRole).where(AccountRole.name == role))
    if granted is None:
        raise DomainError("The roles are missing: run `python run.py init` first.")
    person = name or username
    made = User(username=username, first_name=person, last_name="", email=f"{username}@localhost", active=True)
    made.password, made.roles = _hash(password, made), [granted]
    session.add(made)
    session.flush()
    if code:
        unit = session.scalar(select(Unit).where(Unit.code == code))
        if unit is None:
            raise DomainError(f"There is no unit {code}.")
        session.add(Staff(name=person, unit_id=unit.id, user_id=made.id, since=datetime.now(zone()).date()))
    session.commit()
    click.echo(f"{username}: {role}")


@user.command("set-password")
@click.argument("username")
@click.password_option(help="Asked for when it is left out; at least 10 characters, hard to guess.")
@inside
def set_password(username: str, password: str) -> None:
    """Give an account a new password; whoever is logged in with the old one is not any more."""
    session = _session()
    found = _named(session, username)
    if found is None:
        raise DomainError(f"There is no account {username}.")
    found.password = _hash(password, found)
    session.commit()
    click.echo(f"{username}: password set")


@user.command("list")
@inside
def list_() -> None:
    """All accounts with their roles."""
    for found in _session().scalars(select(User).options(selectinload(User.roles)).order_by(User.username)):
        roles = ", ".join(role.name for role in found.roles)
        click.echo(f"{found.username}\t{roles}\t{'active' if found.active else 'closed'}")
