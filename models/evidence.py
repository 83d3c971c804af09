"""What proof each step must carry (domain §4). One table feeds the form and the refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from models.errors import Problem
from models.files import File
from models.rules.facts import Rulebook
from models.terms import (
    N_,
    Case,
    CloseGround,
    DutyKind,
    InformMode,
    InformOutcome,
    ReplyOutcome,
    ResultAddressee,
    ReviewOutcome,
    StepKind,
    Term,
    TransferMode,
    UrgentAddressee,
)

COLUMNS = frozenset({"to_unit", "mode", "outcome", "days", "until", "note", "at"})
LENGTHS = {"text": 200, "longtext": 5000}
REQUIRED, CHOOSE = N_("This is required."), N_("Choose one of the offered values.")
TOO_LONG, WRONG = N_("This is too long."), N_("This value is not of the expected kind.")


@dataclass(frozen=True, slots=True)
class Proof:
    """One field of a step. Names in ``COLUMNS`` are columns of ``step``; the others go into its evidence.

    ``required_if`` another field has a value: else not asked; ``asked_if``: asked then, but not required.
    ``identity``: it says who somebody is, so that it is kept in the vault and shown by its rule (domain §6);
    ``official``: a number or a person of a unit, whom everybody may know.
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    required_if: tuple[str, str] | None = None
    asked_if: tuple[str, str] | None = None
    choices: type[Term] | None = None
    help: str = ""
    paragraph: str = ""
    identity: bool = False
    official: bool = False

    def needed(self, values: Mapping[str, Any]) -> bool:
        """Whether it is required beside the other ``values``."""
        if self.required_if:
            name, wanted = self.required_if
            return values.get(name) == wanted
        return self.required


def _long(name: str, label: str, **kw: Any) -> Proof:
    return Proof(name, label, "longtext", **kw)


def _choice(name: str, label: str, choices: type[Term], **kw: Any) -> Proof:
    return Proof(name, label, "choice", choices=choices, **kw)


def _report(paragraph: str, addressees: type[Term] | None = None) -> tuple[Proof, ...]:
    whom = (_choice("outcome", N_("Reported to"), addressees, paragraph=paragraph),) if addressees else ()
    return (
        *whom,
        Proof("how", N_("How"), help=N_("Letter, phone, meeting or system."), paragraph=paragraph),
        _long("what", N_("What was reported"), paragraph=paragraph),
    )


def _opinion(paragraph: str) -> tuple[Proof, ...]:
    return (
        _choice("outcome", N_("Outcome"), ReviewOutcome, paragraph=paragraph),
        _long("opinion", N_("Opinion"), paragraph=paragraph),
        Proof("delivery", N_("Delivered how and when"), paragraph=paragraph),
    )


def _because(paragraph: str) -> Proof:
    return _long("reason", N_("Reasons"), paragraph=paragraph)


# without these an act says nothing at all, so that even a ledger of the past must hold them
INDISPENSABLE = {
    (StepKind.route, "outcome"),
    (StepKind.extend, "days"),
    (StepKind.report_result, "outcome"),
    (StepKind.report_urgent, "outcome"),
}

_NOTE = _long("note", N_("Note"), required=False)

