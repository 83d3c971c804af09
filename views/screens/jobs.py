"""Jobs: asked for on the pages of what they do; here they are found again."""

from models.tables import Job
from models.terms import Verb
from views import long_work
from views.screen import Screen

SCREENS = (
    Screen(
        Job,
        kind="case",
        menu="work",
        icon="loader",
        position=9,
        list=("kind", "status", "asked_at", "ended_at", "file", "size"),
        filters=("kind", "status", "asked_at"),
        order="-id",
        verbs=frozenset({Verb.list, Verb.show}),
        own={"show": long_work.show},
    ),
)
