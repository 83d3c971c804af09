"""What always holds in the record, as rows of data: one statement each, streamed; and the rows follow from the steps.

Each row is asked of all petitions at once and names those in which it fails. Run inside ``all_rows``: a checker that
sees half of the record proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import (
    CompoundSelect,
    Select,
    String,
    and_,
    cast,
    exists,
    extract,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from models import hearing_invariants, letter_invariants, rederivation
from models.invariant import Invariant
from models.invariant import asked as _by
from models.rules.scoring import PENDING
from models.tables import (
    Deduction,
    DeductionDuty,
    Duty,
    Involvement,
    Petition,
    RecordChange,
    Staff,
    Step,
    Transfer,
    Unit,
)
from models.terms import N_, Case, DutyKind, DutyStatus, PetitionStatus, StepKind, UnitKind


@dataclass(frozen=True, slots=True)
class Violation:
    """A petition in which an invariant does not hold."""

    petition: str
    invariant: Invariant
    detail: str


def violations(session: Session, progress: Callable[[int], None] = lambda checked: None) -> Iterator[Violation]:
    """Every violation, one after the other; memory does not grow with the record.

    Args:
        progress: told how many petitions were derived anew so far.
    """
    for invariant in INVARIANTS:
        for number, detail in invariant.find(session):
            yield Violation(number, invariant, detail)
    for number, detail in rederivation.differences(session, progress):
        yield Violation(number, FOLLOWS, detail)


def count(session: Session) -> int:
    """How many petitions there are to check."""
    return session.scalar(select(func.count(Petition.id))) or 0


def _orphans() -> Select[str, str]:
    """§2 and domain §4. Waits on a named unit: to decide the case, to close after a reply or a legal-route notice."""
    alive = exists().where(Duty.petition_id == Petition.id, Duty.status.in_([DutyStatus.open, DutyStatus.paused]))
    waits = or_(
        Petition.case.is_(None),
        Petition.case == Case.E,
        and_(Petition.status == PetitionStatus.replied, Petition.responsible_unit_id.is_not(None)),
    )
    named = select(Petition.number, cast(Petition.status, String))
    return named.where(Petition.status != PetitionStatus.closed, ~waits, ~alive)


def _loose_duties() -> Select[str, str]:
    """Foreign keys hold obligor and step; that the steps are the petition's own they cannot say."""
    opened, closed = aliased(Step), aliased(Step)
    wrong = or_(
        Unit.id.is_(None),
        opened.id.is_(None),
        opened.petition_id != Duty.petition_id,
        closed.petition_id != Duty.petition_id,
        and_(Duty.discharged_by_id.is_not(None), closed.id.is_(None)),
    )
    told = select(Petition.number, Duty.key).join(Duty, Duty.petition_id == Petition.id)
    told = told.outerjoin(Unit, Unit.id == Duty.unit_id).outerjoin(opened, opened.id == Duty.opened_by_id)
    return told.outerjoin(closed, closed.id == Duty.discharged_by_id).where(wrong)


def _blind_obligors() -> Select[str, str]:
    """Who owes must see what: involved or the bureau, and never the unit that the matter is about (domain §6)."""
    sees = exists().where(Involvement.petition_id == Duty.petition_id, Involvement.unit_id == Duty.unit_id)
    owed = select(Petition.number, Duty.key).join(Duty, Duty.petition_id == Petition.id)
    owed = owed.join(Unit, Unit.id == Duty.unit_id).where(Duty.status == DutyStatus.open)
    return owed.where(or_(Petition.about_unit_id == Duty.unit_id, and_(Unit.kind != UnitKind.bureau, ~sees)))


def _double_deductions() -> Select[str, str]:
    key = (Petition.number, Deduction.unit_id, Deduction.rule, Deduction.occurrence)
    found = select(Petition.number, Deduction.occurrence).join(Deduction, Deduction.petition_id == Petition.id)
    return found.group_by(*key).having(func.count(Deduction.id) > 1)


def _foreign_proofs() -> Select[str, str]:
    same = and_(
        Duty.petition_id == Deduction.petition_id,
        Duty.unit_id == Deduction.unit_id,
        Duty.rule == Deduction.rule,
        Duty.occurrence == Deduction.occurrence,
    )
    coalesced = func.coalesce(same, false())
    listed = exists().where(DeductionDuty.deduction_id == Deduction.id)
    other = exists().where(DeductionDuty.deduction_id == Deduction.id, DeductionDuty.duty_id == Duty.id, ~coalesced)
    found = select(Petition.number, Deduction.occurrence).join(Deduction, Deduction.petition_id == Petition.id)
    return found.where(or_(~listed, other))


