"""What still stands in the way of freezing a year: each matter with its count and where to see to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models import assessing, invariants
from models.operations import hearing_time
from models.queries import groups
from models.rules.accountability import OPEN
from models.rules.scheme_lines import peer_of
from models.rules.scoring import PENDING
from models.scheme_terms import HandedIn
from models.tables import Accountability, CalendarYear, Deduction, IndicatorFigure, Rulebook, Unit
from models.terms import N_, DeductionStatus, RulebookStatus
from models.world import world, zone

MANY = 100


@dataclass(frozen=True, slots=True)
class Matter:
    """``label`` and ``advice`` are msgids; what does not block may be overridden with a reason."""

    id: str
    label: str
    advice: str
    count: int
    blocks: bool
    link: str


def check(session: Session, year: int, now: datetime) -> list[Matter]:
    """Every matter, also those with nothing open (count 0). Run inside ``all_rows``."""
    over = now.astimezone(zone()).date() > last_day(session, year)
    published = Rulebook.status == RulebookStatus.published, Rulebook.effective_from <= date(year, 12, 31)
    rulebook = session.scalar(select(func.count(Rulebook.id)).where(*published))
    announced = select(func.count(CalendarYear.id)).where(CalendarYear.year == year, ~CalendarYear.provisional)
    unscanned = [group for group in groups(session, now) if group.year == year]
    return [
        Matter(
            "year",
            N_("The year is not over"),
            N_("Wait for its end, and for the grace days of what was due in it."),
            int(not over),
            True,
            "",
        ),
        Matter(
            "rulebook",
            N_("No rulebook was in force"),
            N_("Publish the rulebook of the year."),
            int(not rulebook),
            True,
            "/admin/rulebook/",
        ),
        Matter(
            "unscanned",
            N_("Missed duties without a deduction"),
            N_("Let the bureau look for missed duties, under Hearings."),
            len(unscanned),
            True,
            f"/assessment/{year}?live=1",
        ),
        Matter(
            "invariants",
            N_("The record contradicts itself"),
            N_("Have the administrator run the check of the data."),
            _contradictions(session),
            True,
            "",
        ),
        Matter(
            "calendar",
            N_("The working calendar of the year is provisional"),
            N_("Enter the announced make-up working days."),
            int(not session.scalar(announced)),
            False,
            "/admin/calendar_year/",
        ),
        Matter(
            "provisional",
            N_("Pending deductions that cross a provisional calendar"),
            N_("They cannot be final before the make-up days are announced."),
            _pending(session, year, hearing_time.provisional()),
            False,
            _listed(year),
        ),
        Matter(
            "ungoverned",
            N_("Pending deductions in matters received before every rulebook"),
            N_("They cannot be final before a rulebook for that time is published."),
            _pending(session, year, hearing_time.ungoverned()),
            False,
            _listed(year),
        ),
        Matter(
            "hearings",
            N_("Deductions still pending"),
            N_("Decide them; pending points do not count."),
            _pending(session, year),
            False,
            _listed(year),
        ),
        Matter(
            "appealable",
            N_("Decisions that may still be appealed"),
            N_("Wait for the end of the time; an appeal goes on, but counts only in a revision."),
            _appealable(session, year, now),
            False,
            f"/deduction/list/?status=confirmed&year={year}",
        ),
        Matter(
            "figures",
            N_("Figures of indicators not handed in"),
            N_("Hand them in; an indicator without figures is not judged and gives its full weight."),
            _figures(session, year),
            False,
            f"/admin/indicator_figure/?year={year}",
        ),
        Matter(
            "accountability",
            N_("Accountability files of the year still open"),
            N_("Bring them to their decision; they carry no points."),
            _serious(session, year),
            False,
            "/accountability/list/",
        ),
    ]


def last_day(session: Session, year: int) -> date:
    """The day after which no duty that was due in the year can still become a missed one."""
    grace = max((book.grace_days for book in world(session).rulebooks), default=0)
    return date(year, 12, 31) + timedelta(days=grace)


def _figures(session: Session, year: int) -> int:
    """How many figures the year's rulebook asks for and the bureau did not hand in, of active units with peers."""
    here = world(session)
    scheme = assessing.scheme(assessing.rulebook_of(here, year))
    wanted = [rate["indicator"] for rate in scheme["rates"] if rate["indicator"] in set(HandedIn)]
    units = [{"code": unit.code, "kind": unit.kind.value} for unit in here.units.values() if unit.active]
    codes = [unit["code"] for unit in units if peer_of(unit, scheme)]
    if not wanted or not codes:
        return 0
    handed = select(func.count()).select_from(IndicatorFigure).join(Unit, Unit.id == IndicatorFigure.unit_id)
    handed = handed.where(IndicatorFigure.year == year, IndicatorFigure.indicator.in_(wanted))
    return len(wanted) * len(codes) - (session.scalar(handed.where(Unit.code.in_(codes))) or 0)


def _serious(session: Session, year: int) -> int:
    start, end = (datetime(y, 1, 1, tzinfo=zone()) for y in (year, year + 1))
    opened = Accountability.opened_at >= start, Accountability.opened_at < end
    return session.scalar(select(func.count(Accountability.id)).where(*opened, Accountability.status.in_(OPEN))) or 0


def _pending(session: Session, year: int, *more: ColumnElement[bool]) -> int:
    wanted = select(func.count(Deduction.id)).where(Deduction.year == year, Deduction.status.in_(PENDING), *more)
    return session.scalar(wanted) or 0


def _listed(year: int) -> str:
    """Where the pending ones are listed."""
    return f"/deduction/list/?status={','.join(sorted(PENDING))}&year={year}"


def _appealable(session: Session, year: int, now: datetime) -> int:
    running = Deduction.status == DeductionStatus.confirmed, Deduction.due_at >= now
    return session.scalar(select(func.count(Deduction.id)).where(Deduction.year == year, *running)) or 0


def _contradictions(session: Session) -> int:
    """Counted to a hundred; each invariant is one statement over the whole record."""
    found = (row for one in invariants.INVARIANTS for row in one.find(session))
    return sum(1 for _row in islice(found, MANY))
