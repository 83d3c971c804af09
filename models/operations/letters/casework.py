"""From a case to what a new letter knows and says: facts, who reads it, and the texts of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import petition_fields
from models.letters import Form
from models.letters.facts import GOVERNMENT, Facts
from models.letters.fills import public_name
from models.letters.leaks import Person, Readers, may_know
from models.operations.case_file import CaseFile, World, world
from models.rules.facts import REQUEST
from models.tables import Petition, Petitioner, Staff, Step, Unit
from models.terms import Case, DutyKind, StepKind, UrgentAddressee
from models.world import zone

_DAYS = {
    "answer": (DutyKind.ANSWER_TRANSFER, "B"),
    "inform": (DutyKind.INFORM, "B"),
    "follow_up": (DutyKind.FOLLOW_UP, ""),
    "review": (DutyKind.REVIEW, REQUEST),
    "re_review": (DutyKind.RE_REVIEW, REQUEST),
}
_EVERYBODY = ("各乡镇（街道），县直各部门", "All towns, subdistricts and departments of the county")
_PETITIONER = ("信访人", "The petitioner")


def unit_name(here: World, unit: int | None, lang: str) -> str:
    """A unit as a letter names it."""
    fact = here.units.get(unit) if unit is not None else None
    if fact is None:
        return ""
    name = fact.name_en if lang == "en" and fact.name_en else fact.name
    return public_name(name, fact.kind, GOVERNMENT[lang])


def facts_of(
    session: Session,
    case: CaseFile,
    unit: int,
    step_kind: StepKind | None,
    step: Step | None,
    lang: str,
    to_unit: int | None,
    staff: int | None,
) -> Facts:
    """The facts of a letter that ``unit`` writes in ``lang`` (``zh`` or ``en``)."""
    here, petition = world(session), case.petition
    until = step.at if step is not None else None
    handler = petition.responsible_unit_id or unit
    superior = case.facts.superior(handler)
    person = session.get(Staff, staff) if staff is not None else None
    own = session.get_one(Unit, unit)
    given = _last(case, StepKind.reply if step_kind is StepKind.review else StepKind.review, until)
    designated = _last(case, StepKind.designate, until)
    helpers = tuple((designated.evidence or {}).get("co_units") or ()) if designated is not None else ()
    return Facts(
        lang=lang,
        number=petition.number,
        title=petition.title,
        received_on=petition.received_at.astimezone(zone()).date().isoformat(),
        channel=petition.channel.value,
        case=petition.case.value if petition.case else "",
        persons=petition.persons,
        anonymous=petition.anonymous,
        unit=unit_name(here, unit, lang),
        unit_kind=own.kind.value,
        is_first=petition.first_unit_id == unit,
        first_unit=unit_name(here, petition.first_unit_id, lang),
        bureau=unit_name(here, here.bureau, lang),
        to_unit=unit_name(here, to_unit, lang),
        to_units=tuple(unit_name(here, one, lang) for one in helpers),
        reviewer=unit_name(here, superior, lang),
        re_reviewer=unit_name(here, case.facts.superior(superior), lang),
        step=step_kind.value if step_kind is not None else "",
        reviewed=unit_name(here, given.unit_id, lang) if given is not None else "",
        replied_on=_day(given.at) if given is not None else "",
        held_at=_minute(step.at) if step is not None else "",
        contact=person.name if person is not None else "",
        phone=own.phone or "",
        days=_days(here, petition),
        plain=petition_fields.texts(petition, lang),
    )


def _days(here: World, petition: Petition) -> dict[str, int]:
    """The days that the wording names, as the petition's rulebook counts them."""
    book = here.rulebook(petition.received_at)
    case = petition.case if petition.case in (Case.B, Case.D) else Case.A
    handle = book.clock(DutyKind.HANDLE, case.value)
    found = {name: book.clock(duty, variant).amount for name, (duty, variant) in _DAYS.items()}
    return found | {"handle": handle.amount, "extension": handle.extension}


def _last(case: CaseFile, kind: StepKind, until: datetime | None) -> Step | None:
    """The last step of a kind, as things stood at ``until``."""
    fitting = [row for row in case.steps if row.kind is kind and (until is None or row.at <= until)]
    return max(fitting, key=lambda row: (row.at, row.seq), default=None)


def _day(at: datetime) -> str:
    return at.astimezone(zone()).date().isoformat()


