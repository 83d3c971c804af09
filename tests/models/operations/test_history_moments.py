"""Days and times as clerks write them: read as those days, or refused with what is missing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from models.operations.history import moments
from models.operations.history.chinese_numbers import number_of
from models.operations.history.moments import Moment, read

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = (
    "2026-03-05",
    "2026-3-5",
    "2026/3/5",
    "2026/3/5 0:00",
    "2026.3.5",
    "20260305",
    "2026年3月5日",
    "2026 年 3 月 5 日",
    "2026年03月05号",
    "２０２６年３月５日",
    "二〇二六年三月五日",
    "2026年3月5日（星期四）",
    "2026-03-05 周四",
    "2026-03-05 00:00:00",
    "46086",
    "5 Mar 2026",
)
TIMES = {
    "2026-03-05T09:30:00+08:00": "09:30",
    "2026-03-05T01:30:00Z": "09:30",
    "２０２６－０３－０５\u3000０９：３０": "09:30",
    "2026年3月5日 上午9时": "09:00",
    "2026年3月5日下午3:30": "15:30",
    "2026年3月5日9时30分": "09:30",
    "2026年3月5日9点半": "09:30",
    "二〇二六年三月五日下午三时三十分": "15:30",
    "2026-03-05 3:30 PM": "15:30",
    "2026-03-05 12:30 am": "00:30",
    "2026年3月5日中午12点": "12:00",
    "2026年3月5日晚上8点": "20:00",
    "46086.375": "09:00",
    "46086.4166666667": "10:00",
    "5 Mar 2026 09:30": "09:30",
}
REFUSED = {
    "26/3/5": moments.SHORT_YEAR,
    "3/5/2026": moments.SHORT_YEAR,
    "3月5日": moments.NO_YEAR,
    "3-5": moments.NO_YEAR,
    "2026年3月": moments.NO_DAY,
    "2026-03": moments.NO_DAY,
    "2026-02-29": moments.NO_SUCH_DAY,
    "2026年13月1日": moments.NO_SUCH_DAY,
    "2026年3月5日（星期五）": moments.OTHER_WEEKDAY,
    "2026-3-5 24:00": moments.MIDNIGHT,
    "2026年3月5日晚上12点": moments.MIDNIGHT,
    "yesterday": moments.NO_TIME,
    "2026-03-05-06": moments.NO_TIME,
    "2026-03-05 25:00": moments.NO_TIME,
    "0205-03-05": moments.WRONG_YEAR,
    "1966年3月5日": moments.WRONG_YEAR,
    "99999": moments.NO_TIME,
    "3": moments.NO_TIME,
}


@pytest.mark.parametrize("text", DAYS)
def test_a_day_is_that_day(text: str) -> None:
    found = read(text, ZONE)
    assert isinstance(found, Moment), found
    assert (found.at.astimezone(ZONE).isoformat(), found.whole_day) == ("2026-03-05T00:00:00+08:00", True)


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_that_time(text: str) -> None:
    found = read(text, ZONE)
    assert isinstance(found, Moment), found
    assert (f"{found.at.astimezone(ZONE):%Y-%m-%d %H:%M}", found.whole_day) == (f"2026-03-05 {TIMES[text]}", False)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_day_says_what_is_missing(text: str) -> None:
    assert read(text, ZONE) == REFUSED[text]


def test_numbers_in_characters() -> None:
    told = {"六": 6, "十": 10, "十二": 12, "二十": 20, "二百零三": 203, "两千": 2000, "二〇二六": 2026, "１２": 12}
    assert {text: number_of(text) for text in told} == told
    assert [number_of(text) for text in ("", "x", "3x", "六个")] == [None] * 4
