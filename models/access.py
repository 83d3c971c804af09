"""Which rows an actor may see: one rule per table, applied to every ORM statement. No actor, no rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, event, exists, false, or_, select, true
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from models.office_terms import AccountabilityStatus, LetterStatus
from models.permissions import MATRIX_TABLES, may
from models.roles import Names, Office, Scope, Standing, offices, standing
from models.tables import (
    Accountability,
    AccountabilityEvent,
    AssessmentLine,
    AssessmentPaper,
    Attachment,
    Correction,
    Deduction,
    DeductionDuty,
    DeductionEvent,
    Duty,
    Handover,
    HandoverItem,
    HearingPaper,
    Involvement,
    Job,
    Letter,
    Petition,
    Petitioner,
    RecordChange,
    Step,
    Transfer,
)
from models.terms import PetitionKind, Role, UnitKind, Verb


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: account, staff record, unit and roles. What the roles mean is asked of ``models.roles``.

    ``below``: the units under the own one, told only where a role's scope reaches them.
    """

    user_id: int | None
    staff_id: int | None
    unit_id: int | None
    unit_kind: UnitKind | None
    roles: frozenset[Role]
    below: frozenset[int] = frozenset()

    @property
    def standing(self) -> Standing:
        return standing(self.roles)

    @property
    def wide(self) -> bool:
        """Whether the actor sees the whole county."""
        return self.standing.scope is Scope.county

    @property
    def units(self) -> frozenset[int]:
        """The units whose case work the actor sees as their own."""
        scope = self.standing.scope
        if self.unit_id is None or scope is Scope.none:
            return frozenset()
        return self.below | {self.unit_id} if scope is Scope.subtree else frozenset({self.unit_id})

    def acts_for(self, *asked: Office) -> bool:
        """Whether a role of the actor acts for one of these offices."""
        return bool(offices(self.roles).intersection(asked))

    @property
    def writes(self) -> bool:
        """Whether the actor takes steps at all."""
        return self.acts_for(Office.unit, Office.bureau)

    @property
    def speaks_for_unit(self) -> bool:
        """Whether the actor acts for the own unit: a bureau officer only for the bureau."""
        return self.acts_for(Office.unit) or (self.acts_for(Office.bureau) and self.unit_kind is UnitKind.bureau)


class _Everything:
    """Stands for a job or command that works on all rows and says so."""


_current: ContextVar[Actor | _Everything | None] = ContextVar("actor", default=None)
_person: ContextVar[Actor | None] = ContextVar("person", default=None)


@contextmanager
def acting(actor: Actor | None) -> Iterator[None]:
    """Rows are those of ``actor`` inside; None means no rows."""
    token, person = _current.set(actor), _person.set(actor)
    try:
        yield
    finally:
        _current.reset(token)
        _person.reset(person)


@contextmanager
def all_rows() -> Iterator[None]:
    """For jobs and commands that no user drives, and for operations after they checked the actor."""
    token = _current.set(_Everything())
    try:
        yield
    finally:
        _current.reset(token)


def current_actor() -> Actor | None:
    """The actor of this context, or None."""
    found = _current.get()
    return found if isinstance(found, Actor) else None


def acting_person() -> Actor | None:
    """Who acts, also while an operation that checked them works on all rows: for what says by whom."""
    return _person.get()


def sees_everything() -> bool:
    """Whether a job or command works here on all rows."""
    return isinstance(_current.get(), _Everything)


# Plain tables inside the rules: an entity there would get its own rule again, doubling and misleading the query
_matter, _involved = Petition.__table__.alias("matter"), Involvement.__table__.alias("involved")
_points, _lists = Deduction.__table__.alias("points"), Handover.__table__.alias("lists")
_serious, _spoken = Accountability.__table__.alias("serious"), AccountabilityEvent.__table__.alias("spoken")
_heard = DeductionEvent.__table__.alias("heard")


def _within(column: Any, actor: Actor) -> ColumnElement[bool]:
    """The column names one of the units whose case work is the actor's."""
    units = actor.units
    if not units:
        return false()
    found: ColumnElement[bool] = column == actor.unit_id if len(units) == 1 else column.in_(sorted(units))
    return found


