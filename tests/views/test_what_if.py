"""What-if on screen: asked for, computed as a job, shown with its mark beside the real year, or refused."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import openpyxl
import pypdf
import pytest

from app.jobs import runner
from tests.app.test_access import NAMES
from tests.views.world import Desk

PAGE = "/assessment/2025/what-if"


@pytest.fixture
def year(desk: Desk) -> Desk:
    """A year with deductions: among them a matter that was not handled in 60 days."""
    desk.transferred()
    desk.proposed()
    return desk


def asked(desk: Desk, name: str = "bureau", **form: str) -> Any:
    """Send the form, let the job be done; where it leads to."""
    client = desk.client(name)
    sent = client.post(PAGE, data=form)
    assert sent.status_code == 302, sent.get_data(as_text=True)
    runner.run_waiting(desk.app)
    done = client.get(sent.location.replace("/show/", "/") + "/progress")
    return done.headers["HX-Redirect"]


def test_asked_computed_and_taken_home(year: Desk) -> None:
    client = year.client("bureau")
    form = client.get(PAGE).get_data(as_text=True)
    assert 'name="clock:HANDLE/B"' in form
    assert "2025-1" in form
    where = asked(year, **{"clock:HANDLE/B": "400", "off": "2025-03-10、2025-03-11"})
    shown = client.get(where).get_data(as_text=True)
    for text in ("a trial, not official", "400 instead of 60", "Would vanish", "Days off: 10 Mar 2025, 11 Mar 2025"):
        assert text in shown
    found = json.loads(client.get(f"{where}.json").get_data())
    assert found["official"] is False
    assert [one["change"] for one in found["deductions"] if one["rule"] == "HANDLE"] == ["vanished"]
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(client.get(f"{where}.pdf").data)).pages]
    assert all("Not official" in page for page in pages)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{where}.xlsx").data))
    rows = list(book["What-if deductions"].iter_rows(values_only=True))
    assert len(rows) == len(found["deductions"]) + 1
    assert "not official" in book["Not official"]["A1"].value


def test_nothing_of_it_is_in_the_official_year(year: Desk) -> None:
    client = year.client("bureau")

    def tables() -> list[bytes]:
        return re.findall(rb"<tbody>.*?</tbody>", client.get("/assessment/2025").get_data(), re.DOTALL)

    before = tables()
    asked(year, **{"clock:HANDLE": "400"})
    assert tables() == before != []


@pytest.mark.parametrize(
    ("form", "field", "text"),
    [
        ({}, "rulebook", "Suppose at least one thing"),
        ({"rulebook": "nix"}, "rulebook", "no such version"),
        ({"clock:HANDLE/B": "x45"}, "clock:HANDLE/B", "from 0 to 3650"),
        ({"clock:HANDLE/B": "9999"}, "clock:HANDLE/B", "from 0 to 3650"),
        ({"clock:NIX": "9"}, "rulebook", "no such clock"),
        ({"off": "2025-02-30"}, "off", "Write each day"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(year: Desk, form: dict[str, str], field: str, text: str) -> None:
    sent = year.client("bureau").post(PAGE, data={"on": "2025-03-08", **form} if form else {})
    shown = sent.get_data(as_text=True)
    assert sent.status_code == 422
    assert f'href="#{field}"' in shown
    assert text in shown
    if form:
        assert "2025-03-08" in shown
    if field in form and field != "rulebook":
        assert form[field] in shown


def test_a_trial_belongs_to_who_asked_for_it(year: Desk) -> None:
    where = asked(year, **{"clock:HANDLE": "400"})
    for name in NAMES:
        allowed = 403 if name in ("town1", "head1") else 404
        answer = year.client(name).get(where).status_code
        assert answer == (200 if name == "bureau" else allowed)
    assert year.client("bureau").get("/what-if/" + "0" * 64).status_code == 404
    assert year.client("town1").post(PAGE, data={"clock:HANDLE": "9"}).status_code == 403
