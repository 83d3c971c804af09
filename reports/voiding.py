"""The paper of a letter that was declared void, as it is handed out: the same pages with a mark across each."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import pikepdf

from reports import letters, press


@dataclass(frozen=True, slots=True)
class Mark:
    """Since when a letter is void, and why."""

    lang: str
    on: date
    reason: str


def marked(body: bytes, mark: Mark) -> bytes:
    """The PDF with the mark on every page. What was issued stays in the store as it is.

    Raises:
        PaperFailed: the mark took too long to draw.
    """
    html = letters.space().get_template("letters/void.html").render(mark=mark, day=letters.day_in(mark.lang))
    made = datetime.combine(mark.on, time(), UTC)
    drawn = press.render(html, [], made, lang=mark.lang, limits=letters.MOST)
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(body)) as paper, pikepdf.open(io.BytesIO(drawn)) as over:
        pages: Any = paper.pages
        for page in pages:
            page.add_overlay(over.pages[0])
        paper.save(target)
    return target.getvalue()
