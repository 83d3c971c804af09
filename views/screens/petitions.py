"""Petitions: the list is generated; the record and the intake form are made by hand."""

from models import petition_fields
from models.operations.amend import amend
from models.tables import Petition
from models.terms import Verb
from views import case_page, correction_page, crud, intake_page
from views.columns import columns
from views.screen import Screen

SCREEN = Screen(
    Petition,
    kind="case",
    menu="work",
    icon="files",
    position=3,
    list=("number", "title", "status", "case", "first_unit_id", "responsible_unit_id", "received_at", "voided_at"),
    filters=(
        "status",
        "case",
        "kind",
        "channel",
        "first_unit_id",
        "responsible_unit_id",
        "keeper_id",
        "category_id",
        "received_at",
        "voided_at",
    ),
    order="-received_at",
    form=("title", "content", "category_id", "place_id", *petition_fields.names()),
    verbs=frozenset(Verb) - {Verb.delete},
    show=tuple(name for name in columns(Petition) if name not in crud.KEPT),
    own={"show": case_page.show, "add": intake_page.add, "edit": correction_page.edit},
    save=amend,
)
