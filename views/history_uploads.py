"""Ledgers between upload and load: kept under ``instance/import`` for the one who sent them, for a day at most."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app
from werkzeug.datastructures import FileStorage

from models.errors import Conflict, Invalid, Problem
from models.terms import N_

PARTS = ("petitions", "steps")
KEPT = 24 * 3600
MOST_BYTES = 30 * 1024 * 1024
_TOKEN = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[^\w .()（）-]")


@dataclass(slots=True)
class Upload:
    """The files of one ledger and what the check said.

    ``files``: part → name; ``digests``: part → SHA-256; ``outcome``: counts; ``problems``: file, line, column, message,
    paragraph and parameters of the first bad rows; ``notes``: what is to be told besides; ``bad``: part → name
    of the file to mend.
    """

    token: str
    user_id: int | None
    files: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    outcome: dict[str, int] = field(default_factory=dict)
    problems: list[list[Any]] = field(default_factory=list)
    notes: list[list[Any]] = field(default_factory=list)
    bad: dict[str, str] = field(default_factory=dict)
    checked: bool = False
    loaded: bool = False

    @property
    def home(self) -> Path:
        return _store() / self.token

    def path(self, part: str) -> Path | None:
        return self.home / part / self.files[part] if part in self.files else None

    def save(self) -> None:
        (self.home / "upload.json").write_text(json.dumps(asdict(self)), encoding="utf-8")

    def intact(self) -> None:
        """Refuse to load other bytes than those that were checked (Conflict)."""
        for part, digest in self.digests.items():
            path = self.path(part)
            if path is None or not path.exists() or digest_of(path) != digest:
                raise Conflict(N_("The files are no longer those that were checked; send them again."))

    def forget_files(self) -> None:
        """After the load: the bad rows may still be fetched, the ledger itself is gone."""
        for part in self.files:
            path = self.path(part)
            if path is not None:
                path.unlink(missing_ok=True)

    def drop(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _store() -> Path:
    path = Path(current_app.instance_path) / "import"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def keep(given: dict[str, FileStorage], user_id: int | None) -> Upload:
    """Keep the files that were sent.

    Raises:
        Invalid: no file, or an empty or too large one.
    """
    sweep()
    sent = {part: file for part, file in given.items() if file.filename}
    if not sent:
        raise Invalid([Problem("petitions", N_("Choose a file first."))])
    upload = Upload(secrets.token_hex(16), user_id)
    upload.home.mkdir(mode=0o700)
    try:
        for part, file in sent.items():
            _take(upload, part, file)
    except Invalid:
        upload.drop()
        raise
    upload.save()
    return upload


def _take(upload: Upload, part: str, file: FileStorage) -> None:
    name = _UNSAFE.sub("_", Path(file.filename or "").name)[-80:].lstrip(".")
    upload.files[part] = name or f"{part}.csv"
    target = upload.home / part / upload.files[part]
    target.parent.mkdir(mode=0o700)
    file.save(target)
    size = target.stat().st_size
    if size == 0:
        raise Invalid([Problem(part, N_("The file is empty."))])
    if size > MOST_BYTES:
        raise Invalid([Problem(part, N_("A file may have 30 MB here; load a larger ledger with the command."))])
    upload.digests[part] = digest_of(target)


def find(token: str, user_id: int | None) -> Upload | None:
    """The upload, if it is this user's."""
    path = _store() / token / "upload.json"
    if not _TOKEN.fullmatch(token) or not path.exists():
        return None
    found = Upload(**json.loads(path.read_text(encoding="utf-8")))
    return found if found.user_id is not None and found.user_id == user_id else None


def sweep() -> None:
    """Remove what lies here longer than a day: it names people."""
    for path in _store().iterdir():
        if path.stat().st_mtime < time.time() - KEPT:
            shutil.rmtree(path, ignore_errors=True)
