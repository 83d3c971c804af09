"""What a ledger of the past becomes, and what a second load does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import assessing
from models.access import all_rows
from models.operations import deductions
from models.operations.intake import RegisterInput, register
from models.tables import Counter, Duty, Involvement, Petition, Petitioner, Staff, Step, Transfer, Unit
from models.terms import Case, Channel, DutyStatus, PetitionKind, PetitionStatus
from tests import ledgers
from tests.models.operations.ledger_desk import AS_OF, OFFICES, TRANSFER, WHOLE, Desk, P, count, only, step


@pytest.mark.both_databases
def test_a_ledger_becomes_petitions_with_their_duties(books: Desk) -> None:
    outcome = books.load([P], WHOLE)
    assert (outcome.petitions, outcome.steps, outcome.receivers, outcome.repeated) == (1, 4, 1, 0)
    petition = only(books.session, Petition)
    assert (petition.number, petition.title, petition.status) == ("2019-7", P["title"], PetitionStatus.replied)
    assert petition.received_at == datetime(2025, 3, 3, 1, tzinfo=UTC)
    person = only(books.session, Petitioner)
    assert (person.name, person.phone, person.id_number) == ("𠮷野", "00012345678", "000000199001011234")
    assert only(books.session, Transfer).reason == "属县人社局职责"
    with all_rows():
        duties = {duty.key: duty.status for duty in books.session.scalars(select(Duty))}
        kinds = list(books.session.scalars(select(Step.kind).order_by(Step.seq)))
        recorded = set(books.session.scalars(select(Step.recorded_at)))
    assert kinds == ["receive", "register", "route", "transfer", "file", "reply"]
    assert duties["REGISTER"] == duties["HANDLE:1"] == DutyStatus.discharged
    assert duties["REPORT_RESULT:1"] == DutyStatus.open
    assert recorded == {AS_OF}


def test_a_second_load_changes_nothing(books: Desk, tmp_path: Path) -> None:
    paths = ledgers.write(tmp_path, 40, OFFICES)
    first = books.load(*paths)
    every = (Petition, Petitioner, Step, Duty, Transfer, Staff, Counter)
    before = count(books.session, *every), versions(books.session)
    again = books.load(*paths)
    assert (first.petitions, again.petitions, again.steps, again.receivers) == (40, 0, 0, 0)
    assert again.repeated == first.petitions + first.steps
    assert (count(books.session, *every), versions(books.session)) == before


def versions(session: Session) -> list[tuple[str, int]]:
    with all_rows():
        return sorted((row.number, row.version) for row in session.execute(select(Petition.number, Petition.version)))


def test_what_came_later_is_added(books: Desk) -> None:
    books.load([P], WHOLE[:2])
    outcome = books.load([P], [*WHOLE, step("report_result", "2025-04-02 09:00", "D1", outcome="bureau")])
    assert (outcome.petitions, outcome.steps, outcome.repeated) == (0, 3, 3)
    assert only(books.session, Petition).status is PetitionStatus.replied
    assert books.load(None, WHOLE).steps == 0
    with all_rows():
        rows = {duty.key: duty.status for duty in books.session.scalars(select(Duty))}
    assert rows["HANDLE:1"] == DutyStatus.discharged


@pytest.mark.both_databases
def test_in_two_parts_or_at_once_gives_the_same_scores(books: Desk, tmp_path: Path) -> None:
    rows, rng = list(ledgers.tales(40, OFFICES, 5)), Random(1)
    books.load(*ledgers.write_rows(tmp_path, rows))
    with all_rows():
        at_once = [assessing.assessment(books.session, year, AS_OF) for year in (2024, 2025)]
        for table in (Duty, Transfer, Involvement, Step, Petitioner, Petition):
            books.session.execute(delete(table))
        books.session.commit()
    early = [(row, sorted(steps, key=lambda step: step["at"])[: rng.randint(0, len(steps))]) for row, steps in rows]
    first = books.load(*ledgers.write_rows(tmp_path, early))
    then = books.load(*ledgers.write_rows(tmp_path, rows))
    assert then.steps > 100
    assert first.steps + then.steps == sum(len(steps) for _, steps in rows)
    with all_rows():
        assert [assessing.assessment(books.session, year, AS_OF) for year in (2024, 2025)] == at_once


JUNK = (
    "",
    "x",
    "9" * 50,
    "-1",
    "2025-02-30",
    "0001-01-01T00:00+14:00",
    "9999-12-31T23:59-14:00",
    "A",
    "T1",
    "D1",
    "1e400",
)


@pytest.mark.both_databases
def test_any_cell_may_hold_anything(books: Desk, tmp_path: Path) -> None:
    for seed in range(6):
        rows, rng = list(ledgers.tales(12, OFFICES, 100 + seed)), Random(seed)
        for petition, steps in rows:
            for row in (petition, *steps):
                if rng.random() < 0.25:
                    row[rng.choice(list(petition) if row is petition else ledgers.HEADS[1])] = rng.choice(JUNK)
        paths = ledgers.write_rows(tmp_path, rows)
        assert books.load(*paths, skip_bad_rows=True).bad_rows > 0
        again = books.load(*paths, skip_bad_rows=True)
        assert (again.petitions, again.steps) == (0, 0)


def test_the_order_of_the_rows_does_not_matter(books: Desk) -> None:
    books.load([P], WHOLE[::-1])
    assert only(books.session, Petition).status is PetitionStatus.replied


def test_a_missing_registration_is_missed_and_can_be_assessed(books: Desk) -> None:
    books.load([P | {"registered_at": ""}], WHOLE)
    petition = only(books.session, Petition)
    assert petition.registered_at is None
    with all_rows():
        deductions.scan(books.session, AS_OF)
        found = assessing.assessment(books.session, 2025, AS_OF)
    line = next(unit for unit in found["units"] if unit["code"] == "T1")["deductions"]
    accept = next(one for one in line if one["rule"] == "ACCEPT")
    assert {duty["kind"] for duty in accept["duties"]} == {"REGISTER", "INFORM"}


@pytest.mark.parametrize(
    ("steps", "case", "state"),
    [
        ([TRANSFER], Case.B, PetitionStatus.handling),
        ([step("reply", "20 09:00", outcome="resolved")], Case.A, PetitionStatus.replied),
        ([step("designate", "20 09:00", "XFJ", to_unit="D1")], Case.D, PetitionStatus.handling),
        ([step("report_multi", "20 09:00")], Case.D, PetitionStatus.routed),
        ([step("inform", "20 09:00", outcome="legal_route"), step("close", "21 09:00")], Case.E, PetitionStatus.closed),
    ],
)
def test_a_routing_decision_left_out_follows_from_the_act(
    books: Desk, steps: list[Any], case: Case, state: PetitionStatus
) -> None:
    books.load([P], steps)
    petition = only(books.session, Petition)
    assert (petition.case, petition.status) == (case, state)
    assert books.load([P], steps).repeated == 1 + len(steps)


def test_lateness_and_missing_steps_refuse_nothing(books: Desk) -> None:
    steps = [
        step("route", "2025-05-30 09:00", outcome="A"),
        step("extend", "2025-09-01 09:00", days="90"),
        step("reply", "2025-10-01 09:00", outcome="resolved"),
        step("close", "2025-10-02 09:00"),
        step("inform", "2025-10-03 09:00", outcome="accepted"),
    ]
    books.load([P], steps)
    with all_rows():
        late = {row.key for row in books.session.scalars(select(Duty).where(Duty.late))}
    assert late == {"INFORM", "HANDLE:1"}
    assert only(books.session, Petition).status is PetitionStatus.closed


def test_empty_cells_are_not_recorded(books: Desk) -> None:
    bare = dict.fromkeys(("place", "petitioner", "phone", "id_number", "first_receiver"), "")
    books.load([P | bare, P | bare | {"number": "2019-8", "petitioner": "匿名", "urgent_at": "2025-03-03 09:30"}])
    with all_rows():
        rows = {row.number: row for row in books.session.scalars(select(Petition))}
        assert books.session.scalars(select(Petitioner)).all() == []
    assert (rows["2019-7"].place_id, rows["2019-7"].first_receiver_id, rows["2019-7"].anonymous) == (None, None, False)
    assert rows["2019-8"].anonymous
    assert rows["2019-8"].urgent_at == datetime(2025, 3, 3, 1, 30, tzinfo=UTC)


def test_first_receivers_are_found_by_name_or_kept_as_written(books: Desk) -> None:
    with all_rows():
        unit = books.session.scalar(select(Unit.id).where(Unit.code == "T1"))
        old, new = (
            Staff(name="老王", unit_id=unit, since=date(year, 1, 1), until=until)
            for year, until in ((2020, date(2024, 12, 31)), (2025, None))
        )
        books.session.add_all([old, new])
        books.session.commit()
        keys = (old.id, new.id)
    earlier = P | {"number": "b", "received_at": "2024-12-30 09:00"}
    before = count(books.session, Staff)
    assert books.load([P, earlier, P | {"number": "c", "first_receiver": "小李"}]).receivers == 1
    with all_rows():
        rows = {row.number: row for row in books.session.scalars(select(Petition))}
    assert (rows["b"].first_receiver_id, rows["2019-7"].first_receiver_id) == keys
    assert (rows["c"].first_receiver_id, rows["c"].receiver_text) == (None, "小李")
    assert count(books.session, Staff) == before


@pytest.mark.both_databases
def test_the_console_counts_on_after_the_ledger_s_numbers(books: Desk) -> None:
    books.load([P | {"number": "2025-000041"}])
    with all_rows():
        unit = books.session.scalar(select(Unit.id).where(Unit.code == "T1"))
        given = RegisterInput("t", "c", Channel.visit, PetitionKind.request, AS_OF, first_unit_id=unit)
        assert register(books.session, given, None, AS_OF, ledger=True).number == "2025-000042"


def test_a_unit_that_was_dissolved_still_stands_in_the_past(books: Desk) -> None:
    with all_rows():
        for unit in books.session.scalars(select(Unit).where(Unit.code.in_(("T1", "D1")))):
            unit.active = False
        books.session.commit()
    assert books.load([P], WHOLE).steps == 4
