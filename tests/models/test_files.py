"""A file is what its content says: ending and content agree, nothing active is taken, names carry no tricks."""

from __future__ import annotations

import hashlib
import io
import zipfile

import openpyxl
import pikepdf
import pytest
from PIL import Image

from models import files
from models.files import FileRefused, clean, examine

MOST = 1024 * 1024
OPEN = "application/vnd.openxmlformats-officedocument."


def zipped(**parts: str | bytes) -> bytes:
    """An archive with the named parts; ``__`` stands for a slash, ``_`` for a dot."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for name, body in parts.items():
            archive.writestr(NAMES.get(name, name), body)
    return found.getvalue()


NAMES = {
    "types": "[Content_Types].xml",
    "word": "word/document.xml",
    "macro": "word/vbaProject.bin",
    "control": "word/activeX/activeX1.xml",
    "basic": "Basic/Standard/Module1.xml",
    "ofd": "OFD.xml",
    "up": "../../etc/passwd",
}


def types(kind: str = "wordprocessingml.document") -> str:
    return f'<Types><Override PartName="/x" ContentType="{OPEN}{kind}.main+xml"/></Types>'


def picture(kind: str) -> bytes:
    found = io.BytesIO()
    image = Image.new("RGB", (8, 8), (10, 120, 200))
    exif = Image.Exif()
    exif[0x010F] = "Phone"
    image.save(found, kind, exif=exif) if kind == "JPEG" else image.save(found, kind)
    return found.getvalue()


def pdf() -> bytes:
    found = io.BytesIO()
    with pikepdf.new() as paper:
        paper.add_blank_page()
        paper.save(found)
    return found.getvalue()


def sheet() -> bytes:
    found = io.BytesIO()
    openpyxl.Workbook().save(found)
    return found.getvalue()


def ole(*streams: str) -> bytes:
    """What a binary Office file begins with, and the directory entries that name its streams."""
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + entries


def refused(name: str, body: bytes, most: int = MOST) -> str:
    with pytest.raises(FileRefused) as found:
        examine(name, io.BytesIO(body), most)
    assert found.value.params["name"] == clean(name)
    return found.value.message


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.pdf", pdf()),
        ("扫描件.PDF", pdf()),
        ("a.jpg", picture("JPEG")),
        ("a.jpeg", picture("JPEG")),
        ("a.png", picture("PNG")),
        ("a.gif", picture("GIF")),
        ("a.webp", picture("WEBP")),
        ("a.tif", picture("TIFF")),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64),
        ("a.xlsx", sheet()),
        ("a.docx", zipped(types=types(), word="<w/>")),
        ("a.odt", zipped(mimetype="application/vnd.oasis.opendocument.text", content="<x/>")),
        ("a.ofd", zipped(ofd="<ofd/>")),
        ("a.doc", ole("WordDocument")),
        ("a.wps", ole("WordDocument")),
        ("a.xls", ole("Workbook")),
        ("a.txt", "工资条😀".encode()),
        ("a.txt", "工资条".encode("gb18030")),
    ],
)
def test_what_offices_and_petitioners_bring_is_taken(name: str, body: bytes) -> None:
    stream = io.BytesIO(body)
    found = examine(name, stream, MOST)
    ending = "." + name.lower().rpartition(".")[2]
    assert (found.name, found.media_type, found.size) == (name, files.KINDS[ending].media, len(body))
    assert found.sha256 == hashlib.sha256(body).hexdigest()
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.pdf", picture("PNG")),
        ("a.png", pdf()),
        ("a.jpg", b"<html><script>alert(1)</script></html>"),
        ("a.pdf", b"MZ" + b"\0" * 200),
        ("a.pdf", b"\x7fELF" + b"\0" * 200),
        ("a.docx", sheet()),
        ("a.xlsx", zipped(types=types(), word="<w/>")),
        ("a.docx", zipped(anything="x")),
        ("a.docx", b"MZ" + zipped(types=types(), word="<w/>")),
        ("a.docx", zipped(types=types(), word="<w/>")[:-30]),
        ("a.docx", ole("WordDocument")),
        ("a.odt", zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet")),
        ("a.ofd", zipped(types=types())),
        ("a.doc", ole("Workbook")),
        ("a.doc", b"{\\rtf1 x}"),
        ("a.txt", b"a\0b"),
        ("a.txt", b"\xff\xfe\x00\x01\x81"),
        ("a.txt", b"  <!DOCTYPE html><script>1</script>"),
        ("a.txt", b"\xef\xbb\xbf<svg onload='1'/>"),
        ("a.txt", b"#!/bin/sh\nrm -rf /"),
    ],
)
def test_content_that_is_not_what_the_name_says_is_refused(name: str, body: bytes) -> None:
    assert refused(name, body) == files.DISAGREE


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.docx", zipped(types=types(), word="<w/>", macro=b"x")),
        ("a.docx", zipped(types=types(), word="<w/>", control="<a/>")),
        ("a.docx", zipped(types="application/vnd.ms-word.document.macroEnabled.main+xml", word="<w/>")),
        ("a.odt", zipped(mimetype="application/vnd.oasis.opendocument.text", basic="<x/>")),
        ("a.doc", ole("WordDocument", "_VBA_PROJECT")),
    ],
)
def test_documents_with_macros_are_refused(name: str, body: bytes) -> None:
    assert refused(name, body) == files.MACROS


def test_a_locked_document_is_refused() -> None:
    assert refused("a.docx", ole("EncryptedPackage")) == files.DISAGREE
    assert refused("a.doc", ole("WordDocument", "EncryptedPackage")) == files.LOCKED
    body = bytearray(zipped(types=types(), word="<w/>"))
    for mark in (b"PK\x01\x02", b"PK\x03\x04"):
        at = body.find(mark)
        body[at + (8 if mark[2] == 1 else 6)] |= 1
    assert refused("a.docx", bytes(body)) == files.LOCKED


@pytest.mark.parametrize(
    "name", ["", "a", "a.exe", "a.html", "a.svg", "a.docm", "a.xlsm", "a.pdf.exe", "a.zip", ".pdf"]
)
def test_other_kinds_are_refused(name: str) -> None:
    assert "kind of file" in refused(name, pdf())


def test_size_is_measured_not_believed() -> None:
    assert "empty" in refused("a.pdf", b"")
    assert "at most" in refused("a.pdf", pdf() + b"\0" * MOST)
    assert examine("a.pdf", io.BytesIO(pdf()), len(pdf())).size == len(pdf())


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("../../工资条.txt", "工资条.txt"),
        ("C:\\fakepath\\a.pdf", "a.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\0\n.pdf", "a.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_names_carry_no_tricks(given: str, plain: str) -> None:
    assert clean(given) == plain


def test_a_bomb_is_not_unpacked() -> None:
    """What is read of an archive is bounded, however much it claims to hold."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b" " * 50 * MOST)
        archive.writestr("word/document.xml", b"0" * 50 * MOST)
    assert refused("a.docx", found.getvalue()) == files.DISAGREE
