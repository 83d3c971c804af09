"""A rulebook's way from draft to rule; a published one never changes, whoever tries and whichever way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from models import rulebooks
from models.access import Actor
from models.errors import Conflict, Invalid, NotAllowed, NotFound
from models.operations import publishing
from models.operations.freezing import by_command
from models.tables import (
    Assessment,
    Rulebook,
    RulebookClock,
    RulebookGrade,
    RulebookIndicator,
    RulebookPeer,
    RulebookPoints,
    RulebookSection,
)
from models.terms import AssessmentStatus, RulebookStatus, UnitKind
from models.world import world
from tests.models.operations.test_freezing import NOW as LATE
from tests.models.operations.test_freezing import frozen_year
from tests.models.operations.test_steps import transferred
from tests.rulebooks import FROM, NOW, clock, drafted, enacted, points

CHILDREN = (RulebookClock, RulebookSection, RulebookPoints, RulebookIndicator, RulebookGrade, RulebookPeer)
TABLES = [table.__tablename__ for table in CHILDREN]


def whole(draft: Rulebook) -> None:
    """One row of each part."""
    section = RulebookSection(code="1", title="受理", cap=5)
    draft.sections.append(section)
    points(draft, "ACCEPT").section = section
    draft.indicators.append(RulebookIndicator(indicator="replied", weight=20, target=95, paragraph="§3", source="县"))
    draft.grades.append(RulebookGrade(position=1, title="合格", from_score=0))


def test_a_draft_is_a_whole_copy_and_a_copy_of_the_copy_too(county: Any) -> None:
    session = county.session
    first = enacted(session, whole)
    draft = publishing.draft_from(session, rulebooks.whole(session, first.id), by_command(), NOW)
    again = rulebooks.facts(rulebooks.whole(session, draft.id))
    before = rulebooks.facts(rulebooks.whole(session, first.id))
    same = ("clocks", "points", "caps", "base", "floor", "sections", "rates", "grades", "peers", "title", "source")
    assert [name for name in same if getattr(again, name) != getattr(before, name)] == []
    assert again.sections[0].rules == ("ACCEPT",)
    assert (draft.status, draft.version, draft.effective_from) == (RulebookStatus.draft, "2026-2", date(2026, 1, 1))
    assert not {row.id for row in draft.clocks} & {row.id for row in first.clocks}


def test_only_a_published_rulebook_applies(county: Any) -> None:
    session = county.session
    transferred(county)
    drafted(session, lambda draft: setattr(clock(draft, "FILE"), "amount", 9))
    assert [book.version for book in world(session).rulebooks] == ["2025-1"]
    enacted(session, lambda draft: setattr(clock(draft, "FILE"), "amount", 8))
    here = world(session)
    assert [book.version for book in here.rulebooks] == ["2025-1", "2026-2"]
    assert here.rulebook(NOW + timedelta(days=60)).clock(clock(drafted(session), "FILE").duty, "B").amount == 8


def test_who_published_and_when_is_kept(county: Any) -> None:
    admin = Actor(None, county.staff["XFJ"].id, None, UnitKind.bureau, by_command().roles)
    row = publishing.publish(county.session, drafted(county.session).id, admin, NOW)
    assert (row.status, row.published_at, row.published_by) == (RulebookStatus.published, NOW, county.staff["XFJ"])


@pytest.mark.parametrize("code", ["XFJ", "CG", None])
def test_only_an_administrator_drafts_and_publishes(county: Any, code: str | None) -> None:
    actor = county.actors[code] if code else None
    draft = drafted(county.session)
    with pytest.raises(NotAllowed):
        publishing.publish(county.session, draft.id, actor, NOW)
    with pytest.raises(NotAllowed):
        publishing.draft_from(county.session, draft, actor, NOW)


def test_what_keeps_a_draft_back_is_told_at_once(county: Any) -> None:
    session = county.session
    enacted(session, lambda draft: None)
    draft = drafted(session, lambda draft: session.delete(points(draft, "HANDLE")), date(2024, 12, 31))
    with pytest.raises(Invalid) as refused:
        publishing.publish(session, draft.id, by_command(), NOW)
    assert [problem.field for problem in refused.value.problems] == ["effective_from", ""]
    with pytest.raises(NotFound):
        publishing.publish(session, 10**6, by_command(), NOW)


def test_the_same_day_as_the_last_one_replaces_it(county: Any) -> None:
    """A draft made earlier and published later goes before one made later and published earlier."""
    session = county.session
    early = drafted(session)
    enacted(session, lambda draft: None)
    publishing.publish(session, early.id, by_command(), NOW + timedelta(days=1))
    assert [book.id for book in world(session).rulebooks][-1] == early.id


def test_not_inside_a_frozen_year_nor_before_it(county: Any) -> None:
    session = county.session
    frozen_year(county)
    for start in (FROM, date(2025, 12, 31)):
        draft = drafted(session, lambda draft: None, start)
        with pytest.raises(Invalid) as refused:
            publishing.publish(session, draft.id, by_command(), LATE)
        assert "frozen year" in refused.value.problems[0].message
    assert session.scalar(select(Assessment.status)) is AssessmentStatus.frozen
    draft = drafted(session, lambda draft: None, date(2026, 1, 1))
    assert publishing.publish(session, draft.id, by_command(), LATE).status is RulebookStatus.published


def test_another_draft_than_was_shown_is_not_published(county: Any) -> None:
    session = county.session
    draft = drafted(session)
    seen = publishing.fingerprint(rulebooks.facts(rulebooks.whole(session, draft.id)))
    clock(draft, "FILE").amount = 9
    session.flush()
    with pytest.raises(Conflict, match="changed meanwhile"):
        publishing.publish(session, draft.id, by_command(), NOW, seen)
    seen = publishing.fingerprint(rulebooks.facts(rulebooks.whole(session, draft.id)))
    publishing.publish(session, draft.id, by_command(), NOW, seen)
    with pytest.raises(Conflict, match="published already"):
        publishing.publish(session, draft.id, by_command(), NOW, seen)


def attempt(session: Any, act: Any) -> None:
    """Do it and write it; the session is as before if it is refused."""
    kept = session.begin_nested()
    try:
        act()
        session.flush()
    finally:
        kept.rollback()
        session.expire_all()


def parts(row: Rulebook) -> list[Any]:
    return [row.clocks[0], row.sections[0], row.points[0], row.indicators[0], row.grades[0], row.peers[0]]


@pytest.fixture
def book(county: Any) -> Rulebook:
    """A published rulebook with one of each part."""
    return enacted(county.session, whole)


@pytest.mark.parametrize("number", range(6), ids=TABLES)
def test_no_part_of_a_published_rulebook_is_changed_added_moved_or_taken_away(
    county: Any, book: Rulebook, number: int
) -> None:
    session, draft = county.session, drafted(county.session)
    part, own = parts(book)[number], parts(draft)[number]

    def refused(act: Any) -> None:
        with pytest.raises(Invalid) as error:
            attempt(session, act)
        assert error.value.problems[0].field == "rulebook_id"

    name = next(iter({"paragraph", "title"} & set(type(part).__table__.columns.keys())))
    refused(lambda: setattr(part, name, "x"))
    refused(lambda: setattr(part, "rulebook_id", draft.id))
    refused(lambda: setattr(part, "rulebook", draft))
    refused(lambda: setattr(own, "rulebook_id", book.id))
    refused(lambda: setattr(own, "rulebook", book))
    refused(lambda: session.delete(part))
    values = {name: getattr(own, name) for name in set(type(own).__mapper__.columns.keys()) - {"id", "rulebook_id"}}
    refused(lambda: session.add(type(own)(rulebook_id=book.id, **values)))
    refused(lambda: session.add(type(own)(rulebook=book, **values)))
    refused(lambda: setattr(own, "rulebook_id", drafted(session).id))
    assert len(parts(book)) == 6


def test_a_rulebook_itself_is_neither_changed_nor_taken_back_nor_deleted(county: Any, book: Rulebook) -> None:
    session = county.session
    changes: list[Any] = [
        lambda: setattr(book, "base_score", 90),
        lambda: setattr(book, "status", RulebookStatus.draft),
        lambda: setattr(book, "effective_from", date(2030, 1, 1)),
        lambda: session.delete(book),
        lambda: setattr(drafted(session), "status", RulebookStatus.published),
        lambda: session.add(
            Rulebook(version="x", title="x", source="x", status=RulebookStatus.published, effective_from=FROM)
        ),
    ]
    for change in changes:
        with pytest.raises(Conflict, match=r"never changes|own page"):
            attempt(session, change)


STATEMENTS: list[tuple[str, Any]] = [
    *((f"update {name}", lambda k, t=name: text(f"UPDATE {t} SET id = id WHERE rulebook_id = {k}")) for name in TABLES),
    *((f"delete {name}", lambda k, t=name: text(f"DELETE FROM {t} WHERE rulebook_id = {k}")) for name in TABLES),
    ("move", lambda k: update(RulebookGrade).where(RulebookGrade.rulebook_id != k).values(rulebook_id=k, position=9)),
    ("add", lambda k: insert(RulebookGrade).values(rulebook_id=k, position=9, title="x", from_score=1)),
    ("take back", lambda k: update(Rulebook).where(Rulebook.id == k).values(status="draft")),
    ("change", lambda k: update(Rulebook).where(Rulebook.id == k).values(base_score=1)),
    ("drop", lambda k: delete(Rulebook).where(Rulebook.id == k)),
    ("raw", lambda k: text(f"UPDATE rulebook_clock SET amount = 99 WHERE rulebook_id = {k}")),
]


@pytest.mark.both_databases
@pytest.mark.parametrize("act", [act for _name, act in STATEMENTS], ids=[name for name, _act in STATEMENTS])
def test_the_database_refuses_what_passes_by_the_session(county: Any, book: Rulebook, act: Any) -> None:
    drafted(county.session)
    before = rulebooks.facts(rulebooks.whole(county.session, book.id))
    with pytest.raises(DatabaseError, match="a published rulebook never changes"):
        attempt(county.session, lambda: county.session.execute(act(book.id)))
    assert rulebooks.facts(rulebooks.whole(county.session, book.id)) == before


def test_a_draft_is_changed_and_deleted_freely(county: Any) -> None:
    session = county.session
    draft = drafted(session, whole)
    key = draft.id
    clock(draft, "FILE").amount = 7
    session.delete(draft.grades[0])
    session.flush()
    session.expire_all()
    session.delete(session.get(Rulebook, key))
    session.flush()
    left = [session.scalar(select(table.id).where(table.rulebook_id == key)) for table in CHILDREN]
    assert left == [None] * 6


@pytest.mark.both_databases
def test_a_section_is_one_of_the_same_rulebook(county: Any, book: Rulebook) -> None:
    draft = drafted(county.session)
    with pytest.raises(Invalid) as refused:
        attempt(county.session, lambda: setattr(points(draft, "HANDLE"), "section_id", book.sections[0].id))
    assert refused.value.problems[0].field == "section_id"
