"""Files that hold files: a zip of photos, an e-mail with its attachments. Unpacked one by one, within bounds."""

from __future__ import annotations

import mimetypes
import stat
import zipfile
import zlib
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from models.terms import N_

BLOCK = 256 * 1024
IN_MEMORY = 4 * 1024 * 1024
MEMBERS = 1000
GROWTH = 2  # a zip of photos and papers does not grow beyond this multiple of what it may weigh; a bomb does
PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
BROKEN = N_("%(name)s: the content is not what the ending of the name says.")
LOCKED = N_("%(name)s: a document locked with a password cannot be checked; unlock it first.")
BOMB = N_("%(name)s: unpacked it would be too large; send its files in smaller parts.")
CROWDED = N_("%(name)s: it holds too many files; send them in smaller parts.")
HOLLOW = N_("%(name)s: there is no file in it.")
CROOKED = N_("%(name)s: it would unpack outside of its folder, or twice to the same place.")


class Unfit(Exception):
    """This parcel is not taken; the message is a msgid."""


Members = Iterator[tuple[str, BinaryIO]]


def members(ending: str, stream: BinaryIO, most: int) -> Members:
    """Name and content of each file inside; the content lives until the next one is asked for.

    Args:
        most: bytes that the parcel itself may have.

    Raises:
        Unfit: it is broken, locked, a bomb, crowded, empty, or would unpack somewhere else.
    """
    stream.seek(0)
    return _of_zip(stream, most) if ending == ".zip" else _of_mail(stream)


def _of_zip(stream: BinaryIO, most: int) -> Members:
    if stream.read(4) != b"PK\x03\x04":
        raise Unfit(BROKEN)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = [part for part in archive.infolist() if not part.is_dir()]
            _soundness(parts, most)
            left = most * GROWTH
            for part in parts:
                with archive.open(part) as packed, SpooledTemporaryFile(IN_MEMORY) as plain:
                    while block := packed.read(BLOCK):  # what it says of its size is not believed
                        left -= len(block)
                        if left < 0:
                            raise Unfit(BOMB)
                        plain.write(block)
                    plain.seek(0)
                    yield _name(part), cast(BinaryIO, plain)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError, RuntimeError, zlib.error) as error:
        raise Unfit(BROKEN) from error


def _soundness(parts: list[zipfile.ZipInfo], most: int) -> None:
    """What can be told before anything is unpacked."""
    names = [_name(part) for part in parts]
    if not parts:
        raise Unfit(HOLLOW)
    if len(parts) > MEMBERS:
        raise Unfit(CROWDED)
    if any(part.flag_bits & 1 for part in parts):
        raise Unfit(LOCKED)
    if any(part.compress_type not in PACKED for part in parts):
        raise Unfit(BROKEN)
    if sum(part.file_size for part in parts) > most * GROWTH:
        raise Unfit(BOMB)
    links = any(stat.S_ISLNK(part.external_attr >> 16) for part in parts)
    if links or len({name.casefold() for name in names}) != len(names) or any(_leaves(name) for name in names):
        raise Unfit(CROOKED)


def _name(part: zipfile.ZipInfo) -> str:
    """Archives made by a Chinese Windows name their files in GBK and do not say so."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return part.filename


def _leaves(name: str) -> bool:
    """Whether it would be unpacked outside of its folder."""
    steps = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in steps or ":" in steps[0] or "\0" in name


def _of_mail(stream: BinaryIO) -> Members:
    """What is attached to a message; its own text stays text: it is never shown as a page."""
    message = BytesParser(policy=policy.default).parse(stream)
    if message.get("From") is None or not (message.get("Date") or message.get("Received")):
        raise Unfit(BROKEN)
    for number, part in enumerate(message.walk()):
        if number > MEMBERS:
            raise Unfit(CROWDED)
        if part.is_multipart():
            continue
        name = _attached(part)
        if name:
            with SpooledTemporaryFile(IN_MEMORY) as plain:
                payload = part.get_payload(decode=True)
                plain.write(payload if isinstance(payload, bytes) else b"")
                plain.seek(0)
                yield name, cast(BinaryIO, plain)


def _attached(part: EmailMessage) -> str:
    """The name of an attached file; empty for the text of the message."""
    name = part.get_filename()
    if name or part.get_content_maintype() == "text":
        return name or ""
    return "attached" + (mimetypes.guess_extension(part.get_content_type()) or "")
