"""The demo's letters: a handful of last year's steps went out on paper, drafted and issued by the operations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Actor
from models.demo.county import BUREAU
from models.demo.stage_hands import Hands
from models.evidence import complaints
from models.letters import FORMS, kind_for
from models.office_terms import Delivery
from models.operations import letters
from models.tables import Letter, Petition, Step
from models.terms import StepKind, TransferMode
from models.world import world

FOUND = "经调阅档案、询问当事人并到现场查看，信访人反映的情况基本属实；相关手续和台账已逐项核对，与有关部门的记录一致。"
BASIS = "有关法律法规和县有关政策规定，以及调查笔录、现场照片和档案材料。"
MORE = {
    "found": FOUND,
    "basis": BASIS,
    "place": "单位会议室",
    "chair": "单位主要负责人",
    "said": "如有疑问，请与经办人联系。",
}
# step, how many, what its row must say besides
WANTED: tuple[tuple[StepKind, int, Mapping[str, str]], ...] = (
    (StepKind.transfer, 2, {"mode": TransferMode.phone.value}),
    (StepKind.inform, 1, {"outcome": "accepted"}),
    (StepKind.inform, 1, {"outcome": "legal_route"}),
    (StepKind.reply, 2, {}),
    (StepKind.report_urgent, 1, {"outcome": "bureau"}),
    (StepKind.convene, 1, {}),
)
VOID = "文稿有错漏，已更正并重新印发。"


def correspond(session: Session, hands: Hands, now: datetime, seed: int, draw: letters.Draw) -> None:
    """Last year's letters in the order of their days, so that numbers rise with time; one is void and issued anew."""
    rng = Random(f"{seed}:letters")
    steps = sorted(_steps(session, now), key=lambda step: (step.at, step.id))
    for number, step in enumerate(steps):
        at = step.at + timedelta(minutes=rng.randint(20, 90))
        row = _issued(session, hands, step, at, draw)
        if row is None:
            continue
        if number == 0:
            letters.void(session, row, VOID, _actor(hands, step), at + timedelta(minutes=15))
            row = _issued(session, hands, step, at + timedelta(minutes=20), draw) or row
        if rng.random() < 0.8:
            _delivered(session, hands, step, row, min(now, at + timedelta(hours=rng.randint(2, 30))))


def _steps(session: Session, now: datetime) -> list[Step]:
    """The first fitting steps of last year's second half, each of another petition."""
    zone = world(session).zone
    year = now.astimezone(zone).year - 1
    start, end = datetime(year, 7, 1, tzinfo=zone), datetime(year, 12, 20, tzinfo=zone)
    found: dict[int, Step] = {}
    for kind, count, more in WANTED:
        wanted = select(Step).join(Step.petition).where(Step.kind == kind, Step.at >= start, Step.at < end)
        for name, value in more.items():
            wanted = wanted.where(getattr(Step, name) == value)
        rows = session.scalars(wanted.order_by(Petition.number, Step.seq).limit(20))
        fresh = [row for row in rows if row.petition_id not in found]
        found |= {row.petition_id: row for row in fresh[:count]}
    return list(found.values())


def _actor(hands: Hands, step: Step) -> Actor:
    """Whoever took the step."""
    every = [actor for people in hands.actors.values() for actor in people]
    return next((one for one in every if one.staff_id == step.staff_id), hands.actors[BUREAU][0])


def _issued(session: Session, hands: Hands, step: Step, at: datetime, draw: letters.Draw) -> Letter | None:
    """Drafted from the step, completed as its writer would, issued."""
    actor, petition = _actor(hands, step), step.petition
    kind = kind_for(step.kind, step.outcome, petition.case.value if petition.case else None)
    if kind is None:
        return None
    row = letters.draft(session, petition, letters.DraftInput(kind, step_id=step.id), actor, at)
    proofs = FORMS[kind].proofs(step.kind)
    values: dict[str, Any] = letters.values_of(row)
    values |= {one.field: MORE[one.field] for one in complaints(proofs, values) if one.field in MORE}
    given = letters.LetterInput(row.title, row.addressee, _typed(values), row.to_unit_id)
    letters.edit(session, row, given, actor, at)
    return letters.issue(session, row, actor, at, draw)


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """As a form hands it over: a day as a date."""
    until = values.get("until")
    return dict(values) | ({"until": datetime.fromisoformat(until).date()} if until else {})


def _delivered(session: Session, hands: Hands, step: Step, row: Letter, at: datetime) -> None:
    personal = FORMS[row.kind].to == "petitioner"
    how, to = (Delivery.mail, row.addressee) if personal else (Delivery.exchange, "收发室")
    letters.deliver(session, row, letters.DeliveryInput(how, to, at), _actor(hands, step), at)
