"""Letters in tests: drafted, filled in and issued by the operations; printed by the real press."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from models.letters import FORMS
from models.letters.facts import Content
from models.office_terms import LetterKind
from models.operations import letters
from models.tables import Letter, Petition, Step
from models.terms import StepKind
from reports import letters as paper

NOW = datetime.fromisoformat("2025-03-05T02:00:00+00:00")
DAY = timedelta(days=1)
COUNTY = "清源县"
draw = partial(paper.draw, county=COUNTY)
TEXTS: dict[str, Any] = {
    "matter": "村内主干道路灯自去年十月起陆续损坏，夜间通行不便。",
    "reason": "该路段管护职责属你单位。",
    "claim": "请求修复村内路灯。",
    "found": "经现场查看，十二盏路灯因线路老化损坏。",
    "opinion": "反映的问题属实，分两批更换灯具。",
    "basis": "县农村公路养护管理办法第九条。",
    "outcome": "accepted",
    "route": "劳动仲裁",
    "body": "县劳动人事争议仲裁委员会",
    "limitation": "自知道或者应当知道权利被侵害之日起一年。",
    "measures": "已到场疏导并约定明日面谈。",
    "place": "镇政府三楼会议室",
    "chair": "周副县长",
    "present": "清河镇",
    "minutes": "听取各单位情况汇报，明确分工。",
    "tasks": "一、月底前更换灯具。",
    "subject": "柳林镇",
    "decision": "予以全县通报。",
    "lesson": "各单位要引以为戒。",
    "remedy_body": "县人民政府",
}


def plain_draw(letter: Content) -> bytes:
    """A paper where its look does not matter: the page itself."""
    return paper.page(letter, COUNTY).encode()


def step_of(county: Any, petition: Petition, kind: str) -> Step:
    wanted = select(Step).where(Step.petition_id == petition.id, Step.kind == StepKind(kind))
    found: Step = county.session.scalars(wanted.order_by(Step.seq.desc())).first()
    return found


def drafted(county: Any, petition: Petition, code: str = "CG", kind: str = "transfer", **more: Any) -> Letter:
    """A draft of the unit ``code``; for the petition's transfer unless another occasion is named."""
    if not more and kind == "transfer":
        more = {"step_id": step_of(county, petition, "transfer").id}
    given = letters.DraftInput(LetterKind(kind), **more)
    return letters.draft(county.session, petition, given, county.actors[code], NOW)


def changed(county: Any, row: Letter, code: str = "CG", **values: Any) -> Letter:
    """The draft with other texts; ``title``, ``addressee`` and ``to_unit`` are those of the letter."""
    head = {"title": row.title, "addressee": row.addressee, "to_unit": row.to_unit_id}
    head |= {name: values.pop(name) for name in list(values) if name in head}
    given = letters.LetterInput(values=letters.values_of(row) | values, **head)
    return letters.edit(county.session, row, given, county.actors[code], NOW)


def completed(county: Any, row: Letter, code: str = "CG") -> Letter:
    """The draft with every text that its kind asks for."""
    values = letters.values_of(row)
    names = [one.name for one in FORMS[row.kind].proofs(row.step_kind) if not values.get(one.name)]
    return changed(county, row, code, **{name: TEXTS[name] for name in names if name in TEXTS})


def issued(county: Any, petition: Petition, code: str = "CG", at: datetime = NOW, **more: Any) -> Letter:
    """An issued letter, for the petition's transfer unless told otherwise."""
    row = completed(county, drafted(county, petition, code, **more), code)
    return letters.issue(county.session, row, county.actors[code], at, plain_draw)
