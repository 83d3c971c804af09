"""Has this matter already been received, and where? Asked at intake, of keyed hashes and titles (domain §6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.access import ROW_RULES, Actor, all_rows
from models.roles import Scope
from models.tables import Involvement, Petition, Petitioner
from models.terms import PetitionKind, PetitionStatus
from models.vault import id_hash, phone_hash

RECENT = timedelta(days=365)  # a matter closed longer ago is a new one
MOST = 5
WINDOW = 5000  # titles are compared with the newest petitions that the actor may see
PAIRS = 24  # character pairs of a title that are looked for
ALIKE = 0.4


@dataclass(frozen=True, slots=True)
class Known:
    """A petition that the same ID or phone number already brought. ``petition_id``: None unless the actor may see it;
    never a title, a content or a name."""

    number: str
    unit_id: int
    received_at: datetime
    closed: bool
    same_id: bool
    petition_id: int | None


@dataclass(frozen=True, slots=True)
class Similar:
    """A petition with a similar title; the row rule has let it through."""

    petition_id: int
    number: str
    title: str
    unit_id: int
    received_at: datetime


def exact(
    session: Session, ids: Iterable[str | None], phones: Iterable[str | None], actor: Actor, now: datetime
) -> list[Known]:
    """Open and recently closed petitions of the same people, newest first, at most ``MOST``; one statement.

    What the actor may not see is told only by number, first unit and day. Not even that of a petition about the actor's
    unit, nor of an accusation whose petitioner the actor may not know: those count as none.
    """
    id_hashes = {found for text in ids if (found := id_hash(text))}
    phone_hashes = {found for text in phones if (found := phone_hash(text))}
    if not id_hashes and not phone_hashes:
        return []
    theirs = aliased(Petition)  # the row rule speaks of Petition itself
    same_id = Petitioner.id_hash.in_(id_hashes)
    known = ROW_RULES[Petitioner](actor)
    columns = (theirs.id, theirs.number, theirs.first_unit_id, theirs.received_at, theirs.status)
    wanted = (
        select(*columns, func.max(_flag(same_id)), func.max(_flag(known)))
        .join(theirs, Petitioner.petition_id == theirs.id)
        .where(
            or_(same_id, Petitioner.phone_hash.in_(phone_hashes), Petitioner.other_phone_hash.in_(phone_hashes)),
            _told(theirs, actor, known),
        )
        .where(theirs.voided_at.is_(None))
        .where(theirs.merged_into_id.is_(None), or_(theirs.closed_at.is_(None), theirs.closed_at >= now - RECENT))
        .group_by(*columns)
        .order_by(theirs.received_at.desc(), theirs.id.desc())
        .limit(MOST)
    )
    with all_rows():
        rows = session.execute(wanted).all()
    return [
        Known(number, unit, received, status is PetitionStatus.closed, bool(by_id), key if seen else None)
        for key, number, unit, received, status, by_id, seen in rows
    ]


def _flag(condition: ColumnElement[bool]) -> Any:
    """1 or 0, which both databases can add up and compare."""
    return case((condition, 1), else_=0)


def _told(theirs: Any, actor: Actor, known: ColumnElement[bool]) -> ColumnElement[bool]:
    """Shielded petitions are not even hinted at (domain §6)."""
    if actor.unit_id is None:
        return false()
    elsewhere = or_(theirs.about_unit_id.is_(None), theirs.about_unit_id != actor.unit_id)
    return and_(elsewhere, or_(theirs.kind != PetitionKind.accusation, known))


def similar(session: Session, title: str, actor: Actor, but: Sequence[int] = ()) -> list[Similar]:
    """Petitions with a similar title among the newest that the actor may see, the most alike first; one statement.

    Similar: many pairs of neighbouring characters in common (Dice), which suits Chinese without a lexicon.
    ``but``: petitions that are shown already.
    """
    pairs = list(_pairs(title))[:PAIRS]
    if len(pairs) < 2:
        return []
    there = func.instr if session.get_bind().dialect.name == "sqlite" else func.strpos
    recent = _recent(actor).subquery()
    common = reduce(add, (_flag(there(func.lower(recent.c.title), pair) > 0) for pair in pairs))
    wanted = (
        select(*recent.c)
        .where(common >= max(2, len(pairs) // 4))
        .order_by(common.desc(), recent.c.id.desc())
        .limit(MOST * 5)
    )
    found = [(alike(title, row[2]), Similar(*row)) for row in session.execute(wanted) if row[0] not in but]
    close = [pair for pair in found if pair[0] >= ALIKE]
    close.sort(key=lambda pair: (-pair[0], -pair[1].petition_id))
    return [one for _, one in close[:MOST]]


def _recent(actor: Actor) -> Select[int, str, str, int, datetime]:
    """The newest petitions that the actor may see, read off the end of an index; only these are compared."""
    columns = (Petition.id, Petition.number, Petition.title, Petition.first_unit_id, Petition.received_at)
    seen = select(*columns).where(ROW_RULES[Petition](actor), Petition.voided_at.is_(None)).limit(WINDOW)
    if actor.standing.scope is not Scope.unit:
        return seen.order_by(Petition.id.desc())
    mine = seen.join(Involvement, Involvement.petition_id == Petition.id).where(Involvement.unit_id == actor.unit_id)
    return mine.order_by(Involvement.petition_id.desc())


def alike(one: str, other: str) -> float:
    """How many of two titles' character pairs are common: 0 … 1."""
    mine, theirs = _pairs(one).keys(), _pairs(other).keys()
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0


def _pairs(text: str) -> dict[str, None]:
    """Pairs of neighbouring characters, each once, in order."""
    plain = "".join(c for c in text.lower() if c.isalnum())
    return dict.fromkeys(plain[n : n + 2] for n in range(len(plain) - 1))
