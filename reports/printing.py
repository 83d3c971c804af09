"""From a paper's contents to its file: template, enclosed data, drawing, signature."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.terms import N_
from reports import press, signing, words
from reports.pdf import Enclosure

HERE = Path(__file__).parent
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Style:
    """How a county wants its papers: tagged for screen readers, under a red head, signed."""

    tagged: bool = False
    red_head: str = ""
    seal: signing.Seal | None = None


PLAIN = Style()


def style(settings: Mapping[str, Any], *, tagged: bool = False) -> Style:
    """The county's look, from the settings of the edge."""
    certificate = settings.get("SIGN_CERTIFICATE")
    seal = signing.Seal(certificate, settings.get("SIGN_PASSPHRASE") or "") if certificate else None
    return Style(tagged, settings.get("RED_HEAD") or "", seal)


def county(settings: Mapping[str, Any], lang: str) -> str:
    """What a paper in ``lang`` calls the county."""
    return str(settings["COUNTY_NAME_EN" if lang == "en" else "COUNTY_NAME"])


@dataclass(frozen=True, slots=True)
class Made:
    """A paper's contents, whole and ready to be drawn; ``as_of`` dates what is enclosed."""

    template: str
    paper: Any
    enclosures: Sequence[Enclosure]
    as_of: str

    def drawn(self, style: Style = PLAIN) -> bytes:
        return drawn(self.template, self.paper, self.enclosures, self.as_of, style)


@cache
def _space() -> Environment:
    return Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)


def drawn(template: str, paper: Any, enclosures: Sequence[Enclosure], as_of: str, style: Style = PLAIN) -> bytes:
    """The file of one paper. Unsigned, the same contents give the same bytes; ``as_of`` dates the enclosed files."""
    _ = words.gettext_for(paper.lang)
    html = page(template, paper, style)
    body = press.render(html, enclosures, datetime.fromisoformat(as_of), lang=paper.lang, tagged=style.tagged)
    return signing.signed(body, style.seal, _(N_("Issued by the Letters and Calls Bureau")))


def page(template: str, paper: Any, style: Style = PLAIN) -> str:
    """The paper as HTML."""
    _: Callable[..., str] = words.gettext_for(paper.lang)
    return _space().get_template(template).render(paper=paper, style=style, _=_, zh=paper.lang == "zh")


def csv_file(name: str, about: str, rows: Iterable[Sequence[Any]]) -> Enclosure:
    """Rows as CSV with the mark that spreadsheets want; what looks like a formula is disarmed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([f"'{text}" if str(text).startswith(_FORMULA) else text for text in row])
    return Enclosure(name, "\ufeff" + buffer.getvalue(), about)


def json_file(name: str, about: str, document: Any) -> Enclosure:
    """A document as JSON."""
    return Enclosure(name, json.dumps(document, ensure_ascii=False, indent=1), about)
