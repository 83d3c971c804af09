"""Every number of every paper, counted again from the rows of the demo county in the plainest way.

Nothing of the product counts here: rows are read column by column, and all rules of counting are written anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models import access, assessing, figures
from models.access import all_rows
from models.demo import build
from models.office_terms import Adoption, RecommendationKind
from models.reference import ensure_reference
from models.tables import (
    Accountability,
    AccountabilityEvent,
    Category,
    Deduction,
    DeductionDuty,
    Duty,
    Petition,
    Recommendation,
    Step,
    Transfer,
    Unit,
)
from models.terms import DutyKind
from reports import annual, builders, register, words
from reports.contexts import AnnualPaper, Counts, CountyPaper, KeptLine, UnitPaper
from reports.lines import More
from tests.databases import Backend, engine_for

pytestmark = pytest.mark.slow

NOW, YEAR, ZONE = datetime(2026, 11, 24, 2, 0, tzinfo=UTC), 2025, ZoneInfo("Asia/Shanghai")
FINAL, PENDING = {"confirmed", "upheld", "final"}, {"proposed", "notified", "answered", "appealed"}
_TABLES = (
    Recommendation,
    Petition,
    Step,
    Duty,
    Deduction,
    DeductionDuty,
    Unit,
    Category,
    Transfer,
    Accountability,
    AccountabilityEvent,
)
Rows = dict[str, list[Any]]


@pytest.fixture(scope="module")
def session(backend: Backend) -> Iterator[Session]:
    backend.fresh("papers", "blank")
    engine = engine_for(backend.url("papers"))
    factory = sessionmaker(engine)
    access.install(factory)
    with factory() as opened, all_rows():
        ensure_reference(opened)
        build(opened, petitions=120, now=NOW, hash_password=lambda _: "hash")
        unit = opened.scalars(select(Unit)).first()
        kinds = zip((date(2025, 6, 20), date(2025, 12, 31), date(2026, 1, 1)), Adoption, strict=False)
        for day, adoption in kinds:
            given = {"unit": unit, "kind": RecommendationKind.policy, "subject": f"{day}", "adoption": adoption}
            opened.add(Recommendation(made_on=day, **given))
        opened.commit()
        yield opened
        opened.rollback()
    engine.dispose()
    backend.drop("papers")


@pytest.fixture(scope="module")
def rows(session: Session) -> Rows:
    """The columns as they are stored; ``of`` finds a row by its key."""
    found = {}
    for table in _TABLES:
        columns = list(table.__table__.columns)
        read = session.execute(select(*columns)).mappings()
        found[table.__tablename__] = [
            SimpleNamespace(**{column.name: row[column] for column in columns}) for row in read
        ]
    return found


@pytest.fixture(scope="module")
def report(session: Session) -> AnnualPaper:
    return annual.paper(figures.annual(session, YEAR, NOW), "en", "Qingyuan County")


@pytest.fixture(scope="module")
def document(session: Session) -> dict[str, Any]:
    return assessing.official(session, YEAR, NOW)


@pytest.fixture(scope="module")
def county(session: Session, document: dict[str, Any]) -> CountyPaper:
    return builders.county_paper(document, "en", "Qingyuan County", builders.more(session, document))


@pytest.fixture(scope="module")
def units(session: Session, document: dict[str, Any], county: CountyPaper) -> dict[str, UnitPaper]:
    def more(code: str) -> More:
        return builders.more(session, document, code)

    codes = [row.code for group in county.groups for row in group.rows]
    return {code: builders.unit_paper(document, code, "en", "Qingyuan County", more(code)) for code in codes}


def of(found: Iterable[Any], pk: int | None) -> Any:
    return next(row for row in found if row.id == pk)


def year_of(at: datetime) -> int:
    return at.astimezone(ZONE).year


def received(rows: Rows, year: int = YEAR) -> list[Any]:
    return [row for row in rows["petition"] if year_of(row.received_at) == year]


def told(table: Counts) -> dict[str, int]:
    return {word: count for word, count, _share in table.rows}


def percent(part: int, whole: int) -> str:
    return f"{Decimal(100 * part) / whole:.1f}%" if whole else ""


def numbers(text: str) -> list[int]:
    return [int(one) for one in re.findall(r"\d+", text)]


def test_the_demo_has_what_the_tables_tell_apart(rows: Rows) -> None:
    mine = received(rows)
    assert any(row.urgent_at for row in mine)
    assert {row.case and row.case.value for row in mine} >= {"A", "B", "D", "E"}
    assert any(row.status.value in FINAL and row.year == YEAR for row in rows["deduction"])


def test_the_sentences_of_the_annual_report(rows: Rows, report: AnnualPaper) -> None:
    mine = received(rows)
    closed = sum(row.closed_at is not None for row in mine)
    assert numbers(report.facts[0]) == [
        len(mine),
        sum(row.persons for row in mine),
        len(received(rows, YEAR - 1)),
        closed,
        len(mine) - closed,
        sum(row.urgent_at is not None for row in mine),
        sum(row.merged_into_id is not None for row in mine),
        sum(row.anonymous for row in mine),
    ]


def _shared(table: Counts, hand: dict[str, int]) -> None:
    """The counts, and shares of their sum."""
    assert {word: count for word, count in told(table).items() if count} == {w: n for w, n in hand.items() if n}
    assert {word: share for word, _count, share in table.rows} == {
        word: percent(count, sum(hand.values())) for word, count in told(table).items()
    }


def test_the_tables_of_the_annual_report(rows: Rows, report: AnnualPaper) -> None:
    mine = received(rows)
    channels, kinds, cases, replies = report.tables
    _shared(channels, Counter(row.channel.label for row in mine))
    _shared(kinds, Counter(row.kind.label for row in mine))
    *listed, urgent = cases.rows
    apart = Counter(row.case.label if row.case else "Not routed yet" for row in mine)
    _shared(Counts("", tuple(listed)), apart)
    marked = sum(row.urgent_at is not None for row in mine)
    assert marked
    assert urgent[1:] == (marked, percent(marked, len(mine)))
    _shared(replies, Counter(_result(rows, row) for row in mine))
    _shared(report.suggestions, Counter(_result(rows, row) for row in mine if row.kind.value == "suggestion"))


def _result(rows: Rows, petition: Any) -> str:
    """The outcome of the last reply; without one whether it is closed all the same."""
    made = [row for row in rows["step"] if row.petition_id == petition.id and row.kind.value == "reply"]
    if made:
        outcome = max(made, key=lambda row: row.seq).outcome
        return next(one.label for one in annual.ReplyOutcome if one.value == outcome)
    return "Closed without a reply: legal route, withdrawn or merged" if petition.closed_at else "Not replied yet"


def test_what_is_open_is_what_stands_without_an_answer(rows: Rows, report: AnnualPaper) -> None:
    """Nothing is called not answered that is closed."""
    unanswered = told(report.tables[3])["Not replied yet"]
    assert unanswered <= sum(row.closed_at is None for row in received(rows))


def test_fields_and_units_of_the_annual_report(rows: Rows, report: AnnualPaper) -> None:
    def field(petition: Any) -> str:
        if petition.category_id is None:
            return "Without category"
        row = of(rows["category"], petition.category_id)
        row = of(rows["category"], row.parent_id) if row.parent_id else row
        return str(row.name_en or row.name)

    mine = received(rows)
    every, closed = Counter(map(field, mine)), Counter(field(row) for row in mine if row.closed_at)
    assert {name: (count, done, share) for name, count, done, share in report.fields} == {
        name: (every[name], closed[name], percent(closed[name], every[name])) for name in every
    }
    about = Counter(row.about_unit_id for row in mine if row.about_unit_id)
    named = {_name(of(rows["unit"], key)): count for key, count in about.items()}
    assert sorted(dict(report.about).values()) == sorted(named.values(), reverse=True)[::-1][-len(report.about) :]
    assert dict(report.about).items() <= named.items()


def _name(unit: Any) -> str:
    return str(unit.name_en or unit.name)


def test_transfers_and_supervision_of_the_annual_report(rows: Rows, report: AnnualPaper) -> None:
    transfers, supervision = report.transfers
    _shared(transfers, Counter(row.status.label for row in rows["transfer"] if year_of(row.sent_at) == YEAR))
    steps = Counter(row.kind.label for row in rows["step"] if year_of(row.at) == YEAR)
    assert told(supervision) == {word: steps[word] for word in told(supervision)}
    months = Counter(row.received_at.astimezone(ZONE).month for row in received(rows))
    assert figures_months(report) == [months[number] for number in range(1, 13)]


def figures_months(report: AnnualPaper) -> list[int]:
    """The numbers over the columns of the chart, in its order."""
    shown = dict.fromkeys(words.MONTHS, 0)
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", str(report.month_chart))
    for number, month in pairwise(texts):
        if month in shown and number.isdigit():
            shown[month] = int(number)
    return list(shown.values())


def kept(
    rows: Rows, which: Callable[[Any, Any], bool]
) -> tuple[dict[str, tuple[int, int]], dict[int, tuple[int, int]]]:
    """Duties due in the year that came to an end, and those met on time: by kind and by month."""
    due: Counter[Any] = Counter()
    met: Counter[Any] = Counter()
    petitions = {row.id: row for row in rows["petition"]}
    for duty in rows["duty"]:
        ended = duty.discharged_at is not None or (duty.status.value == "open" and duty.due_at < NOW)
        if duty.due_on.year != YEAR or not ended or not which(duty, petitions[duty.petition_id]):
            continue
        for key in (duty.kind.label, duty.due_on.month):
            due[key] += 1
            met[key] += duty.discharged_at is not None and duty.discharged_at <= duty.due_at
    kinds = {key: (due[key], met[key]) for key in due if isinstance(key, str)}
    return kinds, {number: (due[number], met[number]) for number in range(1, 13)}


def _kept(lines: Iterable[KeptLine], hand: dict[str, tuple[int, int]]) -> None:
    assert {row.kind: (row.due, row.met) for row in lines} == hand
    assert [row.rate for row in lines] == [percent(row.met, row.due) for row in lines]


def test_duties_met_on_time(rows: Rows, report: AnnualPaper, county: CountyPaper, units: dict[str, UnitPaper]) -> None:
    shielded = {row.id for row in rows["unit"] if row.kind.value in ("bureau", "leaders_office")}
    everywhere, _months = kept(rows, lambda duty, petition: True)
    _kept(report.kept, everywhere)
    for kind, text in zip((DutyKind.INFORM, DutyKind.HANDLE), report.facts[1:], strict=True):
        assert numbers(text)[:2] == list(everywhere[kind.label])
    _kinds, months = kept(rows, lambda duty, petition: petition.about_unit_id not in shielded)
    assert {at: (row.due, row.met) for at, row in enumerate(county.months, 1)} == months
    for code, paper in units.items():
        key = next(row.id for row in rows["unit"] if row.code == code)
        mine, _months = kept(
            rows,
            lambda duty, petition, key=key: duty.unit_id == key and petition.about_unit_id not in {key, *shielded},  # type: ignore[misc]  # bound
        )
        _kept(paper.kept, mine)


def charged(rows: Rows, statuses: set[str], **where: Any) -> list[Any]:
    return [
        row
        for row in rows["deduction"]
        if row.year == YEAR
        and row.status.value in statuses
        and all(getattr(row, name) == value for name, value in where.items())
    ]


def points(found: Iterable[Any]) -> str:
    return f"{sum((row.points for row in found), Decimal(0)):.2f}"


def test_the_ranking(rows: Rows, county: CountyPaper, units: dict[str, UnitPaper]) -> None:
    scores: dict[str, dict[str, Decimal]] = {}
    for unit in rows["unit"]:
        if unit.kind.value != "leaders_office":
            final = Decimal(points(charged(rows, FINAL, unit_id=unit.id)))
            scores.setdefault(unit.kind.value, {})[unit.code] = max(Decimal(0), 100 - final)
    shown = {frozenset(row.code for row in group.rows): group for group in county.groups}
    assert set(shown) == {frozenset(group) for group in scores.values()}
    for peers in scores.values():
        for row in shown[frozenset(peers)].rows:
            unit = next(one for one in rows["unit"] if one.code == row.code)
            final, pending = charged(rows, FINAL, unit_id=unit.id), charged(rows, PENDING, unit_id=unit.id)
            assert (row.base, row.final, row.pending) == ("100.00", points(final), points(pending))
            assert Decimal(row.score) == peers[row.code]
            better = sum(score > peers[row.code] for score in peers.values())
            assert row.rank == (better + 1 if len(peers) > 1 else None)
            assert units[row.code].unit == row
            assert units[row.code].peers.size == len(peers)
            assert f"100.00 − {row.final} = {row.score}" in units[row.code].sums
    every = [score for peers in scores.values() for score in peers.values()]
    mean = f"{sum(every) / len(every):.2f}"
    unhurt = sum(score == 100 for score in every)
    assert re.findall(r"[\d.]*\d", county.facts[0]) == [str(len(every)), mean, str(unhurt)]


def test_the_bureau_is_compared_with_nobody(rows: Rows, county: CountyPaper) -> None:
    [bureau] = [row.code for row in rows["unit"] if row.kind.value == "bureau"]
    [alone] = [group for group in county.groups if group.size == 1]
    assert [row.code for row in alone.rows] == [bureau]
    assert alone.rows[0].place == "–"


def test_what_each_rule_cost(rows: Rows, county: CountyPaper, units: dict[str, UnitPaper]) -> None:
    sums = [(county, {})] + [
        (paper, {"unit_id": next(row.id for row in rows["unit"] if row.code == code)}) for code, paper in units.items()
    ]
    gone = {"withdrawn", "overturned"}
    for paper, where in sums:
        for line in paper.rules:
            mine = [charged(rows, which, **where) for which in (FINAL, PENDING, gone)]
            final, pending, withdrawn = ([row for row in found if row.rule.label == line.rule] for found in mine)
            assert (line.final_count, line.final_points) == (len(final), points(final))
            assert (line.pending_count, line.pending_points) == (len(pending), points(pending))
            assert line.withdrawn_count == len(withdrawn)
    assert re.findall(r"[\d.]*\d", county.facts[1]) == [
        *(str(len(charged(rows, FINAL))), points(charged(rows, FINAL))),
        *(str(len(charged(rows, PENDING))), points(charged(rows, PENDING))),
        str(len(charged(rows, gone))),
    ]
    assert county.total == len(charged(rows, FINAL | PENDING))


def test_the_months(rows: Rows, county: CountyPaper) -> None:
    def month(deduction: Any) -> int:
        return min(row.due_on for row in rows["deduction_duty"] if row.deduction_id == deduction.id).month

    for number, line in enumerate(county.months, 1):
        final = [row for row in charged(rows, FINAL) if month(row) == number]
        pending = [row for row in charged(rows, PENDING) if month(row) == number]
        assert (line.final_count, line.final_points) == (len(final), points(final))
        assert (line.pending_count, line.pending_points) == (len(pending), points(pending))
        assert line.rate == percent(line.met or 0, line.due or 0)


def test_every_missed_duty_and_its_days(rows: Rows, units: dict[str, UnitPaper]) -> None:
    """Due and done as they stand in the rows; days from one to the other; a period that passed has none."""
    petitions, periods = {row.id: row.number for row in rows["petition"]}, 0
    for code, paper in units.items():
        key = next(row.id for row in rows["unit"] if row.code == code)
        mine = [row for row in rows["deduction"] if row.year == YEAR and row.unit_id == key]
        hand = Counter()
        for row in mine:
            for proof in (one for one in rows["deduction_duty"] if one.deduction_id == row.id):
                duty = of(rows["duty"], proof.duty_id)
                done = duty.discharged_at.astimezone(ZONE).date() if duty.discharged_at else None
                days = max(1, ((done or NOW.astimezone(ZONE).date()) - duty.due_on).days)
                period = duty.kind.value == "FOLLOW_UP" and done is None
                periods += period
                known = (petitions[row.petition_id], duty.kind.label, str(duty.due_on), str(done or ""))
                hand[(*known, None if period else days)] += 1
        shown = Counter(
            (line.petition, one.kind, one.due, one.discharged, one.late_days)
            for line in paper.deductions
            for one in line.duties
        )
        assert shown == hand
        assert paper.total == len(mine)
    assert periods, "the demo has no follow-up that was missed"


def test_against_last_year(session: Session, rows: Rows, county: CountyPaper) -> None:
    before = [row for row in rows["deduction"] if row.year == YEAR - 1 and row.status.value in FINAL]
    if not county.changes:
        return
    for line in county.changes:
        unit = next(row for row in rows["unit"] if _name(row) == line.name)
        lost = sum((row.points for row in before if row.unit_id == unit.id), Decimal(0))
        assert Decimal(line.score_before) == max(Decimal(0), 100 - lost)
        assert Decimal(line.difference) == Decimal(line.score) - Decimal(line.score_before)
    assert numbers(county.changed[0]) == [len(before), YEAR - 1, len(charged(rows, FINAL)), YEAR]


def test_recommendations(rows: Rows, report: AnnualPaper) -> None:
    mine = [row for row in rows["recommendation"] if row.made_on.year == YEAR]
    assert mine
    assert report.advised == len(report.advice) == len(mine)
    assert Counter(row.subject for row in report.advice) == Counter(row.subject for row in mine)
    _shared(report.adoption, Counter(row.adoption.label for row in mine))


def test_serious_matters(rows: Rows, report: AnnualPaper, county: CountyPaper, units: dict[str, UnitPaper]) -> None:
    found = {
        row.accountability_id
        for row in rows["accountability_event"]
        if row.status and row.status.value == "circulated" and year_of(row.at) == YEAR
    }
    hand = sorted(_name(of(rows["unit"], of(rows["accountability"], key).unit_id)) for key in found)
    assert [sorted(row.unit for row in paper.serious or ()) for paper in (report, county)] == [hand, hand]
    assert sorted(row.unit for paper in units.values() for row in paper.serious or ()) == hand


def test_the_register_of_a_day(session: Session, rows: Rows) -> None:
    days = Counter(row.received_at.astimezone(ZONE).date() for row in received(rows))
    day: date = days.most_common(1)[0][0]
    paper = register.paper(figures.day_book(session, day, NOW), "en", "Qingyuan County")
    mine = [row for row in rows["petition"] if row.received_at.astimezone(ZONE).date() == day]
    assert paper.total == len(mine)
    assert Counter(line.number for _unit, lines in paper.units for line in lines) == Counter(row.number for row in mine)
    channels = Counter(row.channel.label for row in mine)
    assert all(f"{word} {count}" in paper.channels for word, count in channels.items())
    for unit, lines in paper.units:
        for line in lines:
            row = next(one for one in mine if one.number == line.number)
            assert _name(of(rows["unit"], row.first_unit_id)) == unit
            assert (line.persons, line.urgent) == (row.persons, row.urgent_at is not None)
            assert line.received == f"{row.received_at.astimezone(ZONE):%H:%M}"
