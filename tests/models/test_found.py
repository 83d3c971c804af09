"""What the machine of ``test_stateful`` and the oracle found, each told again so that it stays found."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.access import all_rows
from models.errors import DomainError
from models.operations import deductions
from models.operations.case_file import file_of
from models.operations.steps import StepInput, perform
from models.terms import DutyKind, DutyStatus, StepKind
from tests.oracle.county import County
from tests.oracle.days import ZONE
from tests.oracle.dice import Dice
from tests.oracle.engine import CODES
from tests.oracle.proof import values


@pytest.fixture
def county(session: Session) -> County:
    return County(session)


class Tale:
    """What the machine found, told again: a petition received by T1 on Monday, 2 March 2026, at nine."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.now = datetime(2026, 3, 2, 9, tzinfo=ZONE)
        petition = {"received_at": self.now, "registered_at": self.now, "urgent_at": None, "first_unit": "T1"}
        self.other = county.receive(petition, self.now).id
        self.row = county.receive(petition, self.now)

    def then(self, day: str, code: str, kind: str, /, **said: Any) -> Tale:
        """A step with full proof, ten o'clock, entered as it happens."""
        at = datetime.fromisoformat(f"{day} 10:00").replace(tzinfo=ZONE)
        self.now = max(self.now, at)
        units = [self.county.ids[code] for code in CODES]
        filled = values(Dice(lambda low, high: low), StepKind(kind), at, units, self.other)
        if "to_unit" in said:
            said["to_unit"] = self.county.ids[said["to_unit"]]
        given = StepInput(StepKind(kind), at, filled | said, unit_id=self.county.ids[code])
        with all_rows():
            perform(self.county.session, self.row, given, None, self.now)
        return self

    def open(self) -> set[tuple[str, str]]:
        with all_rows():
            duties = file_of(self.county.session, self.row, self.now).state.open_duties
        return {(duty.key, self.county.codes[duty.unit]) for duty in duties}


def transferred(county: County) -> Tale:
    """Sent to D1 on Wednesday, 4 March."""
    tale = Tale(county).then("2026-03-03", "T1", "route", outcome="B")
    return tale.then("2026-03-04", "T1", "transfer", to_unit="D1")


def test_a_unit_the_matter_went_back_from_cannot_reopen_it(county: County) -> None:
    tale = (
        Tale(county).then("2026-03-03", "T1", "route", outcome="B").then("2026-03-04", "T1", "transfer", to_unit="D1")
    )
    tale.then("2026-03-05", "D1", "object", to_unit="D2").then("2026-03-06", "XF", "uphold")
    tale.then("2026-03-07", "T1", "close", outcome="withdrawn")
    with pytest.raises(DomainError):
        tale.then("2026-03-09", "D1", "reopen")
    tale.then("2026-03-09", "T1", "reopen")


def test_a_returned_review_leaves_no_duty_that_nobody_can_meet(county: County) -> None:
    tale = Tale(county).then("2026-03-03", "T1", "route", outcome="D").then("2026-03-04", "T1", "report_multi")
    tale.then("2026-03-05", "XF", "designate", to_unit="D1").then("2026-03-06", "T1", "inform", outcome="led_by")
    tale.then("2026-03-09", "D1", "reply", outcome="resolved").then("2026-03-10", "T1", "ask_review")
    tale.then("2026-03-11", "XF", "review", outcome="returned").then("2026-03-12", "D1", "convene")
    tale.then("2026-03-13", "D1", "reply", outcome="resolved")
    tale.then("2026-03-16", "D1", "report_result", outcome="bureau")
    tale.then("2026-03-17", "D1", "report_result", outcome="first_unit")
    tale.then("2026-03-18", "T1", "close", outcome="replied")


def test_a_wrong_merge_undone_makes_nobody_responsible_who_was_not(county: County) -> None:
    tale = Tale(county).then("2026-03-03", "T1", "route", outcome="D").then("2026-03-04", "XF", "merge")
    tale.then("2026-03-05", "XF", "reopen")
    assert not {kind for kind, _ in tale.open()} & {"HANDLE:1", "FOLLOW_UP:1.1"}
    tale.then("2026-03-06", "T1", "route", outcome="D").then("2026-03-09", "T1", "report_multi")


@pytest.mark.both_databases
def test_a_scan_ahead_of_time_locks_nothing(county: County) -> None:
    tale = (
        Tale(county).then("2026-03-03", "T1", "route", outcome="B").then("2026-03-04", "T1", "transfer", to_unit="D1")
    )
    tale.then("2026-03-05", "D1", "object", to_unit="D2")
    with all_rows(), suppress(DomainError):  # the future need not be judged
        deductions.scan(county.session, tale.now + timedelta(days=60))
    tale.then("2026-03-06", "XF", "uphold")
    assert ("TRANSFER:2", "T1") in tale.open()


def test_a_merge_is_not_slipped_in_before_what_moved_the_matter(county: County) -> None:
    tale = (
        Tale(county).then("2026-03-03", "T1", "route", outcome="B").then("2026-03-06", "T1", "transfer", to_unit="D1")
    )
    with pytest.raises(DomainError):
        tale.then("2026-03-03", "XF", "merge")


def test_what_was_missed_before_a_withdrawal_stays_missed(county: County) -> None:
    tale = Tale(county).then("2026-03-18", "T1", "close", outcome="withdrawn").then("2026-03-19", "T1", "reopen")
    tale.then("2026-03-20", "T1", "inform", outcome="accepted")
    with all_rows():
        duties = file_of(county.session, tale.row, tale.now).state.duties
    told = next(duty for duty in duties if duty.kind is DutyKind.INFORM)
    assert (told.status, told.late_days(tale.now, ZONE)) == (DutyStatus.lapsed, 3)


def test_a_matter_reopened_and_kept_is_not_late_at_once(county: County) -> None:
    tale = Tale(county).then("2026-03-03", "T1", "route", outcome="E")
    tale.then("2026-03-04", "T1", "inform", outcome="legal_route").then(
        "2026-03-05", "T1", "close", outcome="legal_route"
    )
    tale.then("2026-08-10", "T1", "reopen").then("2026-08-11", "T1", "route", outcome="A")
    with all_rows():
        duties = file_of(county.session, tale.row, tale.now).state.duties
    handle = next(duty for duty in duties if duty.kind is DutyKind.HANDLE)
    assert handle.due.on == date(2026, 10, 9)  # 60 days from the reopening, after the holidays
