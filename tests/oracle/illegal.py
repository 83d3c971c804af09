"""Steps that contradict what happened before them, to be sprinkled into a legal ledger: the rules must refuse each.

Only contradictions that §2, §4 and the interface name are here ("reply before receipt, a transfer by a unit that does
not hold the matter"); what the text leaves open is left out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.oracle.dice import Dice
from tests.oracle.ledger import still_open, work_out
from tests.oracle.moments import DAYS, act

STRANGER = "D4"  # a unit that no generated ledger names
# lateness or an act too many, which a ledger of the past may tell of (interface: history files)
SCREENS_ONLY = {
    "31 days of extension",
    "second extension",
    "pause while paused",
    "resumed without a pause",
    "closed over an open duty",
    "a result nobody asked for",
}
Step = dict[str, Any]
Facts = dict[str, Any]


def illegal_step(dice: Dice, made: dict[str, Any]) -> tuple[str, Step]:
    """Why, and a step to be refused at its moment, which is that of some step of ``made`` or an instant later."""
    petition = made["petition"]
    begun = petition["registered_at"] or petition["received_at"]
    moment = max(begun, dice.one_of([step["at"] for step in made["steps"]] or [begun]))
    return dice.one_of(contradictions(facts(made, moment), moment))


def facts(made: dict[str, Any], moment: datetime) -> Facts:
    """What the steps up to ``moment`` amount to."""
    petition = made["petition"]
    known: Facts = {"first": petition["first_unit"], "bureau": made["bureau"], "received": petition["received_at"]}
    known |= {"case": None, "holder": None, "sent": False, "asked": False, "answered": False, "led": None}
    known |= {"replied": False, "paused": False, "extended": False, "closed": False}
    known["urgent"] = petition["urgent_at"] is not None and petition["urgent_at"] <= moment
    happened = [step for step in made["steps"] if step["at"] <= moment]
    for step in happened:
        _take(known, step)
    known["open"] = still_open(work_out(petition, happened, made["bureau"], moment, DAYS))
    return known


def _take(known: Facts, step: Step) -> None:
    kind = step["step"]
    if kind == "urgent" or (kind == "route" and step["outcome"] == "C"):
        known["urgent"] = True
    elif kind == "route":  # a corrected decision starts anew
        known |= {"case": step["outcome"], "holder": known["first"], "sent": False, "led": None}
        known |= {"replied": False, "paused": False, "extended": False}
    if kind in ("transfer", "designate"):
        known["holder"] = step["to_unit"]
        known |= {"sent": kind == "transfer", "answered": False, "asked": False, "extended": False, "paused": False}
        known["led"] = step["to_unit"] if kind == "designate" else None
    if kind == "acknowledge":
        known["answered"] = True
    if kind == "object":
        known |= {"answered": True, "asked": True}
    if kind == "uphold":
        known |= {"holder": known["first"], "sent": False, "asked": False}
    if kind == "reject":
        known |= {"asked": False, "extended": False}
    if kind == "reopen" and known["case"] in ("E", None):
        known |= {"case": None, "holder": None}
    flags = {"reply": ("replied", True), "pause": ("paused", True), "resume": ("paused", False)}
    flags |= {"extend": ("extended", True), "close": ("closed", True), "reopen": ("closed", False)}
    if kind in flags:
        name, value = flags[kind]
        known[name] = value
    if kind == "reply":  # which ends a hearing
        known["paused"] = False


def contradictions(known: Facts, moment: datetime) -> list[tuple[str, Step]]:
    """Every illegal step of the catalogue at ``moment``, given what is known."""
    first, bureau, holder = known["first"], known["bureau"], known["holder"]
    found = [
        ("reply before receipt", act("reply", known["received"] - timedelta(days=1), first, outcome="resolved")),
        ("inform before receipt", act("inform", known["received"] - timedelta(minutes=1), first, outcome="accepted")),
        ("transfer by a stranger", act("transfer", moment, STRANGER, to_unit=first, mode="written")),
        ("reply by a stranger", act("reply", moment, STRANGER, outcome="resolved")),
        ("acknowledged by a stranger", act("acknowledge", moment, STRANGER)),
        ("objection by a stranger", act("object", moment, STRANGER, to_unit=first)),
        ("extension by a stranger", act("extend", moment, STRANGER, days=10)),
        ("filed by a stranger", act("file", moment, STRANGER)),
        ("follow-up by a stranger", act("follow_up", moment, STRANGER)),
        ("result of a stranger", act("report_result", moment, STRANGER, outcome="bureau")),
        ("meeting of a stranger", act("convene", moment, STRANGER)),
        ("ruling by a stranger", act("uphold", moment, STRANGER)),
        ("routed by a stranger", act("route", moment, STRANGER, outcome="A")),
        ("designated by a stranger", act("designate", moment, STRANGER, to_unit=first)),
    ]
    return found + _of_case(known, moment, first, bureau, holder) + _of_state(known, moment, first, bureau, holder)


def _of_case(known: Facts, moment: datetime, first: str, bureau: str, holder: Any) -> list[tuple[str, Step]]:
    """Steps of a case that is not this one."""
    found = []
    if known["case"] != "B":
        found.append(("transfer outside B", act("transfer", moment, first, to_unit=STRANGER, mode="written")))
        found.append(("filing outside B", act("file", moment, first)))
    if known["case"] != "D":
        found.append(("designation outside D", act("designate", moment, bureau, to_unit=STRANGER)))
        found.append(("report of several departments outside D", act("report_multi", moment, first)))
    if known["case"] in ("A", "E"):
        found.append(("follow-up of nobody", act("follow_up", moment, first)))
        found.append(("a result nobody asked for", act("report_result", moment, first, outcome="bureau")))
    if known["case"] in ("E", None):
        found.append(("reply without a case to handle", act("reply", moment, first, outcome="resolved")))
        found.append(("extension without handling", act("extend", moment, first, days=10)))
    if not known["urgent"]:
        found.append(("urgent report of no urgent matter", act("report_urgent", moment, first, outcome="unit_leader")))
    return found


def _of_state(known: Facts, moment: datetime, first: str, bureau: str, holder: Any) -> list[tuple[str, Step]]:
    """Steps of the right unit at the wrong moment."""
    found = []
    if not known["asked"]:
        found.append(("ruling on no objection", act("uphold", moment, bureau)))
        found.append(("ruling on no objection", act("reject", moment, bureau)))
    if known["sent"]:
        found.append(("transfer by a unit that does not hold", act("transfer", moment, first, to_unit=STRANGER)))
        found.append(("reply by the sender", act("reply", moment, first, outcome="resolved")))
    if known["sent"] and known["answered"]:
        found.append(("objection after an answer", act("object", moment, holder, to_unit=STRANGER)))
    if known["led"] is None:
        found.append(("meeting without a lead", act("convene", moment, holder or first)))
    if holder is not None and not known["replied"] and known["case"] in ("B", "D"):
        found.append(("result before the reply", act("report_result", moment, holder, outcome="bureau")))
    if holder is not None:
        found.append(("31 days of extension", act("extend", moment, holder, days=31)))
        if known["extended"]:
            found.append(("second extension", act("extend", moment, holder, days=5)))
        if known["paused"]:
            found.append(("pause while paused", act("pause", moment, holder)))
        else:
            found.append(("resumed without a pause", act("resume", moment, holder)))
    if known["open"] and not known["closed"]:
        found.append(("closed over an open duty", act("close", moment, first)))
    if known["closed"]:
        found.append(("reply to a closed matter", act("reply", moment, holder or first, outcome="resolved")))
        found.append(("closed twice", act("close", moment, first)))
    else:
        found.append(("reopened while open", act("reopen", moment, first)))
    if known["case"] is None:
        found.append(("closed before it was routed", act("close", moment, first)))
    return found
