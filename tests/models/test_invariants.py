"""Every invariant is broken once by plain SQL and must be reported, by its name and for the right petition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from models import invariants
from models.operations import deductions, recount
from models.operations.steps import StepInput, perform
from models.tables import (
    Accountability,
    AccountabilityEvent,
    Attachment,
    CalendarDay,
    Deduction,
    DeductionEvent,
    Duty,
    Involvement,
    Letter,
    Petition,
    Step,
    Transfer,
)
from models.terms import DayKind, DutyKind, DutyStatus, PetitionStatus, StepKind
from tests.models.operations.letter_desk import issued
from tests.models.operations.test_steps import T0, act, taken, transferred
from tests.well import violated

DAY = timedelta(days=1)
Break = Callable[[Any, Petition], None]


def change(county: Any, table_of: Any, where: Any, /, **values: Any) -> None:
    """One plain UPDATE that must hit at least one row."""
    county.session.flush()
    done = county.session.connection().execute(update(table_of.__table__).where(where).values(**values))
    assert done.rowcount > 0


def duty(county: Any, petition: Petition, which: str, /, **values: Any) -> None:
    table: Any = Duty.__table__
    change(county, Duty, (table.c.petition_id == petition.id) & (table.c.key == which), **values)


def no_duty(county: Any, petition: Petition) -> None:
    table: Any = Duty.__table__
    change(county, Duty, table.c.petition_id == petition.id, status=DutyStatus.lapsed, discharged_at=None)


def foreign_step(county: Any, petition: Petition) -> None:
    other = county.session.scalar(select(Step.id).where(Step.petition_id == taken(county).id))
    duty(county, petition, "HANDLE:1", opened_by_id=other)


def blind(county: Any, petition: Petition) -> None:
    duty(county, petition, "HANDLE:1", unit_id=county.units["ZJ"].id)


def about_the_obligor(county: Any, petition: Petition) -> None:
    table: Any = Petition.__table__
    change(county, Petition, table.c.id == petition.id, about_unit_id=county.units["RS"].id)


def twice(county: Any, petition: Petition) -> None:
    deductions.scan(county.session, T0 + 100 * DAY)
    county.session.execute(text("DROP INDEX uq_deduction_occurrence"))
    table: Any = Deduction.__table__
    row = county.session.connection().execute(select(table).limit(1)).one()
    county.session.connection().execute(insert(table).values({**row._mapping, "id": 999}))


def foreign_proof(county: Any, petition: Petition) -> None:
    deductions.scan(county.session, T0 + 100 * DAY)
    table: Any = Deduction.__table__
    change(county, Deduction, table.c.rule == "HANDLE", occurrence="handling:9")


def yearless(county: Any, petition: Petition) -> None:
    duty(county, petition, "HANDLE:1", charged=True)


def in_another_year(county: Any, petition: Petition) -> None:
    deductions.scan(county.session, T0 + 100 * DAY)
    table: Any = Deduction.__table__
    change(county, Deduction, table.c.rule == "HANDLE", year=2019)


def backwards(county: Any, petition: Petition) -> None:
    duty(county, petition, "REGISTER", opened_at=T0 + 9 * DAY)


def unfair_to_the_receiver(county: Any, petition: Petition) -> None:
    act(county, petition, "RS", "object", T0 + 2 * DAY, to_unit=county.units["ZJ"].id, reason="属住建局")
    duty(county, petition, "HANDLE:1", status=DutyStatus.open, ended_at=None)


def unfair_before_the_designation(county: Any, petition: Petition) -> None:
    duty(county, petition, "FILE:1", kind=DutyKind.DESIGNATE)


def merged(county: Any, petition: Petition) -> None:
    table: Any = Petition.__table__
    change(county, Petition, table.c.id == petition.id, merged_into_id=taken(county).id)


def other_receipt(county: Any, petition: Petition) -> None:
    table: Any = Step.__table__
    first = (table.c.petition_id == petition.id) & (table.c.seq == 1)
    change(county, Step, first, unit_id=county.units["ZJ"].id)


def other_first_unit(county: Any, petition: Petition) -> None:
    """Only where the database's own guard was taken away."""
    on = " ON petition" if county.session.get_bind().dialect.name == "postgresql" else ""
    county.session.execute(text(f"DROP TRIGGER keep_petition_first_unit_id{on}"))
    table: Any = Petition.__table__
    change(county, Petition, table.c.id == petition.id, first_unit_id=county.units["ZJ"].id)


def strange_keeper(county: Any, petition: Petition) -> None:
    table: Any = Petition.__table__
    change(county, Petition, table.c.id == petition.id, keeper_id=county.staff["ZJ"].id)


def no_keeper(county: Any, petition: Petition) -> None:
    table: Any = Petition.__table__
    change(county, Petition, table.c.id == petition.id, keeper_id=None)


def gap(county: Any, petition: Petition) -> None:
    table: Any = Step.__table__
    last = (table.c.petition_id == petition.id) & (table.c.kind == "transfer")
    change(county, Step, last, seq=9)


