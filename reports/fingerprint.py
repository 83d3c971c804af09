"""What decides how a paper comes out, as one short digest: layout, words, fonts and the libraries that draw."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from reports import pdf
from reports.words import CATALOGUE

HERE = Path(__file__).parent
_LAYOUT = ("*.py", "templates/**/*.html", "templates/**/*.css")
_LIBRARIES = (("libpango-1.0.so.0", "pango_version_string"), ("libharfbuzz.so.0", "hb_version_string"))
_PACKAGES = ("weasyprint", "pydyf", "pylopdf-fonts-zh-cn", "emoji", "pikepdf")


@cache
def digest() -> str:
    """Of two papers with the same contents and the same digest the bytes are the same."""
    found = hashlib.sha256()
    for part in (*_files(), *(f"{name} {version(name)}" for name in _PACKAGES), *_libraries(), Path(pdf.rare()).name):
        found.update(part.encode())
    return found.hexdigest()[:12]


def _files() -> Iterator[str]:
    words = (CATALOGUE, *(HERE.parent / "models").glob("*terms.py"))
    for path in sorted((*(one for pattern in _LAYOUT for one in HERE.glob(pattern)), *words)):
        yield f"{path.name}\n{path.read_text(encoding='utf-8')}"


def _libraries() -> Iterator[str]:
    for name, told in _LIBRARIES:
        try:
            ask = getattr(ctypes.CDLL(name), told)
        except OSError:  # then nothing can be drawn here either
            yield name
            continue
        ask.restype = ctypes.c_char_p
        yield f"{name} {ask().decode()}"
