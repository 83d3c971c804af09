"""What belongs to a petition: read here, written by operations only."""

from models.rules.scoring import PENDING
from models.tables import Attachment, Correction, Deduction, Duty, Involvement, Letter, Petitioner, Step, Transfer
from models.terms import N_, Verb
from views import correction_page, deduction_page, hearing_many, letter_page
from views.screen import Many, Screen, Tile

READ = frozenset({Verb.list, Verb.show, Verb.export})
_DUTY = ("petition_id", "kind", "unit_id", "paragraph", "status", "opened_at", "opened_by_id", "due_on", "due_at")
_DUTY += ("discharged_at", "discharged_by_id", "late", "late_days", "rule", "occurrence", "rulebook_id")
_STEP = ("petition_id", "seq", "kind", "at", "unit_id", "staff_id", "to_unit_id", "mode", "outcome", "days", "until")
_CORRECTION = ("petition_id", "unit_id", "status", "voids", "reason", "asked_at", "asked_by_id", "decided_at")
_CORRECTION += ("decided_by_id", "decision")
_STEP += ("note", "recorded_at", "recorded_by_id")

SCREENS = (
    Screen(
        Duty,
        kind="case",
        menu="work",
        icon="checklist",
        position=5,
        list=("petition_id", "kind", "unit_id", "due_on", "status", "late", "late_days"),
        filters=("kind", "unit_id", "status", "due_on", "late", "rule"),
        order="-due_on",
        show=_DUTY,
        hidden={
            "key": "the rules' own name of the duty",
            "measure": "on the page that tells how the date was counted",
            "ended_at": "the status tells it",
            "charged": "read by the assessment",
            "trace": "on the page that tells how the date was counted",
        },
        verbs=READ,
    ),
    Screen(
        Step,
        kind="case",
        menu="work",
        icon="timeline",
        position=6,
        list=("petition_id", "kind", "at", "unit_id", "to_unit_id", "outcome"),
        filters=("kind", "unit_id", "at"),
        show=_STEP,
        hidden={
            "evidence": "in words on the page of its petition",
            "identities": "by the rule of identities, on the page of its petition",
            "token": "tells a form that was sent twice",
        },
        verbs=READ,
    ),
    Screen(
        Transfer,
        kind="case",
        menu="work",
        icon="arrow-right",
        position=7,
        list=("petition_id", "leg", "from_unit_id", "to_unit_id", "mode", "sent_at", "status"),
        filters=("from_unit_id", "to_unit_id", "mode", "status", "sent_at"),
        verbs=READ,
    ),
    Screen(
        Letter,
        kind="case",
        menu="work",
        icon="mail",
        position=8,
        list=("petition_id", "kind", "number", "title", "unit_id", "status", "issued_at", "delivered_at"),
        filters=("kind", "status", "unit_id", "to_unit_id", "delivery", "issued_at"),
        verbs=READ,
        show=(
            *("to_unit_id", "step_kind", "lang", "addressee", "parts", "attachment_id", "sha256", "issued_by_id"),
            *("drafted_at", "voided_at", "voided_by_id", "void_reason", "delivery", "delivered_to", "proof_id"),
        ),
        hidden={
            "step_id": "beside its step on the page of the petition",
            "facts": "in the wording of the letter",
            "names": "decides who may read the letter",
            "year": "part of the number",
            "serial": "part of the number",
            "drafted_by_id": "who answers for a letter is who issues it",
        },
        own={"show": letter_page.show},
    ),
    Screen(
        Attachment,
        kind="case",
        list=("petition_id", "filename", "media_type", "size", "added_at"),
        verbs=READ,
    ),
    Screen(
        Petitioner,
        kind="case",
        list=("petition_id", "position", "name"),
        show=("petition_id", "position", "name", "phone", "id_kind", "id_number", "address", "unchecked"),
        hidden=dict.fromkeys(("phone_hash", "other_phone_hash", "id_hash"), "finds the same person again"),
        verbs=READ - {Verb.export},
    ),
    Screen(
        Correction,
        kind="case",
        menu="work",
        icon="pencil",
        position=9,
        list=("petition_id", "unit_id", "status", "voids", "asked_at", "reason"),
        filters=("status", "unit_id", "voids", "asked_at"),
        show=_CORRECTION,
        own={"show": correction_page.show},
        hidden={"wanted": "in words on its page", "relief": "in words on its page"},
        verbs=READ,
    ),
    Screen(Involvement, kind="case", list=("petition_id", "unit_id"), filters=("unit_id",), verbs=READ),
    Screen(
        Deduction,
        kind="case",
        menu="assessment",
        icon="scale",
        position=2,
        list=("petition_id", "unit_id", "rule", "occurrence", "points", "status", "due_on", "reason", "year"),
        filters=("year", "unit_id", "rule", "status", "due_on"),
        order="-id",
        verbs=READ,
        show=("rulebook_id", "proposed_at", "decided_at"),
        hidden={
            "proposed_by_id": "in the chain of its hearing",
            "decided_by_id": "in the chain of its hearing",
            "due_at": "the page tells the day, and how it was counted",
            "due_trace": "told in words on the page",
        },
        own={"show": deduction_page.show},
        many=Many("/hearing/many", hearing_many.MOVES),
        tiles=(Tile(N_("Deductions not decided"), f"status={','.join(sorted(PENDING))}"),),
    ),
)
