"""Papers of a frozen year: made from its manifest alone, kept when they are drawn, handed out again as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version

from sqlalchemy.orm import Session

from models import assessing, frozen, frozen_figures, frozen_units
from models.access import all_rows
from models.errors import NotFound
from models.office_terms import PaperKind, Tongue
from models.operations import papers
from models.operations.freezing_parts import software_version
from models.store import store
from models.tables import Assessment, AssessmentPaper
from models.terms import N_, AssessmentStatus
from reports import builders, fingerprint
from reports.lines import Document, More
from reports.printing import Made, Style

TONGUES = {"zh": Tongue.chinese, "en": Tongue.english}
CODES = {tongue: code for code, tongue in TONGUES.items()}


@cache
def software() -> str:
    """What draws papers here: with the same the same bytes come out again."""
    return f"Shoujie {software_version()}, WeasyPrint {version('weasyprint')}, drawing {fingerprint.digest()}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which paper of a revision: the county's, the county's as open to the unit ``code``, or that unit's own."""

    kind: PaperKind
    code: str
    lang: str
    tagged: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Everything that the papers of a year say, read once; from there on no database is needed."""

    document: Document
    figures: frozen_figures.Figures

    @classmethod
    def read(cls, session: Session, row: Assessment, status: AssessmentStatus | None = None) -> Source:
        """Of a frozen revision; ``status``: as it stood when a paper was drawn; else as it stands."""
        with all_rows():
            return cls(assessing.of_revision(session, row, status), frozen.part(session, row, "figures"))

    def made(self, wanted: Wanted, county: str) -> Made:
        """The paper, ready to be drawn. Raises NotFound for a unit that the revision does not assess."""
        if wanted.kind is PaperKind.unit:
            extra = More.of(frozen_figures.of_unit(self.figures, wanted.code))
            return builders.unit_made(self.document, wanted.code, wanted.lang, county, extra)
        if wanted.kind is PaperKind.county:
            extra = More.of(frozen_figures.of_county(self.figures))
            return builders.county_made(self.document, wanted.lang, county, extra)
        extra = More.of(frozen_figures.as_open_to(self.figures, wanted.code))
        return builders.county_made(assessing.open_to(self.document, wanted.code), wanted.lang, county, extra)


def facts_of(session: Session, row: Assessment, wanted: Wanted, county: str, style: Style) -> papers.Facts:
    """Under what the paper is kept; units by their codes in the revision. Raises NotFound for an unknown unit."""
    units = {unit.code: key for key, unit in frozen_units.named(session, row).items()}
    if wanted.code and wanted.code not in units:
        raise NotFound(N_("There is no unit %(code)s."), code=wanted.code)
    void = row.status is AssessmentStatus.superseded
    marks = (wanted.code, wanted.lang, "tagged" if wanted.tagged else "", "superseded" if void else "")
    name = "-".join((str(row.year), f"r{row.revision}", wanted.kind.value, *filter(None, marks)))
    return papers.Facts(
        assessment_id=row.id,
        name=f"{name}.pdf",
        kind=wanted.kind,
        unit_id=units.get(wanted.code),
        lang=TONGUES[wanted.lang],
        tagged=wanted.tagged,
        superseded=void,
        county=county,
        red_head=style.red_head if wanted.kind is not PaperKind.unit else "",
        signed=style.seal is not None,
    )


def handed_out(
    session: Session, row: Assessment, wanted: Wanted, county: str, style: Style, staff: int | None, now: datetime
) -> AssessmentPaper:
    """The paper as it is kept; if nobody asked for it yet, it is drawn and kept. The caller has checked the reader."""
    with all_rows():
        facts = facts_of(session, row, wanted, county, style)
        found = papers.find(session, facts)
        if found is None:
            body = Source.read(session, row).made(wanted, county).drawn(style)
            papers.keep(session, [papers.shelved(facts, body, software(), staff, now)])
            found = papers.find(session, facts)
        if found is None:
            raise NotFound(N_("There is no such paper."))
        return found


def content(paper: AssessmentPaper) -> Iterator[bytes]:
    """The bytes of a kept paper, block by block. Raises Damaged when they are not what was kept."""
    return store().read(paper.sha256, paper.size)


def wanted_of(session: Session, row: Assessment, paper: AssessmentPaper) -> Wanted:
    """Which paper of the revision a kept one is."""
    unit = frozen_units.named(session, row).get(paper.unit_id or 0)
    return Wanted(paper.kind, unit.code if unit else "", CODES[paper.lang], paper.tagged)
