"""The demo county: complete, believable, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from models import access, queries
from models.access import all_rows
from models.accounts import User
from models.demo import DemoResult, build
from models.demo.build import first_day
from models.demo.casting import Stage, cast
from models.demo.county import BUREAU, WATCHDOG, settle
from models.demo.pace import care_of
from models.demo.plays import play
from models.demo.progress import unfinished
from models.office_terms import AccountabilityStatus, LetterStatus
from models.reference import ensure_reference
from models.store import store
from models.tables import (
    Accountability,
    Attachment,
    Deduction,
    DeductionEvent,
    Duty,
    Letter,
    Petition,
    Petitioner,
    Place,
    Staff,
    Step,
    Unit,
)
from models.terms import Case, Channel, DeductionStatus, DutyStatus, PetitionStatus, Role, StepKind, UnitKind
from models.world import world
from reports import letters
from tests.databases import Backend, engine_for
from tests.well import violated

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HASH = "a-hash"


def _opened(backend: Backend, name: str) -> Iterator[Session]:
    backend.fresh(name, "blank")
    engine = engine_for(backend.url(name))
    factory = sessionmaker(engine)
    access.install(factory)
    with factory() as session, all_rows():
        ensure_reference(session)
        session.commit()
        yield session
        session.rollback()
    engine.dispose()
    backend.drop(name)


def _built(session: Session, petitions: int, **more: Any) -> DemoResult:
    return build(session, petitions=petitions, now=NOW, hash_password=lambda _: HASH, **more)


@pytest.fixture(scope="module")
def told() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def session(backend: Backend, told: list[tuple[int, int]]) -> Iterator[Session]:
    for session in _opened(backend, "demo"):
        _built(session, 60, progress=lambda done, of: told.append((done, of)))
        yield session


def _content(session: Session) -> list[Any]:
    """All that a reader sees, identities opened."""
    with all_rows():
        found: list[Any] = []
        for table, columns in (
            (Petition, ("number", "title", "content", "case", "status", "received_at", "first_unit_id", "closed_at")),
            (Petitioner, ("petition_id", "name", "phone", "address")),
            (Step, ("petition_id", "seq", "kind", "at", "unit_id", "staff_id", "to_unit_id", "outcome", "evidence")),
            (Duty, ("petition_id", "key", "unit_id", "due_at", "status", "late", "trace")),
            (Deduction, ("petition_id", "unit_id", "rule", "occurrence", "year", "points", "status", "reason")),
            (DeductionEvent, ("deduction_id", "at", "status", "staff_id", "reason")),
            (Accountability, ("unit_id", "petition_id", "ground", "status", "opened_at", "due_at")),
            (Staff, ("name", "unit_id", "user_id", "post", "head")),
        ):
            rows = session.execute(select(*(getattr(table, name) for name in columns)).order_by(table.id)).all()
            found.append([tuple(row) for row in rows])
        return found


class BrokenOff(Exception):
    """Somebody pulled the plug."""


def _broken_off(session: Session, at: int) -> None:
    """The same build, ended where it would have committed for the ``at``-th time."""
    commits = iter(range(1, at + 1))

    def commit() -> None:
        if next(commits) == at:
            session.rollback()
            session.expunge_all()
            raise BrokenOff
        session.commit()

    with pytest.raises(BrokenOff):
        _built(session, 60, commit=commit)


def test_the_same_seed_gives_the_same_rows_however_often_it_is_broken_off(
    session: Session, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, among the petitions, and between the hearings and the frozen year; another number asked for is none."""
    monkeypatch.setattr(import_module("models.demo.build"), "BATCH", 20)
    for other in _opened(backend, "demo2"):
        for at in (1, 3, 5):
            _broken_off(other, at)
        run = unfinished(other)
        assert run is not None
        assert (run.petitions, run.played, run.acts) == (60, 60, 1)
        build(other, petitions=7, seed=9, now=NOW + timedelta(days=3), hash_password=lambda _: HASH)
        assert unfinished(other) is None
        assert _content(other) == _content(session)


def test_another_seed_gives_another_county(session: Session, backend: Backend) -> None:
    for other in _opened(backend, "demo3"):
        _built(other, 5, seed=2)
        assert _content(other)[0][0] != _content(session)[0][0]


def test_all_cases_and_channels_are_there(session: Session) -> None:
    with all_rows():
        assert {Case.A, Case.B, Case.D, Case.E} <= set(session.scalars(select(Petition.case)))
        assert set(session.scalars(select(Petition.channel))) == set(Channel)
        assert session.scalar(select(func.count()).where(Petition.urgent_at.is_not(None)))
        assert session.scalar(select(func.count()).where(Petition.about_unit_id.is_not(None)))
        assert session.scalar(select(func.count()).where(Petition.anonymous))
        assert session.scalar(select(func.count()).select_from(Petition)) == 60
        years = {moment.year for moment in session.scalars(select(Petition.received_at))}
        assert years >= {2025, 2026}


def test_nothing_happens_after_now_and_the_past_is_kept_in_order(session: Session) -> None:
    with all_rows():
        steps = session.execute(select(Step.petition_id, Step.at).order_by(Step.petition_id, Step.seq)).all()
        assert all(at <= NOW for _, at in steps)
        assert [tuple(step) for step in steps] == sorted(tuple(step) for step in steps)


