"""The courses that a generated ledger may take after the routing decision, one function for each case; see ``ledgers``.

Each adds its steps and returns the outcome of which the first unit may then tell the petitioner, and since when.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.oracle.days import ZONE, calendar_days, local, working_days
from tests.oracle.dice import Dice
from tests.oracle.moments import DAYS, HOURS, act, later

BUREAU = "XF"
UNITS = ["T1", "T2", "D1", "D2", "D3"]
Told = tuple[str, datetime] | None


def own(dice: Dice, made: dict[str, Any], routed: datetime) -> Told:
    """A: the first unit handles; it may promise a date, more than once."""
    first, steps = made["petition"]["first_unit"], made["steps"]
    received = made["petition"]["received_at"]
    end_of_inform = calendar_days(local(received), 15, *DAYS)
    accepted = [s["at"] for s in steps if s["step"] == "inform"]
    if not any(s["step"] == "inform" for s in steps) and dice.chance(80):
        accepted = [later(dice, max(received, routed - timedelta(days=20)), end_of_inform)]
        steps.append(act("inform", accepted[0], first, outcome="accepted", mode="written"))
    begin = min([end_of_inform] + [local(moment) for moment in accepted])
    begin = max([begin] + [local(s["at"]) for s in steps if s["step"] == "reopen"])
    _promises(dice, made, first, handling(dice, made, first, routed, begin))
    return None


def _promises(dice: Dice, made: dict[str, Any], first: str, replied: datetime | None) -> None:
    """A reply that explains promises a date, by which the next reply is due."""
    steps = made["steps"]
    while replied is not None and steps[-1]["outcome"] == "explained":
        promised = local(replied) + timedelta(days=dice.one_of([10, 1, 30, 61]))
        steps[-1]["until"] = promised
        if not dice.chance(75):
            break
        replied = _reply(dice, made, first, later(dice, replied, promised))


def reopened(dice: Dice, made: dict[str, Any], moment: datetime) -> None:
    """Handled again by the unit that handled it last, and followed up again; decided anew if nobody had handled it."""
    first, steps = made["petition"]["first_unit"], made["steps"]
    units = [s["to_unit"] for s in steps if s["step"] in ("transfer", "designate")]
    steps.append(act("reopen", moment, first))
    if not any(s["step"] == "route" and s["outcome"] != "E" for s in steps):
        routed = later(dice, moment, working_days(local(moment), 3, *DAYS))
        case, course = dice.one_of([("A", own), ("B", transferred), ("D", several)])
        steps.append(act("route", routed, first, outcome=case))
        course(dice, made, routed)
        return
    replied = handling(dice, made, units[-1] if units else first, moment, local(moment))
    if units:
        follow_ups(dice, made, moment, replied)
    else:
        _promises(dice, made, first, replied)


def legal(dice: Dice, made: dict[str, Any], routed: datetime) -> Told:
    """E: nothing but the notice."""
    return "legal_route", routed


def transferred(dice: Dice, made: dict[str, Any], routed: datetime) -> Told:
    """B: up to three legs, each acknowledged, met with silence or objected to."""
    first, steps = made["petition"]["first_unit"], made["steps"]
    base, told = routed, None
    free = [unit for unit in UNITS if unit != first]
    while free and dice.chance(88):
        sent = later(dice, base, working_days(local(base), 3, *DAYS))
        receiver = free.pop(dice.between(0, len(free) - 1))
        mode = dice.one_of(["written", "phone"])
        steps.append(act("transfer", sent, first, to_unit=receiver, mode=mode))
        told = told or ("transferred", sent)
        for step in steps:
            if step["step"] == "file" and step["at"] == sent:  # of the leg before: not in the same minute
                step["at"] -= timedelta(minutes=1)
        if first != BUREAU and dice.chance(80):
            steps.append(act("file", later(dice, sent, working_days(local(sent), 3, *DAYS)), first))
        upheld = _leg(dice, made, receiver, sent, free)
        if upheld is None:
            break
        base = upheld
    return told


def _leg(dice: Dice, made: dict[str, Any], receiver: str, sent: datetime, others: list[str]) -> datetime | None:
    """What the receiver does; returns when its objection was upheld."""
    steps = made["steps"]
    answer = dice.one_of(["acknowledge", "object", "silence", "object", "acknowledge"])
    answered = later(dice, sent, working_days(local(sent), 5, *DAYS))
    begin, told = sent, False
    if answer == "acknowledge":
        steps.append(act("acknowledge", answered, receiver))
    if answer == "object":
        if dice.chance(10):
            told = True
            steps.append(act("inform", sent, receiver, outcome="accepted", mode="oral"))
        if dice.chance(15):
            steps.append(act("extend", sent, receiver, days=20))
        if dice.chance(15):
            steps.append(act("pause", sent, receiver))
            if dice.chance(60):
                steps.append(act("resume", min(answered, sent + timedelta(days=2)), receiver))
        believed = others[0] if others else made["petition"]["first_unit"]
        steps.append(act("object", answered, receiver, to_unit=believed))
        ruled = later(dice, answered, working_days(local(answered), 3, *DAYS))
        ruling = dice.one_of(["reject", "uphold", "uphold", None])
        if ruling is not None:
            steps.append(act(ruling, ruled, BUREAU))
        if ruling != "reject":
            follow_ups(dice, made, sent, ruled if ruling else None)
            return ruled if ruling else None
        begin = ruled
    if not told and dice.chance(75):
        due = calendar_days(local(begin), 15, *DAYS)
        steps.append(act("inform", later(dice, begin, due), receiver, outcome="accepted", mode="written"))
    since = answered if answer == "acknowledge" and dice.chance(70) else begin
    follow_ups(dice, made, sent, handling(dice, made, receiver, since, local(begin)))
    return None


def several(dice: Dice, made: dict[str, Any], routed: datetime) -> Told:
    """D: report, designation of the lead, meeting, handling; the report may be late, missing or come last."""
    first, steps = made["petition"]["first_unit"], made["steps"]
    base = routed
    reported = first == BUREAU or dice.chance(80)
    if first != BUREAU and reported:
        base = later(dice, routed, working_days(local(routed), 3, *DAYS))
        steps.append(act("report_multi", base, first))
    if not dice.chance(85):
        return None
    designated = later(dice, base, working_days(local(base), 5, *DAYS))
    lead = dice.one_of(UNITS)
    co_units = [unit for unit in UNITS if unit != lead][: dice.between(1, 3)]
    steps.append(act("designate", designated, BUREAU, to_unit=lead, co_units=co_units))
    if not reported and dice.chance(40):
        late = later(dice, designated, working_days(local(routed), 3, *DAYS))
        steps.append(act("report_multi", late, first))
    if dice.chance(80):
        steps.append(act("convene", later(dice, designated, working_days(local(designated), 5, *DAYS)), lead))
    follow_ups(dice, made, designated, handling(dice, made, lead, designated, local(designated)))
    return "led_by", designated


def handling(dice: Dice, made: dict[str, Any], unit: str, since: datetime, begin: date) -> datetime | None:
    """Extension, pauses, reply and the reports of the result; returns when the petitioner was replied to."""
    due = calendar_days(begin, 60, *DAYS)
    if dice.chance(20):
        since, due = _extend(dice, made, unit, since, due)
    if dice.chance(25):
        since, due = _pause(dice, made, unit, since, due)
    if not dice.chance(75):
        return None
    return _reply(dice, made, unit, later(dice, since, due))


def _extend(dice: Dice, made: dict[str, Any], unit: str, since: datetime, due: date) -> tuple[datetime, date]:
    """A ledger may tell of more than art. 34 allows: too late, too long, or twice."""
    moment = later(dice, since, due - timedelta(days=dice.one_of([3, 0])))
    days = dice.one_of([30, 1, 15, 45])
    made["steps"].append(act("extend", moment, unit, days=days))
    if dice.chance(15):
        made["steps"].append(act("extend", moment + timedelta(minutes=1), unit, days=30))
    return moment, calendar_days(due, days, *DAYS)


def _pause(dice: Dice, made: dict[str, Any], unit: str, since: datetime, due: date) -> tuple[datetime, date]:
    """A hearing, now and then after the due date, now and then without an end."""
    moment = later(dice, since, due - timedelta(days=dice.one_of([5, 0])))
    made["steps"].append(act("pause", moment, unit))
    if not dice.chance(75):
        return moment, due + timedelta(days=15)
    resumed = moment + timedelta(days=dice.one_of([2, 0, 1, 7, 30]), minutes=dice.one_of([1, 300]))
    made["steps"].append(act("resume", resumed, unit))
    return resumed, due + (local(resumed) - local(moment))


def _reply(dice: Dice, made: dict[str, Any], unit: str, moment: datetime) -> datetime:
    """The reply and, of a unit other than the first receiver of its own matter, the two reports of the result."""
    steps, first = made["steps"], made["petition"]["first_unit"]
    case = [step["outcome"] for step in steps if step["step"] == "route"][-1]
    outcomes = ["resolved", "not_supported", "unable"] + (["explained", "explained"] if case == "A" else [])
    steps.append(act("reply", moment, unit, outcome=dice.one_of(outcomes)))
    if case != "A":
        due = working_days(local(moment), 3, *DAYS)
        for addressee in ("bureau", "first_unit"):
            to_itself = unit == (BUREAU if addressee == "bureau" else first)
            if not to_itself and dice.chance(80):
                steps.append(act("report_result", later(dice, moment, due), unit, outcome=addressee))
    return moment


def follow_ups(dice: Dice, made: dict[str, Any], since: datetime, stop: datetime | None) -> None:
    """Follow-up steps in most periods, at their first day, their last day or between."""
    first, steps = made["petition"]["first_unit"], made["steps"]
    for k in range(1, 7):
        if not dice.chance(65):
            continue
        begins = local(since) + timedelta(days=15 * (k - 1) + (1 if k > 1 else 0))
        ends = local(since) + timedelta(days=15 * k)
        day = dice.one_of([ends, begins, begins + timedelta(days=7)])
        moment = max(since, datetime.combine(day, dice.one_of(HOURS), ZONE))
        if stop is None or moment < stop:
            steps.append(act("follow_up", moment, first))
