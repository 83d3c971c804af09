"""Rulebooks with all their parts, and the figures that the bureau hands in for their rates."""

from datetime import UTC, datetime
from typing import Any

from models.operations.handing_in import hand_in
from models.operations.supplementing import supplement
from models.sealed_rulebooks import locked
from models.tables import (
    IndicatorFigure,
    Rulebook,
    RulebookClock,
    RulebookGrade,
    RulebookIndicator,
    RulebookPeer,
    RulebookPoints,
    RulebookSection,
    RulebookSupplement,
)
from models.terms import Verb
from views import rulebook_page
from views.dates import counted_again
from views.screen import Related, Screen

_RULEBOOK = ("version", "title", "effective_from", "source", "base_score", "floor_score", "grace_days")
_RULEBOOK += ("answer_days", "decision_days", "appeal_days", "ruling_days", "promise_days", "clock_days")
_RULEBOOK += ("hours_visit", "hours_letter", "hours_call", "hours_online")
PARTS = ("section", "points", "indicator", "grade", "peer", "clock")


def _handed_in(session: Any, row: Any, values: Any, actor: Any) -> IndicatorFigure:
    return hand_in(session, row, values, actor, datetime.now(UTC))


def _supplemented(session: Any, row: Any, values: Any, actor: Any) -> RulebookSupplement:
    return supplement(session, row, values, actor, datetime.now(UTC))


SCREENS = (
    Screen(
        Rulebook,
        locked=locked,
        menu="reference",
        icon="book",
        position=7,
        list=("version", "title", "status", "effective_from", "base_score", "published_at"),
        filters=("status",),
        order="-effective_from",
        form=_RULEBOOK,
        show=(*_RULEBOOK, "status", "published_at", "published_by_id"),
        own={"show": rulebook_page.show},
        related=(
            *(Related(f"rulebook_{part}", "rulebook_id") for part in PARTS),
            Related("rulebook_supplement", "rulebook_id", grows=True),
        ),
    ),
    Screen(
        RulebookClock,
        locked=locked,
        icon="clock",
        list=("duty", "variant", "amount", "measure", "rolled", "extension", "rule", "paragraph", "rulebook_id"),
        filters=("rulebook_id", "duty", "rule"),
        order="duty",
    ),
    Screen(
        RulebookSection,
        locked=locked,
        icon="folder",
        list=("code", "title", "title_en", "cap", "rulebook_id"),
        filters=("rulebook_id",),
        order="code",
    ),
    Screen(
        RulebookPoints,
        locked=locked,
        icon="scale",
        list=("rule", "points", "cap", "section_id", "paragraph", "rulebook_id"),
        filters=("rulebook_id",),
        order="rule",
    ),
    Screen(
        RulebookIndicator,
        locked=locked,
        icon="chart-bar",
        list=("indicator", "weight", "target", "fewest", "paragraph", "rulebook_id"),
        filters=("rulebook_id",),
        order="indicator",
    ),
    Screen(
        RulebookGrade,
        locked=locked,
        icon="scale",
        list=("title", "title_en", "from_score", "position", "rulebook_id"),
        filters=("rulebook_id",),
        order="position",
    ),
    Screen(
        RulebookPeer,
        locked=locked,
        icon="users-group",
        list=("title", "title_en", "code", "kind", "unit_id", "rulebook_id"),
        filters=("rulebook_id", "kind"),
        order="code",
    ),
    Screen(
        RulebookSupplement,
        locked=locked,
        after=counted_again,
        icon="file-text",
        list=("duty", "variant", "effective_from", "amount", "measure", "rule", "paragraph", "rulebook_id"),
        filters=("rulebook_id", "duty", "rule"),
        order="duty",
        form=(
            *("rulebook_id", "effective_from", "duty", "variant", "amount", "measure", "rolled", "extension", "rule"),
            *("paragraph", "source"),
        ),
        verbs=frozenset({Verb.list, Verb.show, Verb.add, Verb.export}),
        save=_supplemented,
    ),
    Screen(
        IndicatorFigure,
        menu="assessment",
        icon="chart-bar",
        position=4,
        list=("unit_id", "indicator", "counted", "total", "year", "source", "entered_at"),
        filters=("year", "unit_id", "indicator"),
        order="-year",
        save=_handed_in,
    ),
)
