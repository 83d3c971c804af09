"""The walk of docs/rulebook.md through the real pages, reading its tables; the scores are those computed by hand."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import select

from models.operations import deductions
from models.rules.defaults import default_rulebook
from models.scheme_terms import Indicator
from models.tables import Deduction, Rulebook, RulebookPoints, RulebookSection
from models.terms import Rule
from tests.reports.small import text
from tests.rulebooks import published
from tests.views.world import LATER, T0, Desk

PAGE = (Path(__file__).parents[2] / "docs" / "rulebook.md").read_text(encoding="utf-8")
TEXTS = {"paragraph": "§3", "source": "county parameter"}


def table(head: str) -> list[dict[str, str]]:
    """The rows of the page's table whose first column is ``head``."""
    lines = [line.strip() for line in PAGE.splitlines()]
    start = next(place for place, line in enumerate(lines) if line.startswith(f"| {head} |"))
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start:]]
    rows = []
    for line in cells[2:]:
        if len(line) != len(cells[0]):
            break
        rows.append(dict(zip(cells[0], line, strict=True)))
    return rows


def sent(client: Any, url: str, **values: Any) -> Any:
    """A form of the page at ``url``, with what it offers and the changed values; saved."""
    offered = client.get(url).get_data(as_text=True)
    kept = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', offered))
    kept |= dict(re.findall(r'<select[^>]*name="(\w+)".*?<option selected value="([^"]+)"', offered, re.S))
    kept |= dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s*([^<]*)</textarea>', offered))
    answer = client.post(url, data=kept | values)
    assert answer.status_code == 302, re.findall(r"invalid-feedback[^>]*>([^<]+)", answer.get_data(as_text=True))
    return answer


def draft_of(client: Any) -> int:
    made = client.post("/rulebook/1/draft")
    return int(made.location.rpartition("/")[2])


def walk(desk: Desk) -> int:
    """Steps 1 to 9 of the page; the rulebook's key."""
    client = desk.client("admin")
    pk = draft_of(client)
    title = re.search(r"title \*(.+?)\*", PAGE)
    assert title
    page = client.get(f"/admin/rulebook/show/{pk}").get_data(as_text=True)
    assert f"/admin/rulebook_section/add?rulebook_id={pk}" in page
    sent(client, f"/admin/rulebook/edit/{pk}", title=title[1], effective_from="2025-01-01", base_score="60")
    for row in table("Code"):
        values = {"code": row["Code"], "title": row["Title"], "title_en": row["English title"]}
        add = f"/admin/rulebook_section/add?rulebook_id={pk}"
        again = sent(client, add, **values, cap=row["Cap of the section"], then="another")
        assert again.location.endswith(add)
    with desk.rows() as session:
        sections = {one.code: one.id for one in session.scalars(select(RulebookSection))}
        wanted = select(RulebookPoints).where(RulebookPoints.rulebook_id == pk)
        points = {one.rule: one.id for one in session.scalars(wanted)}
    for row in table("Rule"):
        values = {"points": row["Points"], "cap": row["Yearly cap"], "section_id": str(sections[row["Section"]])}
        sent(client, f"/admin/rulebook_points/edit/{points[Rule.of(row['Rule'])]}", **values)
    for row in table("Indicator"):
        values = {"indicator": Indicator.of(row["Indicator"]).value, "weight": row["Weight"]} | TEXTS
        values |= {"target": row["Target in per cent"], "fewest": row["Fewest cases"]}
        sent(client, f"/admin/rulebook_indicator/add?rulebook_id={pk}", **values)
    for row in table("Place"):
        values = {"position": row["Place"], "title": row["Title"], "title_en": row["English title"]}
        sent(client, f"/admin/rulebook_grade/add?rulebook_id={pk}", **values, from_score=row["From score"])
    return pk


