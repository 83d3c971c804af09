"""Random petitions with what was done about them: legal histories over all five cases, late and missing steps included.

``ledger(dice)`` gives ``{"petition", "steps", "as_of", "bureau"}`` in the words of the history files; ``ledgers()`` is
the Hypothesis strategy, ``seeded_ledger(seed)`` the plain function; ``illegal`` makes steps to be refused.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle import tracks
from tests.oracle.days import ZONE, calendar_days, local, working_days
from tests.oracle.dice import Dice, drawn, seeded
from tests.oracle.ledger import still_open, work_out
from tests.oracle.moments import DAYS, act, later, start

BUREAU = tracks.BUREAU
PAPERS = ("inform", "file", "acknowledge", "report_result", "report_urgent", "report_multi", "follow_up", "convene")
Ledger = dict[str, Any]


def seeded_ledger(seed: int) -> Ledger:
    """The ledger of ``seed``: the same one every time."""
    return ledger(seeded(seed))


@st.composite
def ledgers(draw: Any) -> Ledger:
    """Ledgers as Hypothesis draws them."""
    return ledger(drawn(draw))


def ledger(dice: Dice) -> Ledger:
    """One petition, its steps in time order, and a moment at which to judge it (not before the last step)."""
    received = start(dice)
    petition = {
        "received_at": received,
        "registered_at": later(dice, received, calendar_days(local(received), 0, *DAYS)),
        "first_unit": dice.one_of(["T1", "T2", "D1", BUREAU]),
        "urgent_at": None,
    }
    if dice.chance(6):
        petition["registered_at"] = None  # forgotten: the past is known from its steps
    made: Ledger = {"petition": petition, "steps": [], "bureau": BUREAU}
    _urgent(dice, made)
    _course(dice, made)
    made["steps"].sort(key=lambda step: step["at"])
    _ending(dice, made)
    made["as_of"] = _as_of(dice, made)
    return made


def begun(petition: dict[str, Any]) -> datetime:
    """When the matter was registered; when it was received, if that was forgotten."""
    return petition["registered_at"] or petition["received_at"]


def _urgent(dice: Dice, made: Ledger) -> None:
    """C on top of any case: known at receipt or days later; each of the three reports in time, late or missing."""
    if not dice.chance(35):
        return
    petition = made["petition"]
    known = petition["received_at"] + timedelta(minutes=dice.one_of([0, 0, 30, 600, 4320]))
    petition["urgent_at"] = known
    for addressee, hours in (("unit_leader", 2), ("leader_in_charge", 2), ("bureau", 24)):
        if addressee == "bureau" and petition["first_unit"] == BUREAU:
            continue
        if dice.chance(75):
            minutes = hours * 60 + dice.one_of([0, -1, 1, -60, 1500, -hours * 60])
            moment = known + timedelta(minutes=minutes)
            made["steps"].append(act("report_urgent", moment, petition["first_unit"], outcome=addressee))


def _course(dice: Dice, made: Ledger) -> None:
    """The routing decision and all that follows from it."""
    petition = made["petition"]
    first, received = petition["first_unit"], petition["received_at"]
    inform_due = calendar_days(local(received), 15, *DAYS)
    early = dice.chance(20)
    if early:
        made["steps"].append(
            act("inform", later(dice, received, inform_due), first, outcome="accepted", mode="written")
        )
    case = dice.one_of(["A", "B", "D", "E", "B", "D", None])
    if case is None:
        return
    base = begun(petition)
    routed = later(dice, base, working_days(local(base), 3, *DAYS))
    made["steps"].append(act("route", routed, first, outcome=case))
    told = {"A": tracks.own, "B": tracks.transferred, "D": tracks.several, "E": tracks.legal}[case](dice, made, routed)
    if told is not None and not early and dice.chance(80):
        outcome, since = told
        moment = later(dice, since, inform_due)
        mode = dice.one_of(["written", "oral"])
        made["steps"].append(act("inform", moment, first, outcome=outcome, mode=mode))


def _ending(dice: Dice, made: Ledger) -> None:
    """Withdrawn on the way, closed over what was owed, or closed as §4 has it; and perhaps opened again."""
    steps = made["steps"]
    last = max([begun(made["petition"])] + [step["at"] for step in steps])
    replies = [step["at"] for step in steps if step["step"] == "reply"]
    way = dice.one_of(["proper"] * 6 + ["withdrawn", "careless"])
    moment = last + timedelta(minutes=dice.one_of([1, 60, 7200]))
    if way == "withdrawn":
        _close(dice, made, _between(dice, made, [step["at"] for step in steps] or [last]), "withdrawn")
    elif way == "careless" and replies:
        _close(dice, made, _between(dice, made, replies[-1:]), None)
    elif closable(made, moment) and dice.chance(70):
        _close(dice, made, moment, None)


def _between(dice: Dice, made: Ledger, moments: list[datetime]) -> datetime:
    """Soon after one of ``moments``, but not before the registration."""
    moment = max(dice.one_of(moments), begun(made["petition"]))
    return moment + timedelta(minutes=dice.one_of([1, 600, 2880, 30000]))


def _close(dice: Dice, made: Ledger, moment: datetime, ground: str | None) -> None:
    """Close: afterwards only papers are written, except when the matter is opened again."""
    first = made["petition"]["first_unit"]
    made["steps"] = [s for s in made["steps"] if s["at"] < moment or (ground is None and s["step"] in PAPERS)]
    handled = [s for s in made["steps"] if s["step"] in ("reply", "transfer", "designate") or s["outcome"] == "A"]
    undecided = not any(s["step"] == "route" and s["outcome"] != "E" for s in made["steps"])
    made["steps"].append(act("close", moment, first, outcome=ground))
    made["steps"].sort(key=lambda step: step["at"])
    objected = [s for s in made["steps"] if s["step"] in ("object", "uphold")]
    if (handled or undecided) and not objected and dice.chance(30):
        tracks.reopened(dice, made, max(s["at"] for s in made["steps"]) + timedelta(minutes=dice.one_of([5, 3000])))
        made["steps"].sort(key=lambda step: step["at"])


def closable(made: Ledger, moment: datetime) -> bool:
    """§4: a reply or a legal-route notice, and no open duty."""
    answered = any(
        step["step"] == "reply" or (step["step"] == "inform" and step["outcome"] == "legal_route")
        for step in made["steps"]
    )
    return answered and not still_open(work_out(made["petition"], made["steps"], BUREAU, moment, DAYS))


def _as_of(dice: Dice, made: Ledger) -> datetime:
    """A moment from the last step on: at once, around the end of some clock, or long after."""
    petition = made["petition"]
    last = max(begun(petition), petition["urgent_at"] or petition["received_at"])
    last = max([last] + [step["at"] for step in made["steps"]])
    found = work_out(petition, made["steps"], BUREAU, last + timedelta(days=150), DAYS)["duties"]
    moments = [last, last + timedelta(minutes=1), last + timedelta(days=200)]
    for item in found:
        if isinstance(item["due"], datetime):
            moments += [item["due"], item["due"] + timedelta(minutes=1)]
        elif item["due"] is not None:
            evening = datetime(item["due"].year, item["due"].month, item["due"].day, 23, 59, tzinfo=ZONE)
            moments += [evening, evening + timedelta(minutes=1), evening + timedelta(days=1)]
    return max(last, dice.one_of(moments))