def other_date(county: Any, petition: Petition) -> None:
    duty(county, petition, "REGISTER", due_on=(T0 + 9 * DAY).date())


def other_moment(county: Any, petition: Petition) -> None:
    duty(county, petition, "REGISTER", due_at=T0 + 9 * DAY)


def other_state(county: Any, petition: Petition) -> None:
    table: Any = Petition.__table__
    change(county, Petition, table.c.id == petition.id, status="replied")


def lost_duty(county: Any, petition: Petition) -> None:
    table: Any = Duty.__table__
    gone = delete(table).where(table.c.petition_id == petition.id, table.c.key == "FOLLOW_UP:1.1")
    county.session.connection().execute(gone)


def invented_duty(county: Any, petition: Petition) -> None:
    duty(county, petition, "FILE:1", key="FILE:9")


def healed(county: Any, petition: Petition) -> None:
    """A late duty made to look punctual."""
    act(county, petition, "CG", "file", T0 + 30 * DAY, how="机要", what="报备")
    duty(county, petition, "FILE:1", late=False)


def lost_leg(county: Any, petition: Petition) -> None:
    county.session.connection().execute(delete(Transfer.__table__))


def jumped(county: Any, petition: Petition) -> None:
    """Final without a hearing."""
    deductions.scan(county.session, T0 + 100 * DAY)
    table: Any = Deduction.__table__
    change(county, Deduction, table.c.rule == "HANDLE", status="final")


def strange_path(county: Any, petition: Petition) -> None:
    deductions.scan(county.session, T0 + 100 * DAY)
    key = county.session.scalar(select(Deduction.id))
    table: Any = DeductionEvent.__table__
    change(county, DeductionEvent, table.c.deduction_id == key, status="answered")
    change(county, Deduction, Deduction.__table__.c.id == key, status="answered")


def own_judge(county: Any, petition: Petition) -> None:
    """Who confirmed has ruled as well."""
    deductions.scan(county.session, T0 + 100 * DAY)
    key = county.session.scalar(select(Deduction.id))
    staff = county.staff["XFJ"].id
    rows = [(status, staff) for status in ("confirmed", "appealed", "overturned")]
    told = [
        {"deduction_id": key, "at": T0, "status": status, "staff_id": who, "reason": "理由"} for status, who in rows
    ]
    county.session.execute(insert(DeductionEvent), told)
    change(county, Deduction, Deduction.__table__.c.id == key, status="overturned")


def serious(county: Any, petition: Petition, *statuses: str) -> None:
    """A file opened and decided by the same person."""
    staff = county.staff["XFJ"].id
    values = {"unit_id": county.units["CG"].id, "petition_id": petition.id, "ground": "perfunctory", "facts": "推诿"}
    row = Accountability(**values, opened_at=T0, opened_by_id=staff, status=statuses[-1])
    county.session.add(row)
    county.session.flush()
    common = {"accountability_id": row.id, "at": T0, "staff_id": staff, "reason": "理由"}
    county.session.execute(insert(AccountabilityEvent), [common | {"status": status} for status in statuses])


def unheard(county: Any, petition: Petition) -> None:
    serious(county, petition, "investigation", "decision")


def decided_by_the_opener(county: Any, petition: Petition) -> None:
    serious(county, petition, "investigation", "hearing", "decision", "closed")


def lost_involvement(county: Any, petition: Petition) -> None:
    table: Any = Involvement.__table__
    county.session.connection().execute(delete(table).where(table.c.unit_id == county.units["CG"].id))


def lost_letter(county: Any, petition: Petition) -> None:
    first, _second = issued(county, petition), issued(county, petition)
    assert violated(county.session) == []
    county.session.connection().execute(delete(Letter.__table__).where(Letter.__table__.c.id == first.id))


def other_paper(county: Any, petition: Petition) -> None:
    letter = issued(county, petition)
    table: Any = Attachment.__table__
    change(county, Attachment, table.c.id == letter.attachment_id, sha256="0" * 64)


def void_but_owing(county: Any, petition: Petition) -> None:
    now = T0 + timedelta(days=3)
    table: Any = Petition.__table__
    closed = {"status": PetitionStatus.closed, "closed_at": now, "voided_at": now}
    change(county, Petition, table.c.id == petition.id, **closed)


