"""A file is what its content says: ending and content agree, nothing active is taken, names carry no tricks."""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
import zipfile
from email.message import EmailMessage
from typing import Any

import openpyxl
import pikepdf
import pytest
from PIL import Image

from models import files, parcels
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


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


FILM = box(b"ftyp", b"mp42\0\0\0\0mp42isom") + box(b"moov", b"\0" * 40) + box(b"free") + box(b"mdat", b"\7" * 99)
FRAME = b"\xff\xfb\x90\x64" + b"\0" * 413
TAG = b"ID3\4\0\0\0\0\1\0" + b"\0" * 128
SOUND = b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0" + b"\0" * 16 + b"data\x08\0\0\0" + b"\0" * 8
MAIL = b"From: wang@example.org\r\nDate: Mon, 2 Mar 2026 09:00:00 +0800\r\nSubject: x\r\n"


def mail(*files: tuple[str, bytes]) -> bytes:
    made = EmailMessage()
    made["From"], made["Date"], made["Subject"] = "wang@example.org", "Mon, 2 Mar 2026 09:00:00 +0800", "工资"
    made.set_content("附件")
    made.add_alternative("<script>alert(1)</script>", subtype="html")
    for name, body in files:
        made.add_attachment(body, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def parcel(*files: tuple[str, bytes]) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, body in files:
            archive.writestr(zipfile.ZipInfo(name) if "\\" in name else name, body)
    return found.getvalue()


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
        ("a.ofd", parcel(("OFD.xml", b"<ofd/>"), ("Doc_0/Document.xml", b"<d/>"), ("Doc_0/Res/a.ttf", b"x"))),
        ("录音.mp3", TAG + FRAME * 5),
        ("a.mp3", FRAME * 4 + b"TAG" + b"\0" * 125),
        ("a.wav", SOUND),
        ("a.amr", b"#!AMR\n" + b"\x3c" * 320),
        ("a.m4a", FILM.replace(b"mp42", b"M4A ")),
        ("执法记录.MP4", FILM),
        ("a.mov", box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"wide") + box(b"mdat", b"x") + box(b"moov", b"y")),
        ("a.3gp", FILM.replace(b"mp42", b"3gp4")),
        ("来信.eml", mail(("工资条.pdf", pdf()), ("现场.jpg", picture("JPEG")))),
        ("a.eml", MAIL + b"\r\nplain text"),
        ("现场照片.zip", parcel(("照片/", b""), ("照片/1.jpg", picture("JPEG")), ("照片/2.png", picture("PNG")))),
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
        ("a.mp3", TAG + b"<script>alert(1)</script>" * 50),
        ("a.mp3", b"MZ" + FRAME * 5),
        ("a.mp3", FRAME * 2),
        ("a.wav", b"RIFF\x2c\0\0\0AVI LIST" + b"\0" * 40),
        ("a.amr", b"#!/bin/sh\n"),
        ("a.mp4", FILM + b"<html><script>alert(1)</script>"),
        ("a.mp4", FILM[:-9]),
        ("a.mp4", box(b"ftyp", b"mp42") + box(b"free")),
        ("a.mp4", parcel(("a.jpg", picture("JPEG")))),
        ("a.eml", b"<html>From: x\r\nDate: y</html>"),
        ("a.eml", b"MZ" + b"\0" * 200),
        ("a.zip", b"MZ" + parcel(("a.jpg", picture("JPEG")))),
        ("a.zip", parcel(("a.jpg", picture("JPEG")))[:-30]),
        ("a.zip", pdf()),
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
    "name", ["", "a", "a.exe", "a.html", "a.svg", "a.docm", "a.xlsm", "a.pdf.exe", "a.rar", ".pdf"]
)
def test_other_kinds_are_refused(name: str) -> None:
    assert "kind of file" in refused(name, pdf())


@pytest.mark.parametrize("wrap", [lambda *files: ("a.zip", parcel(*files)), lambda *files: ("a.eml", mail(*files))])
@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("b.exe", b"MZ", "this kind of file is not taken"),
        ("b.html", b"<script>", "this kind of file is not taken"),
        ("b.jpg", b"<html><script>alert(1)</script></html>", "not what the ending"),
        ("b.zip", parcel(("c.jpg", picture("JPEG"))), "this kind of file is not taken"),
        ("b.docx", zipped(types=types(), word="<w/>", macro=b"x"), "with macros"),
        ("b.pdf", b"", "is empty"),
    ],
)
def test_what_is_inside_is_looked_through_as_if_it_came_alone(wrap: Any, name: str, body: bytes, message: str) -> None:
    outer, whole = wrap(("a.jpg", picture("JPEG")), (name, body))
    with pytest.raises(FileRefused) as found:
        examine(outer, io.BytesIO(whole), MOST)
    assert message in found.value.message
    assert found.value.params["name"] == f"{outer} / {name}"


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ([], parcels.HOLLOW),
        ([("照片/", b"")], parcels.HOLLOW),
        ([("../../a.jpg", picture("JPEG"))], parcels.CROOKED),
        ([("/etc/a.jpg", picture("JPEG"))], parcels.CROOKED),
        ([("C:\\a.jpg", picture("JPEG"))], parcels.CROOKED),
        ([("a.jpg", picture("JPEG")), ("A.jpg", picture("JPEG"))], parcels.CROOKED),
        ([(f"{n}.txt", b"x") for n in range(parcels.MEMBERS + 1)], parcels.CROWDED),
        ([("a.txt", b"0" * 3 * MOST)], parcels.BOMB),
        ([(f"{n}.txt", b"0" * MOST) for n in range(3)], parcels.BOMB),
    ],
)
def test_a_zip_that_would_do_harm_is_refused(files: list[tuple[str, bytes]], problem: str) -> None:
    body = parcel(*files)
    if not files or files[0][0].endswith("/"):
        body = parcel(("照片/", b""))
    assert refused("a.zip", body) == problem


def test_what_a_zip_says_of_its_sizes_is_not_believed() -> None:
    body = bytearray(parcel(("a.txt", b"0" * 3 * MOST)))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = body.find(mark) + at
        body[start : start + 4] = struct.pack("<I", 10)
    assert refused("a.zip", bytes(body)) in (parcels.BOMB, parcels.BROKEN)


def test_a_link_and_a_lock_in_a_zip_are_refused() -> None:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        link = zipfile.ZipInfo("a.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refused("a.zip", found.getvalue()) == parcels.CROOKED
    body = bytearray(parcel(("a.jpg", picture("JPEG"))))
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        body[body.find(mark) + at] |= 1
    assert refused("a.zip", bytes(body)) == parcels.LOCKED


def test_a_county_takes_what_it_lists() -> None:
    with pytest.raises(FileRefused):
        examine("a.mp3", io.BytesIO(FRAME * 5), MOST, {".pdf"})
    with pytest.raises(FileRefused) as found:
        examine("a.zip", io.BytesIO(parcel(("a.jpg", picture("JPEG")))), MOST, {".zip", ".pdf"})
    assert found.value.params["name"] == "a.zip / a.jpg"


def test_programs_in_a_document_are_refused() -> None:
    body = parcel(("OFD.xml", b"<ofd/>"), ("Doc_0/Attachs/setup.EXE", b"MZ"))
    assert refused("a.ofd", body) == files.MACROS


def test_recordings_and_parcels_are_never_shown_in_the_browser() -> None:
    """What a browser might run or play is handed out to be saved."""
    shown = {ending for ending, kind in files.KINDS.items() if kind.media in files.SHOWN}
    assert shown == {".pdf", ".jpg", ".jpeg", ".png", ".gif", ".webp"}


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
