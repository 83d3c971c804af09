"""One petition of a ledger before the checks: what is wrong with its rows, or the petition replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from models.errors import DomainError, EvidenceMissing, Invalid, Problem
from models.operations import intake, steps
from models.operations.history import replay
from models.operations.history.known import Record, key_of
from models.operations.history.replay import Telling
from models.operations.history.staging import Group, StagedRow
from models.operations.history.values import Cells, Fault, Matter, Words, matter_of, step_of
from models.operations.steps import StepInput
from models.tables import Petition
from models.terms import N_

UNKNOWN = N_("There is no petition with this number, neither in the ledger nor on record.")
TWICE = N_("This number stands on line %(line)s with other content.")
DIFFERS = N_("The record says something else; a ledger adds, it does not change.")
ALIKE = N_("The record holds this step with other particulars.")
PERHAPS = N_("Perhaps only because another row of this petition is bad.")
FUTURE = N_("This lies in the future.")
# how the checks of registration name their fields → the column
_COLUMNS = {"petitioners": "petitioner", "first_unit_id": "first_unit", "place_id": "place"}

Report = Callable[..., None]


@dataclass(slots=True)
class Verdict:
    """What becomes of the rows.

    ``telling``: a new petition, ready to be written; ``additions``: steps for one on record; ``taken``: how many steps
    are new; ``repeated``: how many rows say nothing new.
    """

    bad: bool = False
    telling: Telling | None = None
    additions: list[StepInput] = field(default_factory=list)
    taken: int = 0
    repeated: int = 0


@dataclass(slots=True)
class Judge:
    """Judges group after group as of one moment. ``report(row, fault, own=…)`` hears of every fault."""

    session: Session
    words: Words
    as_of: datetime
    recorded_by: int | None
    report: Report

    def judge(self, group: Group, record: Record | None, on_record: Callable[[int], Petition]) -> Verdict:
        """All rows of one petition. ``on_record`` loads the petition that ``record`` speaks of."""
        verdict = Verdict()
        matter = self._matter(group.petitions, record, verdict)
        told = self._steps(group.steps, record, verdict)
        verdict.taken = len(told)
        if not group.petitions and record is None:
            for row in group.steps:
                self._wrong(row, [Fault("number", UNKNOWN)], verdict)
            return verdict
        case: Telling | None = None
        if record is not None and told:
            case = replay.resume(self.session, on_record(record.petition.id), self.as_of)
        elif matter is not None and record is None:
            case = replay.begin(self.session, matter)
        if case is not None:
            self._replay(case, told, verdict, new=record is None)
        if not verdict.bad and record is None:
            verdict.telling = case
        elif not verdict.bad:
            verdict.additions = [step for _, step in told]
        return verdict

    def _wrong(self, row: StagedRow, faults: Iterable[Fault], verdict: Verdict, *, own: bool = True) -> None:
        for fault in faults:
            verdict.bad = True
            self.report(row, fault, own=own)

    # the petition's row
    def _matter(self, rows: Sequence[StagedRow], record: Record | None, verdict: Verdict) -> Matter | None:
        for row in rows[1:]:
            if row.cells == rows[0].cells:
                verdict.repeated += 1
            else:
                self._wrong(row, [Fault("number", TWICE, params={"line": rows[0].line})], verdict)
        if not rows:
            return None
        cells = Cells(rows[0].cells, self.words)
        matter = matter_of(cells)
        matter.given.recorded_at, matter.given.recorded_by_id = self.as_of, self.recorded_by
        named = {fault.column for fault in cells.faults}
        found = intake.check(matter.given, self.as_of, ledger=True)
        faults = cells.faults + [fault for fault in _faults(found) if fault.column not in named]
        if not faults and record is not None:
            faults = [Fault(name, DIFFERS) for name in record.differences(matter)]
            verdict.repeated += not faults
        self._wrong(rows[0], faults, verdict)
        return None if faults else matter

    # its steps
    def _steps(
        self, rows: Sequence[StagedRow], record: Record | None, verdict: Verdict
    ) -> list[tuple[StagedRow, StepInput]]:
        """The steps that can be read and are not known already."""
        known = set(record.steps) if record else set()
        found = []
        for row in rows:
            cells = Cells(row.cells, self.words)
            step = step_of(cells)
            self._wrong(row, cells.faults, verdict)
            if step is None:
                continue
            step.recorded_at, step.recorded_by_id = self.as_of, self.recorded_by
            if key_of(step) in known:
                verdict.repeated += 1
            elif record is not None and record.likeness(step):
                self._wrong(row, [Fault("", ALIKE)], verdict)
            else:
                known.add(key_of(step))
                found.append((row, step))
        return found

    def _replay(self, case: Telling, told: list[tuple[StagedRow, StepInput]], verdict: Verdict, *, new: bool) -> None:
        """Take every step; a refusal after another bad row may only follow from it."""
        for row, step in told:
            try:
                steps.check_values(self.session, case.petition, step, None, self.as_of, True)
            except (Invalid, EvidenceMissing) as error:
                self._wrong(row, _faults(error.problems), verdict)
                continue
            try:
                replay.take(self.session, case, step, step.at if new else self.as_of)
            except DomainError as error:
                fault = Fault(error.field or "", error.message, error.paragraph, error.params)
                after = verdict.bad
                self._wrong(row, [fault, *([Fault("", PERHAPS)] if after else [])], verdict, own=not after)
        if new and not verdict.bad:
            replay.lay_out(self.session, case, self.as_of)


def _faults(problems: Iterable[Problem]) -> list[Fault]:
    return [Fault(_COLUMNS.get(one.field, one.field), one.message, one.paragraph, dict(one.params)) for one in problems]
