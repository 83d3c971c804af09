"""One frozen dataclass per report: its contract with its template. Numbers are strings of the year's document."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Head:
    """What every paper of a year says of itself.

    Args:
        state: live, frozen or superseded, in words; on each page of a paper that is not in force.
        number: of the notice, by GB/T 9704; empty in a preview, which has none, as it has no day of issue.
    """

    lang: str
    county: str
    year: int
    as_of: str
    rulebook: str
    status: str
    state: str
    manifest: str
    number: str = ""
    issued: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One unit's line; numbers as decimal strings, ``rank`` among its peers; None for who has none to compare with."""

    rank: int | None
    code: str
    name: str
    kind: str
    base: str
    final: str
    pending: str
    score: str
    score_if_pending_confirmed: str
    earned: str = ""
    grade: str = ""

    @property
    def place(self) -> str:
        return str(self.rank or "–")


@dataclass(frozen=True, slots=True)
class SumLine:
    """A line of the sum that is the score; ``points`` with its sign."""

    name: str
    working: str
    points: str
    total: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Units that are compared with each other; ``rows`` may be cut to the first of ``size``.

    ``earns`` and ``graded``: by a scheme with indicators, with grades.
    """

    name: str
    rows: tuple[Ranked, ...]
    size: int
    earns: bool = False
    graded: bool = False


@dataclass(frozen=True, slots=True)
class Peers:
    """The group that a unit is compared in, and how many are in it."""

    name: str
    size: int
    earns: bool = False


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule cost: counts and points, final and pending."""

    rule: str
    points_each: str
    final_count: int
    final_points: str
    pending_count: int
    pending_points: str
    withdrawn_count: int


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month: duties due and met on time (None: not told), and the deductions whose earliest duty was due in it.

    ``come``: whether it had begun; of one that had not there is nothing to tell.
    """

    month: str
    due: int | None
    met: int | None
    rate: str
    final_count: int
    final_points: str
    pending_count: int
    pending_points: str
    come: bool = True


@dataclass(frozen=True, slots=True)
class KeptLine:
    """Duties of one kind: due, met on time, and the rate in percent, empty for none."""

    kind: str
    due: int
    met: int
    rate: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A unit against last year: ranks among its peers, scores, and the difference with its sign."""

    name: str
    rank_before: int | None
    rank: int | None
    score_before: str
    score: str
    difference: str


@dataclass(frozen=True, slots=True)
class SeriousLine:
    """A serious matter (§3 of the notice): it carries no points."""

    unit: str
    petition: str
    ground: str
    opened: str
    status: str
    decision: str


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A missed duty: due and actual date, days late; None where they say nothing."""

    kind: str
    due: str
    discharged: str
    late_days: int | None


@dataclass(frozen=True, slots=True)
class DeductionLine:
    """One deduction with its missed duties, and what was said of it: (who spoke, text)."""

    petition: str
    unit: str
    rule: str
    clause: str
    occurrence: str
    points: str
    status: str
    duties: tuple[DutyLine, ...]
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CountyPaper:
    """``deductions`` may be cut to the first of ``total``, ``changes`` of ``compared``: what is enclosed holds all.

    ``whole`` is false where the reader may not see the deductions.
    """

    head: Head
    facts: tuple[str, ...]
    scheme: tuple[str, ...]
    groups: tuple[Group, ...]
    rules: tuple[RuleLine, ...]
    months: tuple[MonthLine, ...]
    changes: tuple[ChangeLine, ...]
    compared: int
    changed: tuple[str, ...]
    serious: tuple[SeriousLine, ...] | None
    deductions: tuple[DeductionLine, ...]
    total: int
    whole: bool
    unit_chart: Markup | None
    rule_chart: Markup | None
    month_chart: Markup | None

    @property
    def lang(self) -> str:
        return self.head.lang


@dataclass(frozen=True, slots=True)
class UnitPaper:
    """One unit: its score, how it came about, what went well. ``deductions`` may be cut to the first of ``total``."""

    head: Head
    unit: Ranked
    peers: Peers
    scheme: tuple[str, ...]
    account: tuple[SumLine, ...]
    sums: tuple[str, ...]
    rules: tuple[RuleLine, ...]
    deductions: tuple[DeductionLine, ...]
    total: int
    whole: bool
    changed: tuple[str, ...]
    kept: tuple[KeptLine, ...]
    well: tuple[str, ...]
    kept_chart: Markup | None
    serious: tuple[SeriousLine, ...] | None

    @property
    def lang(self) -> str:
        return self.head.lang


@dataclass(frozen=True, slots=True)
class Counts:
    """A small table of the annual report: a heading, and rows of (what, how many, share in percent)."""

    title: str
    rows: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """One recommendation of the bureau, and what became of it."""

    made: str
    unit: str
    kind: str
    subject: str
    adoption: str


@dataclass(frozen=True, slots=True)
class AnnualPaper:
    """The annual report of art. 41; ``advice`` may be cut to the first of ``advised``."""

    lang: str
    county: str
    year: int
    as_of: str
    facts: tuple[str, ...]
    tables: tuple[Counts, ...]
    month_chart: Markup | None
    fields: tuple[tuple[str, int, int, str], ...]
    field_chart: Markup | None
    about: tuple[tuple[str, int], ...]
    transfers: tuple[Counts, ...]
    kept: tuple[KeptLine, ...]
    suggestions: Counts
    adoption: Counts
    advice: tuple[Advice, ...]
    advised: int
    serious: tuple[SeriousLine, ...] | None


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One petition of the day: its number, no identity."""

    number: str
    received: str
    registered: str
    channel: str
    kind: str
    persons: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class RegisterPaper:
    """The register of one day by unit, with room for the head of the record."""

    lang: str
    county: str
    day: str
    as_of: str
    total: int
    units: tuple[tuple[str, tuple[RegisterLine, ...]], ...]
    channels: str
