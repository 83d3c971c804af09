"""The workbooks say what the papers say; a clerk can filter them and no text in them is run."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from models.terms import N_
from reports import annual, lines, tables, workbook
from reports.lines import More
from reports.tables import Sheet
from tests.reports import small

MORE = More(small.kept(), small.before(), small.serious())


def opened(sheets: list[Sheet], lang: str = "en") -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook.body(sheets, lang)))


def rows(page: Any) -> list[dict[str, Any]]:
    head, *found = page.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in found]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_table_of_the_year_is_a_page_to_filter(lang: str) -> None:
    book = opened(tables.of_year(small.frozen(), MORE, lang), lang)
    assert len(book.sheetnames) == 7
    if lang == "en":
        names = ["Ranking", "Deductions", "Months", "Duties met on time", "Against last year", "Serious matters"]
        assert book.sheetnames == ["About", *names]
        assert "5e" * 32 in str(book["About"]["A5"].value)
    else:
        assert all(any(ord(letter) > 0x2E80 for letter in name) for name in book.sheetnames)
    for page in book:
        assert page.freeze_panes == "A2"
        assert page.auto_filter.ref == page.dimensions
        assert all(page.column_dimensions[cell.column_letter].width >= 8 for cell in page[1])


def test_the_numbers_are_those_of_the_document() -> None:
    document = small.frozen()
    book = opened(tables.of_year(document, MORE, "en"))
    ranked = {row["Code"]: row for row in rows(book["Ranking"])}
    assert set(ranked) == {"D1", "D2", "T1", "T2", "XFJ"}
    for unit in lines.assessed(document):
        row = ranked[unit["code"]]
        found = [row[name] for name in ("Base score", "Final points", "Score", "Pending points")]
        assert [Decimal(str(one)) for one in found] == [
            Decimal(unit[key]) for key in ("base", "final", "score", "pending")
        ]
    assert (ranked["D1"]["Rank"], ranked["T2"]["Rank"], ranked["T1"]["Rank"]) == (3, 1, 2)
    listed = rows(book["Deductions"])
    assert len(listed) == sum(len(line["duties"]) for _unit, line in lines.every(document["units"]))
    first = listed[0]
    assert (first["Petition"], first["Points"], first["Due"], first["Done"]) == (
        "2025-000007",
        2,
        datetime(2025, 6, 3),  # noqa: DTZ001
        None,
    )
    assert first["Statement of the unit"] == "信访人改约，材料次日送达。"


def test_one_unit_has_only_its_own_rows() -> None:
    book = opened(tables.of_year(small.frozen(), MORE, "en", ["T1"]))
    assert [row["Code"] for row in rows(book["Ranking"])] == ["T1"]
    assert {row["Code"] for row in rows(book["Deductions"])} == {"T1"}
    assert "Against last year" not in book.sheetnames


def test_a_formula_stays_a_text_and_a_control_letter_is_left_out() -> None:
    values = ["=1+1", "@SUM(A1)", "+1", "a\x0bb", "x" * 40000, Decimal("1.50"), date(2025, 3, 3), None, 7]
    page = opened([Sheet(N_("Ranking"), tuple((N_("Unit"), 10) for _value in values), [values])]).active
    cells = next(iter(page.iter_rows(min_row=2)))
    assert [cell.data_type for cell in cells[:5]] == ["s"] * 5
    assert [cell.value for cell in cells[:4]] == ["=1+1", "@SUM(A1)", "+1", "ab"]
    assert len(cells[4].value) == 32767
    assert (cells[5].value, cells[5].number_format) == (1.5, "0.00")
    assert cells[6].number_format == "yyyy-mm-dd"
    assert (cells[7].value, cells[8].value) == (None, 7)


def test_the_figures_and_the_register_have_their_workbooks() -> None:
    book = opened(annual.sheets(small.annual(), "en"))
    assert book.sheetnames == [
        "Figures",
        "Months",
        "Fields",
        "Units complained about",
        "Duties met on time",
        "Recommendations",
        "Serious matters",
    ]
    assert sum(row["Petitions"] for row in rows(book["Months"])) == 40
    assert rows(book["Fields"])[0] == {
        "Field": "Land and demolition",
        "Petitions": 25,
        "Closed": 20,
        "Share closed": "80.0%",
    }
    (page,) = opened(tables.of_day(small.day(), "en"))
    found = rows(page)
    assert [row["Petition"] for row in found] == ["2025-000020", "2025-000021", "2025-000022"]
    assert found[2]["Registered at"] is None
    assert found[0]["Major or urgent"] == "yes"
