"""A file as it was handed in: its real kind from its content, its size and hash; or why it is not taken."""

from __future__ import annotations

import hashlib
import unicodedata
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any, BinaryIO, Literal

import puremagic

from models import parcels, recordings
from models.errors import DomainError
from models.terms import N_

BLOCK = 256 * 1024
NAME = 200
PARTS, TYPES = 20000, 1024 * 1024
Family = Literal["plain", "ooxml", "odf", "ofd", "ole", "text", "recording", "parcel"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What an ending promises: media type, how its content is checked, and the part or stream it must hold."""

    media: str
    family: Family = "plain"
    part: str = ""


_OPEN = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
KINDS = {
    ".pdf": Kind("application/pdf"),
    ".ofd": Kind("application/ofd", "ofd", "OFD.xml"),
    ".jpg": Kind("image/jpeg"),
    ".jpeg": Kind("image/jpeg"),
    ".png": Kind("image/png"),
    ".gif": Kind("image/gif"),
    ".webp": Kind("image/webp"),
    ".tif": Kind("image/tiff"),
    ".tiff": Kind("image/tiff"),
    ".heic": Kind("image/heic"),
    ".docx": Kind(_OPEN + "wordprocessingml.document", "ooxml", "word/document.xml"),
    ".xlsx": Kind(_OPEN + "spreadsheetml.sheet", "ooxml", "xl/workbook.xml"),
    ".pptx": Kind(_OPEN + "presentationml.presentation", "ooxml", "ppt/presentation.xml"),
    ".odt": Kind(_ODF + "text", "odf"),
    ".ods": Kind(_ODF + "spreadsheet", "odf"),
    ".odp": Kind(_ODF + "presentation", "odf"),
    ".doc": Kind("application/msword", "ole", "WordDocument"),
    ".wps": Kind("application/wps-office.wps", "ole", "WordDocument"),
    ".xls": Kind("application/vnd.ms-excel", "ole", "Workbook"),
    ".et": Kind("application/wps-office.et", "ole", "Workbook"),
    ".ppt": Kind("application/vnd.ms-powerpoint", "ole", "PowerPoint Document"),
    ".txt": Kind("text/plain", "text"),
    ".mp3": Kind("audio/mpeg", "recording"),
    ".m4a": Kind("audio/mp4", "recording"),
    ".wav": Kind("audio/wav", "recording"),
    ".amr": Kind("audio/amr", "recording"),
    ".mp4": Kind("video/mp4", "recording"),
    ".mov": Kind("video/quicktime", "recording"),
    ".3gp": Kind("video/3gpp", "recording"),
    ".eml": Kind("message/rfc822", "parcel"),
    ".zip": Kind("application/zip", "parcel"),
}
PARCELS = frozenset(ending for ending, kind in KINDS.items() if kind.family == "parcel")
# the browser may show these inside its own window; all others are only saved
SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp"})
_ALIKE = {".heic": {".heic", ".heif"}}
# what makes a container active: macros, controls, scripts
_ACTIVE = ("vbaproject.bin", "vbadata.xml", "/macrosheets/", "/activex/", "/basic/", "/scripts/")
_PROGRAMS: tuple[str, ...] = (
    ".exe",
    ".dll",
    ".com",
    ".scr",
    ".pif",
    ".bat",
    ".cmd",
    ".vbs",
    ".js",
    ".jse",
    ".wsf",
    ".ps1",
    ".hta",
)
_PROGRAMS += (".lnk", ".msi", ".jar", ".sh", ".apk", ".reg")
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<svg", b"<script", b"<?xml", b"<?php", b"#!")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class FileRefused(DomainError):
    """This file is not taken; ``name`` among its parameters says which."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that was looked through and may be stored."""

    name: str
    media_type: str
    size: int
    sha256: str
    stream: BinaryIO


def ending(name: str) -> str:
    """The ending of a file's name, in small letters."""
    return PureWindowsPath(clean(name)).suffix.lower()


def examine(name: str, stream: BinaryIO, most: int, taken: Collection[str] = KINDS) -> File:
    """Look through ``stream`` (seekable) and say what it is; read in blocks, left at its beginning.

    Args:
        name: as the sender called it; what could mislead a reader or a file system is taken out.
        most: bytes that one file may have.
        taken: the endings that this county takes.

    Raises:
        FileRefused: empty, too large, not of a kind that is taken, or its content is not what its ending says.
    """
    plain, known = clean(name), ending(name)
    kind = KINDS.get(known) if known in taken else None
    if kind is None:
        raise FileRefused(N_("%(name)s: this kind of file is not taken."), name=plain)
    size, digest = _measure(stream, most)
    if not size:
        raise FileRefused(N_("%(name)s: the file is empty."), name=plain)
    if size > most:
        message = N_("%(name)s: a file may have %(most)s MB at most.")
        raise FileRefused(message, name=plain, most=most // 1024**2)
    problem = _problem(kind, known, stream)
    if problem:
        raise FileRefused(problem, name=plain)
    if kind.family == "parcel":
        _look_inside(plain, known, stream, most, [one for one in taken if one not in PARCELS])
    stream.seek(0)
    return File(plain, kind.media, size, digest, stream)


def _look_inside(plain: str, known: str, stream: BinaryIO, most: int, taken: Collection[str]) -> None:
    """Each file of a parcel is looked through as if it came alone; a parcel in a parcel is none that is taken."""
    try:
        for name, content in parcels.members(known, stream, most):
            examine(name, content, most * parcels.GROWTH, taken)
    except parcels.Unfit as error:
        raise FileRefused(str(error), name=plain) from error
    except FileRefused as error:
        params: dict[str, Any] = {**error.params, "name": f"{plain} / {error.params['name']}"}
        raise FileRefused(error.message, **params) from error


def clean(name: str) -> str:
    """The bare file name: no folders, no control or direction marks, not longer than its column."""
    bare = "".join(c for c in PureWindowsPath(name).name if unicodedata.category(c)[0] != "C").strip()
    ending = PureWindowsPath(bare).suffix
    return bare if len(bare) <= NAME else bare[: NAME - len(ending)] + ending


def _measure(stream: BinaryIO, most: int) -> tuple[int, str]:
    """Size and SHA-256; stops as soon as it is too large."""
    size, digest = 0, hashlib.sha256()
    stream.seek(0)
    while size <= most and (block := stream.read(BLOCK)):
        size += len(block)
        digest.update(block)
    return size, digest.hexdigest()


DISAGREE = parcels.BROKEN
MACROS = N_("%(name)s: documents with macros, scripts or controls are not taken.")
LOCKED = parcels.LOCKED


def _problem(kind: Kind, ending: str, stream: BinaryIO) -> str | None:
    stream.seek(0)
    match kind.family:
        case "text":
            return _text(stream)
        case "ole":
            return _ole(kind, stream)
        case "parcel":
            return None
        case "recording":
            return None if recordings.sound(ending, stream) else DISAGREE
        case "plain":
            return None if _looks_like(stream) & _ALIKE.get(ending, {ending}) else DISAGREE
        case _:
            return _container(kind, stream)


def _looks_like(stream: BinaryIO) -> set[str]:
    """The endings of what the content most probably is."""
    try:
        found = puremagic.magic_stream(stream)
    except (puremagic.PureError, ValueError):
        return set()
    return {match.extension for match in found if match.confidence == found[0].confidence}


def _container(kind: Kind, stream: BinaryIO) -> str | None:
    """Office files are zip archives: what counts lies inside."""
    if stream.read(4) != b"PK\x03\x04":
        return DISAGREE
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            names = {part.filename.replace("\\", "/") for part in parts}
            if any(part.flag_bits & 1 for part in parts):
                return LOCKED
            lower = [f"/{name.lower()}" for name in names]
            if any(mark in name for name in lower for mark in _ACTIVE) or any(n.endswith(_PROGRAMS) for n in lower):
                return MACROS
            if len(parts) > PARTS or len(parts) != len(names):
                return DISAGREE
            return _inside(kind, archive, names)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError, RuntimeError):
        return DISAGREE


def _inside(kind: Kind, archive: zipfile.ZipFile, names: set[str]) -> str | None:
    if kind.family == "ofd":
        return None if kind.part.lower() in {name.lower().lstrip("./") for name in names} else DISAGREE
    told = "mimetype" if kind.family == "odf" else "[Content_Types].xml"
    if told not in names or (kind.part and kind.part not in names):
        return DISAGREE
    with archive.open(told) as part:
        types = part.read(TYPES).decode("utf-8", "replace")
    if "macroenabled" in types.lower():
        return MACROS
    fits = types.strip() == kind.media if kind.family == "odf" else f"{kind.media}.main+xml" in types
    return None if fits else DISAGREE


def _ole(kind: Kind, stream: BinaryIO) -> str | None:
    """Binary Office files: the directory names its streams in UTF-16; a name may lie across two blocks."""
    if stream.read(8) != _OLE:
        return DISAGREE
    wanted, found, tail = (kind.part, "_VBA_PROJECT", "EncryptedPackage"), set(), b""
    while block := stream.read(BLOCK):
        tail = tail[-64:] + block
        found |= {name for name in wanted if name.encode("utf-16-le") + b"\0\0" in tail}
    if "EncryptedPackage" in found:
        return LOCKED
    return MACROS if "_VBA_PROJECT" in found else None if kind.part in found else DISAGREE


def _text(stream: BinaryIO) -> str | None:
    """Plain text: UTF-8 or GB18030, nothing that a browser or a shell would run."""
    body = stream.read()
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        return DISAGREE
    for code in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(code)
        except UnicodeDecodeError:
            continue
        return DISAGREE if any(ord(c) < 32 and c not in "\t\r\n\f" for c in text) else None
    return DISAGREE
