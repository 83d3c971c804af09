"""The paper's language: the project's own catalogue, read without a web application, so that a command can print."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from models.terms import N_, Term
from models.world import zone

CATALOGUE = Path(__file__).parent.parent / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@cache
def _chinese() -> dict[str, str]:
    """The compiled catalogue is read fast at every start; one that is older than its source is not believed."""
    compiled = CATALOGUE.with_suffix(".mo")
    fresh = compiled.exists() and compiled.stat().st_mtime >= CATALOGUE.stat().st_mtime
    with (compiled if fresh else CATALOGUE).open("rb") as file:
        catalog = read_mo(file) if fresh else read_po(file, locale="zh_Hans_CN")
    return {str(m.id): str(m.string) for m in catalog if m.id and m.string}


def gettext_for(lang: str) -> Callable[..., str]:
    """``gettext`` for ``zh`` or ``en``; parameters as ``%(name)s``."""

    def gettext(message: str, **params: object) -> str:
        text = _chinese().get(message, message) if lang == "zh" else message
        return text % params if params else text

    return gettext


def in_chinese(message: str) -> bool:
    """Whether the catalogue has Chinese for ``message``."""
    return message in _chinese()


def term(lang: str, value: Term) -> str:
    """The official word in Chinese, the label in English."""
    return value.zh if lang == "zh" else value.label


def day(lang: str, value: date | datetime | str | None) -> str:
    """2026年3月5日 or 5 Mar 2026; empty for None."""
    if not value:
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(zone()).date()
    if lang == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


_DIGITS = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))


def cited(lang: str, paragraph: str) -> str:
    """A paragraph of the notice or an article of the Regulations as the reader cites it: ``§2(2)``, ``art. 34``."""
    if lang != "zh":
        return paragraph
    text = re.sub(r"§(\d)\((\d)\)", lambda m: f"通知第{_DIGITS[m[1]]}部分第（{_DIGITS[m[2]]}）项", paragraph)
    text = re.sub(r"§(\d)", lambda m: f"通知第{_DIGITS[m[1]]}部分", text)
    text = re.sub(r"arts?\. ([\d, ]+)", lambda m: f"《条例》第{m[1].replace(', ', '、')}条", text)
    return text.replace(", ", "、")


def numbered(lang: str, paragraph: str) -> str:
    """The same in few characters, for a table's column: ``§2(2)`` is 二（二）."""
    if lang != "zh":
        return paragraph
    text = re.sub(r"§(\d)\((\d)\)", lambda m: f"{_DIGITS[m[1]]}（{_DIGITS[m[2]]}）", paragraph)
    return cited(lang, re.sub(r"§(\d)", lambda m: f"第{_DIGITS[m[1]]}部分", text))


_OCCURRENCE = re.compile(r"(?P<name>[a-z-]+)(?::(?P<a>\d+)(?:\.(?P<b>\d+))?)?")
# what a deduction counts once (domain §2), by how many numbers its key has
_COUNTED = {
    ("acceptance", 0): N_("Acceptance"),
    ("acceptance", 1): N_("Acceptance after transfer %(n)s"),
    ("transfer", 1): N_("Transfer %(n)s"),
    ("handling", 1): N_("Handling %(n)s"),
    ("promise", 1): N_("Promise %(n)s"),
    ("follow-up", 2): N_("Follow-up %(n)s, period %(k)s"),
    ("urgent", 0): N_("Urgent report"),
    ("multi", 0): N_("Report several departments"),
}


def occurrence(lang: str, key: str | None) -> str:
    """``follow-up:1.2`` in words (the occurrences of ``rules.duties``); another text as it is."""
    found = _OCCURRENCE.fullmatch(key or "")
    numbers = [found[name] for name in ("a", "b") if found[name] is not None] if found else []
    text = _COUNTED.get((found["name"], len(numbers))) if found else None
    return gettext_for(lang)(text, **dict(zip("nk", numbers, strict=False))) if text else key or ""


def month(lang: str, number: int) -> str:
    """3月 or Mar."""
    return f"{number}月" if lang == "zh" else MONTHS[number - 1]
