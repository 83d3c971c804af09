"""HTML → PDF/A-3u. The only module that knows WeasyPrint; nothing is fetched, nothing is dated by the clock."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn

from models.errors import DomainError
from models.terms import N_

_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"""


class MissingGlyph(DomainError):
    """A character that our fonts lack would be printed as an empty box."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file inside the PDF; ASCII names only."""

    name: str
    text: str
    about: str


class _Listener(logging.Handler):
    """Turns the log line about an empty box into a fact one can ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if ".notdef" in text:
            self.lines.append(text.split("fonts: ")[-1])


@cache
def _engine() -> Any:
    """WeasyPrint, told to use our fonts alone: the same paper on every machine."""
    folder = Path(tempfile.mkdtemp(prefix="shoujie-fonts-"))
    fonts = Path(str(pylopdf_fonts_zh_cn.__file__)).parent
    (folder / "fonts.conf").write_text(_CONF.format(fonts=fonts, cache=folder), encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
    try:
        import weasyprint
    except OSError as error:
        message = N_("The system libraries of the PDF engine are missing: install %(packages)s.")
        packages = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        raise DomainError(message, packages=packages) from error
    return weasyprint


def render(html: str, enclosures: Sequence[Enclosure], made: datetime) -> bytes:
    """The PDF of ``html``; the same input gives the same bytes.

    Raises:
        MissingGlyph: a character has no glyph. DomainError: system libraries are missing.
    """
    engine = _engine()
    files = [
        engine.Attachment(
            string=one.text, name=one.name, description=one.about, relationship="Data", created=made, modified=made
        )
        for one in enclosures
    ]
    nothing = engine.urls.URLFetcher(allowed_protocols=())  # the paper is complete in itself
    listener, log = _Listener(), logging.getLogger("weasyprint")
    log.addHandler(listener)
    try:
        document = engine.HTML(string=html, url_fetcher=nothing, base_url="about:blank")
        body: bytes = document.write_pdf(pdf_variant="pdf/a-3u", attachments=files)
    finally:
        log.removeHandler(listener)
    if listener.lines:
        raise MissingGlyph(N_("The fonts lack a character: %(glyphs)s"), glyphs="; ".join(listener.lines[:5]))
    return body
