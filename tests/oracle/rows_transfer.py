"""The rows of a transferred matter (B) and of following up (B, D); see ``rows``."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.oracle.days import ZONE, calendar_days, local, working_days
from tests.oracle.rows import NEVER, Book, Duty, at, duty, first_step

ANSWERS = ("acknowledge", "inform", "reply")


def transfer(book: Book) -> list[Duty]:
    """TRANSFER (B): first unit, routing B or an objection upheld, 3 working days."""
    if book["case"] != "B":
        return []
    openings = [book["routed"]] + [leg["ruled"] for leg in book["legs"] if leg["ruling"] == "uphold"]
    duties = []
    for number, opened in enumerate(openings, 1):
        due = working_days(local(opened), 3, *book["days"])
        done = book["legs"][number - 1]["sent"] if number <= len(book["legs"]) else None
        duties.append(duty("TRANSFER", book["first"], "TRANSFER", f"transfer:{number}", opened, due, done))
    return duties


def file(book: Book) -> list[Duty]:
    """FILE (B): first unit unless it is the bureau, transfer sent, 3 working days."""
    if book["first"] == book["bureau"]:
        return []
    duties = []
    for leg in book["legs"]:
        due = working_days(local(leg["sent"]), 3, *book["days"])
        done = at(first_step(book["steps"], "file", book["first"], leg["sent"]))
        duties.append(duty("FILE", book["first"], "TRANSFER", f"transfer:{leg['number']}", leg["sent"], due, done))
    return duties


def answer_transfer(book: Book) -> list[Duty]:
    """ANSWER_TRANSFER (B): receiving unit, transfer sent, 5 working days; silence counts as acknowledged."""
    duties = []
    for leg in book["legs"]:
        due = working_days(local(leg["sent"]), 5, *book["days"])
        acts = [first_step(book["steps"], kind, leg["unit"], leg["sent"], leg["end"]) for kind in ANSWERS]
        answers = [moment for moment in [*map(at, acts), leg["objected"]] if moment is not None]
        done = min(answers) if answers else None
        duties.append(duty("ANSWER_TRANSFER", leg["unit"], None, None, leg["sent"], due, done))
    return duties


def rule_on_objection(book: Book) -> list[Duty]:
    """RULE_ON_OBJECTION (B): bureau, objection, 3 working days."""
    duties = []
    for leg in book["legs"]:
        if leg["objected"] is not None:
            due = working_days(local(leg["objected"]), 3, *book["days"])
            duties.append(duty("RULE_ON_OBJECTION", book["bureau"], None, None, leg["objected"], due, leg["ruled"]))
    return duties


def inform_receiver(book: Book) -> list[Duty]:
    """INFORM (B): receiving unit, transfer sent (objection rejected: the ruling), 15 days."""
    duties = []
    for leg in book["legs"]:

        def due_from(start: datetime) -> date:
            return calendar_days(local(start), 15, *book["days"])

        duties.append(of_receiver(book, leg, "INFORM", "ACCEPT", f"acceptance:{leg['number']}", "inform", due_from))
    return duties


def of_receiver(book: Book, leg: Any, kind: str, rule: str, occurrence: str, step: str, due_from: Any) -> Duty:
    """A receiver's duty, whose clock starts anew when its objection is rejected and stands still until the ruling."""
    sent, objected, ruled = leg["sent"], leg["objected"], leg["ruled"]
    done = at(first_step(book["steps"], step, leg["unit"], sent, leg["end"]))
    found = duty(kind, leg["unit"], rule, occurrence, sent, due_from(sent), done)
    found["taken"] = leg["ruling"] == "uphold"
    if objected is None or (done is not None and done <= objected):
        return found
    due = found["due"]
    if due is not None and due < local(objected):  # missed before it objected: stays missed
        return found
    if ruled is None:
        found["due"] = None
    elif leg["ruling"] == "uphold":
        found["ended"] = True
    else:
        done = at(first_step(book["steps"], step, leg["unit"], ruled, leg["end"]))
        found = duty(kind, leg["unit"], rule, occurrence, ruled, due_from(ruled), done)
    return found


def follow_up(book: Book) -> list[Duty]:
    """FOLLOW_UP (B, D): first unit, every 15 days from the transfer or designation; ends are not rolled."""
    duties: list[Duty] = []
    laid: dict[int, int] = {}
    for task in book["tasks"]:
        number = task["series"]
        found = _periods(book, task, laid.get(number, 0))
        laid[number] = laid.get(number, 0) + len(found)
        duties.extend(found)
    return duties


def _periods(book: Book, task: Any, before: int) -> list[Duty]:
    """The periods of one span, numbered on from ``before``, up to the one in which it stops or ``as_of`` lies."""
    start = local(task["at"])
    reply = at(first_step(book["steps"], "reply", task["unit"], task["at"], task["end"])) or NEVER
    closings = [s["at"] for s in book["steps"] if s["step"] == "close" and s["at"] >= task["at"]]
    stop = local(min([task["end"], reply, *closings]))
    duties: list[Duty] = []
    while True:
        k = len(duties) + 1
        begins = start if k == 1 else start + timedelta(days=15 * (k - 1) + 1)
        ends = start + timedelta(days=15 * k)
        if begins > local(book["as_of"]) or begins > stop:
            return duties
        opened = max(task["at"], datetime.combine(begins, datetime.min.time(), ZONE))
        after = datetime.combine(ends + timedelta(days=1), datetime.min.time(), ZONE)
        done = at(first_step(book["steps"], "follow_up", book["first"], opened, after))
        occurrence = f"follow-up:{task['series']}.{k + before}"
        found = duty("FOLLOW_UP", book["first"], "FOLLOW_UP", occurrence, opened, ends, done)
        found["ended"] = begins <= stop <= ends and done is None
        found["basis"] = task["at"]
        duties.append(found)
