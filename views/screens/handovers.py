"""Handovers: made, signed and withdrawn by operations only."""

from models.tables import Handover, HandoverItem
from models.terms import Verb
from views import handover_page
from views.screen import Screen

READ = frozenset({Verb.list, Verb.show, Verb.export})

SCREENS = (
    Screen(
        Handover,
        kind="case",
        menu="work",
        icon="signature",
        position=8,
        list=("from_staff_id", "to_staff_id", "unit_id", "status", "proposed_at", "handed_at"),
        filters=("unit_id", "from_staff_id", "to_staff_id", "status", "handed_at"),
        order="-id",
        show=("proposed_by_id", "from_signed_at", "to_signed_at", "withdrawn_at", "withdrawn_by_id", "note"),
        verbs=READ | {Verb.add},
        own={"show": handover_page.show, "add": handover_page.add},
    ),
    Screen(HandoverItem, kind="case", list=("handover_id", "petition_id"), verbs=READ),
)
