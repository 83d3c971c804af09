"""What a command writes: a file that is there whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO

import click


@contextmanager
def whole(out: Path) -> Iterator[BinaryIO]:
    """Written beside its place and renamed at the end; a device, or where nothing may lie beside, as it is.

    Raises:
        OSError: of ``out``, whatever the name it had while it was written.
    """
    place, made = out.resolve(), ""
    beside = os.access(place.parent, os.W_OK) and (place.is_file() or not place.exists())
    try:
        if place.exists() and not os.access(place, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(out))
        if beside:
            handle, made = mkstemp(dir=place.parent, prefix=f".{place.name[:100]}.")
        with os.fdopen(handle, "wb") if beside else place.open("wb") as file:
            yield file
        if beside:
            os.chmod(made, 0o666 & ~_umask())
            os.replace(made, place)
    except OSError as error:
        if error.filename in (None, made):
            raise OSError(error.errno, error.strerror, str(out)) from error
        raise
    finally:
        if made:
            with suppress(FileNotFoundError):
                os.unlink(made)


def _umask() -> int:
    found = os.umask(0)
    os.umask(found)
    return found


def write(out: Path, body: bytes) -> None:
    """One file, and a line that says so."""
    with whole(out) as file:
        file.write(body)
    click.echo(f"{out}: {len(body)} bytes")
