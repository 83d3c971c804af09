"""The frameworks' traps at the door (2.3 and 2.4 of the design's notes): login, session, host, start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from app import create_app
from app.extensions import db
from models.tables.attempts import attempt
from tests.factories import PASSWORD
from tests.views.world import Desk

pytestmark = pytest.mark.slow

FORM, API = "/login/", "/api/v1/security/login"


def _worker(desk: Desk) -> Any:
    """A server process of its own on the same database, which limits attempts."""
    kept = ("DATABASE_URL", "SECRET_KEY", "VAULT_KEY", "WTF_CSRF_ENABLED", "SQLALCHEMY_ENGINE_OPTIONS")
    return create_app({name: desk.app.config[name] for name in kept})


@pytest.fixture
def limited(desk: Desk) -> Iterator[Any]:
    made = _worker(desk)
    yield made
    with made.app_context():
        db.engine.dispose()


def _try(client: Any, way: str, name: str, password: str, address: str = "10.0.0.1") -> int:
    here = {"REMOTE_ADDR": address}
    if way == FORM:
        return int(client.post(FORM, data={"username": name, "password": password}, environ_base=here).status_code)
    body = {"username": name, "password": password, "provider": "db"}
    return int(client.post(API, json=body, environ_base=here).status_code)


@pytest.mark.parametrize("way", [FORM, API])
def test_an_account_is_shut_after_failed_logins_from_wherever(limited: Any, way: str) -> None:
    client = limited.test_client()
    seen = [_try(client, way, "town1", "wrong", f"10.0.0.{n}") for n in range(10)]
    assert set(seen) == {302 if way == FORM else 401}
    assert _try(client, way, "TOWN1 ", "wrong", "10.0.1.1") == 429
    assert _try(client, way, "town1", PASSWORD, "10.0.1.2") == 429  # the right one comes too late
    other = API if way == FORM else FORM
    assert _try(client, other, "town1", PASSWORD, "10.0.1.3") == 429  # by neither door
    assert _try(limited.test_client(), way, "town2", PASSWORD, "10.0.1.4") in (200, 302)


@pytest.mark.both_databases
def test_failed_logins_count_across_workers_and_names(desk: Desk, limited: Any) -> None:
    """It was counted in each process, and for each name of an account: forty tries and more passed."""
    clients = [limited.test_client(), _worker(desk).test_client()]
    names = ["town1", "TOWN1", "town1@example.org", "Town1@Example.ORG", " town1 "]
    seen = [_try(clients[n % 2], (FORM, API)[n % 3 // 2], names[n % 5], "wrong", f"10.1.0.{n}") for n in range(20)]
    assert 429 not in seen[:10]
    assert set(seen[10:]) == {429}
    assert _try(clients[1], API, "town1@example.org", PASSWORD, "10.1.1.1") == 429
    assert _try(clients[1], API, "town2", PASSWORD, "10.1.1.2") == 200
    with desk.rows() as session:  # and nobody can read what was typed
        assert all(len(key) == 64 for key in session.scalars(select(attempt.c.key_hash)))


@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "", "ｔｏｗｎ１", "%", "'; --"])
def test_an_odd_name_is_a_name_that_fails(limited: Any, name: str) -> None:
    for way in (FORM, API):
        assert _try(limited.test_client(), way, name, "wrong") in (200, 302, 400, 401)
        assert _try(limited.test_client(), way, "town1", "a\0b") in (302, 401)


@pytest.mark.parametrize("way", [FORM, API])
def test_an_address_cannot_try_account_after_account(limited: Any, way: str) -> None:
    client = limited.test_client()
    seen = [_try(client, way, f"nobody{n}", "wrong") for n in range(35)]
    assert 429 in seen
    assert _try(client, way, "town1", PASSWORD, "10.9.9.9") in (200, 302)


@pytest.mark.parametrize("way", [FORM, API])
def test_logins_that_succeed_are_not_counted(limited: Any, way: str) -> None:
    for n in range(15):
        assert _try(limited.test_client(), way, "town1", PASSWORD, f"10.0.2.{n}") in (200, 302)


def test_login_tells_nobody_which_accounts_exist(desk: Desk) -> None:
    pages = []
    for name in ("town1", "nobody"):
        client = desk.app.test_client()
        sent = client.post(FORM, data={"username": name, "password": "wrong"}, follow_redirects=True)
        pages.append(sent.text.replace(name, "").split("<main")[1])
        assert client.post(API, json={"username": name, "password": "wrong", "provider": "db"}).status_code == 401
    assert len(pages[0]) == pytest.approx(len(pages[1]), abs=20)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:80"])
def test_a_spoofed_host_leads_nowhere(desk: Desk, host: str) -> None:
    """Without BASE_URL the request's own Host must not decide where a login leads."""
    data = {"username": "town1", "password": PASSWORD}
    for target in (f"https://{host}/", f"http://{host}/x", f"//{host}/", "https:evil.example", "javascript:alert(1)"):
        sent = desk.app.test_client().post(f"/login/?next={target}", data=data, headers={"Host": host})
        assert sent.status_code in (302, 400), target
        assert sent.headers.get("Location", "/") in ("/", f"http://{host}/"), target
        assert "evil" not in sent.headers.get("Location", "").split(host)[-1]
    sent = desk.app.test_client().post("/login/?next=/petition/list/", data=data)
    assert sent.headers["Location"] == "/petition/list/"


