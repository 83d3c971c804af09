"""All papers of a year that are open to a reader: read once, kept ones taken from the store, the others drawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import assessing, frozen, frozen_figures, frozen_units
from models.access import Actor, all_rows
from models.office_terms import PaperKind
from models.operations import papers
from models.store import store
from models.tables import Assessment, AssessmentPaper
from reports import builders, official, tables
from reports.archive import Paper
from reports.lines import More
from reports.official import Source, Wanted
from reports.printing import Style


class Batch:
    """The database is read when it is made; drawing may then happen in any thread."""

    def __init__(
        self, session: Session, actor: Actor, year: int, lang: str, county: str, style: Style, now: datetime
    ) -> None:
        self.year, self.lang, self.county, self.style, self.now = year, lang, county, style, now
        self.staff, self.fresh = actor.staff_id, list[dict[str, Any]]()
        with all_rows():
            row = frozen.latest(session, year)
            self.first = builders.kind_for(session, actor, None, row)
        self.source = Source.read(session, row) if row is not None else _live(session, year, now)
        with all_rows():
            self.document = assessing.seen_by(session, actor, self.source.document, row)
            codes = [unit["code"] for _rank, unit in builders.ranking(self.document)]
            own = frozen_units.own_codes(session, actor, row)
            self.codes = [code for code in codes if builders.for_county(actor) or code in own]
            self.facts = {one: official.facts_of(session, row, one, county, style) for one in self._wanted() if row}
            self.known = _known(session, row) if row is not None else {}

    @property
    def total(self) -> int:
        return 1 + len(self.codes)

    def _wanted(self) -> Iterator[Wanted]:
        yield Wanted(*self.first, self.lang, self.style.tagged)
        for code in self.codes:
            yield Wanted(PaperKind.unit, code, self.lang, self.style.tagged)

    def papers(self) -> Iterator[Paper]:
        """Each paper's name and how its bytes are got."""
        for one in self._wanted():
            of = f"-{one.code}" if one.kind is PaperKind.unit else ""
            yield f"{self.year}{of}-{self.lang}.pdf", partial(self._bytes, one)

    def _bytes(self, one: Wanted) -> bytes:
        facts = self.facts.get(one)
        if facts and (kept := self.known.get((facts.name, facts.red_head, facts.signed))):
            return b"".join(store().read(*kept))
        body = self.source.made(one, self.county).drawn(self.style)
        if facts:
            self.fresh.append(papers.shelved(facts, body, official.software(), self.staff, self.now))
        return body

    def sheets(self) -> list[tables.Sheet]:
        """The tables of the county's workbook."""
        kind, code = self.first
        found = self.source.figures
        known = frozen_figures.of_county(found) if kind is PaperKind.county else frozen_figures.as_open_to(found, code)
        return tables.of_year(self.document, More.of(known), self.lang)

    def keep(self, session: Session) -> None:
        """Keep what was drawn of a frozen year; at the end, for a database file has one writer."""
        papers.keep(session, self.fresh)


def _live(session: Session, year: int, now: datetime) -> Source:
    document = builders.of_year(session, year, now)
    return Source(document, builders.figures_of(session, document))


def _known(session: Session, row: Assessment) -> dict[tuple[str, str, bool], tuple[str, int]]:
    """(name, red head, signed) → (hash, size) of the revision's kept papers."""
    columns = [getattr(AssessmentPaper, name) for name in ("name", "red_head", "signed", "sha256", "size")]
    found = session.execute(select(*columns).where(AssessmentPaper.assessment_id == row.id))
    return {(name, head, signed): (sha256, size) for name, head, signed, sha256, size in found}
