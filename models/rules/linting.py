"""Is a rulebook sound? Errors keep it from being published, warnings are told (domain §2, §5, §6). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from models.rules.defaults import CLOCKS
from models.rules.facts import REQUEST, Clock, Rulebook
from models.rules.humane import speaks_of_petitioners
from models.rules.parts import Place, clock_place, texts, titled
from models.scheme_terms import Gravity
from models.terms import N_, DutyKind, Measure, Rule

FULL = Decimal(100)
# owed by the bureau or a reviewing unit, answered by silence, or only a reminder: the rule of domain §2 is “none”
FREE = {
    DutyKind.RULE_ON_OBJECTION: N_("It is the bureau's own duty: no unit pays for it."),
    DutyKind.DESIGNATE: N_("It is the bureau's own duty: no unit pays for it."),
    DutyKind.ANSWER_TRANSFER: N_("Silence counts as acknowledged: nothing was missed."),
    DutyKind.CONFIRM_TRANSFER: N_("It only reminds of the written confirmation; the transfer itself was made."),
    DutyKind.REVIEW: N_("The reviewing unit judges the opinion of another: its own points would bias it."),
    DutyKind.RE_REVIEW: N_("The reviewing unit judges the opinion of another: its own points would bias it."),
}
# what the Regulations allow at most: (length, measure, extension, article)
LAW: Mapping[DutyKind, tuple[int, Measure, int, str]] = {
    DutyKind.INFORM: (15, Measure.calendar, 0, "art. 23"),
    DutyKind.HANDLE: (60, Measure.calendar, 30, "art. 34"),
    DutyKind.REVIEW: (30, Measure.calendar, 0, "art. 35"),
    DutyKind.RE_REVIEW: (30, Measure.calendar, 0, "art. 36"),
}
HUMANE = N_(
    "“%(word)s”: units are measured, never petitioners. No rule may rest on how many people petition, on their "
    "petitioning again, together or higher up, or on anything about them; say which duty of the unit is meant."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, and why: msgids with their parameters; a Term among these is a word to be translated."""

    gravity: Gravity
    place: Place
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


Found = Iterator[Finding]
_BOOK = Place(N_("Rulebook"))


def findings(book: Rulebook) -> list[Finding]:
    """Every finding, the errors first, in a stable order."""
    found = [one for check in CHECKS for one in check(book)]
    return sorted(found, key=lambda one: one.gravity is Gravity.warning)


def errors(book: Rulebook) -> list[Finding]:
    """What keeps the rulebook from being published."""
    return [one for one in findings(book) if one.gravity is Gravity.error]


def _error(place: Place, message: str, **params: object) -> Finding:
    return Finding(Gravity.error, place, message, params)


def _warning(place: Place, message: str, **params: object) -> Finding:
    return Finding(Gravity.warning, place, message, params)


def _humane(book: Rulebook) -> Found:
    for place, text in texts(book):
        if word := speaks_of_petitioners(text):
            yield _error(place, HUMANE, word=word)


def _clocks(book: Rulebook) -> Found:
    known = {(clock.duty, clock.variant) for clock in book.all_clocks}
    for clock in lacking(book):
        yield _error(clock_place(clock), N_("This duty has no clock: nobody would know when it is due."))
    meant = {(clock.duty, clock.variant) for clock in CLOCKS} | {(duty, "") for duty in DutyKind}
    for clock in book.all_clocks:
        if (clock.duty, clock.variant) in known - meant:
            yield _error(clock_place(clock), N_("There is no such case of this duty: its clock would never run."))


def lacking(book: Rulebook) -> list[Clock]:
    """The clocks that a rulebook should have and has not, as the first one has them; such a duty does not open."""
    known = {(clock.duty, clock.variant) for clock in book.all_clocks}
    unnamed = set(DutyKind) - {clock.duty for clock in CLOCKS}
    expected = (*CLOCKS, *(Clock(duty, "", 0, Measure.calendar, True, 0, None, "", "") for duty in sorted(unnamed)))
    return [one for one in expected if not known & {(one.duty, one.variant), (one.duty, _general(one.variant))}]


def _general(variant: str) -> str:
    """Under which variant a clock for every case stands; the petitioner's time to ask has none."""
    return REQUEST if variant == REQUEST else ""


def _costs(book: Rulebook) -> Found:
    for clock in book.all_clocks:
        if clock.rule is None or clock.duty is None:
            continue
        if clock.variant == REQUEST:
            yield _error(clock_place(clock), N_("This is the petitioner's time, no unit's duty: it has no price."))
        elif clock.duty in FREE:
            yield _error(
                clock_place(clock), N_("This duty must not cost a unit points. %(why)s"), why=(FREE[clock.duty],)
            )


