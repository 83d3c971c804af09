"""The store of attached files: bytes under their SHA-256, once each, on disk or wherever fsspec reaches (STORE_URL)."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import fsspec
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from models.errors import DomainError
from models.terms import N_

BLOCK = 256 * 1024
_chosen: dict[str, Store] = {}


class Damaged(DomainError):
    """The store has lost a file or gives other bytes than were put in (HTTP 503)."""


class Store:
    """Files under their own hash: the same bytes lie there once, and no other bytes can take their name.

    Args:
        url: a folder, or any address fsspec knows (``s3://bucket/folder`` needs the package s3fs).
    """

    def __init__(self, url: str) -> None:
        self.fs: Any
        self.fs, self.root = url_to_fs(url)

    def put(self, stream: BinaryIO, sha256: str, size: int) -> None:
        """Keep the bytes of ``stream``; they are there whole or not at all, whatever happens meanwhile."""
        if self.size(sha256) == size:
            return
        stream.seek(0)
        if isinstance(self.fs, LocalFileSystem):
            self._put_local(stream, Path(self._path(sha256)))
        else:
            self._put_remote(stream, sha256, size)
        if self.size(sha256) != size:
            raise Damaged(N_("The store did not keep the file. Nothing was recorded; tell your administrator."))

    def size(self, sha256: str) -> int | None:
        """How many bytes lie under the hash; None if there are none."""
        try:
            return int(self.fs.info(self._path(sha256))["size"])
        except FileNotFoundError:
            return None

    def read(self, sha256: str, size: int) -> Iterator[bytes]:
        """The bytes in blocks; the last one only if all of them together have the hash.

        Raises:
            Damaged: at once if the file is not there or of another size, later if its bytes are others.
        """
        if self.size(sha256) != size:
            raise Damaged(N_("The file is not in the store, or was altered there. Tell your administrator."))
        return self._blocks(sha256, size)

    def _blocks(self, sha256: str, left: int) -> Iterator[bytes]:
        digest = hashlib.sha256()
        with self.fs.open(self._path(sha256), "rb") as file:
            while left > 0:
                block = file.read(min(BLOCK, left))
                digest.update(block)
                left -= len(block)
                if not block or (left == 0 and digest.hexdigest() != sha256):
                    raise Damaged(N_("The file is not in the store, or was altered there. Tell your administrator."))
                yield block

    def _path(self, sha256: str) -> str:
        return f"{self.root}/{sha256[:2]}/{sha256}"

    def _put_local(self, stream: BinaryIO, target: Path) -> None:
        """Beside its place, flushed to the disk, then renamed: a kill leaves no half file under the hash."""
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = target.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                shutil.copyfileobj(stream, file, BLOCK)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)

    def _put_remote(self, stream: BinaryIO, sha256: str, size: int) -> None:
        """An object appears when it is committed; a store that shows it before is rid of the half one."""
        file = self.fs.open(self._path(sha256), "wb", autocommit=False)
        try:
            shutil.copyfileobj(stream, file, BLOCK)
            file.close()
        except BaseException:
            file.discard()
            if self.size(sha256) not in (None, size):
                self.fs.rm_file(self._path(sha256))
            raise
        file.commit()


def configure(url: str) -> None:
    """Set the store (once, at the edge: ``STORE_URL``).

    Raises:
        DomainError: the address needs a package that is not installed.
    """
    try:
        _chosen["store"] = Store(url)
    except (ImportError, ValueError) as error:
        scheme = fsspec.utils.get_protocol(url)
        raise DomainError(f"STORE_URL: {scheme}:// cannot be used: {error}. See docs/files.md.") from error


def store() -> Store:
    """The store in use."""
    return _chosen["store"]
