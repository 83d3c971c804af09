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
        show=("staff_id", "started_at", "args", "message", "done", "total", "leads_to", "sha256"),
        hidden={
            "user_id": "the person's name is shown",
            "same": "tells a job that was asked for twice",
            "lang": "of the file that is left",
            "beat_at": "the machine's own: sign of life",
            "worker": "the machine's own",
            "attempt": "the machine's own",
            "stopping": "shown as the status",
            "media": "of the file that is left",
        },
        verbs=frozenset({Verb.list, Verb.show}),
        own={"show": long_work.show},
    ),
)
