"""Letters on paper in the form of GB/T 9704: one frame, one template for each kind, Chinese or English."""

from __future__ import annotations

import io
import math
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import pikepdf
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.letters.facts import Content, Facts, day
from models.terms import Channel, UnitKind
from reports import press

HERE = Path(__file__).parent
MOST = press.Limits(cpu=20, wall=60)  # the number of the letter is locked meanwhile
WIDE = 27.0  # characters that the organ's name may be wide
LARGEST = {True: 2.3, False: 1.5}
TITLE_LINE = 19.0
_NARROW = 0.56  # of a Latin letter, in characters
_QUOTED = re.compile("(“[^”]*”)")


@cache
def space() -> Environment:
    """The templates of the letters."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def organ(facts: Facts, county: str) -> str:
    """The full name of the unit that signs: 县信访局 is 清源县信访局, 柳林镇 signs as 清源县柳林镇人民政府."""
    name = facts.unit
    if not facts.zh:
        return f"{name}, {county}" if county.isascii() else name
    if facts.unit_kind == UnitKind.town:
        name += "办事处" if name.endswith("街道") else "人民政府" if name.endswith(("镇", "乡")) else ""
    if name.startswith(county):
        return name
    return county + (name[1:] if county[-1:] == name[:1] else name)


def _width(text: str) -> float:
    return sum(_NARROW if one.isascii() else 1.0 for one in text)


def _title_parts(title: str) -> list[str]:
    """What a line of the title may end with: the quoted matter stays whole, and so does what stands about it."""
    parts = [part for part in _QUOTED.split(title) if part]
    if not parts or " " in parts[0]:  # words part at their spaces
        return [title]
    return parts if all(_width(part) <= TITLE_LINE for part in parts) else [title]


def _balanced(title: str) -> float:
    """How wide a title is set, so that its lines come out about as long as one another (GB/T 9704)."""
    width = _width(title)
    if len(_title_parts(title)) > 1:
        return TITLE_LINE
    lines = max(1, math.ceil(width / TITLE_LINE))
    return round(min(TITLE_LINE, width / lines + 1.5), 2)


def day_in(lang: str) -> Callable[[date | str | None], str]:
    """A day as a letter in ``lang`` writes it."""
    return lambda given: day(given.isoformat() if isinstance(given, date) else given or "", lang)


def page(letter: Content, county: str, nonce: str = "", *, close: bool = False) -> str:
    """The letter as HTML: what is printed, and what the preview shows; ``close``: with less space between its lines."""
    facts, name = letter.facts, organ(letter.facts, county)
    return (
        space()
        .get_template(f"letters/{letter.kind.value}.html")
        .render(
            letter=letter,
            f=asdict(facts) | {"is_bureau": facts.is_bureau},
            v=defaultdict(str, letter.values),
            zh=facts.zh,
            organ=name,
            organ_size=round(min(LARGEST[facts.zh], WIDE / max(_width(name), 1.0)), 3),
            title_width=_balanced(letter.title),
            title_parts=_title_parts(letter.title),
            close=close,
            channel=Channel(facts.channel).zh if facts.zh else Channel(facts.channel).label,
            day=day_in(facts.lang),
            nonce=nonce,
        )
    )


def draw(letter: Content, county: str) -> bytes:
    """The letter as PDF/A-3u; the same letter gives the same bytes.

    Where they then fit one page instead of two its lines stand closer, as GB/T 9704 provides.

    Raises:
        PaperFailed: it took too long.
    """
    made = datetime.combine(letter.issued_on or date(2000, 1, 1), time(), UTC)
    wide = _drawn(page(letter, county), made, letter.facts.lang)
    if _pages(wide) != 2:
        return wide
    close = _drawn(page(letter, county, close=True), made, letter.facts.lang)
    return close if _pages(close) == 1 else wide


def _drawn(html: str, made: datetime, lang: str) -> bytes:
    return press.render(html, [], made, lang=lang, limits=MOST)


def _pages(body: bytes) -> int:
    with pikepdf.open(io.BytesIO(body)) as paper:
        return len(paper.pages)