BREAKS: list[tuple[str, Break]] = [
    ("open-petition-has-a-duty", no_duty),
    ("duty-has-obligor-and-step", foreign_step),
    ("obligor-sees-the-matter", blind),
    ("obligor-sees-the-matter", about_the_obligor),
    ("one-deduction-per-occurrence", twice),
    ("deduction-rests-on-its-duties", foreign_proof),
    ("no-missed-duty-is-without-a-year", yearless),
    ("no-missed-duty-is-without-a-year", in_another_year),
    ("discharged-after-opened", backwards),
    ("no-clock-runs-while-waiting", unfair_to_the_receiver),
    ("no-clock-runs-while-waiting", unfair_before_the_designation),
    ("merged-matter-owes-nothing", merged),
    ("void-petition-owes-nothing", void_but_owing),
    ("first-unit-never-changes", other_receipt),
    ("first-unit-never-changes", other_first_unit),
    ("keeper-received-it-or-took-it-over", strange_keeper),
    ("keeper-received-it-or-took-it-over", no_keeper),
    ("steps-have-no-gap", gap),
    ("hearing-goes-along-the-chart", jumped),
    ("hearing-goes-along-the-chart", strange_path),
    ("appeal-has-another-judge", own_judge),
    ("accountability-is-heard-and-decided-by-another", unheard),
    ("accountability-is-heard-and-decided-by-another", decided_by_the_opener),
    ("due-date-has-its-working", other_date),
    ("letters-have-no-gap", lost_letter),
    ("letter-has-its-paper", other_paper),
    *(
        ("rows-follow-from-steps", spoil)
        for spoil in (other_moment, other_state, lost_duty, invented_duty, healed, lost_leg, lost_involvement)
    ),
]


@pytest.mark.parametrize(("name", "spoil"), BREAKS, ids=lambda part: getattr(part, "__name__", part))
def test_what_is_broken_is_reported(county: Any, name: str, spoil: Break) -> None:
    petition = transferred(county)
    assert violated(county.session) == []
    spoil(county, petition)
    found = violated(county.session)
    assert any(line.startswith(f"{petition.number} {name}") for line in found), found
    assert all(line.startswith(petition.number) for line in found), found
    county.session.rollback()


def test_every_invariant_is_broken_once_and_says_what_it_holds() -> None:
    assert {name for name, _spoil in BREAKS} == {one.id for one in invariants.EVERY}
    assert all(one.sentence and one.paragraph for one in invariants.EVERY)


@pytest.mark.both_databases
@pytest.mark.parametrize("column", ["first_unit_id", "first_receiver_id"])
def test_the_database_refuses_another_first_unit(county: Any, column: str) -> None:
    petition = taken(county)
    other = {"first_unit_id": county.units["ZJ"].id, "first_receiver_id": county.staff["ZJ"].id}[column]
    table: Any = Petition.__table__
    with (
        pytest.raises(IntegrityError, match=f"{column} (never changes|changes by a correction only)"),
        county.session.begin_nested(),
    ):
        change(county, Petition, table.c.id == petition.id, **{column: other})
    change(county, Petition, table.c.id == petition.id, **{column: getattr(petition, column)})


@pytest.mark.both_databases
def test_steps_that_cannot_be_read_are_reported_and_the_check_goes_on(county: Any) -> None:
    broken, sound = transferred(county), transferred(county)
    table: Any = Step.__table__
    change(county, Step, (table.c.petition_id == broken.id) & (table.c.kind == "route"), outcome="Z")
    found = violated(county.session)
    assert [line for line in found if "cannot be read" in line]
    assert not [line for line in found if line.startswith(sound.number)]
    county.session.rollback()


def test_follow_ups_that_a_scan_has_yet_to_lay_out_are_not_missing(county: Any) -> None:
    petition = transferred(county)
    deductions.scan(county.session, T0 + 300 * DAY)
    assert violated(county.session) == []
    act(county, petition, "RS", "acknowledge", T0 + 301 * DAY, note="收到")


def test_dates_that_the_next_scan_moves_are_no_violation(county: Any) -> None:
    """A holiday was announced: open dates stand as counted until they are counted again; then they must have moved."""
    petition = transferred(county)
    other = transferred(county)
    act(county, other, "CG", "file", T0 + 2 * DAY, how="函", what="备案")
    county.session.add(CalendarDay(day=date(2025, 3, 5), kind=DayKind.holiday, name="临时放假", source="县政府令3号"))
    county.session.flush()
    assert violated(county.session) == []
    recount.recount(county.session, T0 + 2 * DAY, "县政府令3号")
    assert violated(county.session) == []
    duty(county, petition, "FILE:1", due_on=date(2025, 3, 7), due_at=T0 + 4 * DAY)
    assert [line for line in violated(county.session) if "FILE:1.due_on" in line]
    county.session.rollback()


STEPS: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("CG", "file", T0 + 20 * DAY, {"how": "机要", "what": "报备"}),
    ("CG", "follow_up", T0 + 10 * DAY, {"how": "电话", "what": "催办"}),
    ("RS", "acknowledge", T0 + 3 * DAY, {}),
]


def test_the_order_of_entry_does_not_matter(county: Any) -> None:
    """Independent steps entered in every order give every unit the same duties."""
    sums = []
    for order in permutations(STEPS):
        petition = transferred(county)
        for code, kind, at, values in order:
            step = StepInput(StepKind(kind), at, values)
            perform(county.session, petition, step, county.actors[code], T0 + 25 * DAY)
        county.session.flush()
        group = (Duty.unit_id, Duty.kind, Duty.status, Duty.late, Duty.late_days, Duty.due_at)
        counted = select(*group, func.count(Duty.id)).where(Duty.petition_id == petition.id).group_by(*group)
        sums.append(sorted(map(str, county.session.execute(counted))))
    assert all(one == sums[0] for one in sums)
