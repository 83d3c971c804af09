"""The database is gone: a page of ours says so in the reader's language, and that nothing was changed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app import create_app

GONE = "postgresql+psycopg://nobody@127.0.0.1:1/none"  # no server ever listens there


@pytest.fixture(scope="module")
def gone() -> Any:
    secrets = {"SECRET_KEY": "a-secret-of-sufficient-length", "VAULT_KEY": "test-vault-key"}
    return create_app(secrets | {"DATABASE_URL": GONE, "WTF_CSRF_ENABLED": False, "TIMEZONE": "Asia/Shanghai"})


def _client(gone: Any) -> Any:
    """A browser that was logged in when the database went away."""
    client = gone.test_client()
    with client.session_transaction() as kept:
        kept |= {"_user_id": "1", "login": "a-token"}
    return client


@pytest.mark.parametrize(
    ("language", "title", "hint"),
    [
        ("en", "The database does not answer", "Nothing was changed"),
        ("zh-CN", "数据库没有响应", "没有任何改动"),
    ],
)
@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "/"),
        ("GET", "/petition/list/"),
        ("POST", "/petition/add"),
        ("GET", "/admin/unit/"),
        ("GET", "/users/list/"),
        ("POST", "/login/"),
        ("GET", "/nowhere"),
        ("POST", "/healthz"),
    ],
)
def test_a_page_of_ours_says_so(gone: Any, language: str, title: str, hint: str, method: str, url: str) -> None:
    """It was a bare "Internal Server Error": the page of the failure asked the database who reads it."""
    data = {"username": "town1", "password": "x"} if method == "POST" else None
    answer = _client(gone).open(url, method=method, data=data, headers={"Accept-Language": language})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert title in page
    assert hint in page
    assert ("sent again" in page or "重新提交" in page) == (method == "POST")


def test_a_program_is_told_the_same(gone: Any) -> None:
    for url in ("/api/v1/petition/", "/lookup/unit?q=x"):
        answer = _client(gone).get(url)
        assert (answer.status_code, answer.is_json) == (503, True), url
        assert "Nothing was changed" in answer.get_json()["message"] or "没有任何改动" in answer.get_json()["message"]
    body = {"username": "town1", "password": "x", "provider": "db"}
    assert gone.test_client().post("/api/v1/security/login", json=body).status_code == 503


def test_the_machines_are_told_too(gone: Any) -> None:
    client = _client(gone)
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert client.get("/metrics").status_code == 200
    assert client.get("/static/console.css").status_code == 200


def test_a_commit_that_was_cut_off_is_not_called_undone(gone: Any) -> None:
    """Nobody knows whether it reached the disk before the connection broke."""
    from app import errors

    cut = OperationalError(None, None, Exception("server closed the connection"), connection_invalidated=True)
    with gone.test_request_context("/petition/add", method="POST", headers={"Accept-Language": "en"}):
        page, code, _headers = errors._database(cut)
    assert code == 503
    assert "not certain" in page
    assert "Nothing was changed" not in page