def _of_petition(key: Any) -> Callable[[Actor], ColumnElement[bool]]:
    """A unit sees what it received, must handle or co-handles; never a petition about itself (domain §6)."""

    def criterion(actor: Actor) -> ColumnElement[bool]:
        if actor.wide and (actor.unit_id is None or actor.standing.oversees):
            return true()
        if not actor.units:
            return false()
        # the few that are hidden are looked up once; asked row by row it would read every petition
        shielded = key.not_in(select(_matter.c.id).where(_matter.c.about_unit_id == actor.unit_id))
        mine = exists(select(_involved.c.id).where(_involved.c.petition_id == key, _within(_involved.c.unit_id, actor)))
        return shielded if actor.wide else and_(mine, shielded)

    return criterion


def _petitioners(actor: Actor) -> ColumnElement[bool]:
    """Identities: for those who work on the matter, the bureau, the auditor; of an accusation, the first unit too."""
    return and_(_of_petition(Petitioner.petition_id)(actor), _identity(Petitioner.petition_id, actor))


def _identity(key: Any, actor: Actor) -> ColumnElement[bool]:
    """Of a petition that the actor sees: whether also who brought it."""
    if actor.standing.names is Names.all:
        return true()
    if actor.standing.names is Names.none:
        return false()
    return exists(
        select(_matter.c.id).where(
            _matter.c.id == key,
            or_(_matter.c.kind != PetitionKind.accusation, _matter.c.first_unit_id == actor.unit_id),
        )
    )


def _attachments(actor: Actor) -> ColumnElement[bool]:
    """Files of a petition that one sees; a paper of ours that names the petitioner only with the identity."""
    nameless = Attachment.names.is_(False)
    return and_(_of_petition(Attachment.petition_id)(actor), or_(nameless, _identity(Attachment.petition_id, actor)))


def _letters(actor: Actor) -> ColumnElement[bool]:
    """Letters of a petition that one sees; a draft is its unit's own affair."""
    seen = _of_petition(Letter.petition_id)(actor)
    if actor.standing.oversees:
        return seen
    return and_(seen, or_(Letter.status != LetterStatus.draft, Letter.unit_id == actor.unit_id))


def _deductions(actor: Actor, of: Any = Deduction) -> ColumnElement[bool]:
    """The county's officers see all; a unit sees its own."""
    return true() if actor.wide else _within(of.unit_id, actor)


def _of_deduction(column: Any) -> Callable[[Actor], ColumnElement[bool]]:
    def criterion(actor: Actor) -> ColumnElement[bool]:
        return exists(select(_points.c.id).where(_points.c.id == column, _deductions(actor, _points.c)))

    return criterion


def _handovers(actor: Actor, of: Any = Handover) -> ColumnElement[bool]:
    """A unit's own affair, which the county's officers may look at."""
    return true() if actor.wide else _within(of.unit_id, actor)


def _handed_over(actor: Actor) -> ColumnElement[bool]:
    """Of a list that one may see, the matters that one may see."""
    of_list = exists(select(_lists.c.id).where(_lists.c.id == HandoverItem.handover_id, _handovers(actor, _lists.c)))
    return and_(of_list, _of_petition(HandoverItem.petition_id)(actor))


def _jobs(actor: Actor) -> ColumnElement[bool]:
    """One's own; that there are others only who keeps or audits the machine."""
    if actor.standing.oversees:
        return true()
    return Job.user_id == actor.user_id if actor.user_id else false()


def _serious_matters(actor: Actor, of: Any = Accountability) -> ColumnElement[bool]:
    """The unit concerned sees its file once it is heard; a file from a matter about another unit stays hidden there."""
    if actor.wide and (actor.unit_id is None or actor.standing.oversees):
        return true()
    if not actor.units:
        return false()
    own = and_(_within(of.unit_id, actor), of.status != AccountabilityStatus.investigation)
    about = exists(select(_matter.c.id).where(_matter.c.id == of.petition_id, _matter.c.about_unit_id == actor.unit_id))
    return or_(own, and_(of.unit_id != actor.unit_id, ~about)) if actor.wide else own