def _minute(at: datetime) -> str:
    return at.astimezone(zone()).strftime("%Y-%m-%dT%H:%M")


def told_of(session: Session, case: CaseFile, step: Step | None, lang: str) -> dict[str, Any]:
    """What the petition and the step already say, by the names of their fields."""
    here, petition = world(session), case.petition
    until = step.at if step is not None else None
    moved = [_last(case, kind, until) for kind in (StepKind.transfer, StepKind.designate)]
    handler = max((row for row in moved if row is not None), key=lambda row: (row.at, row.seq), default=None)
    asked = _last(case, StepKind.ask_re_review, until) or _last(case, StepKind.ask_review, until)
    told: dict[str, Any] = {
        "content": petition.content,
        "bureau_shielded": petition.about_unit_id == here.bureau,
        "handled_by": unit_name(here, handler.to_unit_id, lang) if handler is not None else "",
        "asked": (asked.evidence or {}).get("claim", "") if asked is not None else "",
    }
    if step is not None:
        told |= {name: value for name, value in (step.evidence or {}).items() if isinstance(value, str)}
        told["outcome"] = step.outcome or ""
        told["until"] = step.until.isoformat() if step.until else ""
    return told


def people_of(session: Session, petition: Petition) -> list[Person]:
    """The petitioners, opened for comparison; call inside ``all_rows``."""
    wanted = select(Petitioner).where(Petitioner.petition_id == petition.id).order_by(Petitioner.position)
    return [Person(row.name, row.phone, row.id_number) for row in session.scalars(wanted)]


def units_in(here: World, text: str) -> set[int]:
    """The units that a text names."""
    names = [(unit.id, name) for unit in here.units.values() for name in (unit.name, unit.name_en) if name]
    return {key for key, name in names if name in text}


def receivers(
    here: World, form: Form, unit: int, to_unit: int | None, values: Mapping[str, str], helpers: set[int]
) -> set[int | None]:
    """The units that will read it besides the petitioner; None stands for readers who may know no petitioner."""
    copied = units_in(here, values.get("cc", ""))
    match form.to:
        case "unit":
            return {to_unit, *copied} if to_unit is not None else set(copied)
        case "petitioner":
            return set()
        case "report":
            outcome = values.get("outcome", "")
            known = {UrgentAddressee.bureau.value: here.bureau, UrgentAddressee.unit_leader.value: unit}
            return {known.get(outcome)}
        case "units":
            return {unit, *helpers, *copied, *units_in(here, values.get("present", ""))}
        case _:
            return {None}


def readers(here: World, petition: Petition, unit: int, reading: set[int | None]) -> Readers:
    """Whether all who read it, and its writer, may know the petitioners."""

    def knows(one: int | None) -> bool:
        return may_know(petition.kind, petition.first_unit_id, petition.about_unit_id, one, here.bureau)

    return Readers(all(knows(one) for one in reading), knows(unit))


def helpers_of(case: CaseFile) -> set[int]:
    """The units that the last designation named."""
    row = _last(case, StepKind.designate, None)
    if row is None:
        return set()
    return {one for one in (row.to_unit_id, *((row.evidence or {}).get("co_units") or ())) if one is not None}


def addressee_of(form: Form, facts: Facts, values: Mapping[str, str], people: list[Person], *, know: bool) -> str:
    """To whom a letter goes: fixed for units and reports, the first text of the field for the others."""
    english = not facts.zh
    if form.to == "unit":
        return facts.to_unit
    if form.to == "report":
        outcome = values.get("outcome", "")
        if outcome == UrgentAddressee.bureau:
            return facts.bureau
        if outcome not in set(UrgentAddressee):
            return ""
        return UrgentAddressee(outcome).label if english else UrgentAddressee(outcome).zh
    if form.to == "petitioner":
        return _named(facts, people) if know else _PETITIONER[english]
    return _EVERYBODY[english] if form.to == "public" else ""


def _named(facts: Facts, people: list[Person]) -> str:
    if not people:
        return _PETITIONER[not facts.zh]
    count = max(facts.persons, len(people))
    first = people[0].name
    if count == 1:
        return first
    if not facts.zh:
        return f"{first} and {count - 1} other{'s' if count > 2 else ''}"
    return "、".join(person.name for person in people) if count == len(people) == 2 else f"{first}等{count}人"
