"""The pages of the accounts: a role is needed, a short password is refused, words instead of codes."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.security.sqla.models import Role as AccountRole
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select

from tests.views.world import Desk

NEW = {"username": "new1", "first_name": "明", "last_name": "王", "email": "new1@example.org", "active": "y"}
GOOD = {"password": "a-long-password", "conf_password": "a-long-password"}


def _count(desk: Desk) -> int:
    with desk.rows() as session:
        return int(session.scalar(select(func.count(User.id))))


def _clerk(desk: Desk) -> str:
    with desk.rows() as session:
        return str(session.scalar(select(AccountRole.id).where(AccountRole.name == "Clerk")))


def test_an_account_needs_a_role_and_a_long_password(desk: Desk) -> None:
    client, before = desk.client("admin"), _count(desk)
    bad: list[dict[str, Any]] = [
        {},
        NEW | GOOD,  # no role
        NEW | {"roles": _clerk(desk), "password": "short", "conf_password": "short"},
        NEW | GOOD | {"roles": _clerk(desk), "conf_password": "another-password"},
    ]
    for values in bad:
        answer = client.post("/users/add", data=values)
        assert answer.status_code == 200
        assert 'class="error-summary"' in answer.get_data(as_text=True)
    assert _count(desk) == before
    assert client.post("/users/add", data=NEW | GOOD | {"roles": _clerk(desk)}).status_code == 302
    assert _count(desk) == before + 1


def test_the_administrator_gives_a_new_password(desk: Desk) -> None:
    client = desk.client("admin")
    with desk.rows() as session:
        pk = session.scalar(select(User.id).where(User.username == "town1"))
    assert "Reset Password" in client.get(f"/users/show/{pk}").get_data(as_text=True)
    refused = client.post(f"/resetpassword/form?pk={pk}", data={"password": "short", "conf_password": "short"})
    assert "at least 10" in refused.get_data(as_text=True)
    assert client.post(f"/resetpassword/form?pk={pk}", data=GOOD).status_code == 302
    again = desk.app.test_client()
    assert again.post("/login/", data={"username": "town1", "password": GOOD["password"]}).location == "/"


def test_roles_are_words(desk: Desk) -> None:
    client = desk.client("admin")
    for page in ("/users/list/", "/users/add"):
        text = client.get(page).get_data(as_text=True)
        assert "Bureau officer" in text
        assert "BureauOfficer" not in text
