"""Rulebooks as the rules see them: rows to facts, published ones and drafts alike."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import sealed_rulebooks  # noqa: F401 -- whoever reads rulebooks has their guard in force
from models.errors import NotFound
from models.rules.facts import Clock, Rulebook, Supplement
from models.rules.office_hours import read
from models.rules.scheme import Grade, Peer, Rate, Section
from models.scheme_terms import Indicator
from models.tables import Rulebook as Row
from models.tables import RulebookPeer
from models.terms import N_, Channel, RulebookStatus

_ORDER = {indicator: place for place, indicator in enumerate(Indicator)}
_DAYS = ("answer_days", "decision_days", "appeal_days", "ruling_days", "promise_days", "clock_days")
_CLOCK = ("duty", "variant", "amount", "measure", "rolled", "extension", "rule", "paragraph", "source")


def published(session: Session) -> Sequence[Row]:
    """Every published rulebook with all its parts, in the order in which they came into force."""
    return session.scalars(_in_order(_whole())).all()


def heads(session: Session) -> Sequence[Row]:
    """The same without their parts."""
    return session.scalars(_in_order(select(Row))).all()


def _in_order(wanted: Select[Row]) -> Select[Row]:
    order = (Row.effective_from, Row.published_at.asc().nulls_first(), Row.id)
    return wanted.where(Row.status == RulebookStatus.published).order_by(*order)


def named(session: Session, version: str) -> Row:
    """The rulebook of a version, draft or published. Raises NotFound."""
    found: Row | None = session.scalars(_whole().where(Row.version == version)).first()
    if found is None:
        raise NotFound(N_("There is no rulebook %(version)s."), version=version)
    return found


def whole(session: Session, pk: int) -> Row:
    """The rulebook of a key, read anew with all its parts. Raises NotFound."""
    found: Row | None = session.scalars(_whole().where(Row.id == pk).execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound(N_("There is no rulebook %(version)s."), version=pk)
    return found


def _whole() -> Select[Row]:
    parts = (Row.clocks, Row.sections, Row.points, Row.indicators, Row.grades, Row.supplements)
    peers = selectinload(Row.peers).joinedload(RulebookPeer.unit)
    return select(Row).options(*map(selectinload, parts), peers, joinedload(Row.published_by))


def facts(row: Row) -> Rulebook:
    """A rulebook as plain facts, each list in a stable order."""
    return Rulebook(
        id=row.id,
        version=row.version,
        effective_from=row.effective_from,
        clocks=tuple(
            Clock(*(getattr(one, name) for name in _CLOCK)) for one in sorted(row.clocks, key=lambda one: one.id)
        ),
        points={line.rule: line.points for line in row.points},
        base=row.base_score,
        floor=row.floor_score,
        grace_days=row.grace_days,
        **{name: getattr(row, name) for name in _DAYS},
        office_hours={one: hours for one in Channel if (hours := read(getattr(row, f"hours_{one.value}") or ""))},
        supplements=tuple(
            Supplement(one.effective_from, Clock(*(getattr(one, name) for name in _CLOCK)))
            for one in sorted(row.supplements, key=lambda one: one.id)
        ),
        caps={line.rule: line.cap for line in row.points if line.cap is not None},
        sections=_sections(row),
        rates=tuple(
            Rate(one.indicator, one.weight, one.target, one.fewest, one.paragraph, one.source)
            for one in sorted(row.indicators, key=lambda one: _ORDER[one.indicator])
        ),
        grades=tuple(
            Grade(one.title, one.title_en, one.from_score) for one in sorted(row.grades, key=lambda one: one.position)
        ),
        peers=tuple(
            Peer(one.code, one.title, one.title_en, one.kind, one.unit.code if one.unit else None)
            for one in sorted(row.peers, key=lambda one: one.id)
        ),
        title=row.title,
        source=row.source,
        paragraphs={line.rule: line.paragraph for line in row.points},
    )


def _sections(row: Row) -> tuple[Section, ...]:
    return tuple(
        Section(
            one.code,
            one.title,
            one.title_en,
            one.cap,
            tuple(sorted(line.rule for line in row.points if line.section_id == one.id)),
        )
        for one in sorted(row.sections, key=lambda one: one.code)
    )
