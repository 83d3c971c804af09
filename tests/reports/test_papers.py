"""The papers say what the assessment says, in both languages, and are the same for the same input."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pikepdf
import pypdf
import pytest
from sqlalchemy.orm import Session

from models import assessing
from models.access import all_rows
from models.errors import NotFound
from models.operations import deductions
from models.operations.intake import PetitionerInput, RegisterInput, register
from models.operations.steps import StepInput, perform
from models.rules import assessing as rules
from models.tables import Deduction, Place
from models.terms import Channel, PetitionKind, StepKind
from reports import builders, pdf, printing
from reports.lines import More
from tests import factories
from tests.benchmarks import papers as large
from tests.reports import small
from tests.views.world import LATER, T0, WRITTEN

pytestmark = pytest.mark.slow

NAME = "清源县"
DUTY = small.duty("HANDLE", "§2(1), art. 34", "2025-06-03", None, 210)


@pytest.fixture
def year(session: Session) -> Iterator[Session]:
    """A county with proposed, confirmed and withdrawn deductions in 2025."""
    made = factories.county(session)
    with all_rows():
        place = Place(code="P1", name="城关镇", active=True)
        session.add(place)
        session.flush()
        for number in range(3):
            given = RegisterInput(
                title=f"事项{number}",
                content="工资未付",
                channel=Channel.visit,
                kind=PetitionKind.request,
                received_at=T0 + timedelta(days=number),
                place_id=place.id,
                first_receiver_id=made.staff["town1"].id,
                petitioners=[PetitionerInput("王某")],
            )
            at = given.received_at + timedelta(hours=1)
            petition = register(session, given, made.actors["town1"], at)
            sent = WRITTEN | {"to_unit": made.departments[0].id}
            for kind, values in (("route", {"outcome": "B"}), ("transfer", sent)):
                perform(session, petition, StepInput(StepKind(kind), at, values), made.actors["town1"], at)
        deductions.scan(session, LATER)
        rows = session.query(Deduction).order_by(Deduction.id).all()
        deductions.confirm(session, rows[0], made.actors["bureau"], "属实", LATER)
        deductions.withdraw(session, rows[1], made.actors["bureau"], "不属实", LATER)
        session.flush()
        yield session


def text_of(body: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(body)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_county_paper_says_every_number(year: Session, lang: str) -> None:
    body = builders.county_report(year, 2025, LATER, lang, county_name=NAME)
    text, found = text_of(body), assessing.assessment(year, 2025, LATER)
    for _rank, unit in builders.ranking(found):
        assert squeezed(unit["name"]) in text
        row = text[text.index(squeezed(unit["name"])) :]
        for number in ("final", "pending", "score"):
            assert unit[number] in row, (unit["code"], number)
    counted = [line for unit in found["units"] for line in unit["deductions"] if line["status"] != "withdrawn"]
    assert counted
    assert all(line["petition"] in text for line in counted)
    assert NAME in text
    assert ("2025年12月31日" if lang == "zh" else "31Dec2025") in text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", ["T1", "D1", "T2"])
def test_a_unit_paper_lists_each_deduction(year: Session, lang: str, code: str) -> None:
    body = builders.unit_report(year, 2025, code, LATER, lang, county_name=NAME)
    text, found = text_of(body), assessing.assessment(year, 2025, LATER)
    unit = next(unit for unit in found["units"] if unit["code"] == code)
    for number in ("final", "pending", "score", "score_if_pending_confirmed"):
        assert unit[number] in text
    assert all(line["petition"] in text for line in unit["deductions"])
    assert bool(unit["deductions"]) is (code != "T2")
    own = json.loads(_enclosed(body)["assessment.json"])
    assert [row["code"] for row in own["units"]] == [code]


def _enclosed(body: bytes) -> dict[str, bytes]:
    with pikepdf.open(io.BytesIO(body)) as paper:
        return {name: spec.get_file().read_bytes() for name, spec in paper.attachments.items()}


def test_the_data_are_inside_the_paper(year: Session) -> None:
    files = _enclosed(builders.county_report(year, 2025, LATER, "zh", county_name=NAME))
    assert set(files) == {"deductions.csv", "assessment.json", "figures.json", "ranking.csv"}
    found = assessing.assessment(year, 2025, LATER)
    assert json.loads(files["assessment.json"]) == found
    lines = files["deductions.csv"].decode("utf-8-sig").splitlines()
    duties = [duty for unit in found["units"] for line in unit["deductions"] for duty in line["duties"]]
    assert len(lines) == 1 + len(duties)
    with pikepdf.open(io.BytesIO(builders.county_report(year, 2025, LATER, "en", county_name=NAME))) as paper:
        with paper.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "U")
        assert str(paper.Root.Lang) == "en"


def test_the_same_input_gives_the_same_bytes(year: Session) -> None:
    for lang in ("zh", "en"):
        first, second = (builders.unit_report(year, 2025, "D1", LATER, lang, county_name=NAME) for _ in range(2))
        assert first == second


def test_an_unknown_unit_has_no_paper(year: Session) -> None:
    with pytest.raises(NotFound):
        builders.unit_report(year, 2025, "NONE", LATER, "zh", county_name=NAME)


def test_a_year_without_deductions_has_a_paper(year: Session) -> None:
    assert "100.00" in text_of(builders.county_report(year, 2024, LATER, "zh", county_name=NAME))


def _html(inner: str) -> str:
    return f'<html lang="zh"><head><title>t</title></head><body>{inner}</body></html>'


def test_a_paper_fetches_nothing(tmp_path: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret-of-the-machine")
    sources = (
        "/etc/passwd",
        "file:///etc/passwd",
        secret.as_uri(),
        "http://127.0.0.1:9/x.png",
        "data:text/plain,root:",
    )
    inner = "".join(f'<img src="{url}"><a rel="attachment" href="{url}">x</a>' for url in sources)
    links = "".join(f'<link rel="attachment" href="{url}"><link rel="stylesheet" href="{url}">' for url in sources)
    body = pdf.render(_html(inner).replace("</head>", f"{links}</head>"), [], LATER)
    with pikepdf.open(io.BytesIO(body)) as paper:
        assert len(paper.attachments) == 0
        streams = b"".join(o.read_bytes() for o in paper.objects if isinstance(o, pikepdf.Stream) and "/Type" not in o)
    assert b"root:" not in streams
    assert b"the-secret-of-the-machine" not in streams
    assert not [1 for page in pypdf.PdfReader(io.BytesIO(body)).pages if page.images]


def test_long_tables_are_cut_and_what_is_enclosed_holds_all() -> None:
    document = large.document(600, 3)
    made = builders.county_made(document, "en", NAME, More(before=document))
    assert [(group.size, len(group.rows)) for group in made.paper.groups] == [(200, 200), (400, builders.RANKED)]
    assert (made.paper.compared, len(made.paper.changes)) == (600, builders.RANKED)
    assert (made.paper.total, len(made.paper.deductions)) == (1800, builders.SHOWN)
    files = {one.name: one.text for one in made.enclosures}
    assert len(files["ranking.csv"].splitlines()) == 601
    assert len(files["deductions.csv"].splitlines()) == 1801
    html = printing.page(made.template, made.paper)
    for shown, total in ((300, 400), (300, 600), (100, 1800)):
        assert f"{shown} of {total} are printed" in html
    one = builders.unit_made(large.document(2, 130), "U0001", "zh", NAME, More())
    assert (one.paper.total, len(one.paper.deductions)) == (130, builders.SHOWN)
    assert "130" in printing.page(one.template, one.paper)


def test_points_spared_by_a_yearly_cap_are_told_so_that_the_sum_adds_up() -> None:
    book = {"version": "2025-1", "base": "100.00", "floor": "0.00", "caps": {"HANDLE": "3.00"}}
    lines = [small.line("D1", f"2025-00000{n}", "HANDLE", "2.00", "final", duty) for n, duty in enumerate([DUTY] * 3)]
    units = [dict(zip(("code", "name", "name_en", "kind"), unit, strict=True)) for unit in small.UNITS]
    inputs = {"year": 2025, "as_of": small.AS_OF, "rulebook": book, "units": units, "deductions": lines}
    document = rules.document(inputs)
    sums = {lang: builders.unit_made(document, "D1", lang, NAME, More()).paper.sums for lang in ("zh", "en")}
    assert sums["en"] == (
        "6.00 final points − 3.00 spared by a yearly cap of the rulebook = 3.00",
        "100.00 − 3.00 = 97.00",
    )
    assert "免扣3.00分" in sums["zh"][0]
    assert builders.unit_made(document, "T1", "en", NAME, More()).paper.sums == ("100.00 − 0.00 = 100.00",)
