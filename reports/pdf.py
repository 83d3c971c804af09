"""HTML → PDF/A-3. The only module that knows WeasyPrint; nothing is fetched, nothing is dated by the clock."""

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
from reports import glyphs

_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>{fonts}<cachedir>{cache}</cachedir></fontconfig>"""
# Hanazono holds every character of CJK Extensions B to F, for names
_FONTS, _RARE = Path("/usr/share/fonts"), "HanaMinB.ttf"
_PASSES = 3
# PDF/UA says what it is in the same metadata; PDF/A wants to be told that it may
_UA = b"""<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1" />
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
 rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file inside the PDF; ASCII names only."""

    name: str
    text: str
    about: str


class _Listener(logging.Handler):
    """Gathers the characters that no font has, from the engine's own log."""

    def __init__(self) -> None:
        super().__init__()
        self.lacking: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if ".notdef" in record.msg and isinstance(record.args, tuple):
            self.lacking.add(str(record.args[0]))


@cache
def rare() -> str:
    """The folder of the fonts for rare characters; empty where the system has none."""
    found = sorted((*_FONTS.glob(f"*/{_RARE}"), *_FONTS.glob(f"*/*/{_RARE}")))
    return str(found[0].parent) if found else ""


@cache
def _engine() -> Any:
    """WeasyPrint, told to use our fonts alone: the same paper on every machine."""
    folder = Path(tempfile.mkdtemp(prefix="shoujie-fonts-"))
    folders = [Path(str(pylopdf_fonts_zh_cn.__file__)).parent, *filter(None, [rare()])]
    fonts = "".join(f"<dir>{one}</dir>" for one in folders)
    (folder / "fonts.conf").write_text(_CONF.format(fonts=fonts, cache=folder), encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
    try:
        import weasyprint
    except OSError as error:
        message = N_("The system libraries of the PDF engine are missing: install %(packages)s.")
        packages = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        raise DomainError(message, packages=packages) from error
    return weasyprint


def render(
    html: str, enclosures: Sequence[Enclosure], made: datetime, *, tagged: bool = False, note: str = ""
) -> bytes:
    """The PDF of ``html``; the same input gives the same bytes. ``tagged``: PDF/A-3a and PDF/UA-1, else PDF/A-3u.

    What no font has is drawn anew as something that can be read (``reports.glyphs``); ``note`` tells the reader of it.

    Raises:
        DomainError: system libraries are missing.
    """
    lacking: set[str] = set()
    for _pass in range(_PASSES):
        body, found = _drawn(html, enclosures, made, frozenset(lacking), tagged=tagged, note=note)
        if found <= lacking:
            break
        lacking |= found
    return body


def _drawn(
    html: str, enclosures: Sequence[Enclosure], made: datetime, lacking: frozenset[str], *, tagged: bool, note: str
) -> tuple[bytes, set[str]]:
    """The PDF, and the characters in it that no font has."""
    engine = _engine()
    files = [
        engine.Attachment(
            string=one.text, name=one.name, description=one.about, relationship="Data", created=made, modified=made
        )
        for one in sorted(enclosures, key=lambda one: one.name)  # a name tree is sorted
    ]
    nothing = engine.urls.URLFetcher(allowed_protocols=())  # the paper is complete in itself
    listener, log = _Listener(), logging.getLogger("weasyprint")
    log.addHandler(listener)
    try:
        document = engine.HTML(string=html, url_fetcher=nothing, base_url="about:blank")
        if lacking:
            glyphs.replace(document.etree_element, lacking, note)
        variant, finish = ("pdf/a-3a", _as_ua) if tagged else ("pdf/a-3u", _finish)
        body: bytes = document.write_pdf(pdf_variant=variant, attachments=files, finisher=finish)
    finally:
        log.removeHandler(listener)
    return body, listener.lacking


def _finish(_document: Any, made: Any) -> None:
    """Each enclosed file is named once; the engine lists it twice."""
    if files := made.catalog.get("AF"):
        files[:] = dict.fromkeys(files)


def _as_ua(document: Any, made: Any) -> None:
    _finish(document, made)
    number = int(made.catalog["Metadata"].split()[0])
    stream = made.objects[number]
    stream.stream = [part.replace(b"</rdf:RDF>", _UA) for part in stream.stream]