def _yearless() -> CompoundSelect[str, str]:
    """Domain §5: a deduction counts in the year of its earliest duty that counts; a charged duty is listed in one."""
    listed = exists().where(DeductionDuty.duty_id == Duty.id)
    lost = select(Petition.number, Duty.key).join(Duty, Duty.petition_id == Petition.id).where(Duty.charged, ~listed)
    counts = and_(DeductionDuty.deduction_id == Deduction.id, ~DeductionDuty.excused)
    told = select(Petition.number, Deduction.occurrence).join(Deduction, Deduction.petition_id == Petition.id)
    told = told.outerjoin(DeductionDuty, counts).group_by(
        Petition.number, Deduction.id, Deduction.occurrence, Deduction.year
    )
    earliest = extract("year", func.min(DeductionDuty.due_on))
    return union_all(lost, told.having(func.coalesce(earliest != Deduction.year, true())))


def _backwards() -> Select[str, str]:
    found = select(Petition.number, Duty.key).join(Duty, Duty.petition_id == Petition.id)
    return found.where(or_(Duty.discharged_at < Duty.opened_at, Duty.ended_at < Duty.opened_at))


def _unfair_clocks() -> Select[str, str]:
    """Until a ruling the receiver's days are excused, until a designation everybody's (domain §2).

    The first unit's own intake duties, and its following of a transfer that is under objection, go on.
    """
    awaited, other = aliased(Duty), aliased(Duty)
    key = literal(f"{DutyKind.RULE_ON_OBJECTION.value}:").concat(cast(Transfer.leg, String))
    leg = and_(Transfer.petition_id == awaited.petition_id, awaited.key == key)
    receiver = exists().where(leg, Transfer.to_unit_id == other.unit_id)
    handles = (DutyKind.HANDLE, DutyKind.CONVENE, DutyKind.REPORT_RESULT, DutyKind.KEEP_PROMISE, DutyKind.FOLLOW_UP)
    unfair = or_(
        and_(awaited.kind == DutyKind.RULE_ON_OBJECTION, other.unit_id != awaited.unit_id, receiver),
        and_(awaited.kind == DutyKind.DESIGNATE, other.kind.in_(handles)),
    )
    found = select(Petition.number, other.key).join(awaited, awaited.petition_id == Petition.id)
    found = found.join(other, and_(other.petition_id == Petition.id, other.status == DutyStatus.open))
    return found.where(awaited.status == DutyStatus.open, unfair)


def _merged_but_owing() -> Select[str, str]:
    found = select(Petition.number, Duty.key).join(Duty, Duty.petition_id == Petition.id)
    return found.where(Petition.merged_into_id.is_not(None), Duty.status == DutyStatus.open)


def _moved_first_units() -> Select[str, str]:
    """The receipt says who received; the person may be corrected, with a trace (``migrations.guards``)."""
    received = and_(Step.petition_id == Petition.id, Step.kind == StepKind.receive)
    traced = exists().where(RecordChange.petition_id == Petition.id, RecordChange.field == "first_receiver_id")
    same = and_(
        Step.unit_id == Petition.first_unit_id,
        or_(Petition.first_receiver_id.is_(None), Step.staff_id == Petition.first_receiver_id, traced),
    )
    found = select(Petition.number, literal(StepKind.receive.value))
    return found.where(or_(~exists().where(received, same), exists().where(received, ~same)))


def _void_but_counting() -> Select[str, str]:
    """Registered by mistake: nothing is owed, and no deduction of it still pends."""
    owed = exists().where(Duty.petition_id == Petition.id, Duty.status.in_((DutyStatus.open, DutyStatus.paused)))
    pends = exists().where(Deduction.petition_id == Petition.id, Deduction.status.in_(PENDING))
    found = select(Petition.number, cast(Petition.status, String))
    return found.where(Petition.voided_at.is_not(None), or_(Petition.status != PetitionStatus.closed, owed, pends))


def _gaps() -> Select[str, str]:
    """Steps are only ever added: 1, 2, 3 … in each petition."""
    last = func.max(Step.seq)
    found = select(Petition.number, cast(last, String)).join(Step, Step.petition_id == Petition.id)
    return found.group_by(Petition.number).having(or_(last != func.count(Step.id), func.min(Step.seq) != 1))


