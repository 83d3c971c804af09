"""All papers of a year in one archive: drawn on all processors, a few at a time, written one by one."""

from __future__ import annotations

import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from reports import press

Paper = tuple[str, Callable[[], bytes]]  # its name in the archive, and how to get its bytes


def drawn(papers: Iterable[Paper]) -> Iterator[tuple[str, bytes]]:
    """The papers in their order; no more of them are in memory than are being drawn. Needs no database in ``bytes``."""
    many = press.cores()
    waiting: deque[tuple[str, Future[bytes]]] = deque()
    with ThreadPoolExecutor(many, thread_name_prefix="papers") as hands:
        try:
            for name, draw in papers:
                waiting.append((name, hands.submit(draw)))
                if len(waiting) > many:
                    first, body = waiting.popleft()
                    yield first, body.result()
            while waiting:
                first, body = waiting.popleft()
                yield first, body.result()
        finally:  # stopped half-way: what has not begun is not begun
            for _name, left in waiting:
                left.cancel()


def write(archive: zipfile.ZipFile, papers: Iterable[Paper], heard: Callable[[int], None]) -> None:
    """Write every paper as it is drawn. PDFs are compressed already."""
    for done, (name, body) in enumerate(drawn(papers), 1):
        told = zipfile.ZipInfo(name)
        told.external_attr = 0o644 << 16
        archive.writestr(told, body)
        heard(done)
