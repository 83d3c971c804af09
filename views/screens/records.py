"""What the console keeps by itself: proofs of deductions, assessments with their papers, number series."""

from models.tables import (
    Assessment,
    AssessmentCorrection,
    AssessmentLine,
    AssessmentPaper,
    AssessmentPart,
    Counter,
    DeductionDuty,
    DeductionEvent,
    HearingPaper,
    RecordChange,
)
from models.terms import Verb
from views import papers_page
from views.screen import Screen

READ = frozenset({Verb.list, Verb.show, Verb.export})
_CHANGE = ("at", "table_name", "row_id", "petition_id", "act", "field", "old", "new", "staff_id", "account", "reason")
_PART = ("assessment_id", "name", "number")

SCREENS = (
    Screen(
        DeductionDuty,
        kind="case",
        list=("deduction_id", "duty_id", "due_on", "late_days"),
        hidden={"trace": "on the page of the deduction"},
        verbs=READ,
    ),
    Screen(DeductionEvent, kind="case", list=("deduction_id", "at", "status", "staff_id"), verbs=READ),
    Screen(HearingPaper, kind="case", list=("filename", "media_type", "size", "unit_id", "added_at"), verbs=READ),
    Screen(
        Assessment,
        kind="case",
        list=("year", "revision", "status", "frozen_at"),
        hidden={"manifest": "downloaded from the page of the year's end"},
        order="-year",
        verbs=READ,
    ),
    Screen(AssessmentLine, kind="case", list=("assessment_id", "unit_id", "score", "rank"), verbs=READ),
    Screen(
        AssessmentPart, kind="case", list=_PART, show=_PART, hidden={"body": "bytes, read by verification"}, verbs=READ
    ),
    Screen(
        AssessmentPaper,
        kind="case",
        list=("name", "kind", "unit_id", "lang", "superseded", "drawn_at"),
        filters=("assessment_id", "kind", "unit_id", "lang", "superseded"),
        verbs=READ,
        show=("assessment_id", "tagged", "red_head", "signed", "sha256", "size", "software", "drawn_by_id"),
        hidden={"county": "the county's name as it was printed"},
        own={"show": papers_page.kept},
    ),
    Screen(
        RecordChange,
        kind="case",
        menu="system",
        icon="pencil",
        list=("at", "table_name", "row_id", "act", "field", "account", "staff_id", "petition_id"),
        filters=("act", "staff_id", "petition_id", "at"),
        show=_CHANGE,
        hidden={"old_sealed": "on the page of the petition, by its rule", "new_sealed": "as before the change"},
        verbs=READ,
    ),
    Screen(AssessmentCorrection, kind="case", list=("assessment_id", "opened_at", "reason"), verbs=READ),
    Screen(Counter, menu="system", icon="list-numbers", list=("series", "value"), order="series", verbs=READ),
)
