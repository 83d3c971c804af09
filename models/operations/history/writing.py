"""Write replayed petitions into the tables, many at a time: a statement for a table, not for a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.errors import Conflict
from models.operations import intake
from models.operations.case_file import world
from models.operations.history.replay import Telling
from models.operations.numbers import insert_for
from models.operations.reconcile import duty_values, leg_values, settle_petition
from models.operations.steps import CHANGED
from models.tables import Counter, Duty, Involvement, Petition, Petitioner, Staff, Step, Transfer
from models.terms import StepKind

_FIRST = frozenset({StepKind.receive, StepKind.register, StepKind.urgent})
_OWN_SERIES = re.compile(r"(\d{4})-(\d{6})")


class Writer:
    """Puts tellings into the database of ``session``; flushes, never commits."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.unknown_receivers = 0
        self._staff: dict[tuple[int, str], list[tuple[int, date, date | None]]] = {}
        self._series: dict[int, int] = {}

    def write(self, cases: Sequence[Telling]) -> None:
        """All rows of ``cases``.

        Raises:
            Conflict: somebody else registered one of the numbers meanwhile.
        """
        self._receivers(cases)
        for case in cases:
            settle_petition(case)
            self._count(case.petition.number)
        try:
            self._insert(cases)
        except IntegrityError as error:
            raise Conflict(CHANGED) from error

    def _insert(self, cases: Sequence[Telling]) -> None:
        # ids are asked for afterwards: one INSERT … RETURNING of many rows is a new statement for every number of rows,
        # and the driver keeps each of them
        here = world(self.session)
        self._put(Petition, (_values(case.petition, Petition) | {"version": case.version} for case in cases))
        self._number_petitions(cases)
        self._put(Petitioner, (row for case in cases for row in _people(case)))
        self._put(Step, (_values(step, Step) for case in cases for step in case.steps))
        self._number_steps(cases)
        self._put(Duty, (row for case in cases for row in _duties(here, case)))
        self._put(Transfer, (row for case in cases for row in _legs(case)))
        pairs = ((case.petition.id, unit) for case in cases for unit in sorted(case.involved))
        self._put(Involvement, ({"petition_id": petition, "unit_id": unit} for petition, unit in pairs))

    def _number_petitions(self, cases: Sequence[Telling]) -> None:
        made = select(Petition.number, Petition.id).where(Petition.number.in_([case.petition.number for case in cases]))
        ids: dict[str, int] = dict(self.session.execute(made).all())
        for case in cases:
            case.petition.id = ids[case.petition.number]
            for step in case.steps:
                step.petition_id = case.petition.id

    def _number_steps(self, cases: Sequence[Telling]) -> None:
        made = select(Step.petition_id, Step.seq, Step.id).where(
            Step.petition_id.in_([case.petition.id for case in cases])
        )
        ids = {(petition, seq): key for petition, seq, key in self.session.execute(made)}
        for case in cases:
            for step in case.steps:
                step.id = ids[step.petition_id, step.seq]

    def _put(self, table: Any, rows: Iterable[dict[str, Any]]) -> None:
        found = list(rows)
        link = self.session.connection()
        if not found:
            return
        if link.dialect.name == "postgresql":
            _copy(link, table.__table__, found)
        else:
            link.execute(insert(table.__table__), found)

    # first receivers, by name
    def _receivers(self, cases: Sequence[Telling]) -> None:
        named = [case for case in cases if case.matter and case.matter.receiver]
        pairs = {(case.petition.first_unit_id, case.matter.receiver) for case in named if case.matter}
        self._look_up(pairs - self._staff.keys())
        zone = world(self.session).zone
        for case in named:
            assert case.matter is not None
            day = case.petition.received_at.astimezone(zone).date()
            person = self._person((case.petition.first_unit_id, case.matter.receiver), day)
            if person is None:
                self.unknown_receivers += 1
                case.petition.receiver_text = case.matter.receiver
                continue
            case.petition.first_receiver_id = case.petition.keeper_id = person
            for step in case.steps:
                if step.kind in _FIRST:
                    step.staff_id = person

    def _look_up(self, pairs: set[tuple[int, str]]) -> None:
        for pair in pairs:
            self._staff[pair] = []
        wanted = select(Staff.unit_id, Staff.name, Staff.id, Staff.since, Staff.until)
        wanted = wanted.where(Staff.name.in_({name for _, name in pairs})).order_by(Staff.id)
        for unit, name, key, since, until in self.session.execute(wanted):
            if (unit, name) in pairs:
                self._staff[unit, name].append((key, since, until))

    def _person(self, pair: tuple[int, str], day: date) -> int | None:
        """Who had this name in the unit on that day, else at all; nobody is made."""
        known = self._staff[pair]
        for person, since, until in known:
            if since <= day and (until is None or day <= until):
                return person
        return known[0][0] if known else None

    # what is settled at the end
    def _count(self, number: str) -> None:
        if own := _OWN_SERIES.fullmatch(number):
            year, value = int(own[1]), int(own[2])
            self._series[year] = max(value, self._series.get(year, 0))

    def finish(self) -> None:
        """The console's numbers go on after those of the ledger."""
        link = self.session.connection()
        counter: Any = Counter.__table__
        for year, value in sorted(self._series.items()):
            series = f"petition:{year}"
            fresh = insert_for(self.session, counter).values(series=series, value=0)
            link.execute(fresh.on_conflict_do_nothing(index_elements=["series"]))
            behind = update(counter).where(counter.c.series == series, counter.c.value < value)
            link.execute(behind.values(value=value))


def _copy(link: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    """COPY: a third of what the server spends on one INSERT after the other. All rows have the columns of the first."""
    names = list(rows[0])
    encoders = [table.c[name].type.dialect_impl(link.dialect).bind_processor(link.dialect) for name in names]
    quoted = ", ".join(f'"{name}"' for name in names)
    raw: Any = link.connection.driver_connection
    driver: Any = link.dialect.dbapi
    try:
        with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({quoted}) FROM STDIN') as copy:
            for row in rows:
                values = zip(encoders, row.values(), strict=True)
                copy.write_row([encode(value) if encode else value for encode, value in values])
    except driver.IntegrityError as error:
        raise IntegrityError(f"COPY {table.name}", None, error) from error


def _values(row: Any, table: Any) -> dict[str, Any]:
    """All columns but the key; what the row does not name as the table has it."""
    found, values = vars(row), {}
    for column in table.__table__.c:
        if column.key in found:
            values[column.key] = found[column.key]
        elif not column.primary_key and column.server_default is None:
            default = column.default
            scalar = default is None or default.is_scalar
            values[column.key] = default.arg(None) if not scalar else default and default.arg
    return values


def _people(case: Telling) -> list[dict[str, Any]]:
    assert case.matter is not None
    return [_values(row, Petitioner) for row in intake.petitioners_of(case.petition, case.matter.given)]


def _duties(here: Any, case: Telling) -> Iterable[dict[str, Any]]:
    ids = {step.seq: step.id for step in case.steps}
    book = here.rulebook(case.petition.received_at).id
    for key, duty in case.settled.items():
        values = duty_values(duty, here, ids, case.judged or duty.opened_at)
        yield {"petition_id": case.petition.id, "key": key, "rulebook_id": book, **values}


def _legs(case: Telling) -> Iterable[dict[str, Any]]:
    steps = {step.seq: step for step in case.steps}
    for leg in case.state.legs:
        yield {"petition_id": case.petition.id, "leg": leg.no, **leg_values(leg, steps[leg.sent_by])}
