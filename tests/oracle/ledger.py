"""The oracle: a second, deliberately naive working-out of duties and deductions, written from ``domain.md`` alone.

It shares nothing with the product but words. Every step is taken as having happened; steps later than ``as_of`` are not
looked at. Where the text is silent or ambiguous it is read as follows (each with the alternative that was not taken):

 1. *HANDLE (A) opens at "the earlier of acceptance and the end of the INFORM clock"*; acceptance is an ``inform``
    with outcome ``accepted`` by the first unit, even one before the routing; the end of the clock is the rolled due
    date. (Not: any inform; not: never earlier than the routing.)
 2. *A reply before HANDLE (A) could open* leaves nothing to open. (Not: opened and discharged at once.) It is no
    ``inform``.
 3. *INFORM* is discharged by any inform of the unit, whatever its outcome. (Not: only one that fits the case.)
 4. *FILE "discharged by: file"*: a file step names no leg, so each FILE is discharged by the first one since its
    transfer; one late letter can file two legs. (Not: one step, one leg.)
 5. *"silence counts as acknowledged"*: ANSWER_TRANSFER is never missed; its first act of any kind answers it. (Not:
    missed without points; not: discharged at its due moment.)
 6. *An objection after 5 working days* is late, no contradiction (interface: lateness refuses nothing), else "but not
    one it had already missed" could never apply. The excused days run from the objection to the ruling, so "already
    missed" means due before the day of the objection; such a duty keeps its old clock, also when the objection is
    rejected.
 7. *"objection rejected: the ruling"*: INFORM and HANDLE that are neither done nor missed at the objection start anew
    at the ruling; one done before the objection stays done. (Not: must be done again.) Until the ruling they have no
    due date.
 8. *FOLLOW_UP and FILE of the sender* go on during an objection. (Only "the receiver's days … are excused".)
 9. *A follow-up before the transfer or designation* on the same day does not count for period 1.
10. *"<assignment>"* is the leg in B, the designation in D, 1 in A; *"<leg>"* of FOLLOW_UP in D is the designation.
11. *REPORT_RESULT "to the bureau and to the first unit"*: nobody reports to itself: a lead that is the first unit or
    the bureau owes only the other report, and a bureau that is the first unit needs one, under either name.
12. *REPORT_URGENT ×3 "to bureau"*: not owed by a bureau that is the first unit, as for FILE. (Not: literally three.)
13. *FOLLOW_UP by "first unit"* is owed also by a first unit that is itself the lead or the bureau: no exception is
    stated.
14. *REPORT_RESULT "opens: reply"*: the first reply of an assignment opens it. (Not: each reply.) A report names no
    assignment and counts for every reply before it.
15. *A pause "adds the paused days likewise"*, as the extension does: to the HANDLE of the unit that pauses and to
    nothing else; days between the two dates; an unended pause stops the clock; a pause or extension after the due
    date is too late to change it; a pause ends with the reply at the latest.
16. *DESIGNATE "opens: report"*: without a report it never opens; a designation may come first, and REPORT_MULTI stays
    owed.
17. *"nobody else's clock runs meanwhile"* (D) speaks of HANDLE, CONVENE and FOLLOW_UP; INFORM and the urgent reports,
    opened by receipt, go on.
18. *CONVENE* is discharged only by the lead's own step, REPORT_URGENT only by the first unit's.
19. *reopen* is in no row: read as a new assignment of the unit that handled the matter, with 60 days from the
    reopening, followed up again (the periods are numbered on). A matter that nobody handled (E, or not yet routed) is
    decided anew, and HANDLE (A) then starts no earlier than the reopening.
20. *A petitioner's written withdrawal* ends every duty that rests on an earlier step and is not done: one whose due
    date is not before the day of the withdrawal (hours: instant) is not missed; one already missed stays missed,
    whatever is done later (decided by the county; the other way is to let it be met late). Reopening revives neither.
21. *An empty ``registered_at``* means never registered.
22. *KEEP_PROMISE "discharged by: reply"*: by a reply that says the matter is solved, never by one that promises again
    (which opens ``promise:<n+1>``); a reply that says no, or that it cannot be done, ends it unmet: by the promised day
    it is not missed, afterwards it stays missed.
23. *HANDLE "60 days (art. 34)"* is owed for every kind of petition, not only for requests.
24. *"the lead and the co-handling units"*: a co-handling unit owes nothing of its own; no row names it.
25. *Steps of the same minute* happened in the order in which they are told.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.oracle import rows, rows_handling, rows_transfer
from tests.oracle.days import local
from tests.oracle.rows import NEVER, Book, Duty, Step

POINTS = {"ACCEPT": Decimal("1"), "TRANSFER": Decimal("1"), "HANDLE": Decimal("2"), "FOLLOW_UP": Decimal("0.5")}

ROWS = (
    rows.register,
    rows.inform_first,
    rows_transfer.transfer,
    rows_transfer.file,
    rows_transfer.answer_transfer,
    rows_transfer.rule_on_objection,
    rows_transfer.inform_receiver,
    rows_handling.handle_own,
    rows_handling.handle_transferred,
    rows_handling.handle_designated,
    rows_handling.handle_reopened,
    rows_handling.report_result,
    rows_handling.keep_promise,
    rows_transfer.follow_up,
    rows.report_urgent,
    rows.report_multi,
    rows.designate,
    rows.convene,
)


def work_out(
    petition: dict[str, Any],
    steps: list[Step],
    bureau: str,
    as_of: datetime,
    days: tuple[set[date], set[date]],
) -> dict[str, list[dict[str, Any]]]:
    """Duties and deductions of one petition at ``as_of``; ``days`` are the holidays and the make-up working days.

    Returns ``{"duties": [...], "deductions": [...]}``.
    """
    happened = _in_order([step for step in steps if step["at"] <= as_of])
    book = _book(petition, happened, bureau, as_of, days)
    duties: list[Duty] = []
    for row in ROWS:
        for found in row(book):
            if _told(found["opened"]) <= as_of:
                _judge(found, as_of, _withdrawals(happened))
                duties.append(found)
    return {"duties": duties, "deductions": deductions(duties)}


def _in_order(steps: list[Step]) -> list[Step]:
    """Sorted; steps of one minute a microsecond apart, in the order in which they are told."""
    ordered = sorted(steps, key=lambda step: step["at"])
    return [{**step, "at": step["at"] + timedelta(microseconds=place)} for place, step in enumerate(ordered)]


def _told(moment: datetime) -> datetime:
    """The moment as the ledger tells it, to the minute."""
    return moment.replace(second=0, microsecond=0)


def _book(petition: Any, happened: list[Step], bureau: str, as_of: datetime, days: Any) -> Book:
    """What the steps amount to: the case, the legs of a transfer, the designations."""
    case, routed, returned = None, None, None
    for step in happened:
        if step["step"] == "reopen" and case not in ("A", "B", "D"):
            case, returned = None, step["at"]
        if step["step"] == "route" and case is None:
            case, routed = step["outcome"], step["at"]
    book: Book = {
        "petition": petition,
        "steps": happened,
        "bureau": bureau,
        "first": petition["first_unit"],
        "as_of": as_of,
        "days": days,
        "case": case,
        "routed": routed,
        "returned": returned,
        "legs": _legs(happened, bureau) if case == "B" else [],
        "designations": _designations(happened) if case == "D" else [],
    }
    book["reopened"] = _reopened(book)
    book["tasks"] = book["legs"] + book["designations"] + ([] if case == "A" else book["reopened"])
    return book


def _reopened(book: Book) -> list[dict[str, Any]]:
    """Each reopening as a new task of the unit that handled the matter; the task before it lasts until then."""
    before = book["legs"] + book["designations"]
    if book["case"] == "A":
        before = [{"number": 1, "unit": book["first"], "series": 1, "until": NEVER}]
    tasks: list[dict[str, Any]] = []
    book["own"] = before[0] if before else None
    for step in book["steps"]:
        if step["step"] == "reopen" and before and step["at"] > book["routed"]:
            last = (before + tasks)[-1]
            last["until"] = step["at"]
            number = last["number"] + 1
            task = {"number": number, "unit": last["unit"], "series": last["series"], "at": step["at"]}
            tasks.append({**task, "end": NEVER, "until": NEVER})
    return tasks


def _legs(happened: list[Step], bureau: str) -> list[dict[str, Any]]:
    """Each transfer with the objection to it and the ruling on that."""
    legs: list[dict[str, Any]] = []
    for step in happened:
        last = legs[-1] if legs else None
        if step["step"] == "transfer":
            leg = {"number": len(legs) + 1, "unit": step["to_unit"], "sent": step["at"], "at": step["at"]}
            leg |= {"series": leg["number"], "end": NEVER, "until": NEVER}
            legs.append(leg | {"objected": None, "ruled": None, "ruling": None})
        elif last is not None and step["step"] == "object" and step["unit"] == last["unit"]:
            last["objected"] = last["objected"] or step["at"]
        elif last is not None and last["objected"] is not None and last["ruled"] is None:
            if step["unit"] == bureau and step["step"] in ("uphold", "reject"):
                last["ruled"], last["ruling"] = step["at"], step["step"]
            if last["ruling"] == "uphold":
                last["end"] = last["until"] = step["at"]
    return legs


def _designations(happened: list[Step]) -> list[dict[str, Any]]:
    """The first designation: the lead and when."""
    found = [step for step in happened if step["step"] == "designate"][:1]
    common = {"number": 1, "series": 1, "end": NEVER, "until": NEVER}
    return [{**common, "unit": step["to_unit"], "at": step["at"]} for step in found]


def _withdrawals(happened: list[Step]) -> list[datetime]:
    return [step["at"] for step in happened if step["step"] == "close" and step["outcome"] == "withdrawn"]


def _judge(found: Duty, as_of: datetime, withdrawals: list[datetime]) -> None:
    """Set ``missed`` and ``late_days``; a withdrawal ends what was not missed by then."""
    for moment in withdrawals:
        undone = found["discharged"] is None or found["discharged"] > moment
        if found["basis"] <= moment and undone and not found["ended"]:
            found["discharged"], found["taken"] = None, True
            found["ended"] = not _past(found["due"], _told(moment))
    found["opened"] = _told(found["opened"])
    found["discharged"] = _told(found["discharged"]) if found["discharged"] else None
    seen = found["discharged"] or as_of
    late = not found["ended"] and _past(found["due"], seen)
    found["silent"] = late and found["kind"] == "ANSWER_TRANSFER"
    found["missed"] = late and not found["silent"]
    found["late_days"] = max(1, (local(seen) - due_day(found)).days) if found["missed"] else 0


def _past(due: date | datetime | None, moment: datetime) -> bool:
    """Whether ``due`` has passed at ``moment``: instants for hours, dates for days; a stopped clock never passes."""
    if due is None:
        return False
    return due < moment if isinstance(due, datetime) else due < local(moment)


def due_day(found: Duty) -> date:
    """The day on which the duty is due."""
    due = found["due"]
    return local(due) if isinstance(due, datetime) else due


def deductions(duties: list[Duty]) -> list[dict[str, Any]]:
    """One deduction for each (unit, rule, occurrence) with missed duties; its year is that of the earliest due date."""
    groups: dict[tuple[str, str, str], list[Duty]] = {}
    for found in duties:
        if found["missed"] and found["rule"] is not None:
            groups.setdefault((found["unit"], found["rule"], found["occurrence"]), []).append(found)
    return [
        {
            "unit": unit,
            "rule": rule,
            "occurrence": occurrence,
            "points": POINTS[rule],
            "year": min(due_day(found) for found in missed).year,
            "duties": missed,
        }
        for (unit, rule, occurrence), missed in sorted(groups.items())
    ]


def still_open(worked: dict[str, list[dict[str, Any]]]) -> list[Duty]:
    """The duties that §4 would not let a petition be closed over.

    A follow-up period cannot be made up for and ends with the reply; silence counts as an answer; a duty of a unit from
    which the matter was taken, or one ended by a withdrawal, can no longer be met.
    """
    found = []
    for item in worked["duties"]:
        gone = item["kind"] == "FOLLOW_UP" or item["silent"] or item["taken"]
        if item["discharged"] is None and not item["ended"] and not gone:
            found.append(item)
    return found
