"""The pages of the accounts: a role is needed, a short password is refused, words instead of codes."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.cli import fab
from sqlalchemy import func, select

from models.accounts import AccountRole, User
from tests.factories import PASSWORD
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
    for nobody in ("", "0", "999999", "x", "-1", "99999999999999999999"):
        assert client.get(f"/resetpassword/form?pk={nobody}").status_code == 404, nobody
        assert client.post(f"/resetpassword/form?pk={nobody}", data=GOOD).status_code == 404, nobody
    again = desk.app.test_client()
    assert again.post("/login/", data={"username": "town1", "password": GOOD["password"]}).location == "/"


def _changed(client: Any, in_use: str, password: str) -> str:
    """What the page of one's own password says; empty when it is changed."""
    data = {"in_use": in_use, "password": password, "conf_password": password}
    answer = client.post("/resetmypassword/form", data=data)
    return "" if answer.status_code == 302 else str(answer.get_data(as_text=True))


def test_a_new_password_asks_for_the_one_in_use(desk: Desk) -> None:
    client = desk.client("town1")
    assert "Password in use" in client.get("/resetmypassword/form").get_data(as_text=True)
    assert "This is required" in _changed(client, "", GOOD["password"])
    assert "not the password in use" in _changed(client, "wrong", GOOD["password"])
    assert "take another one" in _changed(client, PASSWORD, PASSWORD)
    assert _changed(client, PASSWORD, GOOD["password"]) == ""
    assert "not the password in use" in _changed(client, PASSWORD, "another-good-one-7")


def test_an_easy_password_is_refused_on_every_page(desk: Desk) -> None:
    twice = {"password": "1234567890", "conf_password": "1234567890"}
    assert "easily guessed" in _changed(desk.client("town1"), PASSWORD, "1234567890")
    with desk.rows() as session:
        pk = session.scalar(select(User.id).where(User.username == "town1"))
    admin = desk.client("admin")
    assert "easily guessed" in admin.post(f"/resetpassword/form?pk={pk}", data=twice).get_data(as_text=True)
    for weak in (twice, {"password": "new1@example", "conf_password": "new1@example"}):
        made = admin.post("/users/add", data=NEW | weak | {"roles": _clerk(desk)})
        assert "easily guessed" in made.get_data(as_text=True)


def test_the_frameworks_own_commands_know_the_rule(desk: Desk) -> None:
    who = ["--username", "boss", "--firstname", "明", "--lastname", "王", "--email", "boss@example.org"]
    before, runner = _count(desk), desk.app.test_cli_runner()

    def run(*words: str) -> Any:
        return runner.invoke(fab, words)

    for arguments in (["create-admin", *who], ["reset-password", "--username", "town1"]):
        refused = run(*arguments, "--password", "1234567890")
        assert refused.exit_code == 1
        assert "easily guessed" in refused.output
        assert _count(desk) == before
    assert run("create-admin", *who, "--password", GOOD["password"]).exit_code == 0
    assert _count(desk) == before + 1
    client = desk.client("town1")
    assert run("reset-password", "--username", "town1", "--password", GOOD["password"]).exit_code == 0
    assert client.get("/petition/list/").status_code == 302  # and with the password its sessions ended


def test_two_accounts_have_two_names(desk: Desk) -> None:
    """A login asks in no case: two names that differ in case alone lock both accounts out."""
    admin, before = desk.client("admin"), _count(desk)
    for name in ("TOWN1", "town1@example.org"):
        values = NEW | GOOD | {"roles": _clerk(desk), "username": name}
        assert "Another account" in admin.post("/users/add", data=values).get_data(as_text=True), name
    values = NEW | GOOD | {"roles": _clerk(desk), "email": "Town1@example.org"}
    assert "Another account" in admin.post("/users/add", data=values).get_data(as_text=True)
    assert _count(desk) == before


def test_actions_on_accounts_are_the_administrators(desk: Desk) -> None:
    """Whoever else asked met a failure of the console."""
    for url, data in (("/users/action_post", {"action": "resetpasswords", "rowid": "1"}), ("/users/action_post", {})):
        assert desk.client("town1").post(url, data=data).status_code == 403
        assert desk.app.test_client().post(url, data=data).status_code == 302
    for name, status in (("resetpasswords", 403), ("nosuch", 403), ("resetmypassword", 302)):
        assert desk.client("town1").post(f"/users/action/{name}/1").status_code == status, name
        assert desk.client("admin").post("/users/action/nosuch/1").status_code == 404
    assert desk.client("admin").post("/users/action/resetpasswords/1").status_code == 302


def test_roles_are_words(desk: Desk) -> None:
    client = desk.client("admin")
    for page in ("/users/list/", "/users/add"):
        text = client.get(page).get_data(as_text=True)
        assert "Bureau officer" in text
        assert "BureauOfficer" not in text
