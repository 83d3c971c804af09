"""What exists: one file per noun. Importing this package registers every table, also one whose file is new."""

from importlib import import_module
from pkgutil import iter_modules

from models.tables.accountability import Accountability, AccountabilityEvent
from models.tables.assessments import (
    Assessment,
    AssessmentCorrection,
    AssessmentLine,
    AssessmentPaper,
    AssessmentPart,
)
from models.tables.attachments import Attachment
from models.tables.calendars import CalendarDay, CalendarYear
from models.tables.categories import Category
from models.tables.corrections import Correction
from models.tables.counters import Counter
from models.tables.deductions import Deduction, DeductionDuty, DeductionEvent
from models.tables.duties import Duty
from models.tables.figures import IndicatorFigure
from models.tables.handovers import Handover, HandoverItem
from models.tables.hearing_papers import HearingPaper
from models.tables.jobs import Job
from models.tables.ledger_words import LedgerWord
from models.tables.letters import Letter
from models.tables.petitioners import Petitioner
from models.tables.petitions import Involvement, Petition
from models.tables.places import Place
from models.tables.recommendations import Recommendation
from models.tables.record_changes import RecordChange
from models.tables.rulebooks import Rulebook, RulebookClock, RulebookPoints
from models.tables.schemes import RulebookGrade, RulebookIndicator, RulebookPeer, RulebookSection
from models.tables.staff import Staff
from models.tables.steps import Step
from models.tables.supplements import RulebookSupplement
from models.tables.transfers import Transfer
from models.tables.units import Unit

__all__ = [
    "Accountability",
    "AccountabilityEvent",
    "Assessment",
    "AssessmentCorrection",
    "AssessmentLine",
    "AssessmentPaper",
    "AssessmentPart",
    "Attachment",
    "CalendarDay",
    "CalendarYear",
    "Category",
    "Correction",
    "Counter",
    "Deduction",
    "DeductionDuty",
    "DeductionEvent",
    "Duty",
    "Handover",
    "HandoverItem",
    "HearingPaper",
    "IndicatorFigure",
    "Involvement",
    "Job",
    "LedgerWord",
    "Letter",
    "Petition",
    "Petitioner",
    "Place",
    "Recommendation",
    "RecordChange",
    "Rulebook",
    "RulebookClock",
    "RulebookGrade",
    "RulebookIndicator",
    "RulebookPeer",
    "RulebookPoints",
    "RulebookSection",
    "RulebookSupplement",
    "Staff",
    "Step",
    "Transfer",
    "Unit",
]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
