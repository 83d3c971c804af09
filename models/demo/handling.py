"""What the cases have in common: handling up to the reply, telling the result, following up, closing."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.demo import phrases
from models.demo.county import BUREAU
from models.demo.story import Story
from models.terms import Addressee, CloseGround, ReplyOutcome, StepKind

_PERIOD = 15


def handle(story: Story, start: datetime, after: datetime) -> datetime:
    """Handle and reply within 60 days of ``start``, sometimes with an extension or a hearing. The moment of reply."""
    limit = 60
    fate = story.rng.random()
    if fate < 0.06:
        limit += _extended(story, start, after)
    elif fate < 0.08:
        limit += _paused(story, start, after)
    earliest = limit - 28 if limit > 60 else 6
    at = story.pace.calendar_days(start, limit, story.owner, max(after, story.last_of(story.owner)), earliest=earliest)
    return reply(story, at)


def _extended(story: Story, start: datetime, after: datetime) -> int:
    days = story.rng.choice((15, 20, 30))
    at = story.pace.office(story.pace.day(start) + timedelta(days=story.rng.randint(42, 52)), after)
    story.do(
        at,
        story.owner,
        StepKind.extend,
        days=days,
        approved_by="单位主要负责人",
        reason=story.rng.choice(phrases.REASONS_EXTEND),
        told_how="书面告知信访人延期理由",
    )
    return days


def _paused(story: Story, start: datetime, after: datetime) -> int:
    at = story.pace.office(story.pace.day(start) + timedelta(days=story.rng.randint(20, 35)), after)
    story.do(at, story.owner, StepKind.pause, reason=phrases.REASONS_PAUSE)
    back = story.do(story.pace.soon(at, 8, 15), story.owner, StepKind.resume, note="听证结束，恢复计时。")
    return (story.pace.day(back) - story.pace.day(at)).days


def reply(story: Story, at: datetime, *, final: bool = False) -> datetime:
    """The written opinion with its outcome and delivery."""
    outcome = ReplyOutcome.resolved if final else _outcome(story)
    values: dict[str, object] = {"opinion": story.situation.answer.format_map(story.texts)}
    if final:
        values["opinion"] = phrases.LATE_NOTE
    elif outcome is ReplyOutcome.not_supported:
        values = {"opinion": phrases.NOT_SUPPORTED, "basis": phrases.BASIS}
    elif outcome is ReplyOutcome.unable:
        values = {"opinion": phrases.UNABLE, "reported_to": "市级主管部门"}
    elif outcome is ReplyOutcome.explained:
        story.promised = story.pace.day(at) + timedelta(days=story.rng.randint(20, 75))
        values = {"opinion": phrases.EXPLAINED, "until": story.promised}
    delivery = phrases.delivered(story.rng, story.pace.day(at), anonymous=story.anonymous)
    return story.do(at, story.owner, StepKind.reply, outcome=outcome, delivery=delivery, **values)


def _outcome(story: Story) -> ReplyOutcome:
    return story.rng.choices(
        (ReplyOutcome.resolved, ReplyOutcome.not_supported, ReplyOutcome.explained, ReplyOutcome.unable),
        (70, 13, 12, 5),
    )[0]


def report_result(story: Story, replied: datetime) -> None:
    """To the bureau and to the first unit, nobody to himself (§2(2), §2(4))."""
    if story.owner != BUREAU:
        at = story.pace.working(replied, 3, story.owner)
        story.report(at, story.owner, StepKind.report_result, "办理结果报告，附答复意见书复印件", Addressee.bureau)
    if story.owner != story.first and story.first != BUREAU:
        at = story.pace.working(replied, 3, story.owner)
        story.report(at, story.owner, StepKind.report_result, "向首接单位函告办理结果", Addressee.first_unit)


def follow_up(story: Story, start: datetime, stop: datetime) -> None:
    """The first unit asks once in each period of 15 days, unless it forgets one."""
    first, end = story.pace.day(start), story.pace.day(stop)
    period = 0
    while first + timedelta(days=_PERIOD * (period + 1)) < end:
        if not story.pace.slips(story.first, 0.8):
            low = first + timedelta(days=_PERIOD * period + 1)
            day = low + timedelta(days=story.rng.randint(4, 12))
            at = story.pace.at(day, story.rng.randint(9, 16), story.pace.minute())
            story.do(at, story.first, StepKind.follow_up, **phrases.followed(story.rng))
        period += 1


def close(story: Story, ground: CloseGround, low: int = 1, high: int = 8) -> None:
    """When everything is done."""
    story.do(story.pace.soon(story.last, low, high), story.first, StepKind.close, outcome=ground)
