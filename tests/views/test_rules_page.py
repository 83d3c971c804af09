"""The rules in force are shown to everybody who works here, in the reader's language, with the county's own numbers."""

from __future__ import annotations

from tests.rulebooks import clock, enacted
from tests.views.world import Desk


def test_the_page_says_what_the_rulebook_says(desk: Desk) -> None:
    client = desk.client("town1")
    page = client.get("/rules/").get_data(as_text=True)
    assert "The first unit transfers the matter in writing or by phone within 3 working days" in page
    with desk.rows() as session:
        enacted(session, lambda draft: setattr(clock(draft, "TRANSFER"), "amount", 7))
    client.get("/lang/zh_Hans_CN")
    page = client.get("/rules/").get_data(as_text=True)
    assert "自分流之日或者异议成立之日起7个工作日内" in page
    assert "第五条" in page


def test_a_visitor_is_sent_to_the_door(desk: Desk) -> None:
    assert desk.app.test_client().get("/rules/").status_code == 302