def test_the_walk_of_the_page(desk: Desk) -> None:
    pk, client = walk(desk), desk.client("admin")
    shown = client.get(f"/admin/rulebook/show/{pk}").get_data(as_text=True)
    assert "a quarter or more" in shown
    assert "not 100" not in shown
    told = client.get(f"/rulebook/{pk}/publish").get_data(as_text=True)
    for words in (
        "Base score: 100 → 60",
        "Section: none → Intake and transfer",
        "Yearly cap: none → 5",
        "Grade “Excellent”",
        "new: weight 15",
    ):
        assert words in told, words
    assert published(client, pk).status_code == 200
    rules = desk.client("town1").get("/rules/").get_data(as_text=True)
    assert "Grades: Excellent from 90.00" in rules
    assert "The base is 60; no score falls below 0." in rules
    _year(desk)
    assert _lines(desk, "T1") == [
        ("Base score", "60.00"),
        ("Informed on time", "+10.53"),
        ("Replied on time", "+15.00"),
        ("Participation in the evaluation", "+5.00"),
        ("Satisfaction", "+4.68"),
        ("Intake and transfer", "−3.00"),
        ("Handling", "0.00"),
        ("Following up", "−10.00"),
        ("Score", "82.21"),
    ]
    # nobody informed in time (0 of 3), nobody handled (0 of 3); 3 × 1, and 3 × 2 capped at 5; no figures: 5 + 5
    assert [points for _name, points in _lines(desk, "D1")][-1] == "62.00"
    page = desk.client("bureau").get("/assessment/2025?live=1").get_data(as_text=True)
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", page, re.S)]
    scores = {row[1]: row[2:7] for row in rows if row and row[0].isdecimal()}
    assert scores["清河镇"] == ["60.00", "+35.21", "13.00", "82.21", "Good"]
    assert scores["县人社局"] == ["60.00", "+10.00", "8.00", "62.00", "Pass"]
    assert scores["县住建局"] == ["60.00", "+40.00", "0.00", "100.00", "Excellent"]
    assert "县领导办公室" not in scores
    _papers(desk)
    sums = {row["line"].partition(":")[0]: row["points"] for row in table("line")}
    assert sums["Score"] == "82.21"
    assert sums["Informed on time"] == "10.53"


def _year(desk: Desk) -> None:
    """Three matters; the town informs of two in time, files none and follows up none; the department does nothing."""
    proof = {"said": "已转送", "told_to": "信访人", "mode": "written", "delivery": "当面送达", "outcome": "transferred"}
    for number in range(3):
        pk = desk.transferred()
        if number:
            desk.act(pk, "town1", "inform", T0 + timedelta(days=2), **proof)
    desk.proposed()
    with desk.rows() as session:
        for row in session.scalars(select(Deduction).order_by(Deduction.id)).all():
            deductions.confirm(session, row, desk.actors["bureau"], "属实", LATER)
    for indicator, counted, total in (("participation", "45", "50"), ("satisfaction", "40", "45")):
        values = {"year": "2025", "unit_id": str(desk.units["T1"]), "indicator": indicator}
        values |= {"counted": counted, "total": total, "source": "年度群众评价"}
        sent(desk.client("bureau"), "/admin/indicator_figure/add", **values)


def _papers(desk: Desk) -> None:
    """The unit's report adds up line by line; the county's ranks with indicators and grades, and says the method."""
    client = desk.client("bureau")
    unit = " ".join(text(client.get("/report/year/2025/T1.pdf").data).split())
    for words in (
        "2 of 3, 66.67%; full weight 15.00 from 95.00% +10.53",
        "capped at 3.00 −3.00",
        "Score 82.21",
        "Good",
    ):
        assert words in unit, words
    assert "60.00 + 35.21 − 13.00 = 82.21" in unit
    county = " ".join(text(client.get("/report/year/2025.pdf").data).split())
    for words in ("+35.21 13.00 82.21 Good", "Grades: Excellent from 90.00, Good from 80.00", "at most 10.00 points"):
        assert words in county, words
    book = load_workbook(io.BytesIO(client.get("/report/year/2025.xlsx").data))
    rows = [list(row) for row in book["Ranking"].iter_rows(values_only=True)]
    assert rows[0][-2:] == ["Indicators", "Grade"]
    assert next(row for row in rows if "T1" in row)[-2:] == [35.21, "Good"]


def _lines(desk: Desk, code: str) -> list[tuple[str, str]]:
    page = desk.client("bureau").get(f"/assessment/2025/{code}?live=1").get_data(as_text=True)
    (body,) = re.findall(r"data-account.*?<tbody>(.*?)</tbody>", page, re.S)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)]
    plain = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]
    return [(row[0], row[2]) for row in plain]


def test_a_draft_costs_nobody_anything(desk: Desk) -> None:
    walk(desk)
    _year(desk)
    page = desk.client("bureau").get("/assessment/2025/T1?live=1").get_data(as_text=True)
    assert "data-account" not in page