EVIDENCE: dict[StepKind, tuple[Proof, ...]] = {
    StepKind.receive: (),
    StepKind.register: (
        _long("repeat_reason", N_("Registered although received before, because"), required=False, paragraph="§1"),
    ),
    StepKind.inform: (
        _choice("outcome", N_("What was decided"), InformOutcome, paragraph="art. 23"),
        _choice("mode", N_("Informed how"), InformMode, paragraph="art. 23"),
        _long("said", N_("What the petitioner was told"), paragraph="art. 23"),
        Proof("told_to", N_("Told to whom"), paragraph="art. 23", identity=True),
        Proof("delivery", N_("Delivered how and when"), paragraph="art. 23"),
        _long("oral_reason", N_("Why orally"), required_if=("mode", "oral"), paragraph="art. 23"),
        Proof("legal_route", N_("Legal route"), required_if=("outcome", "legal_route"), paragraph="§2(5)"),
        Proof("body", N_("Competent body"), required_if=("outcome", "legal_route"), paragraph="§2(5)"),
        Proof("limitation", N_("Limitation period"), required_if=("outcome", "legal_route"), paragraph="§2(5)"),
    ),
    StepKind.route: (
        _choice("outcome", N_("Case"), Case, paragraph="§2"),
        _long("note", N_("Reasons"), paragraph="§2", required=False),
    ),
    StepKind.urgent: (_long("note", N_("Why major or urgent"), paragraph="§2(3)"),),
    StepKind.transfer: (
        Proof("to_unit", N_("Receiving unit"), "unit", paragraph="§2(2)"),
        _choice("mode", N_("Transferred how"), TransferMode, paragraph="§2(2)"),
        _long("reason", N_("Reasons"), paragraph="§2(2)"),
        Proof("letter_number", N_("Letter number"), required_if=("mode", "written"), paragraph="§2(2)"),
        Proof("sent_how", N_("Sent how"), required_if=("mode", "written"), paragraph="§2(2)"),
        Proof("phone_number", N_("Phone number"), required_if=("mode", "phone"), paragraph="§2(2)", official=True),
        Proof("person_reached", N_("Person reached"), required_if=("mode", "phone"), paragraph="§2(2)", official=True),
        Proof(
            "confirmation",
            N_("Written confirmation"),
            required=False,
            asked_if=("mode", "phone"),
            paragraph="§2(2)",
            help=N_("Send it within one working day of a transfer by phone."),
        ),
    ),
    StepKind.file: _report("§2(2)"),
    StepKind.confirm_transfer: (
        Proof("letter_number", N_("Letter number"), paragraph="§2(2)"),
        Proof("sent_how", N_("Sent how"), paragraph="§2(2)"),
    ),
    StepKind.acknowledge: (_NOTE,),
    StepKind.object: (
        Proof("to_unit", N_("Unit believed responsible"), "unit", paragraph="§2(2)"),
        _long("reason", N_("Reasons"), paragraph="§2(2)"),
    ),
    StepKind.uphold: (_because("§2(2)"),),
    StepKind.reject: (_because("§2(2)"),),
    StepKind.reply: (
        _choice("outcome", N_("Outcome"), ReplyOutcome, paragraph="§2(1)"),
        _long("opinion", N_("Opinion"), paragraph="§2(1)"),
        Proof("delivery", N_("Delivered how and when"), paragraph="§2(1)"),
        _long("basis", N_("Basis"), required_if=("outcome", "not_supported"), paragraph="§2(1)"),
        Proof("until", N_("To be solved by"), "date", required_if=("outcome", "explained"), paragraph="§2(1)"),
        Proof("reported_to", N_("Reported to"), required_if=("outcome", "unable"), paragraph="§2(1)"),
    ),
    StepKind.report_result: _report("§2(2)", ResultAddressee),
    StepKind.follow_up: _report("§2(2)"),
    StepKind.report_urgent: _report("§2(3)", UrgentAddressee),
    StepKind.report_multi: _report("§2(4)"),
    StepKind.designate: (
        Proof("to_unit", N_("Lead unit"), "unit", paragraph="§2(4)"),
        Proof("co_units", N_("Co-handling units"), "units", required=False, paragraph="§2(4)"),
        Proof("leader", N_("County leader who decided"), paragraph="§2(4)"),
    ),
    StepKind.convene: (
        _long("minutes", N_("Minutes"), paragraph="§2(4)"),
        _long("tasks", N_("Tasks"), paragraph="§2(4)"),
    ),
    StepKind.extend: (
        Proof("days", N_("Days"), "int", paragraph="art. 34"),
        Proof("approved_by", N_("Approved by"), paragraph="art. 34"),
        _long("reason", N_("Reasons"), paragraph="art. 34"),
        Proof("told_how", N_("How the petitioner was told"), paragraph="art. 34"),
    ),
    StepKind.pause: (_because("art. 36"),),
    StepKind.resume: (_NOTE,),
    StepKind.close: (
        _choice("outcome", N_("Ground"), CloseGround, required=False, paragraph="§2"),
        _long("withdrawal", N_("Written withdrawal"), required_if=("outcome", "withdrawn"), paragraph="§2"),
        _NOTE,
    ),
    StepKind.reopen: (_because("§2"),),
    StepKind.ask_review: (_long("claim", N_("What the petitioner asks for"), paragraph="art. 35"),),
    StepKind.review: _opinion("art. 35"),
    StepKind.ask_re_review: (_long("claim", N_("What the petitioner asks for"), paragraph="art. 36"),),
    StepKind.re_review: _opinion("art. 36"),
    StepKind.merge: (
        Proof("into", N_("Matter first received"), "petition", paragraph="§1"),
        _long("reason", N_("Why it is the same matter"), paragraph="§1"),
    ),
    StepKind.recount: (_NOTE,),
    StepKind.hand_over: (_NOTE,),
}

