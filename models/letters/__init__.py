"""What a unit may print: each kind of letter declared once. A new kind is a row here and its template.

A declaration says for which steps the letter is, to whom it goes, what its writer fills in (fields as in
``models.evidence``, prefilled from the case's facts) and which of them a step takes over. Fixed wording stands in
``reports/templates/letters/<kind>.html``, so that nobody can delete the remedies from an opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from models.evidence import Proof
from models.letters import fills
from models.letters.facts import Facts
from models.office_terms import LetterKind
from models.terms import N_, NoticeOutcome, ReplyOutcome, ReviewOutcome, StepKind, UrgentAddressee

To = Literal["unit", "petitioner", "report", "units", "public"]
Told = Mapping[str, Any]
Fill = Callable[[Facts, Told], str]
OPINIONS = (StepKind.review, StepKind.re_review)


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a letter and what stands in it at first. ``steps``: only in letters for these steps."""

    proof: Proof
    fill: Fill = fills.nothing
    steps: tuple[StepKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of letter.

    Args:
        steps: for which steps it may be drafted; none: drafted with plain arguments.
        to: ``unit`` another unit, ``petitioner``, ``report`` the addressee of an urgent report, ``units`` those that
            take part, ``public`` everybody.
        title: of a new letter, from the facts and what is filled in.
        gives: field of the step → part of the letter, for the step that takes the letter over.
        bureau: whether only the bureau issues it.
    """

    kind: LetterKind
    to: To
    title: Callable[[Facts, Told], str]
    parts: tuple[Part, ...]
    steps: tuple[StepKind, ...] = ()
    gives: Mapping[str, str] = field(default_factory=dict)
    paragraph: str = ""
    bureau: bool = False

    def proofs(self, step: StepKind | None) -> tuple[Proof, ...]:
        """What its writer fills in."""
        return tuple(part.proof for part in self.parts_for(step))

    def parts_for(self, step: StepKind | None) -> tuple[Part, ...]:
        """The parts of a letter for ``step``."""
        return tuple(part for part in self.parts if not part.steps or step in part.steps)

    def filled(self, step: StepKind | None, facts: Facts, told: Told) -> dict[str, str]:
        """What stands in a new letter."""
        return {part.proof.name: part.fill(facts, told) for part in self.parts_for(step)}


def _text(name: str, label: str, fill: Fill = fills.nothing, *, steps: tuple[StepKind, ...] = (), **kw: Any) -> Part:
    return Part(Proof(name, label, **kw), fill, steps)


def _long(name: str, label: str, fill: Fill = fills.nothing, *, steps: tuple[StepKind, ...] = (), **kw: Any) -> Part:
    return Part(Proof(name, label, "longtext", **kw), fill, steps)


_LINES = N_("One in each line.")
_CC = _text("cc", N_("Copies to"), fills.copy_to_bureau, required=False)
_ENCLOSURES = _long("enclosures", N_("Enclosures"), required=False, help=_LINES)
_MATTER = _long("matter", N_("What the petitioner says"), fills.matter, paragraph="art. 19")
_OPINION = _long("opinion", N_("Opinion"), fills.told("opinion"), paragraph="art. 32")


def _outcome(choices: Any, fill: Fill, *steps: StepKind) -> Part:
    return Part(Proof("outcome", N_("Outcome"), "choice", choices=choices), fill, steps)


_DECLARED = (
    Form(
        LetterKind.transfer,
        "unit",
        fills.transfer_title,
        (
            _MATTER,
            _long("reason", N_("Why it belongs to that unit"), fills.told("reason"), paragraph="§2(2)"),
            _ENCLOSURES,
            _CC,
        ),
        steps=(StepKind.transfer, StepKind.confirm_transfer),
        gives={"reason": "reason"},
        paragraph="§2(2)",
    ),
    Form(
        LetterKind.notice,
        "petitioner",
        fills.notice_title,
        (
            _outcome(NoticeOutcome, fills.notice_outcome),
            _text("by_unit", N_("Unit that handles it"), fills.handled_by, required_if=("outcome", "transferred")),
            _text("lead", N_("Lead unit"), fills.handled_by, required_if=("outcome", "led_by")),
            _text("helpers", N_("Co-handling units"), fills.helpers, required=False, asked_if=("outcome", "led_by")),
            _long("said", N_("What else the petitioner is told"), fills.told("said"), required=False),
        ),
        steps=(StepKind.inform,),
        gives={"outcome": "outcome", "said": "said"},
        paragraph="art. 23",
    ),
    Form(
        LetterKind.opinion,
        "petitioner",
        fills.opinion_title,
        (
            _long("claim", N_("What the petitioner asks for"), fills.claim, paragraph="art. 32"),
            _long("found", N_("Facts found"), paragraph="art. 32"),
            _outcome(ReplyOutcome, fills.told("outcome"), StepKind.reply),
            _outcome(ReviewOutcome, fills.told("outcome"), *OPINIONS),
            _OPINION,
            _long("basis", N_("Basis"), fills.told("basis"), paragraph="art. 32"),
            Part(
                Proof("until", N_("To be solved by"), "date", required_if=("outcome", "explained")),
                fills.told("until"),
                (StepKind.reply,),
            ),
            _text(
                "reported_to",
                N_("Reported to"),
                fills.told("reported_to"),
                steps=(StepKind.reply,),
                required_if=("outcome", "unable"),
            ),
            _text(
                "remedy_body",
                N_("Where a review may be asked for"),
                fills.remedy_body,
                steps=(StepKind.reply, StepKind.review),
                paragraph="arts. 35, 36",
            ),
        ),
        steps=(StepKind.reply, *OPINIONS),
        gives={name: name for name in ("outcome", "opinion", "basis", "until", "reported_to")},
        paragraph="art. 32",
    ),
    Form(
        LetterKind.legal_route,
        "petitioner",
        fills.legal_title,
        (
            _text("route", N_("Legal route"), fills.told("legal_route"), paragraph="§2(5)"),
            _text("body", N_("Competent body"), fills.told("body"), paragraph="§2(5)"),
            _text("limitation", N_("Limitation period"), fills.told("limitation"), paragraph="§2(5)"),
            _long("said", N_("What else the petitioner is told"), fills.told("said"), required=False),
        ),
        steps=(StepKind.inform,),
        gives={"legal_route": "route", "body": "body", "limitation": "limitation", "said": "said"},
        paragraph="§2(5)",
    ),
    Form(
        LetterKind.urgent,
        "report",
        fills.urgent_title,
        (
            _outcome(UrgentAddressee, fills.told("outcome")),
            _MATTER,
            _long("measures", N_("Measures taken"), fills.told("what"), paragraph="§2(3)"),
            _long("request", N_("What is asked for"), required=False),
            _ENCLOSURES,
        ),
        steps=(StepKind.report_urgent,),
        gives={"outcome": "outcome", "what": "measures"},
        paragraph="§2(3)",
    ),
    Form(
        LetterKind.minutes,
        "units",
        fills.minutes_title,
        (
            _text("place", N_("Place of the meeting")),
            _text("chair", N_("In the chair")),
            _long("present", N_("Present"), fills.participants, help=_LINES),
            _long("minutes", N_("Minutes"), fills.told("minutes"), paragraph="§2(4)"),
            _long("tasks", N_("Tasks"), fills.told("tasks"), paragraph="§2(4)"),
            _CC,
        ),
        steps=(StepKind.convene,),
        gives={"minutes": "minutes", "tasks": "tasks"},
        paragraph="§2(4)",
    ),
    Form(
        LetterKind.circular,
        "public",
        fills.circular_title,
        (
            _text("subject", N_("Unit concerned"), fills.told("subject")),
            _long("found", N_("Facts found"), fills.told("found"), paragraph="§3"),
            _long("decision", N_("Decision"), fills.told("decision"), paragraph="§3"),
            _long("lesson", N_("What all units are to do"), fills.lesson, paragraph="§3"),
            _CC,
        ),
        paragraph="§3",
        bureau=True,
    ),
)
FORMS: Mapping[LetterKind, Form] = {form.kind: form for form in _DECLARED}


def kind_for(step: StepKind, outcome: str | None, case: str | None) -> LetterKind | None:
    """Which letter belongs to a step; to inform there are two, by what was decided or by the case."""
    if step is StepKind.inform:
        legal = outcome == "legal_route" if outcome else case == "E"
        return LetterKind.legal_route if legal else LetterKind.notice
    return next((form.kind for form in FORMS.values() if step in form.steps), None)


def plain(values: Mapping[str, Any], proofs: Iterable[Proof]) -> dict[str, str]:
    """The values of ``proofs`` as text, as a letter keeps them."""
    found = {}
    for proof in proofs:
        value = values.get(proof.name)
        text = value.isoformat() if isinstance(value, date) else str.__str__(value or "")
        found[proof.name] = text.replace("\r\n", "\n").strip()
    return found
