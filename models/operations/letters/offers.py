"""Between letters and steps: which letters a case asks for now, and what a step takes over from an issued one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Actor, all_rows
from models.evidence import EVIDENCE, identities
from models.letters import FORMS, kind_for, leaks
from models.letters.facts import Facts, day
from models.office_terms import LetterKind, LetterStatus
from models.operations import guard
from models.operations.letters import casework
from models.operations.letters.rows import values_of
from models.tables import Letter, Petition, Step
from models.terms import InformMode, StepKind, TransferMode


@dataclass(frozen=True, slots=True)
class Offer:
    """A letter that may be drafted now: for a step that was taken, or for one that may be taken."""

    kind: LetterKind
    step_kind: StepKind
    step_id: int | None = None
    fresh: bool = False


def offers(
    petition: Petition, steps: Sequence[Step], letters: Iterable[Letter], may: Iterable[StepKind], unit: int
) -> list[Offer]:
    """What ``unit`` may print. Of each kind of step the last one counts; what is drafted or issued is not offered.

    Args:
        steps: in the order in which they were recorded; ``fresh`` is the offer of the very last one.
        letters: of this petition, void ones too.
        may: the steps that the actor may take now.
    """
    case = petition.case.value if petition.case else None
    made = [row for row in letters if row.unit_id == unit and row.status is not LetterStatus.void]
    done = {row.step_id for row in made if row.step_id is not None}
    numbers = {row.number for row in made if row.number}
    meant = {(row.kind, row.step_kind) for row in made if row.step_id is None}
    found, known = [], set()
    for step in reversed(steps):
        kind = kind_for(step.kind, step.outcome, case) if step.unit_id == unit else None
        if kind is None or step.kind in known:
            continue
        known.add(step.kind)
        numbered = (step.evidence or {}).get("letter_number") in numbers
        if step.id not in done and not numbered:
            found.append(Offer(kind, step.kind, step.id, fresh=step is steps[-1]))
    for step_kind in may:
        kind = kind_for(step_kind, None, case)
        if kind is not None and (kind, step_kind) not in meant:
            found.append(Offer(kind, step_kind))
    return found


def takeable(session: Session, petition: Petition, kind: StepKind, actor: Actor) -> list[Letter]:
    """The unit's issued letters that a step of this kind may take over, newest first."""
    kinds = [form.kind for form in FORMS.values() if kind in form.steps]
    if not kinds or actor.unit_id is None:
        return []
    wanted = select(Letter).where(
        Letter.petition_id == petition.id,
        Letter.unit_id == actor.unit_id,
        Letter.status == LetterStatus.issued,
        Letter.kind.in_(kinds),
    )
    rows = session.scalars(wanted.order_by(Letter.id.desc()))
    return [row for row in rows if row.step_id is None or row.step_kind is not kind]


def take_over(session: Session, letter: Letter, kind: StepKind, actor: Actor) -> dict[str, Any]:
    """The fields of a step as an issued letter proves them.

    A step is read by more people than the letter: who was told goes to the vault, any other text loses the names.
    """
    given = _proven(letter, kind)
    if not letter.names:
        return given
    secret = identities(kind)
    with all_rows():
        people = casework.people_of(session, letter.petition)
    if not guard.may_know(actor, letter.petition):
        given = {name: value for name, value in given.items() if name not in secret}
    nobody = leaks.Readers(know=False, writer_knows=False)
    return {
        name: leaks.hidden(value, people, nobody) if isinstance(value, str) and name not in secret else value
        for name, value in given.items()
    }


def _proven(letter: Letter, kind: StepKind) -> dict[str, Any]:
    proofs = {proof.name: proof for proof in EVIDENCE[kind]}
    values, lang = values_of(letter), Facts.of(letter.facts).lang
    found: dict[str, Any] = {"letter_number": letter.number, "to_unit": letter.to_unit_id}
    found["mode"] = TransferMode.written if kind is StepKind.transfer else InformMode.written
    found |= {name: values.get(part) for name, part in FORMS[letter.kind].gives.items()}
    found["told_to"] = letter.delivered_to or letter.addressee
    if letter.delivered_at is not None and letter.delivery is not None:
        how = letter.delivery.zh if lang == "zh" else letter.delivery.label
        on = day(letter.delivered_at.isoformat(), lang)
        found |= {"delivery": f"{on}，{how}" if lang == "zh" else f"{on}, {how}", "sent_how": how}
    found["how"] = letter.number
    given = {name: value for name, value in found.items() if name in proofs and value not in (None, "")}
    for name, value in given.items():
        if proofs[name].kind == "date" and isinstance(value, str):
            given[name] = date.fromisoformat(value)
    return given


def taken(session: Session, step: Step, letter_id: int | None) -> None:
    """Tie a letter to the step that took it over: the chosen one, or the one whose number the step names. Flushes."""
    number = (step.evidence or {}).get("letter_number")
    if letter_id is None and not number:
        return
    kinds = [form.kind for form in FORMS.values() if step.kind in form.steps]
    mine = (Letter.petition_id == step.petition_id, Letter.unit_id == step.unit_id, Letter.kind.in_(kinds))
    wanted = select(Letter).where(*mine, Letter.status == LetterStatus.issued, Letter.step_id.is_(None))
    wanted = wanted.where(Letter.id == letter_id if letter_id is not None else Letter.number == number)
    with all_rows():
        row = session.scalar(wanted.limit(1))
        if row is None:
            return
        row.step_id = step.id
        if row.attachment is not None:
            row.attachment.step_id = step.id
        session.flush()
