"""The rules in force as a regulation: chapters of numbered articles, from the rulebook's numbers and the duty table."""

from __future__ import annotations

from dataclasses import dataclass

from models.evidence import EVIDENCE
from models.rules.facts import Clock, Rulebook
from models.rules.regulation import CHAPTERS, LENGTHS
from models.terms import N_, Measure, Rule, StepKind
from reports.words import cited, gettext_for, term

DIGITS = "〇一二三四五六七八九"
COUNTING = (
    N_("The day of the event is day zero. A duty is met if it is discharged on or before its due date, at any hour."),
    N_(
        "Calendar days that end on a day off end on the next working day. Working days follow the county's calendar,"
        " with its public holidays and make-up working days."
    ),
    N_("Hours run around the clock. A promised date and the end of a follow-up period are not rolled."),
    N_("A hearing stops the clock; its days, and those of an extension, are added before the end is rolled."),
    N_("A change of the calendar or of these rules moves what is still open; it never makes worse what is settled."),
    N_("Several duties missed under one rule in one occurrence cost the points once. A duty done late was missed."),
)


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One article in the reader's language. ``cost`` is empty where a miss costs nothing."""

    number: str
    text: str
    paragraph: str
    source: str
    cost: str


@dataclass(frozen=True, slots=True)
class ChapterText:
    title: str
    paragraph: str
    articles: tuple[ArticleText, ...]


@dataclass(frozen=True, slots=True)
class ProofText:
    """What one step must carry, and what its lack leads to."""

    step: str
    needs: str
    paragraph: str


def chapters(book: Rulebook, lang: str) -> tuple[ChapterText, ...]:
    """The duties of ``book``, in the order of the notice; articles are numbered through.

    A duty without a clock does not open: it has no article.
    """
    say, number, found = gettext_for(lang), 0, []
    for chapter in CHAPTERS:
        texts = []
        for article in chapter.articles:
            clock = book.find(article.duty, article.variant)
            if clock is None:
                continue
            number += 1
            words = {"length": length(clock, lang), "extension": say(LENGTHS[Measure.calendar], n=clock.extension)}
            source = "" if clock.source == clock.paragraph else cited(lang, say(clock.source))
            text = say(article.text, **words) if "%(" in article.text else say(article.text)
            texts.append(
                ArticleText(
                    _number(number, lang), text, cited(lang, clock.paragraph), source, cost(book, clock.rule, lang)
                )
            )
        found.append(ChapterText(say(chapter.title), cited(lang, chapter.paragraph), tuple(texts)))
    return tuple(found)


def length(clock: Clock, lang: str) -> str:
    """``15 days``, ``3 working days``, ``24 hours``."""
    return gettext_for(lang)(LENGTHS[clock.measure], n=clock.amount)


def cost(book: Rulebook, rule: Rule | None, lang: str) -> str:
    """What a miss costs, in words; empty without a rule."""
    if rule is None:
        return ""
    return gettext_for(lang)(N_("%(rule)s: −%(points)s"), rule=term(lang, rule), points=f"{book.points[rule]:f}")


def points(book: Rulebook, lang: str) -> list[tuple[str, str]]:
    """(rule, points) as the notice's part 3 has them, with the yearly cap where there is one."""
    say, capped = gettext_for(lang), N_("%(points)s, at most %(cap)s for a unit in a year")
    return [
        (
            term(lang, rule),
            say(capped, points=f"{value:f}", cap=f"{book.caps[rule]:f}") if rule in book.caps else f"{value:f}",
        )
        for rule, value in book.points.items()
    ]


def counting(lang: str) -> list[str]:
    """How time is counted (domain §3)."""
    return [gettext_for(lang)(text) for text in COUNTING]


def proofs(lang: str) -> list[ProofText]:
    """The proof that each step must carry (domain §4)."""
    say, found = gettext_for(lang), []
    comma = "、" if lang == "zh" else ", "
    for kind in StepKind:
        needed = [proof for proof in EVIDENCE[kind] if proof.required or proof.required_if]
        if needed:
            names = [say(proof.label) + ("*" if proof.required_if else "") for proof in needed]
            paragraphs = dict.fromkeys(proof.paragraph for proof in needed if proof.paragraph)
            found.append(
                ProofText(term(lang, kind), comma.join(names), comma.join(cited(lang, text) for text in paragraphs))
            )
    return found


def _number(n: int, lang: str) -> str:
    if lang != "zh":
        return f"Article {n}"
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else DIGITS[tens] + "十")
    return f"第{head}{DIGITS[ones] if ones else ''}条"
