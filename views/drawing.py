"""One paper, made for its reader: handed out at once under its address, or drawn outside the request as a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import current_app

from models import assessing, figures, frozen, frozen_units
from models.access import all_rows
from models.errors import NotFound
from models.office_terms import PaperKind
from models.tables import Assessment
from models.terms import N_
from models.world import world
from reports import annual, builders, official, printing, register, tables, workbook
from views import present, secure

YEARS = range(2000, 2101)
_NONE = N_("There is no such paper.")
Heard = Callable[[int, int], None]  # how much is done, of how much
HALVES = 2  # of the work: the figures, then the drawing


@dataclass(frozen=True, slots=True)
class Order:
    """Which paper: the assessment of a ``year``, its ``annual`` report, or the ``register`` of a day; and its form."""

    paper: str
    of: str
    form: str
    code: str = ""
    revision: str = ""
    tagged: bool = False

    @property
    def table(self) -> str:
        """Whose right to export it needs."""
        return "report" if self.paper == "year" else "yearbook"

    def plain(self) -> dict[str, Any]:
        """As the arguments of a job, beside the table that its right is asked of."""
        return asdict(self) | {"table": self.table}


def order_of(args: dict[str, Any]) -> Order:
    """The order that a job's arguments say."""
    return Order(**{name: value for name, value in args.items() if name != "table"})


@dataclass(frozen=True, slots=True)
class _Look:
    """In which language, of which county, in which style, as of when."""

    lang: str
    county: str
    style: printing.Style
    now: datetime


@dataclass(frozen=True, slots=True)
class _Subject:
    """A year's paper that exists and is open to the actor: its revision, if frozen, and whose it is."""

    row: Assessment | None
    kind: tuple[PaperKind, str]
    code: str | None


def check(order: Order) -> None:
    """Raises NotFound where there is no such paper, or none that the actor may see."""
    if order.paper == "year":
        _subject(order)
    elif order.paper == "annual":
        _year(order)
    else:
        day_of(order.of)


def made(order: Order, heard: Heard = lambda done, total: None) -> tuple[bytes, str]:
    """The paper's bytes and name. What is drawn of a frozen year is kept; the caller commits."""
    lang = "zh" if present.chinese() else "en"
    county, style = printing.county(current_app.config, lang), printing.style(current_app.config, tagged=order.tagged)
    draw = {"year": _of_year, "annual": _annual, "register": _register}[order.paper]
    heard(0, HALVES)
    return draw(order, _Look(lang, county, style, datetime.now(UTC)), heard)


def _annual(order: Order, look: _Look, heard: Heard) -> tuple[bytes, str]:
    report = figures.annual(secure.session(), _year(order), look.now)
    heard(1, HALVES)
    if order.form == "xlsx":
        body = workbook.body(annual.sheets(report, look.lang), look.lang)
    else:
        body = annual.printed(report, look.lang, look.county, look.style)
    return body, f"annual-{order.of}-{look.lang}.{order.form}"


def _register(order: Order, look: _Look, heard: Heard) -> tuple[bytes, str]:
    book = figures.day_book(secure.session(), day_of(order.of), look.now)
    heard(1, HALVES)
    if order.form == "xlsx":
        body = workbook.body(tables.of_day(book, look.lang), look.lang)
    else:
        body = register.printed(book, look.lang, look.county, look.style)
    return body, f"register-{order.of}-{look.lang}.{order.form}"


def _of_year(order: Order, look: _Look, heard: Heard) -> tuple[bytes, str]:
    lang, county, style, now = look.lang, look.county, look.style, look.now
    actor, session, year, subject = secure.actor(), secure.session(), _year(order), _subject(order)
    row, code = subject.row, subject.code
    if row is not None and order.form == "pdf":
        wanted = official.Wanted(*subject.kind, lang, style.tagged)
        paper = official.handed_out(session, row, wanted, county, style, actor.staff_id, now)
        return b"".join(official.content(paper)), paper.name
    document = builders.of_year(session, year, now) if row is None else _as_frozen(row)
    extra = builders.more(session, document, code)
    heard(1, HALVES)
    if order.form == "xlsx":
        body = workbook.body(tables.of_year(document, extra, lang, [code] if code else None), lang)
    elif code is None:
        body = builders.county_pdf(session, document, lang, county, extra, style)
    else:
        body = builders.unit_pdf(session, document, code, lang, county, extra, style)
    return body, f"assessment-{year}{'-' + code if code else ''}-{lang}.{order.form}"


def _year(order: Order) -> int:
    if not order.of.isdecimal() or int(order.of) not in YEARS:
        raise NotFound(_NONE)
    return int(order.of)


def day_of(text: str) -> date:
    """The day that an address names. Raises NotFound."""
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise NotFound(_NONE) from error
    if found.year not in YEARS:
        raise NotFound(_NONE)
    return found


def _subject(order: Order) -> _Subject:
    actor, session = secure.actor(), secure.session()
    row = _frozen(_year(order), order.revision)
    with all_rows():
        code = order.code and frozen_units.code_there(session, row, order.code)
        kind = builders.kind_for(session, actor, code or None, row)
        known = row is not None or any(unit.code == code for unit in world(session).units.values())
        if code and not (known and builders.open_to(session, actor, code, row)):
            raise NotFound(_NONE)
    return _Subject(row, kind, code or None)


def _frozen(year: int, revision: str) -> Assessment | None:
    """The revision asked for, else the one in force; None for a live year."""
    with all_rows():
        if not revision:
            return frozen.latest(secure.session(), year)
        known = revision.isdecimal() and len(revision) < 6
        row = frozen.revision(secure.session(), year, int(revision)) if known else None
    if row is None:
        raise NotFound(_NONE)
    return row


def _as_frozen(row: Assessment) -> dict[str, Any]:
    session, actor = secure.session(), secure.actor()
    with all_rows():
        return assessing.seen_by(session, actor, assessing.of_revision(session, row), row)