def test_a_closed_petition_owes_nothing(session: Session) -> None:
    with all_rows():
        owed = select(Duty).join(Petition).where(Petition.status == PetitionStatus.closed)
        assert session.scalars(owed.where(Duty.status == DutyStatus.open)).all() == []
        closed = session.scalar(select(func.count()).where(Petition.status == PetitionStatus.closed))
        assert closed is not None
        assert closed > 30


def test_the_boards_are_not_empty(session: Session) -> None:
    with all_rows():
        pressing = session.scalars(queries.overdue(NOW)).all()
        assert any(duty.due_at < NOW for duty in pressing)
        later = session.scalars(queries.overdue(NOW + timedelta(days=15))).all()
        assert len(later) > len(pressing)
        statuses = set(session.scalars(select(Deduction.status).where(Deduction.year == 2025)))
        assert {DeductionStatus.final, DeductionStatus.withdrawn, DeductionStatus.overturned} == statuses
        rulings = select(DeductionEvent.status).where(DeductionEvent.status.in_(["upheld", "overturned"]))
        assert sorted(session.scalars(rulings)) == ["overturned", "upheld"]
        live = set(session.scalars(select(Deduction.status).where(Deduction.year == 2026)))
        assert {DeductionStatus.proposed, DeductionStatus.notified, DeductionStatus.answered} <= live
        files = set(session.scalars(select(Accountability.status)))
        assert AccountabilityStatus.circulated in files
        assert session.scalar(select(func.count()).where(Deduction.year == 2026))
        assert all(session.scalars(select(Deduction.reason).where(Deduction.decided_at.is_not(None))))


def test_phone_numbers_cannot_belong_to_anybody(session: Session) -> None:
    with all_rows():
        phones = set(session.scalars(select(Petitioner.phone)))
        assert all(phone and phone.startswith("1990000") for phone in phones)


def test_units_places_and_one_head_each(session: Session) -> None:
    with all_rows():
        kinds = [unit.kind for unit in session.scalars(select(Unit))]
        wanted = {UnitKind.bureau: 1, UnitKind.town: 15, UnitKind.department: 30, UnitKind.leaders_office: 1}
        assert {kind: kinds.count(kind) for kind in UnitKind} == wanted
        assert all(unit.name_en for unit in session.scalars(select(Unit)))
        heads = session.scalars(select(Staff.unit_id).where(Staff.head)).all()
        assert len(heads) == len(set(heads)) == len(kinds)
        villages = select(func.count()).select_from(Place).where(Place.code.like("QY-T__-__"))
        assert 60 <= (session.scalar(villages) or 0) <= 90


def test_progress_is_told(session: Session, told: list[tuple[int, int]]) -> None:
    assert told[-1] == (60, 60)


def test_without_petitions_only_people_and_units_and_a_second_run_adds_nothing(backend: Backend) -> None:
    for other in _opened(backend, "demo4"):
        first = _built(other, 0)
        before = _content(other)
        assert _built(other, 0) == first
        with all_rows():
            assert _content(other) == before
            assert other.scalar(select(func.count()).select_from(Petition)) == 0
            accounts = {user.username: user for user in other.scalars(select(User))}
        assert {user.username for user in first.users} == accounts.keys()
        for user in first.users:
            assert [role.name for role in accounts[user.username].roles] == [user.role.value]
            assert accounts[user.username].password == HASH
        roles = {user.username: (user.role, user.unit_name) for user in first.users}
        assert roles["admin"][0] is Role.Administrator
        assert roles["bureau2"] == (Role.BureauOfficer, "县信访局")
        assert roles["clerk.t03"] == (Role.Clerk, "柳林镇")
        assert roles["leader.d01"] == (Role.UnitLeader, "县人力资源和社会保障局")
        assert (roles["county"][0], roles["auditor"][0]) == (Role.CountyLeader, Role.Auditor)
        assert len(roles) == 5 + 2 * 45


def test_every_filing_reports_a_transfer(session: Session) -> None:
    """One filing covers all transfers sent by then (§2(2)); a second one would be refused."""
    county, here = settle(session), world(session)
    care = care_of(list(county.units), 1, (BUREAU, WATCHDOG))
    stage = Stage(county, here.calendar, here.zone, care, first_day(NOW), NOW, 1, 3000)
    returned = 0
    for index in range(stage.petitions):
        story = cast(stage, index).story
        play(story)
        waiting = 0
        for act in sorted(story.acts, key=lambda act: act.at):
            waiting += act.kind is StepKind.transfer
            if act.kind is StepKind.file:
                assert waiting, story.texts
                returned += waiting > 1
                waiting = 0
    assert returned, "no story in which a transfer came back before it was filed"


def test_a_handful_of_letters_went_out_last_year(backend: Backend, shelf: None) -> None:
    for other in _opened(backend, "demo5"):
        _built(other, 60, draw=partial(letters.draw, county="清源县"))
        with all_rows():
            rows = other.scalars(select(Letter).order_by(Letter.issued_at)).all()
            assert 5 <= len(rows) <= 12
            assert {row.issued_at.year for row in rows if row.issued_at} == {2025}
            assert {row.status for row in rows} == {LetterStatus.issued, LetterStatus.void}
            assert len({row.kind for row in rows}) >= 4
            assert any(row.delivered_at for row in rows)
            papers = other.scalars(select(Attachment).where(Attachment.issued)).all()
            assert {row.sha256 for row in rows} == {paper.sha256 for paper in papers}
            assert all(next(store().read(paper.sha256, paper.size)).startswith(b"%PDF") for paper in papers)
        assert violated(other) == []
