"""The demo's serious matters: one of last year, circulated; one of this year, being heard."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.demo import phrases
from models.demo.court import Court, office_hours
from models.office_terms import AccountabilityGround, AccountabilityMove
from models.operations import accountability
from models.operations.accountability import AccountabilityInput
from models.rules.scoring import WITHDRAWN
from models.tables import Deduction, DeductionDuty, Duty, Petition
from models.terms import Rule

DAY = timedelta(days=1)


def _matter(session: Session, court: Court, year: int, begin: datetime | None = None) -> Deduction | None:
    """A matter of the year that was not accepted in time, by a unit that is neither bureau nor leaders' office."""
    wanted = select(Deduction).join(Petition).where(Deduction.year == year, Petition.about_unit_id.is_(None))
    if begin is not None:
        missed = select(DeductionDuty.deduction_id).join(Duty).where(Duty.due_at < begin)
        wanted = wanted.where(Deduction.id.in_(missed))
    wanted = wanted.where(Deduction.status.not_in(WITHDRAWN))
    wanted = wanted.where(Deduction.unit_id.not_in([court.officer.unit_id, court.leader.unit_id]))
    order = (Deduction.rule != Rule.ACCEPT, Petition.number, Deduction.unit_id, Deduction.occurrence)
    return session.scalars(wanted.order_by(*order).limit(1)).first()


def last_year(session: Session, court: Court, year: int, ending: datetime, now: datetime) -> None:
    """Opened by the bureau in autumn, heard, circulated by a county leader before the year was over."""
    begin = ending - 70 * DAY
    row = _matter(session, court, year, begin)
    if row is None:
        return
    facts, reason, hear, statement, decision = phrases.SERIOUS
    given = AccountabilityInput(row.unit_id, AccountabilityGround.perfunctory, facts, reason, row.petition_id)
    file = accountability.open_file(session, given, court.officer, office_hours(session, begin, now))
    for move, actor, text, days in (
        (AccountabilityMove.hear, court.officer, hear, 4),
        (AccountabilityMove.state, court.heads[row.unit_id], statement, 7),
        (AccountabilityMove.circulate, court.leader, decision, 25),
    ):
        accountability.move(session, file, move, actor, text, office_hours(session, begin + days * DAY, now))


def this_year(session: Session, court: Court, year: int, now: datetime) -> None:
    """Opened ten days ago; the unit is being heard."""
    row = _matter(session, court, year)
    if row is None or row.proposed_at > now - 10 * DAY:
        return
    facts, reason, hear = phrases.SERIOUS_NOW
    given = AccountabilityInput(row.unit_id, AccountabilityGround.intensified, facts, reason, row.petition_id)
    file = accountability.open_file(session, given, court.officer, office_hours(session, now - 10 * DAY, now))
    accountability.move(
        session, file, AccountabilityMove.hear, court.officer, hear, office_hours(session, now - 3 * DAY, now)
    )
