"""One plain function for each row of the duty table of §2, for the oracle only.

Every function takes the ``book`` of ``ledger.work_out`` (petition, steps, calendar, as_of, what the steps amount to)
and returns a list of duties. A duty is a dict: kind, unit, rule, occurrence, opened, due (a date; an instant for hour
clocks; None while its clock stands still), discharged, ended (cancelled or lapsed: never missed), taken (it can no
longer be met), basis (when the step happened on which it rests).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.oracle.days import ZONE, calendar_days, local, working_days

NEVER = datetime(9999, 1, 1, tzinfo=ZONE)
Book = dict[str, Any]
Duty = dict[str, Any]
Step = dict[str, Any]


def first_step(steps: list[Step], kind: str, unit: str, since: datetime, before: datetime = NEVER) -> Step | None:
    """The first step of ``kind`` by ``unit`` from ``since`` on and earlier than ``before``."""
    for step in steps:
        if step["step"] == kind and step["unit"] == unit and since <= step["at"] < before:
            return step
    return None


def at(step: Step | None) -> datetime | None:
    """When ``step`` happened."""
    return step["at"] if step else None


def duty(
    kind: str,
    unit: str,
    rule: str | None,
    occurrence: str | None,
    opened: datetime,
    due: date | datetime | None,
    discharged: datetime | None,
) -> Duty:
    """A duty that rests on the step that opened it."""
    return {
        "kind": kind,
        "unit": unit,
        "rule": rule,
        "occurrence": occurrence,
        "opened": opened,
        "due": due,
        "discharged": discharged,
        "ended": False,
        "taken": False,
        "basis": opened,
    }


def register(book: Book) -> list[Duty]:
    """REGISTER: first unit, received, same day rolled."""
    petition = book["petition"]
    due = calendar_days(local(petition["received_at"]), 0, *book["days"])
    done = petition["registered_at"]
    if done is not None and done > book["as_of"]:
        done = None
    return [duty("REGISTER", petition["first_unit"], "ACCEPT", "acceptance", petition["received_at"], due, done)]


def inform_first(book: Book) -> list[Duty]:
    """INFORM: first unit, received, 15 days."""
    petition = book["petition"]
    due = calendar_days(local(petition["received_at"]), 15, *book["days"])
    done = at(first_step(book["steps"], "inform", petition["first_unit"], petition["received_at"]))
    return [duty("INFORM", petition["first_unit"], "ACCEPT", "acceptance", petition["received_at"], due, done)]


def report_urgent(book: Book) -> list[Duty]:
    """REPORT_URGENT (C) ×3: first unit, known to be urgent; 2 h, 2 h and 24 h elapsed."""
    known = book["petition"]["urgent_at"]
    if known is None or known > book["as_of"]:
        return []
    duties = []
    for addressee, hours in (("unit_leader", 2), ("leader_in_charge", 2), ("bureau", 24)):
        if addressee == "bureau" and book["first"] == book["bureau"]:
            continue
        done = None
        for step in book["steps"]:
            named = step["step"] == "report_urgent" and step["outcome"] == addressee
            if named and step["unit"] == book["first"] and step["at"] >= known:
                done = done or step["at"]
        kind = "REPORT_URGENT_" + addressee.upper()
        due = known + timedelta(hours=hours)
        duties.append(duty(kind, book["first"], "TRANSFER", "urgent", known, due, done))
    return duties


def report_multi(book: Book) -> list[Duty]:
    """REPORT_MULTI (D): first unit unless it is the bureau, routing D, 3 working days."""
    if book["case"] != "D" or book["first"] == book["bureau"]:
        return []
    due = working_days(local(book["routed"]), 3, *book["days"])
    done = at(first_step(book["steps"], "report_multi", book["first"], book["routed"]))
    return [duty("REPORT_MULTI", book["first"], "TRANSFER", "multi", book["routed"], due, done)]


def designate(book: Book) -> list[Duty]:
    """DESIGNATE (D): bureau, report (or routing, if the bureau is first), 5 working days."""
    if book["case"] != "D":
        return []
    opened = book["routed"]
    if book["first"] != book["bureau"]:
        opened = at(first_step(book["steps"], "report_multi", book["first"], book["routed"]))
    done = book["designations"][0]["at"] if book["designations"] else None
    if opened is None or (done is not None and done <= opened):
        return []
    due = working_days(local(opened), 5, *book["days"])
    return [duty("DESIGNATE", book["bureau"], None, None, opened, due, done)]


def convene(book: Book) -> list[Duty]:
    """CONVENE (D): lead unit, designation, 5 working days."""
    duties = []
    for designation in book["designations"]:
        lead, since = designation["unit"], designation["at"]
        due = working_days(local(since), 5, *book["days"])
        done = at(first_step(book["steps"], "convene", lead, since))
        duties.append(duty("CONVENE", lead, "HANDLE", f"handling:{designation['number']}", since, due, done))
    return duties
