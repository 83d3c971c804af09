"""What stands in a new letter, from the case's facts: titles and the first text of each field, in its language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from models.letters.facts import Facts
from models.terms import NoticeOutcome, StepKind, UnitKind

Told = Mapping[str, Any]
LONGEST = 2000
SHORT = 80


def nothing(facts: Facts, told: Told) -> str:
    """For the writer to fill in."""
    return ""


def told(name: str) -> Callable[[Facts, Told], str]:
    """What a step already says under ``name``."""

    def fill(facts: Facts, said: Told) -> str:
        return str(said.get(name) or "")

    return fill


def matter(facts: Facts, said: Told) -> str:
    """The petition's content, as it was recorded."""
    return str(said.get("content") or facts.title)[:LONGEST]


def claim(facts: Facts, said: Told) -> str:
    """In a review what was asked then; else the matter itself."""
    return str(said.get("asked") or matter(facts, said))


def copy_to_bureau(facts: Facts, said: Told) -> str:
    """The bureau keeps the record of all; it needs no copy from itself, nor of a matter about itself."""
    hidden = facts.is_bureau or facts.to_unit == facts.bureau or said.get("bureau_shielded")
    return "" if hidden else facts.bureau


def notice_outcome(facts: Facts, said: Told) -> str:
    """What was decided, else what the case suggests."""
    decided = said.get("outcome")
    if decided in set(NoticeOutcome):
        return str(decided)
    if not facts.is_first or facts.case == "A":
        return NoticeOutcome.accepted.value
    return {"B": NoticeOutcome.transferred.value, "D": NoticeOutcome.led_by.value}.get(facts.case, "")


def handled_by(facts: Facts, said: Told) -> str:
    """Who handles the matter now."""
    return str(said.get("handled_by") or "")


def helpers(facts: Facts, said: Told) -> str:
    """The co-handling units."""
    return (("、" if facts.zh else ", ").join(facts.to_units)) if facts.case == "D" else ""


def remedy_body(facts: Facts, said: Told) -> str:
    """The next level up; it is asked in the name of the government where the tree ends with the leaders' office."""
    return facts.re_reviewer if facts.step == StepKind.review else facts.reviewer


def participants(facts: Facts, said: Told) -> str:
    """Lead and co-handling units, one in each line."""
    return "\n".join(dict.fromkeys((facts.unit, *facts.to_units)))


def lesson(facts: Facts, said: Told) -> str:
    """The usual last paragraph of a circulated notice."""
    if facts.zh:
        return (
            "各单位要引以为戒，严格落实信访事项首接责任制，做到首接必办、逐件跟踪、按期答复，坚决防止类似问题再次发生。"
        )
    return (
        "All units shall take this as a warning, keep to the first-responsibility rule, follow each matter to its end "
        "and reply in time."
    )


def quoted(facts: Facts) -> str:
    """The petition's title as a title cites it."""
    short = facts.title if len(facts.title) <= SHORT else facts.title[:SHORT] + "…"
    return f"“{short}”"


def transfer_title(facts: Facts, said: Told) -> str:
    return f"关于转送{quoted(facts)}信访事项的函" if facts.zh else f"Transfer of the petition {quoted(facts)}"


def notice_title(facts: Facts, said: Told) -> str:
    outcome = said.get("outcome") or NoticeOutcome.accepted.value
    words = {
        NoticeOutcome.accepted.value: ("信访事项受理告知书", "Notice of acceptance"),
        NoticeOutcome.transferred.value: ("信访事项转送告知书", "Notice of transfer"),
        NoticeOutcome.led_by.value: ("信访事项牵头办理告知书", "Notice of the lead unit"),
    }
    return words.get(str(outcome), ("信访事项告知书", "Notice"))[0 if facts.zh else 1]


def opinion_title(facts: Facts, said: Told) -> str:
    words = {
        StepKind.review.value: ("信访事项复查意见书", "Review opinion"),
        StepKind.re_review.value: ("信访事项复核意见书", "Re-review opinion"),
    }
    return words.get(facts.step, ("信访事项处理意见书", "Opinion on a petition"))[0 if facts.zh else 1]


def legal_title(facts: Facts, said: Told) -> str:
    return "信访事项依法定途径办理告知书" if facts.zh else "Notice of the legal route"


def urgent_title(facts: Facts, said: Told) -> str:
    if facts.zh:
        return f"关于{quoted(facts)}重大紧急信访事项的报告"
    return f"Report on a major or urgent petition: {quoted(facts)}"


def minutes_title(facts: Facts, said: Told) -> str:
    if facts.zh:
        return f"{quoted(facts)}信访事项协调会议纪要"
    return f"Minutes of the coordination meeting on {quoted(facts)}"


def circular_title(facts: Facts, said: Told) -> str:
    subject = str(said.get("subject") or "")
    if facts.zh:
        return f"关于{subject or '有关单位'}履行信访事项首接责任不力的通报"
    return f"Circulated notice: failure of {subject or 'a unit'} in its duties as first receiver"


def public_name(name: str, kind: UnitKind, government: str) -> str:
    """A leaders' office is no organ that a petitioner can turn to; the government is."""
    return government if kind is UnitKind.leaders_office else name
