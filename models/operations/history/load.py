"""Load a ledger: read, check and replay all of it, and write it at once or not at all. Never commits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import petition_fields
from models.access import all_rows
from models.errors import DomainError
from models.operations.case_file import file_of, state_of, world
from models.operations.history.judge import Judge, Verdict
from models.operations.history.known import Record, records
from models.operations.history.notes import Note
from models.operations.history.replay import implied_route
from models.operations.history.staging import Group, Staging
from models.operations.history.words import Words
from models.operations.history.writing import Writer
from models.operations.reconcile import reconcile
from models.operations.steps import StepInput, perform
from models.tables import LedgerWord, Petition, Place
from models.terms import N_

BATCH = 500
MOST_NOTES = 50
UNDERSTOOD = N_("“%(text)s” was understood as %(meaning)s (%(count)s rows)")
PLACES = N_("%(count)s petitions name a place that the county does not have: kept as written, to be mapped afterwards")
RECEIVERS = N_("%(count)s petitions name a first receiver whom the unit does not have: kept as written")
_READING = 0.1  # of the work, for the progress bar


@dataclass(slots=True)
class Outcome:
    """What was loaded, and what was not.

    ``receivers``, ``places``: petitions whose first receiver or place the county does not know, kept as written;
    ``repeated``: rows that were on record or in the ledger already.
    """

    petitions: int = 0
    steps: int = 0
    receivers: int = 0
    places: int = 0
    repeated: int = 0
    left_out: int = 0
    left_out_rows: int = 0
    bad_rows: int = 0


class BadRows(DomainError):
    """Some rows are bad and nothing may be loaded: roll back. ``outcome`` says how many."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(N_("%(rows)s rows are bad; nothing was loaded."), rows=outcome.bad_rows)


def load(
    session: Session,
    ledger: Staging,
    *,
    as_of: datetime,
    recorded_by: int | None = None,
    skip_bad_rows: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Outcome:
    """Load the files of ``ledger``; flushes, and forgets the loaded rows: give it a session of its own.

    Args:
        as_of: the present; what lies after it is refused, and follow-up periods are laid out up to it.
        recorded_by: staff id of whoever loads it.
        skip_bad_rows: load the petitions without a bad row.

    Raises:
        BadRows: roll back; ``ledger.reported`` tells every row. DomainError: a file cannot be read. Conflict.
    """
    hear = progress or (lambda share: None)
    ledger.read(lambda share: hear(share * _READING))
    with all_rows():
        job = _Job(session, ledger, as_of, recorded_by, skip_bad_rows)
        total, done = max(1, ledger.petitions()), 0
        groups = ledger.groups()
        while part := list(islice(groups, BATCH)):
            job.run(part)
            done += len(part)
            hear(_READING + done / total * (1 - _READING))
        return job.finish()


class _Job:
    def __init__(
        self, session: Session, ledger: Staging, as_of: datetime, recorded_by: int | None, skip_bad_rows: bool
    ) -> None:
        self.session, self.ledger, self.as_of, self.skip = session, ledger, as_of, skip_bad_rows
        here = world(session)
        places = session.execute(select(Place.id, Place.code, Place.name, Place.name_en)).all()
        own = session.execute(select(LedgerWord.field, LedgerWord.word, LedgerWord.meaning)).all()
        words = Words.of(
            list(here.units.values()),
            [(row.id, row.code, name) for row in places for name in (row.name, row.name_en) if name],
            here.zone,
            [(row.field.value, row.word, row.meaning) for row in own],
            petition_fields.rows_named(session),
        )
        self.judge = Judge(session, words, as_of, recorded_by, ledger.fault)
        self.writer = Writer(session)
        self.outcome = Outcome()
        self.clean = True

    def run(self, groups: list[Group]) -> None:
        """Judge a batch; write what is good, unless something is bad and all or nothing was asked."""
        known = records(self.session, [group.number for group in groups])
        verdicts = [(group, self._judge(group, known.get(group.number))) for group in groups]
        if self.clean or self.skip:
            good = [verdict for _, verdict in verdicts if not verdict.bad]
            self.writer.write([verdict.telling for verdict in good if verdict.telling])
            for group, verdict in verdicts:
                if not verdict.bad and verdict.additions:
                    self._append(known[group.number], verdict.additions)
        self.session.flush()
        self.session.expunge_all()

    def _judge(self, group: Group, record: Record | None) -> Verdict:
        verdict = self.judge.judge(group, record, self._petition)
        if verdict.bad or self.ledger.is_left_out(group.number):
            self.ledger.leave_out(group.number)
            self.clean, verdict.bad = False, True
            return verdict
        if verdict.telling is not None:
            self.outcome.petitions += 1
            self.outcome.places += verdict.telling.petition.place_text is not None
        self.outcome.steps += verdict.taken
        self.outcome.repeated += verdict.repeated
        return verdict

    def _petition(self, key: int) -> Petition:
        return self.session.get_one(Petition, key)

    def _append(self, record: Record, additions: list[StepInput]) -> None:
        """Further steps of a petition on record: through the operation itself, as entered today."""
        petition = self._petition(record.petition.id)
        for step in additions:
            case = file_of(self.session, petition, self.as_of)
            for one in filter(None, (implied_route(case.facts, case.state, step), step)):
                perform(self.session, petition, one, None, self.as_of, ledger=True)
        case = file_of(self.session, petition, self.as_of)
        case.state = state_of(self.session, case.facts, case.kept, self.as_of)
        if {duty.key for duty in case.state.duties} - case.duties.keys():
            reconcile(self.session, case, self.as_of)

    def finish(self) -> Outcome:
        left = self.ledger.left_out()
        found = self.outcome
        self._note()
        found.left_out, found.left_out_rows, found.bad_rows = left["petitions"], left["rows"], left["bad_rows"]
        if left["rows"] and not self.skip:
            raise BadRows(found)
        self.writer.finish()
        return found

    def _note(self) -> None:
        """What was understood though it is written otherwise, and what is kept as written."""
        self.outcome.receivers = self.writer.unknown_receivers
        understood = sorted(self.judge.words.understood.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
        for (column, text, meaning), count in understood[:MOST_NOTES]:
            told = {"text": text, "meaning": meaning if column == "unit" else (meaning,), "count": count}
            self.ledger.notes.append(Note(UNDERSTOOD, told))
        if self.outcome.places:
            self.ledger.notes.append(Note(PLACES, {"count": self.outcome.places}))
        if self.outcome.receivers:
            self.ledger.notes.append(Note(RECEIVERS, {"count": self.outcome.receivers}))
