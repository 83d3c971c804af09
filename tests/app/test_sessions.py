"""Sessions end: by logout, a new password, another role or state, and by time; API tokens end with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from models.accounts import AccountRole, User
from models.tables.login_sessions import login_session
from tests.factories import PASSWORD
from tests.views.test_lists import counted
from tests.views.world import Desk

PAGE, ROWS = "/petition/list/", "/api/v1/petition/"
NEW = "kettle-marble-42-otter"


def _enter(desk: Desk, name: str = "town1", password: str = PASSWORD) -> Any:
    client = desk.app.test_client()
    assert client.post("/login/", data={"username": name, "password": password}).status_code == 302
    return client


def _tokens(desk: Desk, name: str = "town1") -> tuple[dict[str, str], dict[str, str]]:
    """Headers with an access token and a refresh token."""
    body = {"username": name, "password": PASSWORD, "provider": "db", "refresh": True}
    found = desk.app.test_client().post("/api/v1/security/login", json=body).get_json()
    access, refresh = ({"Authorization": f"Bearer {found[f'{kind}_token']}"} for kind in ("access", "refresh"))
    return access, refresh


def _in(client: Any) -> bool:
    return bool(client.get(PAGE).status_code == 200)


def _answers(desk: Desk, headers: dict[str, str]) -> int:
    return int(desk.app.test_client().get(ROWS, headers=headers).status_code)


def _user(desk: Desk, name: str = "town1") -> int:
    with desk.rows() as session:
        return int(session.scalar(select(User.id).where(User.username == name)))


def _thief(desk: Desk, client: Any) -> Any:
    """A browser with a copy of the cookie."""
    made = desk.app.test_client()
    made.set_cookie("session", client.get_cookie("session").value)
    assert _in(made)
    return made


def test_a_copied_cookie_ends_with_the_logout(desk: Desk) -> None:
    client, other = _enter(desk), _enter(desk)
    thief = _thief(desk, client)
    client.get("/lang/en")
    client.post("/logout/")
    with client.session_transaction() as kept:
        assert set(kept) <= {"locale", "_fresh"}
    assert not _in(client)
    assert not _in(thief)
    assert not _in(desk.app.test_client())
    assert _in(other)  # a session of its own


@pytest.mark.both_databases
def test_ones_own_new_password_ends_the_other_sessions(desk: Desk) -> None:
    client, other = _enter(desk), _enter(desk)
    access, refresh = _tokens(desk)
    data = {"in_use": PASSWORD, "password": NEW, "conf_password": NEW}
    assert client.post("/resetmypassword/form", data=data).status_code == 302
    assert _in(client)
    assert not _in(other)
    assert _answers(desk, access) == 401
    assert desk.app.test_client().post("/api/v1/security/refresh", headers=refresh).status_code == 401
    assert _in(_enter(desk, password=NEW))


def _given(desk: Desk, admin: Any, pk: int) -> Any:
    return admin.post(f"/resetpassword/form?pk={pk}", data={"password": NEW, "conf_password": NEW})


def _edited(desk: Desk, admin: Any, pk: int, role: str, **changes: str) -> Any:
    with desk.rows() as session:
        user, roles = session.get(User, pk), session.scalar(select(AccountRole.id).where(AccountRole.name == role))
        values = {name: getattr(user, name) for name in ("username", "first_name", "last_name", "email")}
    values |= {"active": "y", "roles": str(roles)} | changes
    return admin.post(f"/users/edit/{pk}", data={name: text for name, text in values.items() if text})


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (_given, "password"),
        (lambda desk, admin, pk: _edited(desk, admin, pk, "UnitLeader"), "role"),
        (lambda desk, admin, pk: _edited(desk, admin, pk, "Clerk", active=""), "state"),
    ],
    ids=["password", "role", "state"],
)
def test_what_an_administrator_changes_ends_all_sessions(desk: Desk, change: Any, cause: str) -> None:
    client, admin, pk = _enter(desk), desk.client("admin"), _user(desk)
    access, _ = _tokens(desk)
    assert _edited(desk, admin, pk, "Clerk", first_name="另").status_code == 302  # a name is no such change
    assert (_in(client), _answers(desk, access)) == (True, 200)
    assert change(desk, admin, pk).status_code == 302
    assert (_in(client), _answers(desk, access)) == (False, 401)
    assert _in(admin)
    with desk.rows() as session:
        ends = session.execute(select(login_session.c.ended_by).where(login_session.c.user_id == pk)).scalars()
        assert set(ends) == {cause}


def test_a_password_set_by_command_ends_all_sessions(desk: Desk) -> None:
    """The command and every other writer go through the same session of the database."""
    client = _enter(desk)
    with desk.rows() as session:
        session.get(User, _user(desk)).password = "x"
    assert not _in(client)


def test_nobody_stays_for_ever(desk: Desk) -> None:
    """``/lang/`` renewed the cookie without end."""
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        busy = _enter(desk)
        thief = _thief(desk, busy)
        for minutes in range(50, 13 * 60, 50):
            clock.move_to(start + timedelta(minutes=minutes))
            assert _in(busy) == (minutes < 12 * 60), minutes
            for client in (busy, thief):
                client.get("/lang/en")
        assert not _in(thief)


@pytest.mark.both_databases
def test_an_idle_session_ends(desk: Desk) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        client, access = _enter(desk), _tokens(desk)[0]
        clock.move_to(start + timedelta(minutes=56))
        assert _in(client)
        clock.move_to(start + timedelta(minutes=61))
        assert _answers(desk, access) == 401
        assert _in(client)
        clock.move_to(start + timedelta(minutes=122))
        assert not _in(client)


def test_a_refresh_token_gives_a_new_access_token(desk: Desk) -> None:
    """It answered 422, always."""
    access, refresh = _tokens(desk)
    client = desk.app.test_client()
    found = client.post("/api/v1/security/refresh", headers=refresh)
    assert found.status_code == 200
    renewed = {"Authorization": f"Bearer {found.get_json()['access_token']}"}
    assert _answers(desk, renewed) == 200
    assert client.post("/api/v1/security/refresh", headers=access).status_code == 401
    assert _answers(desk, refresh) == 401
    assert client.post("/api/v1/security/logout", headers=renewed).status_code == 200
    assert [_answers(desk, one) for one in (access, renewed)] == [401, 401]
    assert client.post("/api/v1/security/refresh", headers=refresh).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "eyJhbGciOiJub25lIn0.e30."])
def test_a_bad_token_is_nobodys(desk: Desk, token: str) -> None:
    for url in (ROWS, "/api/v1/security/refresh", "/api/v1/security/logout"):
        headers = {"Authorization": f"Bearer {token}".encode("latin-1")}
        method = "GET" if url == ROWS else "POST"
        answer = desk.app.test_client().open(url, method=method, headers=headers)
        assert (answer.status_code, answer.is_json) == (401, True), url


def test_a_session_costs_no_statement_of_its_own(desk: Desk) -> None:
    client = _enter(desk)
    assert client.get("/users/userinfo/").status_code == 200
    with counted(desk) as sent:
        client.get("/users/userinfo/")
    assert sum("login_session" in statement for statement, _ in sent) == 1
    assert sum("FROM ab_user" in statement and "login_session" not in statement for statement, _ in sent) <= 2
