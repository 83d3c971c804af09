"""What a job's function is given, and how it leaves a file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import SEEK_END
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from models.access import Actor
from models.operations.jobs import Outcome
from models.store import BLOCK, store


@dataclass(frozen=True, slots=True)
class Task:
    """The work of one job: whoever asked for it acts; ``heard(done, total)`` tells the progress and may stop it.

    The function must not commit: its work and the job's end are one transaction. Run twice, it must do no harm.
    """

    session: Session
    actor: Actor
    lang: str
    args: dict[str, Any]
    heard: Callable[[int, int], None]


@dataclass
class Draft:
    """A file in the making; afterwards ``outcome`` is what the job leaves."""

    file: BinaryIO
    outcome: Outcome = field(default_factory=Outcome)


@contextmanager
def leaving(name: str, media: str) -> Iterator[Draft]:
    """Write ``draft.file``; at the end of the block it lies in the store under its hash."""
    with TemporaryFile() as file:
        draft = Draft(file)
        yield draft
        size = file.seek(0, SEEK_END)
        file.seek(0)
        digest = hashlib.sha256()
        while block := file.read(BLOCK):
            digest.update(block)
        store().put(file, digest.hexdigest(), size)
        draft.outcome = Outcome("", name, media, size, digest.hexdigest())
