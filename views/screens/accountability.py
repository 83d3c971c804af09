"""Accountability files: opened, heard and decided by operations only."""

from models.tables import Accountability, AccountabilityEvent
from models.terms import Verb
from views import accountability_page
from views.screen import Screen

READ = frozenset({Verb.list, Verb.show, Verb.export})

SCREENS = (
    Screen(
        Accountability,
        kind="case",
        menu="assessment",
        icon="gavel",
        position=3,
        list=("unit_id", "ground", "status", "petition_id", "opened_at", "due_on"),
        filters=("unit_id", "ground", "status", "opened_at"),
        order="-opened_at",
        show=("facts", "opened_by_id"),
        hidden={"due_at": "the page tells the day, and how it was counted", "due_trace": "told in words on the page"},
        verbs=READ | {Verb.add},
        own={"show": accountability_page.show, "add": accountability_page.add},
    ),
    Screen(AccountabilityEvent, kind="case", list=("accountability_id", "at", "status", "staff_id"), verbs=READ),
)
