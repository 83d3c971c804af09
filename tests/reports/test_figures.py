"""The figures beside the scores are what one counts by hand; the register names numbers and nobody."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import figures
from models.access import acting, all_rows
from models.operations.intake import PetitionerInput, RegisterInput, register
from models.operations.steps import StepInput, perform
from models.tables import Category, Duty, Petition, Place
from models.terms import Channel, DutyStatus, PetitionKind, StepKind
from models.world import zone
from reports import annual, builders, lines
from reports import register as register_of
from tests import factories
from tests.reports.small import NAME, text
from tests.views.world import LATER, T0, WRITTEN

BEFORE = T0 - timedelta(days=300)


@pytest.fixture
def county(session: Session) -> Iterator[tuple[Session, factories.County]]:
    """Six petitions: one of last year, one about the bureau, one about D1, one in the night before a day."""
    made = factories.county(session)
    with all_rows():
        place = Place(code="P1", name="城关镇", active=True)
        above = session.scalars(select(Category).where(Category.code == "labour")).one()
        below = Category(code="wages", name="欠薪", parent_id=above.id, active=True)
        session.add_all([place, below])
        session.flush()
        plan: tuple[tuple[datetime, dict[str, Any]], ...] = (
            (BEFORE, {}),
            (T0, {"category_id": below.id}),
            (T0 + timedelta(days=1), {"category_id": above.id, "kind": PetitionKind.suggestion}),
            (T0 + timedelta(days=2), {"about_unit_id": made.departments[0].id, "channel": Channel.letter}),
            (T0 + timedelta(days=2, hours=1), {"about_unit_id": made.bureau.id}),
            (datetime(2025, 3, 5, 17, 30, tzinfo=UTC), {}),  # the 6th in the county
        )
        for at, values in plan:
            given = RegisterInput(
                **{
                    "title": "拖欠工资",
                    "content": "工资未付",
                    "channel": Channel.visit,
                    "kind": PetitionKind.request,
                    "received_at": at,
                    "place_id": place.id,
                    "first_receiver_id": made.staff["town1"].id,
                    "petitioners": [PetitionerInput("欧阳某", "13800000000")],
                }
                | values
            )
            petition = register(session, given, made.actors["town1"], at + timedelta(hours=1))
            if values.get("kind"):
                _handled(session, petition, made, at)
            elif not values.get("about_unit_id"):
                sent = WRITTEN | {"to_unit": made.departments[0].id}
                for kind, step in (("route", {"outcome": "B"}), ("transfer", sent)):
                    when = at + timedelta(hours=2)
                    perform(session, petition, StepInput(StepKind(kind), when, step), made.actors["town1"], when)
        session.flush()
        yield session, made


def _handled(session: Session, petition: Petition, made: factories.County, at: datetime) -> None:
    when = at + timedelta(hours=3)
    perform(session, petition, StepInput(StepKind.route, when, {"outcome": "A"}), made.actors["town1"], when)


def by_hand(session: Session, year: int, as_of: datetime, unit: int | None = None) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for duty in session.scalars(select(Duty)):
        if duty.due_on.year != year or duty.status in (DutyStatus.lapsed, DutyStatus.cancelled, DutyStatus.paused):
            continue
        if unit is not None and (duty.unit_id != unit or duty.petition.about_unit_id == unit):
            continue
        done = duty.discharged_at is not None and duty.discharged_at <= as_of
        if duty.due_at < as_of:
            found["due", duty.kind.value] += 1
            found["due", str(duty.due_on.month)] += 1
            if done and duty.discharged_at <= duty.due_at:
                found["met", duty.kind.value] += 1
                found["met", str(duty.due_on.month)] += 1
    return found


@pytest.mark.both_databases
@pytest.mark.parametrize("as_of", [LATER, T0 + timedelta(days=10)])
def test_duties_met_on_time_are_what_one_counts(county: Any, as_of: datetime) -> None:
    session, made = county
    units = [None, made.towns[0], made.departments[0], made.towns[1]]
    for unit in units:
        hand = by_hand(session, 2025, as_of, unit.id if unit else None)
        found = figures.kept(session, 2025, as_of, unit.code if unit else None)
        for row in found["kinds"]:
            assert (row["due"], row["met"]) == (hand["due", row["kind"]], hand["met", row["kind"]])
        for row in found["months"]:
            assert (row["due"], row["met"]) == (hand["due", str(row["month"])], hand["met", str(row["month"])])
        total = sum(row["due"] for row in found["kinds"])
        assert total == sum(row["due"] for row in found["months"])
        assert bool(total) is (unit is None or unit.code != "T2")


def test_a_month_that_has_not_come_is_empty(county: Any) -> None:
    """What is met before its time says nothing about the month ahead in which it would have been due."""
    session, _made = county
    early = session.scalars(select(Duty).where(Duty.discharged_at < Duty.due_at).order_by(Duty.due_at.desc())).first()
    assert early is not None
    assert early.discharged_at is not None
    as_of = early.discharged_at + timedelta(minutes=1)
    kept = figures.kept(session, T0.year, as_of)
    assert early.kind.value not in {row["kind"] for row in kept["kinds"]}
    assert [row["month"] for row in kept["months"]] == list(range(1, T0.month + 1))
    rows = lines.months("en", [], kept)
    assert [row.come for row in rows] == [number <= T0.month for number in range(1, 13)]
    assert (rows[-1].due, rows[-1].met, rows[-1].rate) == (None, None, "")


@pytest.mark.both_databases
def test_the_year_is_counted_in_the_countys_zone(county: Any) -> None:
    session, _made = county
    found = figures.annual(session, 2025, LATER)
    assert (found["received"], found["received_before"]) == (5, 1)
    assert found["months"] == [0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert found["channels"] == {"letter": 1, "visit": 4}
    assert found["kinds"] == {"request": 4, "suggestion": 1}
    assert found["cases"] == {"": 2, "A": 1, "B": 2}
    assert [(row["code"], row["count"]) for row in found["about"]] == [("D1", 1), (_made.bureau.code, 1)]
    assert [(row["code"], row["received"]) for row in found["fields"]] == [("", 3), ("labour", 2)]
    assert found["transfers"] == {"sent": 2}
    assert (found["replies"], found["suggestions"]) == ({"": 5}, {"": 1})
    assert figures.annual(session, 2025, T0 + timedelta(hours=1))["received"] == 1


def test_a_bureau_officer_counts_no_petition_about_the_bureau(county: Any) -> None:
    session, made = county
    with acting(made.actors["bureau"]):
        found = figures.annual(session, 2025, LATER)
        day = figures.day_book(session, date(2025, 3, 5), LATER)
    assert found["received"] == 4
    assert [row["code"] for row in found["about"]] == ["D1"]
    assert day["total"] == 1
    with acting(None):
        assert figures.annual(session, 2025, LATER)["received"] == 0


def test_papers_count_the_same_for_every_reader_and_nothing_about_the_bureau(county: Any) -> None:
    session, made = county
    document = {"year": 2025, "as_of": LATER.isoformat()}
    everything = builders.more(session, document)
    with acting(made.actors["bureau"]):
        seen = builders.more(session, document)
    with acting(made.actors["town1"]):
        part, own = builders.more(session, document), builders.more(session, document, "T1")
    with all_rows():
        of_bureau = builders.more(session, document, "T1")
    assert everything.kept == seen.kept
    assert part.kept is None
    assert own.kept == of_bureau.kept
    for mine, code in ((everything.kept, None), (own.kept, "T1")):
        assert mine is not None
        hand = {row["kind"]: row["due"] for row in figures.kept(session, 2025, LATER, code)["kinds"]}
        told = {row["kind"]: row["due"] for row in mine["kinds"]}
        assert told["REGISTER"] == hand["REGISTER"] - 1  # the petition about the bureau
        assert told["TRANSFER"] == hand["TRANSFER"] > 0


def test_the_register_names_numbers_and_nobody(county: Any) -> None:
    session, _made = county
    found = figures.day_book(session, date(2025, 3, 6), LATER)
    assert found["total"] == 1
    (unit,) = found["units"]
    assert unit["code"] == "T1"
    assert datetime.fromisoformat(unit["petitions"][0]["received_at"]) == datetime(2025, 3, 6, 1, 30, tzinfo=zone())
    body = register_of.report(session, date(2025, 3, 6), LATER, "zh", county_name=NAME)
    shown = text(body)
    assert unit["petitions"][0]["number"] in shown
    with pikepdf.open(io.BytesIO(body)) as paper:
        data = b"".join(spec.get_file().read_bytes() for spec in paper.attachments.values()).decode()
    for secret in ("欧阳", "13800000000", "拖欠工资", "工资未付"):
        assert secret not in shown
        assert secret not in data


def test_the_annual_paper_says_the_figures_it_encloses(county: Any) -> None:
    session, _made = county
    body = annual.report(session, 2025, LATER, "en", county_name=NAME)
    with pikepdf.open(io.BytesIO(body)) as paper:
        enclosed = json.loads(paper.attachments["annual.json"].get_file().read_bytes())
    assert enclosed == figures.annual(session, 2025, LATER)
    assert "5 petitions of 5 persons were received (last year 1)" in text(body)


@pytest.mark.both_databases
def test_last_year_is_compared_only_if_it_had_duties(county: Any) -> None:
    session, _made = county
    document = {"year": 2025, "as_of": LATER.isoformat()}
    assert builders.more(session, document).before is not None
    assert builders.more(session, document | {"year": 2023}).before is None


def test_only_county_roles_have_the_whole_county(desk: Any) -> None:
    addresses = ("/report/annual/2025.pdf", "/report/register/2025-03-03.xlsx", "/report/annual/2025.xlsx")
    desk.take()
    for name in ("bureau", "leader", "auditor", "admin"):
        for url in addresses:
            answer = desk.client(name).get(url)
            assert answer.status_code == 200, (name, url)
            assert answer.data.startswith(b"%PDF" if url.endswith("pdf") else b"PK")
    for name in ("town1", "head1"):
        assert [desk.client(name).get(url).status_code for url in addresses] == [403, 403, 403]
        page = desk.client(name).get("/papers/").get_data(as_text=True)
        assert "/report/year/2025/T1.pdf" in desk.client(name).get("/papers/?year=2025").get_data(as_text=True)
        assert "/report/annual/" not in page
    for url in ("/report/register/2025-02-30.pdf", "/report/annual/1999.pdf", "/report/year/2025.doc"):
        assert desk.client("bureau").get(url).status_code == 404


def test_a_workbook_of_another_unit_is_not_there(desk: Any) -> None:
    desk.transferred()
    assert desk.client("town1").get("/report/year/2025/T1.xlsx").status_code == 200
    assert desk.client("town1").get("/report/year/2025/D1.xlsx").status_code == 404
    assert desk.client("bureau").get("/report/year/2025/D1.xlsx").status_code == 200
    tagged = desk.client("town1").get("/report/year/2025/T1.pdf?tagged=1").data
    with pikepdf.open(io.BytesIO(tagged)) as paper:
        assert "/StructTreeRoot" in paper.Root