def _of_serious(column: Any) -> Callable[[Actor], ColumnElement[bool]]:
    def criterion(actor: Actor) -> ColumnElement[bool]:
        return exists(select(_serious.c.id).where(_serious.c.id == column, _serious_matters(actor, _serious.c)))

    return criterion


def _hearing_papers(actor: Actor) -> ColumnElement[bool]:
    """Whoever sees the move sees its papers."""
    heard = select(_heard.c.id).where(_heard.c.id == HearingPaper.deduction_event_id)
    spoken = select(_spoken.c.id).where(_spoken.c.id == HearingPaper.accountability_event_id)
    return or_(
        exists(heard.where(_of_deduction(_heard.c.deduction_id)(actor))),
        exists(spoken.where(_of_serious(_spoken.c.accountability_id)(actor))),
    )


def _kept_papers(actor: Actor) -> ColumnElement[bool]:
    """The county's officers see all; a unit its own, and the county's as far as it was open to it."""
    return true() if actor.wide else _within(AssessmentPaper.unit_id, actor)


def _changes(actor: Actor) -> ColumnElement[bool]:
    """Of a petition: whoever sees it. Of anything else: whoever may look at the record itself; of accounts their
    keepers.
    """
    if not actor.roles:
        return false()
    of_petition = and_(RecordChange.petition_id.is_not(None), _of_petition(RecordChange.petition_id)(actor))
    named = {table for table in MATRIX_TABLES if may(actor.roles, table, Verb.show)}
    open_to = true() if actor.standing.oversees else RecordChange.table_name.in_(sorted(named))
    return or_(of_petition, and_(RecordChange.petition_id.is_(None), open_to))


def _anyone(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.roles else false()


ROW_RULES: dict[type[Any], Callable[[Actor], ColumnElement[bool]]] = {
    Petition: _of_petition(Petition.id),
    Involvement: _of_petition(Involvement.petition_id),
    Petitioner: _petitioners,
    Step: _of_petition(Step.petition_id),
    Transfer: _of_petition(Transfer.petition_id),
    Duty: _of_petition(Duty.petition_id),
    Attachment: _attachments,
    Correction: _of_petition(Correction.petition_id),
    Letter: _letters,
    Deduction: _deductions,
    DeductionDuty: _of_deduction(DeductionDuty.deduction_id),
    DeductionEvent: _of_deduction(DeductionEvent.deduction_id),
    HearingPaper: _hearing_papers,
    Accountability: _serious_matters,
    AccountabilityEvent: _of_serious(AccountabilityEvent.accountability_id),
    Handover: _handovers,
    HandoverItem: _handed_over,
    AssessmentLine: _anyone,
    AssessmentPaper: _kept_papers,
    Job: _jobs,
    RecordChange: _changes,
}


# tables whose rows do not follow a role's scope: everybody's, or one's own account's
OWN_ROWS = frozenset({AssessmentLine, Job})


def criterion(table: type[Any]) -> ColumnElement[bool]:
    """The row rule of ``table`` for the actor of this context; nothing without an actor."""
    found = _current.get()
    if isinstance(found, _Everything):
        return true()
    return ROW_RULES[table](found) if found is not None else false()


def install(target: Any = Session) -> None:
    """Apply the row rules to every ORM statement of ``target`` (a session class or factory)."""
    # never guarded by event.contains: it goes by id() and takes a new factory for a dead one, leaving it open
    event.listen(target, "do_orm_execute", _restrict)


def _restrict(state: ORMExecuteState) -> None:
    found = _current.get()
    if isinstance(found, _Everything) or state.is_column_load:
        return
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(*_rules_of(found, found.standing if found else None))


@lru_cache(maxsize=1024)
def _rules_of(actor: Actor | None, _standing: Standing | None) -> tuple[ExecutableOption, ...]:
    """The row rules of all tables for an actor, kept: to write them anew costs more than most statements."""
    with acting(actor):
        return tuple(
            with_loader_criteria(table, criterion(table), include_aliases=True, track_closure_variables=False)
            for table in ROW_RULES
        )