# A step without its proof did not happen: the duty it would discharge is missed, and the rulebook prices that
DISCHARGES = {
    StepKind.register: DutyKind.REGISTER,
    StepKind.inform: DutyKind.INFORM,
    StepKind.transfer: DutyKind.TRANSFER,
    StepKind.file: DutyKind.FILE,
    StepKind.reply: DutyKind.HANDLE,
    StepKind.report_result: DutyKind.REPORT_RESULT,
    StepKind.follow_up: DutyKind.FOLLOW_UP,
    StepKind.report_urgent: DutyKind.REPORT_URGENT_UNIT_LEADER,  # the first of its three; all fall under one rule
    StepKind.report_multi: DutyKind.REPORT_MULTI,
    StepKind.convene: DutyKind.CONVENE,
    StepKind.confirm_transfer: DutyKind.CONFIRM_TRANSFER,
}


def identities(kind: StepKind) -> frozenset[str]:
    """The names of the proofs that go to the vault."""
    return frozenset(proof.name for proof in EVIDENCE[kind] if proof.identity)


def official(kind: StepKind) -> frozenset[str]:
    """The names of the proofs in which a number or a name is nothing to point out."""
    return frozenset(proof.name for proof in EVIDENCE[kind] if proof.identity or proof.official)


def hashes(papers: Iterable[File]) -> dict[str, list[str]]:
    """What a step's evidence says of its files: whoever seals the step seals them too."""
    found = list(dict.fromkeys(file.sha256 for file in papers))
    return {"papers": found} if found else {}


def priced(kind: StepKind, problems: Iterable[Problem], book: Rulebook) -> list[Problem]:
    """The same problems; those that a paragraph asks for with the deduction that a miss leads to under ``book``."""
    duty = DISCHARGES.get(kind)
    rule = next((clock.rule for clock in book.clocks if clock.duty is duty and clock.rule), None)
    if rule is None:
        return list(problems)
    points = book.points.get(rule)
    return [replace(one, rule=rule.value, points=points) if one.paragraph else one for one in problems]


def check(kind: StepKind, values: Mapping[str, Any], *, ledger: bool = False) -> list[Problem]:
    """Everything that is missing or wrong. ``ledger``: a past ledger lacks most proof, which is no fault of it."""
    return complaints(EVIDENCE[kind], values, lambda proof: not ledger or (kind, proof.name) in INDISPENSABLE)


def complaints(
    proofs: Iterable[Proof], values: Mapping[str, Any], asked: Callable[[Proof], bool] = lambda proof: True
) -> list[Problem]:
    """What is wrong with ``values``, or missing where it is ``asked`` for."""
    found = []
    for proof in proofs:
        value = values.get(proof.name)
        blank = value is None or value == "" or (isinstance(value, str) and not value.strip())
        if blank:
            if proof.needed(values) and asked(proof):
                found.append(Problem(proof.name, REQUIRED, proof.paragraph))
        elif message := _wrong(proof, value):
            found.append(Problem(proof.name, message, proof.paragraph))
    return found


def _wrong(proof: Proof, value: Any) -> str | None:
    if proof.choices and value not in {member.value for member in proof.choices}:
        return CHOOSE
    if proof.kind in LENGTHS:
        limit = 60 if proof.name == "letter_number" else LENGTHS[proof.kind]
        return WRONG if not isinstance(value, str) else TOO_LONG if len(value) > limit else None
    if proof.kind == "int" and (type(value) is not int or not 1 <= value <= 10000):
        return WRONG
    if proof.kind == "date" and (not isinstance(value, date) or isinstance(value, datetime)):
        return WRONG
    if proof.kind in ("unit", "petition") and type(value) is not int:
        return WRONG
    if proof.kind == "units" and not (isinstance(value, list | tuple) and all(type(v) is int for v in value)):
        return WRONG
    return None