def _unexplained_dates() -> Select[str, str]:
    rolled = Duty.trace["rolled"].as_string()
    found = select(Petition.number, Duty.key).join(Duty, Duty.petition_id == Petition.id)
    same = func.substr(rolled, 1, 10) == cast(Duty.due_on, String)
    return found.where(func.coalesce(~same, true()))


def _strange_keepers() -> Select[str, str]:
    found = select(Petition.number, Staff.name).outerjoin(Staff, Staff.id == Petition.keeper_id)
    nobody = and_(Petition.keeper_id.is_(None), Petition.first_receiver_id.is_not(None))
    handed = exists().where(
        Step.petition_id == Petition.id, Step.kind == StepKind.hand_over, Step.staff_id == Petition.keeper_id
    )
    # the first receiver may have gone to another unit meanwhile, and is asked to hand the matter over
    strange = and_(Petition.keeper_id != Petition.first_receiver_id, ~handed)
    return found.where(or_(nobody, strange, and_(Petition.first_receiver_id.is_(None), Staff.id.is_not(None), ~handed)))


INVARIANTS = (
    *hearing_invariants.INVARIANTS,
    Invariant(
        "open-petition-has-a-duty",
        N_("An open petition has an open duty or waits on a named unit."),
        "§2",
        _by(_orphans),
    ),
    Invariant(
        "duty-has-obligor-and-step",
        N_("Every duty has one obligor and one opening step of its own petition."),
        "§2",
        _by(_loose_duties),
    ),
    Invariant(
        "obligor-sees-the-matter",
        N_("Whoever owes an open duty sees the matter, and it is not about that unit."),
        "§2",
        _by(_blind_obligors),
    ),
    Invariant(
        "one-deduction-per-occurrence",
        N_("There is at most one deduction for each petition, unit, rule and occurrence."),
        "§3",
        _by(_double_deductions),
    ),
    Invariant(
        "deduction-rests-on-its-duties",
        N_("A deduction lists missed duties of its own petition, unit, rule and occurrence."),
        "§3",
        _by(_foreign_proofs),
    ),
    Invariant(
        "no-missed-duty-is-without-a-year",
        N_("A charged duty counts in one year: that of the earliest duty of its occurrence that counts."),
        "§3",
        _by(_yearless),
    ),
    Invariant(
        "discharged-after-opened",
        N_("No duty is discharged or ended before it was opened."),
        "§2",
        _by(_backwards),
    ),
    Invariant(
        "no-clock-runs-while-waiting",
        N_("Nobody's clock runs while the matter waits on somebody else."),
        "§2",
        _by(_unfair_clocks),
    ),
    Invariant(
        "merged-matter-owes-nothing",
        N_("Nothing is owed in a matter that lives on in another one."),
        "§1",
        _by(_merged_but_owing),
    ),
    Invariant(
        "void-petition-owes-nothing",
        N_("Nothing is owed in a petition that was declared void, and no deduction of it pends."),
        "§1",
        _by(_void_but_counting),
    ),
    Invariant(
        "first-unit-never-changes",
        N_("The first unit is that of the receipt and never changes; another first receiver has a trace."),
        "§1",
        _by(_moved_first_units),
    ),
    Invariant(
        "keeper-received-it-or-took-it-over",
        N_("Whoever looks after a matter received it first, or took it over by a handover."),
        "§1",
        _by(_strange_keepers),
    ),
    Invariant(
        "steps-have-no-gap",
        N_("The steps of a petition are numbered without a gap: none was taken away."),
        "§3",
        _by(_gaps),
    ),
    Invariant(
        "due-date-has-its-working",
        N_("Every due date is the one that its working ends with."),
        "§2",
        _by(_unexplained_dates),
    ),
    Invariant(
        "letters-have-no-gap",
        N_("The letters of a unit and year are numbered without a gap."),
        "§2",
        _by(letter_invariants.gaps),
    ),
    Invariant(
        "letter-has-its-paper",
        N_("The paper of an issued letter is the one that was printed, and stays with it."),
        "§2",
        _by(letter_invariants.strange_papers),
    ),
)
FOLLOWS = Invariant(
    "rows-follow-from-steps",
    N_("Duties, transfers and state follow from the steps, in whatever order they were entered."),
    "§2",
    rederivation.differences,
)
EVERY = (*INVARIANTS, FOLLOWS)
