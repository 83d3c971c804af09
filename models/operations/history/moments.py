"""Days and times as ledgers write them: ISO 8601, a spreadsheet's forms and numbers, 2026年3月5日下午3:30."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.operations.history.chinese_numbers import CHARS, number_of
from models.terms import N_

NO_TIME = N_("This is no day or time: write 2025-03-05 or 2025-03-05 09:30.")
NO_SUCH_DAY = N_("There is no such day in the calendar: write one that exists.")
SHORT_YEAR = N_("The year has two digits, or day and month cannot be told apart: write 2025-03-05.")
NO_YEAR = N_("The year is missing: write 2025-03-05.")
NO_DAY = N_("The day is missing: write 2025-03-05.")
MIDNIGHT = N_("24:00 may count for either day: write 23:59, or 00:00 of the next day.")
WRONG_YEAR = N_("This year cannot be right.")
OTHER_WEEKDAY = N_("That day was another day of the week: see which of the two is right.")

FIRST_YEAR, LAST_YEAR = 1990, 2200
_ISO = re.compile(r"\d{4}-?\d{2}-?\d{2}([T ]\d{2}:?\d{2}(:?\d{2}([.,]\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?|\d{4}-W\d{2}-\d")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(.*)", re.DOTALL)
_TIME = re.compile(
    r"[ T]*(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜间)?\s*"
    r"(\d{1,2})\s*(?:[:时点]\s*(?:(\d{1,2})|(半))?\s*(?:分|[:分]\s*(\d{1,2})(?:\.\d+)?\s*秒?)?)\s*(?:整)?\s*(am|pm)?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"[(\[]?(?:星期|周|礼拜)([一二三四五六日天])[)\]]?")
_CHINESE = re.compile(rf"[{CHARS}]+(?=[年月日号时点分])")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_ENGLISH = re.compile(r"(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* (\d{4})(.*)", re.DOTALL)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# what the refusal says of texts that are nearly a day
_NEARLY = (
    (re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*|\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?!\d).*"), SHORT_YEAR),
    (re.compile(r"\d{1,2}月\d{1,2}[日号]?.*|\d{1,2}[-/.]\d{1,2}"), NO_YEAR),
    (re.compile(r"\d{4}[-/.年]\d{1,2}月?"), NO_DAY),
)
_AFTERNOON = ("下午", "傍晚", "晚上", "夜里", "夜间", "pm")
_FIRST, _LAST = date(1954, 1, 1), date(2119, 1, 1)  # of a spreadsheet's day numbers 19725 to 80000


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant; ``whole_day``: the ledger knows the day alone, and ``at`` is its first moment.

    A spreadsheet writes a day as its midnight: 00:00 without a zone is the day as well.
    """

    at: datetime
    whole_day: bool


def read(text: str, zone: ZoneInfo) -> Moment | str:
    """What ``text`` says, in the county's ``zone`` unless it names its own; or why it is no moment (a msgid)."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if _SERIAL.fullmatch(plain):
        return _from_serial(float(plain), zone)
    if _ISO.fullmatch(plain) and "24:00" not in plain:
        try:
            found = datetime.fromisoformat(plain)
        except ValueError:
            return NO_TIME if _is_day(plain[: 10 if "-" in plain else 8]) else NO_SUCH_DAY
        return _moment(found, zone, whole_day=not found.tzinfo and found.time() == time.min)
    return _written(_CHINESE.sub(lambda part: str(number_of(part[0])), plain), zone)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _written(plain: str, zone: ZoneInfo) -> Moment | str:
    weekday = _WEEKDAY.search(plain)
    if weekday:
        plain = (plain[: weekday.start()] + " " + plain[weekday.end() :]).strip()
    if english := _ENGLISH.fullmatch(plain):  # as this console writes days in English
        plain = f"{english[3]}-{_MONTHS.index(english[2]) + 1}-{english[1]}{english[4]}"
    parts = _DAY.fullmatch(plain)
    if parts is None:
        return next((why for form, why in _NEARLY if form.fullmatch(plain)), NO_TIME)
    clock = _clock(parts[4].strip())
    if isinstance(clock, str):
        return clock
    try:
        day = datetime(int(parts[1]), int(parts[2]), int(parts[3]), tzinfo=zone)
        at = day if clock is None else day.replace(hour=clock[0], minute=clock[1], second=clock[2])
    except ValueError:
        return NO_SUCH_DAY
    if weekday and day.weekday() != "一二三四五六日".index(weekday[1].replace("天", "日")):
        return OTHER_WEEKDAY
    return _moment(at, zone, whole_day=clock in (None, (0, 0, 0)))


def _clock(text: str) -> tuple[int, int, int] | str | None:
    """Hour, minute and second; None: no time is written; or why it is none."""
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        return NO_TIME
    part, hour, minute, half, second, half_day = found.groups()
    hour, minute = int(hour), 30 if half else int(minute or 0)
    name = (part or half_day or "").casefold()
    if hour == 24 or (hour == 12 and name in ("晚上", "夜里", "夜间")):
        return MIDNIGHT
    if name and hour == 12:
        hour = 0 if name in ("凌晨", "am") else 12
    elif (name in _AFTERNOON and hour < 12) or (name == "中午" and hour < 3):
        hour += 12
    return (hour, minute, int(second or 0)) if hour < 24 and minute < 60 else NO_TIME


def _from_serial(number: float, zone: ZoneInfo) -> Moment | str:
    """A spreadsheet's day number, the time of day behind its point."""
    at = datetime(1899, 12, 30, tzinfo=zone) + timedelta(seconds=round(number * 86400))
    if not _FIRST <= at.date() < _LAST:
        return NO_TIME
    return _moment(at, zone, whole_day=number == int(number))


def _moment(found: datetime, zone: ZoneInfo, *, whole_day: bool) -> Moment | str:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        return WRONG_YEAR
    at = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    return Moment(at, whole_day)
