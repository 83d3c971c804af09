"""Bytes lie in the store once, whole or not at all, and come back as they were: on disk, in memory, over S3."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from moto.server import ThreadedMotoServer

from models import store as stores
from models.errors import DomainError
from models.store import Damaged, Store

BODY = os.urandom(300_000) + "工资条".encode()
HASH = hashlib.sha256(BODY).hexdigest()
LARGE = 12 * 1024 * 1024  # more than one part of an S3 upload


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A server that speaks S3 over HTTP, and a bucket in it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"AWS_ACCESS_KEY_ID": "county", "AWS_SECRET_ACCESS_KEY": "county", "AWS_DEFAULT_REGION": "us-east-1"}
    with pytest.MonkeyPatch.context() as patch:
        for name, text in (keys | {"AWS_ENDPOINT_URL": f"http://{host}:{port}"}).items():
            patch.setenv(name, text)
        Store("s3://county").fs.mkdir("county")
        yield "s3://county/files"
    server.stop()


@pytest.fixture(params=["disk", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "s3":
        return Store(request.getfixturevalue("s3") + "/" + tmp_path.name)
    return Store(str(tmp_path / "files") if request.param == "disk" else f"memory://{tmp_path.name}")


def all_files(store: Store) -> list[str]:
    store.fs.invalidate_cache()
    return sorted(path.rpartition("/")[2] for path in store.fs.find(store.root))


def test_bytes_come_back_as_they_were(store: Store) -> None:
    assert store.size(HASH) is None
    store.put(io.BytesIO(BODY), HASH, len(BODY))
    assert store.size(HASH) == len(BODY)
    blocks = list(store.read(HASH, len(BODY)))
    assert b"".join(blocks) == BODY
    assert max(map(len, blocks)) <= stores.BLOCK
    assert len(blocks) > 1


def test_the_same_bytes_lie_there_once(store: Store) -> None:
    for _ in range(3):
        store.put(io.BytesIO(BODY), HASH, len(BODY))
    assert all_files(store) == [HASH]


def test_a_large_file_goes_in_parts(store: Store) -> None:
    body = os.urandom(1024) * (LARGE // 1024)
    digest = hashlib.sha256(body).hexdigest()
    store.put(io.BytesIO(body), digest, len(body))
    assert hashlib.sha256(b"".join(store.read(digest, len(body)))).hexdigest() == digest


class Torn(io.BytesIO):
    """An upload whose source fails on the way."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() >= LARGE // 2:
            raise OSError("gone")
        return super().read(size)


def test_what_breaks_off_leaves_nothing(store: Store) -> None:
    torn: BinaryIO = Torn(b"x" * LARGE)
    with pytest.raises(OSError, match="gone"):
        store.put(torn, HASH, LARGE)
    assert store.size(HASH) is None
    assert all_files(store) == []


def test_lost_and_altered_files_are_noticed(store: Store) -> None:
    with pytest.raises(Damaged):
        store.read(HASH, len(BODY))
    store.put(io.BytesIO(BODY), HASH, len(BODY))
    store.fs.pipe_file(store._path(HASH), b"!" + BODY[1:])
    with pytest.raises(Damaged):
        list(store.read(HASH, len(BODY)))
    with pytest.raises(Damaged):
        store.read(HASH, len(BODY) - 1)


KILLED = """
import io, os, sys
from models.store import Store

class Slow(io.BytesIO):
    def read(self, size=-1):
        if self.tell() > 500_000:
            print("half", flush=True)
            os.read(0, 1)
        return super().read(size)

Store(sys.argv[1]).put(Slow(b"x" * 1_000_000), "0" * 64, 1_000_000)
"""


def test_a_kill_leaves_no_half_file(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writing:
        assert writing.stdout is not None
        assert writing.stdout.readline() == "half\n"
        writing.send_signal(signal.SIGKILL)
    store = Store(str(tmp_path))
    assert store.size("0" * 64) is None
    store.put(io.BytesIO(b"x" * 1_000_000), "0" * 64, 1_000_000)
    assert store.size("0" * 64) == 1_000_000


def test_files_on_disk_are_the_users_alone(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "files"))
    store.put(io.BytesIO(BODY), HASH, len(BODY))
    path = tmp_path / "files" / HASH[:2] / HASH
    assert (path.stat().st_mode & 0o077, path.parent.stat().st_mode & 0o077) == (0, 0)


def test_an_address_without_its_package_is_refused_in_words() -> None:
    before = dict(stores._chosen)
    with pytest.raises(DomainError, match=r"gs:// cannot be used.*docs/files.md"):
        stores.configure("gs://county/files")
    assert stores._chosen == before
