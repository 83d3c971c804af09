"""Writes docs/rules.md from the first rulebook and the duty table, in both languages: ``python -m setup.rules``."""

from __future__ import annotations

from pathlib import Path

from models.rules.defaults import default_rulebook
from models.rules.facts import Rulebook
from models.terms import N_
from reports import regulation
from reports.words import cited, gettext_for

PAGE = Path(__file__).parent.parent / "docs" / "rules.md"
TITLE = N_("Rules of the first-responsibility system for petitions")
LEAD = N_(
    "The unit, and the person, that first receives a petition answers for it to the end. Written from the rulebook and"
    " the duty table; the county edits every number on screen, and each version keeps its own."
)
COUNTING, POINTS, PROOF = N_("Counting time"), N_("Points"), N_("Proof of each step")
STARRED = N_("* only where the answers given call for it.")
EACH = N_(
    "For each occurrence these points are taken off the base of %(base)s; the score does not fall below %(floor)s."
)


def page() -> str:
    """The whole page as it must be: Chinese, then English."""
    return "\n".join([*_part("zh"), "", "---", "", *_part("en")]) + "\n"


def _part(lang: str) -> list[str]:
    say, book = gettext_for(lang), default_rulebook()
    lines = [f"# {say(TITLE)}", "", say(LEAD), ""]
    for chapter in regulation.chapters(book, lang):
        lines += [f"## {_behind(lang, chapter.title, chapter.paragraph)}", ""]
        for article in chapter.articles:
            text = _behind(lang, article.text, article.paragraph, article.source, article.cost)
            lines += [f"**{article.number}** {text}", ""]
    return [*lines, *_counting(lang), *_points(book, lang), *_proof(lang)]


def _behind(lang: str, text: str, *notes: str) -> str:
    """``text`` with its sources in brackets."""
    found = [note for note in notes if note]
    return f"{text}（{'；'.join(found)}）" if lang == "zh" else f"{text} ({'; '.join(found)})"


def _counting(lang: str) -> list[str]:
    return [f"## {gettext_for(lang)(COUNTING)}", "", *(f"- {text}" for text in regulation.counting(lang)), ""]


def _points(book: Rulebook, lang: str) -> list[str]:
    say = gettext_for(lang)
    rows = [f"| {rule} | −{value} |" for rule, value in regulation.points(book, lang)]
    head = f"| {say(N_('Rule'))} | {say(POINTS)} |"
    intro = say(EACH, base=f"{book.base:f}", floor=f"{book.floor:f}")
    return [f"## {_behind(lang, say(POINTS), cited(lang, '§3'))}", "", intro, "", head, "|---|---|", *rows, ""]


def _proof(lang: str) -> list[str]:
    say = gettext_for(lang)
    head = f"| {say(N_('Step'))} | {say(N_('Required'))} | {say(N_('Paragraph'))} |"
    rows = [f"| {row.step} | {row.needs} | {row.paragraph} |" for row in regulation.proofs(lang)]
    return [f"## {_behind(lang, say(PROOF), cited(lang, '§3'))}", "", head, "|---|---|---|", *rows, "", say(STARRED)]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
