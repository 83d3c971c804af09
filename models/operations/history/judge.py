"""One petition of a ledger before the checks: what is wrong with its rows, or the petition replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from models.errors import DomainError, EvidenceMissing, Invalid, Problem
from models.operations import intake, steps
from models.operations.history import ordering, replay
from models.operations.history.known import Record, key_of
from models.operations.history.ordering import Line
from models.operations.history.replay import Telling
from models.operations.history.rows import Act, Matter, matter_of, same_day, step_of
from models.operations.history.staging import Group, StagedRow
from models.operations.history.values import Cells, Fault
from models.operations.history.words import Words
from models.operations.steps import StepInput
from models.tables import Petition
from models.terms import N_, StepKind

UNKNOWN = N_("There is no petition with this number, neither in the ledger nor on record.")
TWICE = N_("This number stands on line %(line)s with other content.")
DIFFERS = N_("The record says something else; a ledger adds, it does not change.")
ALIKE = N_("The record holds this step with other particulars.")
PERHAPS = N_("Perhaps only because another row of this petition is bad.")
FUTURE = N_("This lies in the future.")
FOLLOWS = N_("This is no row of its own: it follows from the columns of the petition; delete it, or mend them.")
CANNOT = N_("A ledger cannot tell this; delete the row and do it on the page of the petition.")
# these come from columns of the petition (named), or are the console's own doing
NOT_A_ROW: Mapping[StepKind, str | None] = {
    StepKind.receive: "received_at",
    StepKind.register: "registered_at",
    StepKind.urgent: "urgent_at",
    StepKind.merge: None,
    StepKind.recount: None,
    StepKind.hand_over: None,
}
OWN_DOING = (StepKind.recount, StepKind.hand_over)
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
        told = self._steps(group.steps, record, matter, verdict)
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
            told = self._replay(case, told, verdict, new=record is None)
        if not verdict.bad and record is None:
            verdict.telling = case
        elif not verdict.bad:
            verdict.additions = [line.act.step for line in told]
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
            faults = [Fault(name, DIFFERS) for name in record.differences(matter, self.words.zone)]
            verdict.repeated += not faults
        self._wrong(rows[0], faults, verdict)
        return None if faults else matter

    # its steps
    def _steps(
        self, rows: Sequence[StagedRow], record: Record | None, matter: Matter | None, verdict: Verdict
    ) -> list[Line]:
        """The steps that can be read and are not known already."""
        zone = self.words.zone
        known: set[object] = set()
        found = []
        for row in rows:
            cells = Cells(row.cells, self.words)
            act = step_of(cells)
            self._wrong(row, cells.faults, verdict)
            if act is None:
                continue
            step = act.step
            step.recorded_at, step.recorded_by_id = self.as_of, self.recorded_by
            key = (act.whole_day, key_of(step))
            if step.kind in NOT_A_ROW and not (record and record.has(act, zone)):
                self._not_a_row(row, act, matter, verdict)
            elif key in known or (record and record.has(act, zone)):
                verdict.repeated += 1
            elif record is not None and record.likeness(act, zone):
                self._wrong(row, [Fault("", ALIKE)], verdict)
            else:
                known.add(key)
                found.append(Line(row, act))
        return found

    def _not_a_row(self, row: StagedRow, act: Act, matter: Matter | None, verdict: Verdict) -> None:
        """What the petition's columns say, or what the console does by itself: passed over if nothing is lost."""
        column = NOT_A_ROW[act.step.kind]
        told = getattr(matter.given, column) if matter and column else None
        at_once = told is not None and (told == act.step.at or (act.whole_day and self._same_day(told, act.step.at)))
        if at_once or act.step.kind in OWN_DOING:
            verdict.repeated += 1
        elif matter is not None or column is None:
            self._wrong(row, [Fault("step", FOLLOWS if column else CANNOT)], verdict)

    def _same_day(self, one: datetime, other: datetime) -> bool:
        return same_day(one, other, self.words.zone)

    def _replay(self, case: Telling, told: list[Line], verdict: Verdict, *, new: bool) -> list[Line]:
        """Take every step, day by day; returns them in the order in which they were taken."""
        done: list[Line] = []
        for day in ordering.days(told, self.words.zone):
            done += (
                self._settled(case, day, verdict, new) if ordering.settled(day) else self._day(case, day, verdict, new)
            )
        if new and not verdict.bad:
            replay.lay_out(self.session, case, self.as_of)
        return done

    def _settled(self, case: Telling, day: list[Line], verdict: Verdict, new: bool) -> list[Line]:
        """A day of which the ledger says what came first; a refusal after another bad row may only follow from it."""
        day.sort(key=lambda line: line.act.step.at)
        for line in day:
            if line.act.whole_day:
                line.act.step.at = max(filter(None, (line.act.step.at, self._floor(case, line))))
            try:
                self._take(case, line, new)
            except DomainError as error:
                self._refused(line, error, verdict)
        return day

    def _day(self, case: Telling, day: list[Line], verdict: Verdict, new: bool) -> list[Line]:
        """A day whose order is open: as the file has it, else as the work goes; else the guilty row is named."""
        start, moments = replay.copied(case), [line.act.step.at for line in day]
        first: ordering.Stuck | None = None
        for rank in (ordering.by_line, ordering.by_work):
            try:
                return ordering.replayed(
                    day, rank, self._floor(case, day[0]), lambda line: self._tried(case, line, new)
                )
            except ordering.Stuck as stuck:
                first = first or stuck
                replay.put_back(case, start)
                for line, at in zip(day, moments, strict=True):
                    line.act.step.at = at
        assert first is not None
        self._refused(first.line, first.error, verdict)
        for line in first.left:
            if line is not first.line:
                self._wrong(line.row, [Fault("", PERHAPS)], verdict, own=False)
        return day

    def _floor(self, case: Telling, line: Line) -> datetime | None:
        """The last moment of the line's day that the petition has seen."""
        known = (step.at for step in case.facts.steps if self._same_day(step.at, line.act.step.at))
        return max(known, default=None)

    def _tried(self, case: Telling, line: Line, new: bool) -> None:
        """Take a step or leave everything as it was."""
        before = replay.copied(case)
        try:
            self._take(case, line, new)
        except DomainError:
            replay.put_back(case, before)
            raise

    def _take(self, case: Telling, line: Line, new: bool) -> None:
        step = line.act.step
        steps.check_values(self.session, case.petition, step, None, self.as_of, True)
        replay.take(self.session, case, step, step.at if new else self.as_of)

    def _refused(self, line: Line, error: DomainError, verdict: Verdict) -> None:
        if isinstance(error, Invalid | EvidenceMissing):
            self._wrong(line.row, _faults(error.problems), verdict)
            return
        fault = Fault(error.field or "", error.message, error.paragraph, error.params)
        after = verdict.bad
        self._wrong(line.row, [fault, *([Fault("", PERHAPS)] if after else [])], verdict, own=not after)


def _faults(problems: Iterable[Problem]) -> list[Fault]:
    return [Fault(_COLUMNS.get(one.field, one.field), one.message, one.paragraph, dict(one.params)) for one in problems]
