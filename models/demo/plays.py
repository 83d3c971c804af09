"""The five situations of §2 as plays: one function per case, and the urgent flag on top of any."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from models.demo import phrases
from models.demo.county import BUREAU
from models.demo.handling import close, follow_up, handle, reply, report_result
from models.demo.story import Story
from models.terms import Addressee, Case, CloseGround, InformOutcome, StepKind

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
    clock_end = story.pace.calendar.roll(story.pace.day(story.received) + timedelta(days=_INFORM))
    replied = handle(story, min(told, story.pace.at(clock_end, 23, 59)), told)
    if story.promised is not None:
        keep_promise(story, replied, story.promised)
    close(story, CloseGround.replied)


def keep_promise(story: Story, replied: datetime, until: date) -> None:
    """The second reply, by the promised date or, if the promise is broken, after it."""
    broken = story.pace.slips(story.owner, 2.5)
    day = until + timedelta(days=story.rng.randint(2, 20)) if broken else story.pace.before(until)
    reply(story, story.pace.office(day, replied), final=True)


def case_b(story: Story, routed: datetime) -> None:
    """§2(2): belongs to another unit; sometimes the wrong one is asked first."""
    start = _wrong_unit(story, routed) if story.rng.random() < 0.13 else routed
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


def transfer(story: Story, start: datetime, to: str) -> datetime:
    """Pass it on, and file it with the bureau. The moment of the transfer."""
    at = story.pace.working(start, 3, story.first)
    proof = phrases.sent(story.rng, story.first, story.names[to], story.pace.day(at))
    story.do(at, story.first, StepKind.transfer, to_unit=to, **proof)
    # one filing reports every transfer sent by then: an earlier one that is still to come will do
    if story.first != BUREAU and not any(act.kind is StepKind.file and act.at >= at for act in story.acts):
        filed = story.pace.working(at, 3, story.first)
        story.report(filed, story.first, StepKind.file, f"报备转送{story.names[to]}情况，附转送函")
    return at


def _wrong_unit(story: Story, routed: datetime) -> datetime:
    """A transfer that comes back: the receiver objects and the bureau agrees."""
    wrong = story.stranger()
    sent = transfer(story, routed, wrong)
    objected = _object(story, sent, wrong, story.owner)
    upheld = story.pace.working(objected, 3, BUREAU)
    story.do(upheld, BUREAU, StepKind.uphold, reason=phrases.REASONS_UPHOLD)
    follow_up(story, sent, upheld)
    return upheld


def _object(story: Story, sent: datetime, unit: str, believed: str) -> datetime:
    at = story.pace.working(sent, 5, unit, weight=0)
    reason = story.rng.choice(phrases.REASONS_OBJECT).format(unit=story.names[believed])
    return story.do(at, unit, StepKind.object, to_unit=believed, reason=reason)


def _answered(story: Story, sent: datetime) -> datetime:
    """The receiver acknowledges, keeps silent, or objects in vain. The moment from which its clocks count."""
    fate = story.rng.random()
    if fate < 0.07:
        objected = _object(story, sent, story.owner, story.stranger())
        rejected = story.pace.working(objected, 3, BUREAU)
        return story.do(rejected, BUREAU, StepKind.reject, reason=phrases.REASONS_REJECT)
    if fate < 0.9:
        story.do(
            story.pace.working(sent, 5, story.owner), story.owner, StepKind.acknowledge, note="来函收悉，正在办理。"
        )
    return sent


def case_d(story: Story, routed: datetime) -> None:
    """§2(4): several departments; a county leader names the lead."""
    start = routed
    if story.first != BUREAU:
        start = story.pace.working(routed, 3, story.first)
        story.report(start, story.first, StepKind.report_multi, "报告事项涉及部门情况，提请确定牵头单位")
    named = story.pace.working(start, 5, BUREAU)
    leader, helpers = story.rng.choice(phrases.LEADERS), list(story.situation.co)
    story.do(named, BUREAU, StepKind.designate, to_unit=story.owner, co_units=helpers, leader=leader)
    told = story.pace.calendar_days(story.received, _INFORM, story.first, named)
    story.inform(told, story.first, InformOutcome.led_by, f"您反映的事项由{story.names[story.owner]}牵头办理。")
    met = story.pace.working(named, 5, story.owner)
    tasks = "；".join(f"{story.names[code]}配合提供情况并落实整改" for code in helpers)
    story.do(met, story.owner, StepKind.convene, minutes=phrases.MINUTES, tasks=f"{tasks}。")
    replied = handle(story, named, met)
    follow_up(story, named, replied)
    report_result(story, replied)
    close(story, CloseGround.replied)


def case_e(story: Story, routed: datetime) -> None:
    """§2(5): the petitioner is told which body decides by law, and by when to turn to it."""
    assert story.situation.legal is not None
    route, body, limitation = story.situation.legal
    told = story.pace.calendar_days(story.received, _INFORM, story.first, routed)
    said = f"您反映的事项应依法通过{route}解决，请向{body}提出，并注意期限。"
    proof = {"legal_route": route, "body": body, "limitation": limitation}
    story.inform(told, story.first, InformOutcome.legal_route, said, **proof)
    close(story, CloseGround.legal_route, 1, 5)


def _spoil(story: Story) -> None:
    """Some petitioners withdraw; some units just let a matter lie."""
    acts, rng = story.in_order(), story.rng
    if rng.random() < 0.025 and not (story.lies or story.anonymous):
        story.acts = acts[: rng.randint(2, len(acts) - 1)]
        at = story.pace.soon(story.last, 1, 8)
        story.do(at, story.first, StepKind.close, outcome=CloseGround.withdrawn, withdrawal=phrases.WITHDRAWAL)
    elif story.lies:
        story.acts = acts[: rng.randint(1, max(1, len(acts) // 2))]


_CASES: dict[Case, Callable[[Story, datetime], None]] = {
    Case.A: case_a,
    Case.B: case_b,
    Case.D: case_d,
    Case.E: case_e,
}