def test_what_measures_petitioners_is_refused_on_the_page(desk: Desk) -> None:
    client = desk.client("admin")
    pk = draft_of(client)
    values = {"indicator": "satisfaction", "weight": "5", "target": "95", "fewest": "5", "paragraph": "§3"}
    sent(client, f"/admin/rulebook_indicator/add?rulebook_id={pk}", **values, source="按重复信访量折算")
    for url in (f"/admin/rulebook/show/{pk}", f"/rulebook/{pk}/publish"):
        page = client.get(url).get_data(as_text=True)
        assert "units are measured, never petitioners" in page
        assert "重复信访" in page
    assert 'name="seen"' not in page
    refused = client.post(f"/rulebook/{pk}/publish", data={"seen": "x"})
    assert refused.status_code == 409
    client.get("/lang/zh_Hans_CN")
    assert "考核的是单位，不是信访人" in client.get(f"/rulebook/{pk}/publish").get_data(as_text=True)


def test_a_published_rulebook_has_no_way_in(desk: Desk) -> None:
    """Neither screens nor API; a key that points to it is refused beside its field."""
    client = desk.client("admin")
    pk = draft_of(client)
    with desk.rows() as session:
        grade, clock = {"position": "1", "title": "优", "from_score": "0"}, session.get(Rulebook, 1).clocks[0].id
    for url in ("/admin/rulebook/edit/1", f"/admin/rulebook_clock/edit/{clock}"):
        assert client.get(url).status_code == client.post(url, data={"amount": "1"}).status_code == 409
    for url in ("/admin/rulebook/delete/1", f"/admin/rulebook_clock/delete/{clock}"):
        assert client.post(url).status_code == 409
    shown = client.get("/admin/rulebook/show/1").get_data(as_text=True)
    assert "/edit/1" not in shown
    # only what it lacks is added to it, and never backwards (``supplementing``)
    assert re.findall(r"/admin/(\w+)/add\?rulebook_id=1\b", shown) == ["rulebook_supplement"]
    refused = client.post("/admin/rulebook_grade/add", data=grade | {"rulebook_id": "1"})
    assert refused.status_code == 422
    text = refused.get_data(as_text=True)
    assert re.search(r'id="rulebook_id-error"[^>]*>.*?never changes', text, re.S), text[:200]
    assert client.post("/api/v1/rulebook_grade/", json=grade | {"rulebook_id": 1}).status_code == 422
    assert client.put(f"/api/v1/rulebook_clock/{clock}", json={"amount": 99}).status_code == 422
    assert client.put("/api/v1/rulebook/1", json={"base_score": "1"}).status_code == 409
    assert client.put(f"/api/v1/rulebook/{pk}", json={"status": "published"}).status_code == 422
    made = client.post("/api/v1/rulebook_grade/", json=grade | {"rulebook_id": pk})
    assert made.status_code == 201
    assert client.put(f"/api/v1/rulebook_grade/{made.json['id']}", json={"rulebook_id": 1}).status_code == 422
    assert client.get(f"/rulebook/{pk}/changes").status_code == 200
    assert client.get("/rulebook/1/publish").status_code == 302
    with desk.rows() as session:
        book = session.get(Rulebook, 1)
        assert len(book.clocks) == len(default_rulebook().clocks)
        assert book.grades == []


def test_others_look_and_do_not_publish(desk: Desk) -> None:
    pk = draft_of(desk.client("admin"))
    for name in ("bureau", "town1", "leader", "auditor"):
        client = desk.client(name)
        assert client.get(f"/admin/rulebook/show/{pk}").status_code == 200
        assert client.get(f"/rulebook/{pk}/changes").status_code == 200
        for url in (f"/rulebook/{pk}/publish", f"/rulebook/{pk}/draft", f"/admin/rulebook/delete/{pk}"):
            assert client.post(url).status_code == 403, (name, url)


def test_figures_are_the_bureaus(desk: Desk) -> None:
    values = {"year": "2025", "unit_id": str(desk.units["T1"]), "indicator": "satisfaction", "source": "评价"}
    values |= {"counted": "1", "total": "2"}
    for name in ("town1", "leader", "admin", "auditor"):
        assert desk.client(name).post("/admin/indicator_figure/add", data=values).status_code == 403
    assert desk.client("bureau").post("/admin/indicator_figure/add", data=values | {"counted": "3"}).status_code == 422
    assert desk.client("bureau").post("/admin/indicator_figure/add", data=values | {"year": "2030"}).status_code == 422
    assert desk.client("bureau").post("/api/v1/indicator_figure/", json=values).status_code == 201
    assert "Satisfaction" in desk.client("town1").get("/admin/indicator_figure/").get_data(as_text=True)
