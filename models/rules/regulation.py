"""The duty table as sentences (domain §2): what each clock of the rulebook means, in the order of the notice.

``docs/rules.md`` and the page of the rules in force are written from these rows and the rulebook's numbers. A msgid may
name ``%(length)s`` and ``%(extension)s``; the Chinese stands in the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.rules.facts import REQUEST
from models.terms import N_, Measure
from models.terms import DutyKind as D

LENGTHS = {
    Measure.calendar: N_("%(n)s days"),
    Measure.working: N_("%(n)s working days"),
    Measure.hours: N_("%(n)s hours"),
}


@dataclass(frozen=True, slots=True)
class Article:
    """One duty in words. ``variant`` names the rulebook's clock together with ``duty``."""

    duty: D
    text: str
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Some articles under one heading, with the notice's own paragraph."""

    title: str
    paragraph: str
    articles: tuple[Article, ...]


CHAPTERS = (
    Chapter(
        N_("Receiving a petition"),
        "§1, §3",
        (
            Article(
                D.REGISTER,
                N_(
                    "The first unit registers the petition in detail on the day it is received; what is received on a"
                    " day off is registered on the next working day."
                ),
            ),
            Article(
                D.INFORM,
                N_(
                    "Within %(length)s of the receipt the first unit tells the petitioner in writing whether the "
                    "matter is accepted, to whom it was transferred, who leads it, or which legal route is open, and "
                    "records how this was delivered."
                ),
            ),
        ),
    ),
    Chapter(
        N_("Case A: the matter is within the first unit's own powers"),
        "§2(1)",
        (
            Article(
                D.HANDLE,
                N_(
                    "The first unit handles the matter and replies within %(length)s of its acceptance, or of the end"
                    " of the time for informing if that is earlier. The head of the unit may extend this once by at "
                    "most %(extension)s; the petitioner is told why."
                ),
                "A",
            ),
            Article(
                D.KEEP_PROMISE,
                N_(
                    "If the reply explains that the matter will be solved by a date, the unit replies again on or "
                    "before that very date."
                ),
            ),
        ),
    ),
    Chapter(
        N_("Case B: the matter belongs to another unit"),
        "§2(2)",
        (
            Article(
                D.TRANSFER,
                N_(
                    "The first unit transfers the matter in writing or by phone within %(length)s of deciding so, or "
                    "of an objection being upheld."
                ),
                "B",
            ),
            Article(
                D.CONFIRM_TRANSFER,
                N_("A transfer by phone is confirmed in writing within %(length)s."),
                "B",
            ),
            Article(
                D.FILE,
                N_(
                    "Within %(length)s of the transfer the first unit files it with the Letters and Calls Bureau, "
                    "unless it is the bureau."
                ),
                "B",
            ),
            Article(
                D.ANSWER_TRANSFER,
                N_(
                    "The receiving unit acknowledges the transfer or objects with reasons within %(length)s; silence "
                    "counts as acknowledged."
                ),
                "B",
            ),
            Article(
                D.RULE_ON_OBJECTION,
                N_(
                    "The bureau rules on an objection within %(length)s. Until then no clock of the receiving unit "
                    "runs; if the objection is rejected, its clocks start at the ruling."
                ),
                "B",
            ),
            Article(
                D.INFORM,
                N_("Within %(length)s of the transfer the receiving unit tells the petitioner that it has the matter."),
                "B",
            ),
            Article(
                D.HANDLE,
                N_(
                    "The receiving unit handles the matter and replies within %(length)s of the transfer. Its head "
                    "may extend this once by at most %(extension)s; the petitioner is told why."
                ),
                "B",
            ),
            Article(
                D.REPORT_RESULT,
                N_(
                    "Within %(length)s of the reply the receiving unit reports the result both to the bureau and to "
                    "the first unit."
                ),
                "B",
            ),
        ),
    ),
    Chapter(
        N_("Case C: major or urgent, on top of any case"),
        "§2(3)",
        (
            Article(
                D.REPORT_URGENT_UNIT_LEADER,
                N_(
                    "The first unit reports to the leader of the unit within %(length)s of knowing that the matter is"
                    " major or urgent."
                ),
            ),
            Article(
                D.REPORT_URGENT_LEADER_IN_CHARGE,
                N_("It reports to the leader in charge within %(length)s."),
            ),
            Article(
                D.REPORT_URGENT_BUREAU,
                N_("It reports to the Letters and Calls Bureau within %(length)s."),
            ),
        ),
    ),
    Chapter(
        N_("Case D: the matter involves several departments"),
        "§2(4)",
        (
            Article(
                D.REPORT_MULTI,
                N_(
                    "The first unit reports the matter to the bureau within %(length)s of deciding so, unless it is "
                    "the bureau."
                ),
                "D",
            ),
            Article(
                D.DESIGNATE,
                N_(
                    "Within %(length)s of the report the bureau has the county leader name the lead unit and the co-"
                    "handling units. Meanwhile nobody else's clock runs."
                ),
                "D",
            ),
            Article(
                D.CONVENE,
                N_(
                    "The lead unit convenes the units concerned within %(length)s of being named, with minutes and "
                    "tasks."
                ),
                "D",
            ),
            Article(
                D.HANDLE,
                N_(
                    "The lead unit handles the matter and replies within %(length)s of being named. Its head may "
                    "extend this once by at most %(extension)s; the petitioner is told why."
                ),
                "D",
            ),
            Article(
                D.REPORT_RESULT,
                N_(
                    "Within %(length)s of the reply the lead unit reports the result both to the bureau and to the "
                    "first unit."
                ),
                "D",
            ),
        ),
    ),
    Chapter(
        N_("Following the matter to the end"),
        "§2",
        (
            Article(
                D.FOLLOW_UP,
                N_(
                    "From the transfer or the naming of the lead unit until the reply, the first unit follows the "
                    "matter up at least once in every %(length)s."
                ),
            ),
        ),
    ),
    Chapter(
        N_("Review"),
        "arts. 35, 36",
        (
            Article(
                D.REVIEW,
                N_("A petitioner who does not accept the reply may ask for review within %(length)s."),
                REQUEST,
            ),
            Article(
                D.REVIEW,
                N_(
                    "The superior unit of the one that replied gives its opinion within %(length)s; days of a hearing"
                    " do not count."
                ),
            ),
            Article(
                D.RE_REVIEW,
                N_("A petitioner who does not accept the opinion may ask for re-review within %(length)s."),
                REQUEST,
            ),
            Article(
                D.RE_REVIEW,
                N_("The next superior unit gives its opinion within %(length)s; days of a hearing do not count."),
            ),
        ),
    ),
)
