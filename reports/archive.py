"""All papers of a year in one archive: drawn on all processors, a few at a time, written one by one."""

from __future__ import annotations

import logging
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from models.errors import DomainError
from models.terms import N_
from reports import press

Paper = tuple[str, Callable[[], bytes]]  # its name in the archive, and how to get its bytes
UNEXPECTED = N_("The paper could not be drawn. The failure was recorded; tell your administrator.")
LOG = logging.getLogger(__name__)


def drawn(papers: Iterable[Paper]) -> Iterator[tuple[str, bytes | DomainError]]:
    """The papers in their order, each as its bytes or why there are none: a bad one stops no other.

    No more of them are in memory than are being drawn. Needs no database in ``bytes``.
    """
    many = press.cores()
    waiting: deque[tuple[str, Future[bytes]]] = deque()
    with ThreadPoolExecutor(many, thread_name_prefix="papers") as hands:
        try:
            for name, draw in papers:
                waiting.append((name, hands.submit(draw)))
                if len(waiting) > many:
                    first, body = waiting.popleft()
                    yield first, _result(first, body)
            while waiting:
                first, body = waiting.popleft()
                yield first, _result(first, body)
        finally:  # stopped half-way: what has not begun is not begun
            for _name, left in waiting:
                left.cancel()


def _result(name: str, body: Future[bytes]) -> bytes | DomainError:
    try:
        return body.result()
    except DomainError as error:
        return error
    except Exception:
        LOG.exception("the paper %s failed", name)
        return DomainError(UNEXPECTED)


def write(
    archive: zipfile.ZipFile, papers: Iterable[Paper], heard: Callable[[int], None]
) -> list[tuple[str, DomainError]]:
    """Write every paper as it is drawn; returns those that could not be, and why. PDFs are compressed already.

    Raises:
        DomainError: not one paper could be drawn.
    """
    failed: list[tuple[str, DomainError]] = []
    done = 0
    for done, (name, body) in enumerate(drawn(papers), 1):
        if isinstance(body, DomainError):
            failed.append((name, body))
        else:
            told = zipfile.ZipInfo(name)
            told.external_attr = 0o644 << 16
            archive.writestr(told, body)
        heard(done)
    if failed and len(failed) == done:
        raise failed[0][1]
    return failed
