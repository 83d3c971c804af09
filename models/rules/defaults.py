"""The first rulebook: every clock of domain §2 with its paragraph, source and rule. Later versions are rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from models.rules.facts import REQUEST, Clock, Rulebook
from models.rules.scheme import Peer
from models.terms import N_, UnitKind
from models.terms import DutyKind as D
from models.terms import Measure as M
from models.terms import Rule as R

_P = N_("county parameter")


def _clock(
    duty: D,
    amount: int,
    measure: M,
    rule: R | None,
    paragraph: str,
    source: str = _P,
    *,
    variant: str = "",
    rolled: bool = True,
    extension: int = 0,
) -> Clock:
    return Clock(duty, variant, amount, measure, rolled, extension, rule, paragraph, source)


CLOCKS = (
    _clock(D.REGISTER, 0, M.calendar, R.ACCEPT, "§3"),
    _clock(D.INFORM, 15, M.calendar, R.ACCEPT, "§2", "art. 23"),
    _clock(D.INFORM, 15, M.calendar, R.ACCEPT, "§2(2)", "art. 23", variant="B"),
    _clock(D.TRANSFER, 3, M.working, R.TRANSFER, "§2(2)", variant="B"),
    _clock(D.FILE, 3, M.working, R.TRANSFER, "§2(2)", variant="B"),
    _clock(D.CONFIRM_TRANSFER, 1, M.working, None, "§2(2)", variant="B"),
    _clock(D.ANSWER_TRANSFER, 5, M.working, None, "§2(2)", "art. 23", variant="B"),
    _clock(D.RULE_ON_OBJECTION, 3, M.working, None, "§2(2)", variant="B"),
    _clock(D.HANDLE, 60, M.calendar, R.HANDLE, "§2(1)", "art. 34", variant="A", extension=30),
    _clock(D.HANDLE, 60, M.calendar, R.HANDLE, "§2(2)", "art. 34", variant="B", extension=30),
    _clock(D.HANDLE, 60, M.calendar, R.HANDLE, "§2(4)", "art. 34", variant="D", extension=30),
    _clock(D.REPORT_RESULT, 3, M.working, R.HANDLE, "§2(2)", variant="B"),
    _clock(D.REPORT_RESULT, 3, M.working, R.HANDLE, "§2(4)", variant="D"),
    _clock(D.KEEP_PROMISE, 0, M.calendar, R.HANDLE, "§2(1)", "§2(1)", rolled=False),
    _clock(D.FOLLOW_UP, 15, M.calendar, R.FOLLOW_UP, "§2", rolled=False),
    _clock(D.REPORT_URGENT_UNIT_LEADER, 2, M.hours, R.TRANSFER, "§2(3)", rolled=False),
    _clock(D.REPORT_URGENT_LEADER_IN_CHARGE, 2, M.hours, R.TRANSFER, "§2(3)", rolled=False),
    _clock(D.REPORT_URGENT_BUREAU, 24, M.hours, R.TRANSFER, "§2(3)", rolled=False),
    _clock(D.REPORT_MULTI, 3, M.working, R.TRANSFER, "§2(4)", variant="D"),
    _clock(D.DESIGNATE, 5, M.working, None, "§2(4)", variant="D"),
    _clock(D.CONVENE, 5, M.working, R.HANDLE, "§2(4)", variant="D"),
    # how long the petitioner may ask: not a duty of any unit
    _clock(D.REVIEW, 30, M.calendar, None, "§2(1)", "art. 35", variant=REQUEST),
    _clock(D.RE_REVIEW, 30, M.calendar, None, "§2(1)", "art. 36", variant=REQUEST),
    _clock(D.REVIEW, 30, M.calendar, None, "§2(1)", "art. 35"),
    _clock(D.RE_REVIEW, 30, M.calendar, None, "§2(1)", "art. 36"),
)

# §3: 1 point for not accepting, 1 for not transferring, 2 for not handling, 0.5 for not following up
POINTS = {R.ACCEPT: Decimal(1), R.TRANSFER: Decimal(1), R.HANDLE: Decimal(2), R.FOLLOW_UP: Decimal("0.5")}

# towns are compared with towns; the bureau, which assesses the others, with nobody; leaders' offices are not assessed
PEERS = (
    Peer("towns", "乡镇（街道）", "Towns and subdistricts", UnitKind.town),
    Peer("departments", "县直部门", "Departments", UnitKind.department),
    Peer("bureau", "信访局", "Letters and Calls Bureau", UnitKind.bureau),
)

VERSION = "2024-1"
EFFECTIVE_FROM = date(2000, 1, 1)


def default_rulebook(row_id: int = 0) -> Rulebook:
    """The county notice with the defaults of domain §2; base 100, floor 0, no grace."""
    return Rulebook(row_id, VERSION, EFFECTIVE_FROM, CLOCKS, POINTS, Decimal(100), Decimal(0), 0, peers=PEERS)
