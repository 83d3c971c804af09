"""Accountability files, opened, heard and decided by operations only; and what the bureau recommends to units."""

from models.tables import Accountability, AccountabilityEvent, Recommendation
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
    Screen(
        Recommendation,
        menu="assessment",
        icon="bulb",
        position=5,
        list=("made_on", "unit_id", "kind", "subject", "adoption", "answered_on"),
        filters=("unit_id", "kind", "adoption", "made_on"),
        order="-made_on",
        verbs=READ | {Verb.add, Verb.edit},
    ),
    Screen(AccountabilityEvent, kind="case", list=("accountability_id", "at", "status", "staff_id"), verbs=READ),
)
