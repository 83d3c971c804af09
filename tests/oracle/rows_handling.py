"""The rows of handling, reporting the result and keeping a promise; see ``rows``."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.oracle.days import ZONE, calendar_days, local, roll, working_days
from tests.oracle.rows import NEVER, Book, Duty, at, duty, first_step
from tests.oracle.rows_transfer import of_receiver


def handle_own(book: Book) -> list[Duty]:
    """HANDLE (A): first unit, the earlier of acceptance and the end of the INFORM clock, 60 days, +≤30."""
    if book["case"] != "A":
        return []
    received = book["petition"]["received_at"]
    end_of_inform = calendar_days(local(received), 15, *book["days"])
    opened = datetime.combine(end_of_inform, datetime.max.time(), ZONE)
    for step in book["steps"]:
        if step["step"] == "inform" and step["unit"] == book["first"] and step["outcome"] == "accepted":
            opened = min(opened, step["at"])
    if book["returned"] is not None:
        opened = max(opened, book["returned"])
    reply = first_step(book["steps"], "reply", book["first"], book["routed"], book["own"]["until"])
    if reply is not None and reply["at"] < opened:
        return []  # replied before it could open
    due = _handling_due(book, book["first"], book["returned"] or received, local(opened))
    found = duty("HANDLE", book["first"], "HANDLE", "handling:1", opened, due, at(reply))
    found["basis"] = book["routed"]
    return [found]


def handle_transferred(book: Book) -> list[Duty]:
    """HANDLE (B): receiving unit, transfer sent (objection rejected: the ruling), 60 days, +≤30."""
    duties = []
    for leg in book["legs"]:

        def due_from(start: datetime, unit: str = leg["unit"]) -> date | None:
            return _handling_due(book, unit, start, local(start))

        found = of_receiver(book, leg, "HANDLE", "HANDLE", f"handling:{leg['number']}", "reply", due_from)
        if found["discharged"] is not None and found["discharged"] >= leg["until"]:
            found["discharged"] = None  # that was the reply of a later assignment
        duties.append(found)
    return duties


def handle_designated(book: Book) -> list[Duty]:
    """HANDLE (D): lead unit, designation, 60 days, +≤30."""
    duties = []
    for designation in book["designations"]:
        lead, since = designation["unit"], designation["at"]
        due = _handling_due(book, lead, since, local(since))
        done = at(first_step(book["steps"], "reply", lead, since, designation["until"]))
        duties.append(duty("HANDLE", lead, "HANDLE", f"handling:{designation['number']}", since, due, done))
    return duties


def handle_reopened(book: Book) -> list[Duty]:
    """HANDLE (A, B, D) of a matter opened again: the unit that handled it, the reopening, 60 days, +≤30."""
    duties = []
    for task in book["reopened"]:
        unit, since = task["unit"], task["at"]
        due = _handling_due(book, unit, since, local(since))
        done = at(first_step(book["steps"], "reply", unit, since, task["until"]))
        duties.append(duty("HANDLE", unit, "HANDLE", f"handling:{task['number']}", since, due, done))
    return duties


def _handling_due(book: Book, unit: str, since: datetime, start: date) -> date | None:
    """60 days; an extension and the paused days are added to the raw date, and then it rolls. None while paused."""
    raw = start + timedelta(days=60)
    extended = False
    replied = at(first_step(book["steps"], "reply", unit, since))
    for step in book["steps"]:
        in_time = step["unit"] == unit and step["at"] >= since and local(step["at"]) <= roll(raw, *book["days"])
        in_time = in_time and (replied is None or step["at"] <= replied)
        if step["step"] == "extend" and in_time and not extended:
            raw = raw + timedelta(days=min(step["days"], 30))
            extended = True
        if step["step"] == "pause" and in_time:
            ended = at(first_step(book["steps"], "resume", unit, step["at"], replied or NEVER)) or replied
            if ended is None:
                return None
            raw = raw + (local(ended) - local(step["at"]))
    return roll(raw, *book["days"])


def report_result(book: Book) -> list[Duty]:
    """REPORT_RESULT (B, D): responsible unit, reply, 3 working days, to the bureau and to the first unit."""
    duties = []
    for task in book["tasks"]:
        reply = first_step(book["steps"], "reply", task["unit"], task["at"], task["until"])
        wanted = {book["bureau"], book["first"]} - {task["unit"]}
        if reply is not None and wanted:
            arrived = [_reported(book, task, addressee, reply["at"]) for addressee in wanted]
            done = None if None in arrived else max(arrived)
            due = working_days(local(reply["at"]), 3, *book["days"])
            occurrence = f"handling:{task['number']}"
            duties.append(duty("REPORT_RESULT", task["unit"], "HANDLE", occurrence, reply["at"], due, done))
    return duties


def _reported(book: Book, task: Any, addressee: str, since: datetime) -> Any:
    for step in book["steps"]:
        if step["step"] == "report_result" and step["unit"] == task["unit"] and since <= step["at"]:
            if step["outcome"] == "bureau" and addressee == book["bureau"]:
                return step["at"]
            if step["outcome"] == "first_unit" and addressee == book["first"]:
                return step["at"]
    return None


def keep_promise(book: Book) -> list[Duty]:
    """KEEP_PROMISE (A): responsible unit, reply explained with a date, that date unrolled; solved."""
    if book["case"] != "A":
        return []
    replies = [s for s in book["steps"] if s["step"] == "reply" and s["unit"] == book["first"]]
    duties = []
    for place, reply in enumerate(replies):
        if reply["outcome"] == "explained":
            occurrence = f"promise:{len(duties) + 1}"
            last = next((s for s in replies[place + 1 :] if s["outcome"] != "explained"), None)
            solved = last is not None and last["outcome"] == "resolved"
            found = duty(
                "KEEP_PROMISE",
                book["first"],
                "HANDLE",
                occurrence,
                reply["at"],
                reply["until"],
                last["at"] if last and solved else None,
            )
            found["ended"] = last is not None and not solved and local(last["at"]) <= reply["until"]
            found["taken"] = last is not None and not solved
            duties.append(found)
    return duties