def test_the_language_switch_stays_on_its_host(desk: Desk) -> None:
    client = desk.app.test_client()
    for back in ("https://evil.example/", "http://localhost//evil.example/x", "http://localhost/\\evil.example"):
        where = client.get("/lang/en", headers={"Referer": back}).headers["Location"]
        assert where.startswith("/"), back
        assert not where.startswith(("//", "/\\")), back


def test_the_language_switch_leads_back_to_the_page_that_was_left(desk: Desk) -> None:
    client = desk.client("town1")
    for left in ("/petition/list/?status=closed&q=%E6%B5%8B", "/rules/", "/admin/unit/"):
        answer = client.get("/lang/en", headers={"Referer": f"http://localhost{left}"})
        assert answer.headers["Location"] == left
    for form in ("/hearing/many", "/letter/1/save", "/lang/en"):  # nothing to be asked for again
        assert client.get("/lang/en", headers={"Referer": f"http://localhost{form}"}).headers["Location"] == "/"
    assert client.get("/lang/xx").status_code == 404


def test_the_language_switch_does_not_renew_the_session(desk: Desk) -> None:
    client = desk.client("town1")
    for code, word in (("zh_Hans_CN", "信访事项"), ("en", "Petitions")):
        cookies = client.get(f"/lang/{code}").headers.getlist("Set-Cookie")
        assert [cookie.partition("=")[0] for cookie in cookies] == ["language"]
        assert word in client.get("/petition/list/").get_data(as_text=True)


def test_a_public_address_alone_is_answered() -> None:
    """With BASE_URL: another Host is refused before anything else, and the cookie travels by TLS alone."""
    made = create_app(
        {
            "SECRET_KEY": "a-secret-of-sufficient-length",
            "VAULT_KEY": "test-vault-key",
            "DATABASE_URL": "sqlite://",
            "PROXIES": 1,
            "BASE_URL": "https://petitions.example.org",
        }
    )
    client = made.test_client()
    assert client.get("/login/", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/healthz", headers={"Host": "petitions.example.org"}).status_code == 200
    assert made.config["FAB_SAFE_REDIRECT_HOSTS"] == ["petitions.example.org"]
    assert made.config["SESSION_COOKIE_SECURE"]
    assert made.config["SESSION_COOKIE_HTTPONLY"]
    assert made.config["SESSION_COOKIE_SAMESITE"] == "Lax"
    with made.test_request_context(
        headers={"Host": "petitions.example.org", "X-Forwarded-For": "10.9.9.9, 10.1.2.3"}
    ) as asked:
        made.wsgi_app(asked.request.environ, lambda *_: None)
        assert asked.request.environ["REMOTE_ADDR"] == "10.1.2.3"  # what the nearest proxy says, no word further


def test_pages_are_not_kept_and_not_framed(desk: Desk) -> None:
    answer = desk.client("town1").get("/petition/list/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_leaving_is_a_post(desk: Desk) -> None:
    client = desk.client("town1")
    assert client.get("/logout/").status_code == 405
    assert client.get("/petition/list/").status_code == 200
    client.post("/logout/")
    assert client.get("/petition/list/").status_code == 302


def test_a_worker_starts_without_a_word_to_the_database(tmp_path: Any) -> None:
    """Roles, permissions and tables are the business of ``init``; a start that wrote them took half a minute."""
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    path = tmp_path / "none.db"
    secrets = {"SECRET_KEY": "a-secret-of-sufficient-length", "VAULT_KEY": "test-vault-key"}
    made = create_app(secrets | {"DATABASE_URL": f"sqlite:///{path}"})
    assert made.test_client().get("/healthz").status_code == 200
    event.remove(Engine, "before_cursor_execute", note)
    assert sent == []
    assert not path.exists()
