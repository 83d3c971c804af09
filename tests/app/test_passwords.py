"""What somebody would try first is no password; what has nothing to do with anything is."""

from __future__ import annotations

import pytest

from app.passwords import WeakPassword, check

ABOUT = ("wangming", "wm.lao@example.org", "明", "王", "清源县")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "1234567890",
        "0123456789",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "aaaaaaaaaaaa",
        "password2026",
        "P@ssw0rd2026",
        "13800000000",
        "2026-11-28",
        "wangming2026",
        "Wangming2026",
        "wangmingwangming",
        "wm.lao@example.org",
        "Xinfang@2026",
        "信访信访信访信访信访",
        "清源县清源县清源县清源县",
        "Shoujie2026",
        "x" * 5000,
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check(password, ABOUT)


@pytest.mark.parametrize(
    "password", ["kettle-marble-42-otter", "Qy8#mmZp0w", "窗外有三只麻雀在吵架", "q" + "aZ7-" * 900]
)
def test_what_has_nothing_to_do_with_anything_is_taken(password: str) -> None:
    check(password, ABOUT)