def _lawful(book: Rulebook) -> Found:
    for clock in book.all_clocks:
        if clock.duty is None or clock.duty not in LAW:
            continue
        length, measure, extension, article = LAW[clock.duty]
        longer = clock.amount > length and clock.measure is not Measure.hours
        if longer or clock.extension > extension:
            yield _warning(
                clock_place(clock),
                N_("Longer than the Regulations allow: %(length)s %(measure)s, extension %(extension)s (%(article)s)."),
                length=length,
                measure=measure,
                extension=extension,
                article=article,
            )


def _points(book: Rulebook) -> Found:
    used = {clock.rule for clock in book.all_clocks if clock.rule}
    for rule in Rule:
        place = Place(N_("Points"), (rule,))
        if rule not in book.points:
            yield _error(place, N_("The rule has no points: a miss under it could not be priced."))
            continue
        if rule not in used:
            yield _warning(place, N_("No clock falls under this rule: its points are never taken."))
        cap, each = book.caps.get(rule), book.points[rule]
        if cap is not None and cap < each:
            yield _error(place, N_("The cap %(cap)s is below one occurrence (%(points)s)."), cap=cap, points=each)


def _sections(book: Rulebook) -> Found:
    for section in book.sections:
        place = titled(N_("Section"), section)
        dearest = max((book.points[rule] for rule in section.rules if rule in book.points), default=None)
        if dearest is None:
            yield _warning(place, N_("No rule belongs to this section: its cap limits nothing."))
        elif section.cap is not None and section.cap < dearest:
            text = N_("The cap %(cap)s is below one occurrence (%(points)s).")
            yield _error(place, text, cap=section.cap, points=dearest)


def _rates(book: Rulebook) -> Found:
    for rate in book.rates:
        place = Place(N_("Indicator"), (rate.indicator,))
        if rate.weight <= 0:
            yield _error(place, N_("An indicator needs a weight above 0."))
        if not 0 < rate.target <= FULL:
            yield _error(place, N_("The target lies above 0 and is at most 100 per cent."))
        if rate.fewest < 1:
            yield _error(place, N_("At least one case is needed to judge a rate."))
        elif rate.fewest < 5:
            yield _warning(place, N_("With so few cases one more or less moves the rate by a quarter or more."))
    whole = book.base + sum((rate.weight for rate in book.rates), Decimal(0))
    if whole != FULL:
        yield _warning(_BOOK, N_("Base and weights make %(whole)s, not 100."), whole=whole)
    if book.base < book.floor:
        yield _error(_BOOK, N_("The floor lies above the base."))


def _grades(book: Rulebook) -> Found:
    places = [titled(N_("Grade"), grade) for grade in book.grades]
    for number, (place, grade) in enumerate(zip(places, book.grades, strict=True)):
        if number and grade.from_score >= book.grades[number - 1].from_score:
            yield _error(place, N_("Its score is not below that of the better grade before it."))
    if book.grades and book.grades[-1].from_score > book.floor:
        text = N_("Whoever scores below %(score)s has no grade: let the last one begin at the floor, %(floor)s.")
        yield _error(places[-1], text, score=book.grades[-1].from_score, floor=book.floor)


def _peers(book: Rulebook) -> Found:
    if not book.peers:
        yield _error(_BOOK, N_("There is no peer group: no unit would be assessed."))
    titles: dict[str, str] = {}
    members = Counter(peer.kind or peer.unit for peer in book.peers)
    for peer in book.peers:
        place = titled(N_("Peer group"), peer)
        if titles.setdefault(peer.code, peer.title) != peer.title:
            yield _error(place, N_("Rows of the code %(code)s are one group and need one title."), code=peer.code)
        if members[peer.kind or peer.unit] > 1:
            yield _error(place, N_("%(who)s stands in two groups."), who=peer.kind or peer.unit)


def _hearing(book: Rulebook) -> Found:
    if min(book.answer_days, book.decision_days, book.appeal_days, book.ruling_days) < 1:
        yield _error(_BOOK, N_("Each side of a hearing needs at least one working day."))
    if min(book.promise_days, book.clock_days) < 1:
        yield _error(_BOOK, N_("A promise needs at least one day, and so does the clock."))


CHECKS: tuple[Callable[[Rulebook], Found], ...] = (
    *(_humane, _clocks, _costs, _lawful, _points, _sections, _rates, _grades, _peers, _hearing),
)
