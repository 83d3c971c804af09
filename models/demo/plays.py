"""The five situations of §2 as plays: one function per case, and the urgent flag on top of any."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from models.demo import phrases
from models.demo.county import BUREAU
from models.demo.handling import close, follow_up, handle, reply, report_result
from models.demo.story import Story
from models.evidence import CloseGround
from models.terms import Addressee, Case, InformOutcome, StepKind

_INFORM = 15


def play(story: Story) -> None:
    """Plan the whole life of a petition, as if time were endless."""
    if story.urgent:
        urgent(story)
    routed = story.do(
        story.pace.soon(story.registered, 0, 3),
        story.first,
        StepKind.route,
        outcome=story.case,
        note="经审核事项性质和职责分工确定。",
    )
    _CASES[story.case](story, routed)
    _spoil(story)


def urgent(story: Story) -> None:
    """§2(3): the leaders within two hours, the bureau within a day."""
    whom = [(Addressee.unit_leader, 2.0), (Addressee.leader_in_charge, 2.0)]
    if story.first != BUREAU:
        whom.append((Addressee.bureau, 24.0))
    for addressee, limit in whom:
        at = story.pace.hours(story.registered, limit, story.first)
        story.report(at, story.first, StepKind.report_urgent, "报告事项概况、人数、诉求和已采取的稳控措施", addressee)


def case_a(story: Story, routed: datetime) -> None:
    """§2(1): in scope; solved, refused with reasons, or promised by a date."""
    told = story.pace.calendar_days(story.received, _INFORM, story.first, routed)
    story.inform(told, story.first, InformOutcome.accepted, "您反映的事项属我单位职责，予以受理，60日内答复。")
    replied = handle(story, told, told)
    until = story.acts[-1].values.get("until")
    if until is not None:
        _promised(story, replied, until)
    close(story, CloseGround.replied)


def _promised(story: Story, replied: datetime, until: object) -> None:
    last = (story.pace.calendar.roll(story.pace.day(replied)) if until is None else until) - timedelta(days=3)  # type: ignore[operator]
    reply(story, story.pace.office(last, replied), final=True)


def case_b(story: Story, routed: datetime) -> None:
    """§2(2): belongs to another unit; sometimes the wrong one is asked first."""
    start = routed
    if story.rng.random() < 0.13:
        start = _wrong_unit(story, routed)
    sent = transfer(story, start, story.owner)
    told = story.pace.calendar_days(story.received, _INFORM, story.first, sent)
    story.inform(told, story.first, InformOutcome.transferred, f"您反映的事项已转送{story.names[story.owner]}办理。")
    begun = _answered(story, sent)
    accepted = story.pace.calendar_days(begun, _INFORM, story.owner, max(begun, story.last_of(story.owner)))
    story.inform(accepted, story.owner, InformOutcome.accepted, "您反映的事项已由我单位受理，60日内答复。")
    replied = handle(story, begun, accepted)
    follow_up(story, sent, replied)
    report_result(story, replied)
    close(story, CloseGround.replied)
