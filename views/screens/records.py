"""What the console keeps by itself: proofs of deductions, assessments, number series."""

from models.tables import (
    Assessment,
    AssessmentCorrection,
    AssessmentLine,
    AssessmentPart,
    Counter,
    DeductionDuty,
    DeductionEvent,
    HearingPaper,
)
from models.terms import Verb
from views.screen import Screen

READ = frozenset({Verb.list, Verb.show, Verb.export})
_PART = ("assessment_id", "name", "number")

SCREENS = (
    Screen(DeductionDuty, kind="case", list=("deduction_id", "duty_id", "due_on", "late_days"), verbs=READ),
    Screen(DeductionEvent, kind="case", list=("deduction_id", "at", "status", "staff_id"), verbs=READ),
    Screen(HearingPaper, kind="case", list=("filename", "media_type", "size", "unit_id", "added_at"), verbs=READ),
    Screen(Assessment, kind="case", list=("year", "revision", "status", "frozen_at"), order="-year", verbs=READ),
    Screen(AssessmentLine, kind="case", list=("assessment_id", "unit_id", "score", "rank"), verbs=READ),
    Screen(AssessmentPart, kind="case", list=_PART, show=_PART, verbs=READ),
    Screen(AssessmentCorrection, kind="case", list=("assessment_id", "opened_at", "reason"), verbs=READ),
    Screen(Counter, menu="system", icon="list-numbers", list=("series", "value"), order="series", verbs=READ),
)
