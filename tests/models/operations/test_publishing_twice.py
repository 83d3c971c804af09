"""Publishing waits for whoever still writes in the draft, and only one of two publishes it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import rulebooks
from models.access import all_rows
from models.errors import DomainError
from models.operations import publishing
from models.operations.freezing import by_command
from models.reference import ensure_reference
from models.tables import Rulebook, RulebookClock
from models.terms import RulebookStatus
from tests.conftest import engine_for
from tests.rulebooks import NOW, clock, drafted

pytestmark = pytest.mark.both_databases


@pytest.fixture
def engine(engine_url: str) -> Iterator[Engine]:
    made = engine_for(engine_url)
    yield made
    made.dispose()


@pytest.fixture
def draft(engine: Engine) -> int:
    with Session(engine) as session, all_rows():
        ensure_reference(session)
        made = drafted(session).id
        session.commit()
    return made


def publish(engine: Engine, pk: int, told: list[str]) -> None:
    with Session(engine) as session, all_rows():
        try:
            publishing.publish(session, pk, by_command(), NOW)
            session.commit()
            told.append("published")
        except (DomainError, OperationalError) as error:
            told.append(type(error).__name__)


def test_what_is_published_holds_what_was_being_written(engine: Engine, draft: int) -> None:
    """Somebody has changed a clock and not committed yet: no publication slips in between."""
    told: list[str] = []
    with Session(engine) as writer, all_rows():
        row: Any = rulebooks.whole(writer, draft)
        clock(row, "FILE").amount = 9
        writer.flush()
        other = threading.Thread(target=publish, args=(engine, draft, told))
        other.start()
        other.join(0.5)
        assert told == []
        writer.commit()
    other.join(20)
    with Session(engine) as session, all_rows():
        row = rulebooks.whole(session, draft)
        assert (row.status is RulebookStatus.published) == (told == ["published"])
        assert clock(row, "FILE").amount == 9


def test_of_two_who_publish_one_does(engine: Engine, draft: int) -> None:
    told: list[str] = []
    both = [threading.Thread(target=publish, args=(engine, draft, told)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(20)
    assert told.count("published") == 1
    assert len(told) == 2
    with Session(engine) as session, all_rows():
        book = session.get_one(Rulebook, draft)
        assert book.status is RulebookStatus.published
        assert session.query(RulebookClock).filter_by(rulebook_id=draft).count() == len(book.clocks)
