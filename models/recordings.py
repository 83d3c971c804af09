"""Sound and film as evidence: is a file built as its ending says? Read by its own structure, never played."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

BOXES = 100_000
FRAMES = 4  # that must follow each other before sound counts as MP3
PADDING = 64 * 1024
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_BITS = {
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_CODES = (b"#!AMR\n", b"#!AMR-WB\n")


def sound(ending: str, stream: BinaryIO) -> bool:
    """Whether the content is what the ending promises."""
    stream.seek(0)
    match ending:
        case ".mp3":
            return _mp3(stream)
        case ".wav":
            return _wav(stream)
        case ".amr":
            return stream.read(len(_CODES[1])).startswith(_CODES)
        case _:
            return _film(stream)


def _size(stream: BinaryIO) -> int:
    at = stream.tell()
    size = stream.seek(0, os.SEEK_END)
    stream.seek(at)
    return size


def _film(stream: BinaryIO) -> bool:
    """MP4, M4A, MOV, 3GP: boxes from the first byte to the last, with a description and something described."""
    kinds = list(_boxes(stream))
    return kinds[:1] in ([b"ftyp"], [b"wide"]) and b"moov" in kinds and b"mdat" in kinds and kinds[-1] != b""


def _boxes(stream: BinaryIO) -> Iterator[bytes]:
    """The kind of each box on the first level; an empty one where the structure breaks off."""
    at, end = 0, _size(stream)
    for _ in range(BOXES):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:
            break
        length, kind = struct.unpack(">I4s", head)
        if length == 1:
            length = int.from_bytes(stream.read(8), "big")
        length = length or end - at
        if length < 8 or at + length > end or not all(32 <= byte < 127 or byte == 169 for byte in kind):
            break
        yield kind
        at += length
        if at == end:
            return
    yield b""


def _wav(stream: BinaryIO) -> bool:
    """RIFF chunks, among them the format before the sound."""
    head = stream.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return False
    found: list[bytes] = []
    while b"data" not in found and len(chunk := stream.read(8)) == 8 and len(found) < FRAMES * 8:
        found.append(chunk[:4])
        length = int.from_bytes(chunk[4:], "little")
        stream.seek(length + length % 2, os.SEEK_CUR)
    return b"fmt " in found and b"data" in found


def _mp3(stream: BinaryIO) -> bool:
    """Behind the tag: frames, each where the one before it ends."""
    tag = stream.read(10)
    start = 0
    if tag[:3] == b"ID3":
        start = 10 + sum((byte & 127) << shift for byte, shift in zip(tag[6:10], (21, 14, 7, 0), strict=True))
    stream.seek(start)
    padding = stream.read(PADDING)
    at, end = start + len(padding) - len(padding.lstrip(b"\0")), _size(stream)
    for _ in range(FRAMES):
        stream.seek(at)
        length = _frame(stream.read(4))
        if not length or at + length > end:
            return False
        at += length
    return True


def _frame(head: bytes) -> int:
    """How long a frame of layer III with this head is; 0 if it is none."""
    if len(head) < 4 or head[0] != 255 or head[1] & 0xE6 != 0xE2:
        return 0
    version, bits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bits in (0, 15) or rate == 3:
        return 0
    kilobits = _BITS[3 if version == 3 else 2][bits - 1]
    return (144 if version == 3 else 72) * kilobits * 1000 // _RATES[version][rate] + (head[2] >> 1 & 1)
