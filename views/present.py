"""How values look in the reader's language: dates, terms, units, points. Used by pages, lists and exports alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flask_babel import get_locale, gettext

from models.errors import DomainError, Problem
from models.terms import Rule, Term
from models.world import zone
from reports import words
from views import titles

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def chinese() -> bool:
    """Whether the reader reads Chinese."""
    locale = get_locale()
    return locale is not None and locale.language == "zh"


def fmt_date(value: date | datetime | str | None) -> str:
    """2026年3月5日 or 5 Mar 2026, in the county's zone; empty for None."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value or " " in value else date.fromisoformat(value)
    day = value.astimezone(zone()).date() if isinstance(value, datetime) else value
    if chinese():
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def fmt_time(value: datetime | str | None) -> str:
    """Date and time of day, in the county's zone; empty for None."""
    if value is None or value == "":
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{fmt_date(moment)} {moment.astimezone(zone()):%H:%M}"


def term(value: Any) -> str:
    """The reader's word for a term; anything else as it is."""
    if isinstance(value, Term):
        return gettext(value.label)
    return "" if value is None else str(value)


def term_of(kind: type[Term], value: Any) -> str:
    """The reader's word for a stored value of ``kind``; the value itself if it is none."""
    if value is None or value == "":
        return ""
    return term(kind(value)) if value in set(kind) else str(value)


def named(row: Any) -> str:
    """A unit, place or category by the name in the reader's language."""
    if row is None:
        return ""
    given = row if isinstance(row, dict) else {"name": row.name, "name_en": getattr(row, "name_en", None)}
    return str(given["name_en"] if given.get("name_en") and not chinese() else given["name"])


def titled(row: Any) -> str:
    """A section, grade or peer group of a document by its title in the reader's language."""
    return str((None if chinese() else row["title_en"]) or row["title"]) if row else ""


def cited(paragraph: str) -> str:
    """A paragraph of the notice, or an article, as the reader cites it."""
    return words.cited("zh" if chinese() else "en", gettext(paragraph)) if paragraph else ""


def occurrence(key: str) -> str:
    """What a deduction counts once (domain §2), e.g. ``follow-up:1.3``, in the reader's words."""
    return titles.occurrence(key)


def number(value: Decimal | str | float | None) -> str:
    """Points without idle zeros: 1, 0.5, 97.5."""
    if value is None or value == "":
        return ""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def source(text: str | None) -> str:
    """Where a clock comes from: a paragraph, an article, or the county itself."""
    return words.cited("zh" if chinese() else "en", titles.source(text or ""))


def paragraph(text: str | None) -> str:
    """A paragraph as short as a table's column wants it."""
    return words.numbered("zh" if chinese() else "en", text or "")


def days(n: int, one: str, many: str) -> str:
    """A count of days: ``one`` is said of a single day, ``many`` (with ``n``) of all others."""
    return gettext(one) if n == 1 else gettext(many, n=n)


def _word(value: object) -> object:
    if isinstance(value, tuple):
        return ("、" if chinese() else ", ").join(gettext(str(part)) for part in value)
    return value


def message_of(error: DomainError) -> str:
    """A refusal in the reader's language, with its paragraph."""
    return _citing(gettext(error.message, **_params(error.params)), error.paragraph)


def _params(given: Mapping[str, object]) -> dict[str, object]:
    return {name: _word(value) for name, value in given.items()}


def _citing(text: str, paragraph: str) -> str:
    """A sentence with the paragraph that it rests on, as the reader cites it."""
    if not paragraph:
        return text
    return f"{text}（{cited(paragraph)}）" if chinese() else f"{text} ({paragraph})"


def problem_text(problem: Problem) -> str:
    """One field's problem in the reader's language, with its paragraph and the deduction it would lead to."""
    text = _citing(gettext(problem.message, **_params(problem.params)), problem.paragraph)
    if problem.rule and problem.points is not None:
        rule = term_of(Rule, problem.rule)
        text = gettext(
            "%(text)s Otherwise: −%(points)s, %(rule)s.", text=text, points=number(problem.points), rule=rule
        )
    return text


def json_text(value: Any) -> str:
    """A value of any shape as a person can read and write it."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


def listed(rows: Iterable[Any]) -> str:
    """Several rows by their names."""
    return ("、" if chinese() else ", ").join(value_of(row) for row in rows)


def value_of(value: Any) -> str:
    """Any column's value as text for a list, a record page or an export."""
    if value is None:
        return ""
    if isinstance(value, Term):
        return term(value)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return fmt_time(value)
    if isinstance(value, date):
        return fmt_date(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Decimal | float):
        return number(value)
    if isinstance(value, dict | list):
        return json_text(value) if value else ""
    if hasattr(value, "name"):
        return named(value)
    title = titles.title_of(value)
    return str(value) if title is value else value_of(title)
