"""A year's notice of holidays and make-up working days, read from its own text or from rows. Pure.

Read are the sentences of the State Council's notice (``元旦：1月1日（周四）至3日放假调休。1月4日（周日）上班。``) and
plain rows (``2027-10-01 – 2027-10-07, holiday, 国庆节``), as they come; a day that is in neither is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from models.rules.calendar import WEEKDAYS, wrong_makeup
from models.terms import N_, DayKind

LONGEST = 15
_DAY = timedelta(days=1)
_NOTES = re.compile(r"[（(][^（）()]*[）)]|(?:周|星期)[一二三四五六日天]|\s+")
_SAID = re.compile(
    r"(?P<until>至|—|-|~)?(?:(?P<y>\d{4})年)?(?:(?P<m>\d{1,2})月)?(?P<d>\d{1,2})日"
    r"(?:(?:[（(][^（）()]*?)?(?:周|星期)(?P<said>[一二三四五六日天]))?"
)
_HEADING = re.compile(r"^(?:[一二三四五六七八九十]+、|\d+[.、])?(?P<name>[\u4e00-\u9fff·]{2,12})[:：](?P<text>.+)$")
_SPAN = re.compile(
    r"(?:(?P<y>\d{4})年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})日(?:(?:至|—|-|~)(?:(?P<y2>\d{4})年)?(?:(?P<m2>\d{1,2})月)?(?P<d2>\d{1,2})日)?"
)
_CLAUSE = re.compile(r"[。；;]")
_ISO = r"\d{4}-\d{1,2}-\d{1,2}"
_ROW = re.compile(
    rf"^(?P<first>{_ISO})(?:\s*(?:–|—|~|至|to)\s*(?P<last>{_ISO}))?"
    r"\s*[,，\t]\s*(?P<kind>[^,，\t]+?)\s*(?:[,，\t]\s*(?P<name>.*))?$"
)
_NAMES_DAYS = re.compile(rf"^{_ISO}|\d{{1,2}}月\d{{1,2}}日.*(?:放假|上班)")
UNREAD = N_("This was not understood: %(text)s")
OUTSIDE = N_("%(day)s lies outside the year of the notice.")
TWICE = N_("%(day)s stands in the notice as a holiday and as a working day.")
LONG = N_("A holiday of more than %(days)s days was not meant: %(text)s")
WEEKDAY = N_("%(date)s is a %(day)s: a make-up working day is a Saturday or a Sunday.")
SAID = N_("The notice says %(said)s of %(date)s, which is a %(day)s.")
NOTHING = N_("No holiday and no make-up working day was found in it.")


@dataclass(frozen=True, slots=True)
class Day:
    """A day that differs from the week."""

    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """What of a notice was not taken, and why: a msgid with its parameters."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """The days of a year's notice in their order, and what is wrong with it."""

    days: tuple[Day, ...]
    wrong: tuple[Wrong, ...]


def read(text: str, year: int) -> Notice:
    """The days that ``text`` announces for ``year``; with anything wrong none of it is to be taken."""
    found: dict[date, Day] = {}
    wrong: list[Wrong] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        for one in _line(line, year):
            if isinstance(one, Wrong):
                wrong.append(one)
            elif one.day in found and found[one.day].kind is not one.kind:
                wrong.append(Wrong(TWICE, {"day": one.day.isoformat()}))
            else:
                found[one.day] = one
    wrong += [fault for one in found.values() if (fault := _misplaced(one, year))]
    if not found and not wrong:
        wrong.append(Wrong(NOTHING))
    return Notice(tuple(found[day] for day in sorted(found)), tuple(wrong))


def _misplaced(one: Day, year: int) -> Wrong | None:
    # the New Year's holiday of a notice may begin in December, and a make-up day may lie there
    if not date(year - 1, 12, 25) <= one.day <= date(year, 12, 31):
        return Wrong(OUTSIDE, {"day": one.day.isoformat()})
    if weekday := wrong_makeup(one.day, one.kind):
        return Wrong(WEEKDAY, {"date": one.day.isoformat(), "day": (weekday,)})
    return None


def _line(line: str, year: int) -> Iterator[Day | Wrong]:
    if row := _ROW.match(line):
        yield from _row(row, line)
    elif told := _HEADING.match(_NOTES.sub("", line)):
        yield from _sentence(told["name"], told["text"], year)
        yield from _weekdays(re.sub(r"\s+", "", line), year)
    elif _NAMES_DAYS.search(line):  # else it only accompanies the notice
        yield Wrong(UNREAD, {"text": line[:80]})


def _row(row: re.Match[str], line: str) -> Iterator[Day | Wrong]:
    try:
        kind = DayKind.of(row["kind"])
        first, last = (_date(row[name] or row["first"]) for name in ("first", "last"))
    except ValueError:
        yield Wrong(UNREAD, {"text": line[:80]})
        return
    yield from _span(first, last, kind, (row["name"] or "").strip() or kind.zh, line)


def _date(text: str) -> date:
    return date(*(int(part) for part in text.split("-")))


def _sentence(name: str, text: str, year: int) -> Iterator[Day | Wrong]:
    for clause in filter(None, _CLAUSE.split(text)):
        kind = DayKind.makeup if "上班" in clause else DayKind.holiday if "放假" in clause else None
        spans = list(_SPAN.finditer(clause))
        if kind is None and not spans:
            continue  # advice to the reader
        if kind is None or not spans:
            yield Wrong(UNREAD, {"text": clause[:80]})
            continue
        for span in spans:
            yield from _told(span, kind, name if kind is DayKind.holiday else "调休", year, clause)


def _weekdays(line: str, year: int) -> Iterator[Wrong]:
    """The days whose weekday, as the notice says it, is another: one of the two is a slip of the pen."""
    month, current = 0, year
    for one in _SAID.finditer(line):
        before, month = month, int(one["m"] or month)
        if one["y"] or not one["until"]:
            current = int(one["y"] or year)
        elif month < before:  # a span over the new year
            current += 1
        if not one["said"]:
            continue
        try:
            day = date(current, month, int(one["d"]))
        except ValueError:
            continue  # told by the span
        said = "一二三四五六日".index(one["said"].replace("天", "日"))
        if day.weekday() != said:
            names = {"said": (WEEKDAYS[said],), "day": (WEEKDAYS[day.weekday()],)}
            yield Wrong(SAID, {"date": day.isoformat(), **names})


def _told(span: re.Match[str], kind: DayKind, name: str, year: int, clause: str) -> Iterator[Day | Wrong]:
    month, given = int(span["m"]), int(span["y"]) if span["y"] else year
    try:
        first = date(given, month, int(span["d"]))
        later = int(span["m2"] or month)
        ends = int(span["y2"]) if span["y2"] else given + (later < month)
        last = date(ends, later, int(span["d2"])) if span["d2"] else first
    except ValueError:
        yield Wrong(UNREAD, {"text": clause[:80]})
        return
    yield from _span(first, last, kind, name, clause)


def _span(first: date, last: date, kind: DayKind, name: str, text: str) -> Iterator[Day | Wrong]:
    if not 0 <= (last - first).days < LONGEST:
        yield Wrong(LONG if last > first else UNREAD, {"days": LONGEST, "text": text[:80]})
        return
    yield from (Day(first + n * _DAY, kind, name[:80]) for n in range((last - first).days + 1))
