"""Characters that nobody sees do not come in: by a form, a file name or the API; and it is told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.tables import Place
from models.texts import cleaned
from tests.views.world import Desk

HIDDEN = "清\u202e源\u200b县\ufeff"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (HIDDEN, "清源县"),
        ("a\u2066b\u2069c\u00add", "abcd"),
        ("一\u2028二", "一\n二"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("王\u200d某", "王某"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("旗\U000e0067\U000e007f", "旗"),
        ("plain", "plain"),
        ("㙟家村𠮷", "㙟家村𠮷"),
    ],
)
def test_what_shapes_the_text_stays(text: str, left: str) -> None:
    assert cleaned(text) == left


def test_forms_and_the_api_are_cleaned_and_say_so(desk: Desk) -> None:
    client = desk.client("admin")
    client.post("/admin/place/add", data={"code": "X1", "name": HIDDEN, "active": "y"})
    assert "nobody sees" in client.get("/").get_data(as_text=True)
    with desk.rows() as session:
        assert session.scalar(select(Place.name).where(Place.code == "X1")) == "清源县"
    sent = client.post("/api/v1/place/", json={"code": "X2", "name": HIDDEN, "active": True})
    assert (sent.status_code, sent.headers["X-Characters-Removed"]) == (201, "name")


def test_a_petition_s_texts_are_cleaned(desk: Desk) -> None:
    client = desk.client("town1")
    client.post("/petition/add", data={"title": HIDDEN, "content": HIDDEN})
    page = client.post("/petition/add", data={"title": HIDDEN, "content": HIDDEN}).get_data(as_text=True)
    assert "清源县" in page
    assert "\u202e" not in page
